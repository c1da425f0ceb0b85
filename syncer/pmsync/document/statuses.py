"""What a status says, in many languages."""

# punctuation of several scripts

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import combining, normalize

from pmsync.document import status_vocabulary as vocabulary
from pmsync.document.text import plain
from pmsync.domain.model import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NO_EXTRA: Mapping[Status, Sequence[str]] = MappingProxyType({})
_LONGEST = 8
"""Words in the longest phrase of the vocabulary."""
_LONGEST_UNSPACED = 10
"""Characters in the longest phrase of a script without spaces."""

_SHORTCODE = re.compile(r":([a-z_]{2,40}):")
_SIGN = re.compile("[" + "".join(vocabulary.SIGNS) + "]")
_CROSS = re.compile("[❌✖✗✘🚫]")
_BOX = re.compile(r"\[([ xX/~-])\]|([☐⬜🔲◻□☑☒✅🗹])")
_CHECKED = frozenset("xX☑☒✅🗹")
_DECORATION = re.compile(r"^[^\w\[(]+|[^\w\])%?]+$")
_PARENTHESES = re.compile(r"\([^()]*+\)")
_BOUNDARY = re.compile(r"[()\[\]{}<>:,;.。、!?|/@#\"“”「」『』→⇒=\d]|[–—~]|\s-+\s|--")
_CHOICES = re.compile("[" + re.escape(vocabulary.CHOICE_SEPARATORS) + "]")
_PERCENT = re.compile(r"(?<!\d)(\d{1,3}) ?%")
_REFUSAL = re.compile(
    r"\W*(?:no|not|false|never|nein|non|nao|não|нет|ні|否|いいえ)(?!\w)"
)
_NOTHING = frozenset("-–—―‒−‐.·•*_~ ")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

_DATE = (
    r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? [0-9]{1,2}"
    r"(?:, ?[0-9]{4})?|[0-9]{4}-q[1-4]"
)
_REFERENCE = (
    r"(?:\b(?:pr|mr|bug|issue|ticket|pull request|commit)s? )?"
    r"(?:[\w./-]{0,80}[#!][0-9]{1,8}|\b[a-z][a-z0-9_]{1,9}-[0-9]{1,7}\b|(?<=bug )[0-9]{4,9})"
)
_LEADING = re.compile(rf"(?:(?:{_DATE}|{_REFERENCE})[\s:,—–-]*)+")
_DATES = re.compile(_DATE)
_REFERENCES = re.compile(rf"{_REFERENCE}|^n/?a\b|\b[a-z]{{2,10}}://\S+|\bbd-[0-9a-z.]+")
_LINK = re.compile(
    r"!?\[[^\[\]]*+\]\([^()\s]*+(?:\([^()\s]*+\)[^()\s]*+)?\)|<[^<>\s]++>"
)
_STRUCK = re.compile(r"~~([^~]++)~~")
_BOLD = re.compile(r"(?:\*\*|__)([^*_]{1,60})(?:\*\*|__)")
_MARKS = re.compile(r"[*_~()\[✅☑✔✓☐⬜—–（]|--| - |:[a-z_]+:")
_END = 2_000
"""Characters at either end of a long text in which a status is looked for."""
_SHORT = 40
"""Characters of a cell that may be nothing but a status."""
_LAST_SEGMENT = re.compile(r"(?:—|–|--+|\s-)\s*([^—–]{1,60})$")
_LAST_PARENTHESES = re.compile(r"[(\[（]([^()\[\]（）]{1,60})[)\]）]\s*$")
_TAIL_WORDS = vocabulary.GOES_ON | {"via", "by", "—"}
_DONE_SIGNS = "✅☑✔✓🗹"
_SECTION_PARENTHESES = re.compile(r"\(([^()]{1,60})\)")


class _Text(NamedTuple):
    """A status text taken apart; no vocabulary has been asked yet."""

    given: Status | None
    """What is certain without any word."""
    whole: str
    prefixes: tuple[tuple[str, bool], ...]
    """Beginnings, longest first, and whether what follows leaves *done* as it is."""
    choices: tuple[str, ...]
    """Alternatives: ``Open / Done``."""
    hedged: bool
    box: bool | None
    """A single checkbox: checked or not."""
    sign: Status | None


def status_words(
    extra: Mapping[Status, Sequence[str]] = _NO_EXTRA,
) -> Mapping[str, Status]:
    """Return the vocabulary: folded words and phrases, and the status of each.

    ``extra`` are the words of the configuration; they win over the built-in ones.
    Build it once and pass it to ``read_status`` and ``status_in``.
    """
    words = dict(_built_in())
    for status, more in extra.items():
        words.update((_fold(word), status) for word in more)
    return MappingProxyType(words)


def read_status(raw: str | None, words: Mapping[str, Status]) -> Status:
    """Return the status that a status cell or a checkbox gives.

    Blank, None and dashes are OPEN. A text that is not understood, or that offers
    several statuses to choose from (``Open / Done``), is UNKNOWN. *Done* is read only
    where nothing takes it back: ``not done``, ``partially done``, ``done 50%``.
    """
    if raw is None:
        return Status.OPEN
    if (found := words.get(raw.casefold())) is not None:
        return found
    text = _dissect(raw)
    if text.given is not None:
        return text.given
    found = _by_words(text, words)
    if text.box is None:
        return found or text.sign or Status.UNKNOWN
    if text.box:
        return found or Status.DONE
    return Status.OPEN if found in (None, Status.DONE) else found or Status.OPEN


def status_in(text: str, words: Mapping[str, Status]) -> Status | None:
    """Return a status that sits in a cell of another kind, None unless it is clear.

    Clear is a cell that holds, beside links, references and dates, nothing but a
    status (``[#12](url) ✅ Done``); and in a longer text a status set apart at its
    end or beginning (``… **Done 2026-05-22**``, ``… (won't do)``), a check mark at
    either end, or the whole text struck through, which is DONE.
    """
    marks = _marks(text)
    for candidate in marks.candidates:
        found = words.get(candidate)
        if found is not None and candidate not in vocabulary.VAGUE:
            return found
    return marks.sign


def of_section(heading: str) -> Status | None:
    """Return the status that a heading gives to its items, None for most headings.

    ``Immediate (Completed)``, ``Completed ✅``, ``Ações corretivas (feitas)``. An
    item's own status counts for more.
    """
    words = _built_in()
    text = _prepare(heading)
    for inner in _SECTION_PARENTHESES.findall(text):
        if (found := words.get(_fold(inner))) is not None:
            return found
    text = _fold(
        _trim(_SIGN.sub("", _PARENTHESES.sub("", text))).lstrip("0123456789. ")
    )
    if (found := words.get(text)) is not None and text not in _NO_SECTION:
        return found
    first, *others = text.split() or [""]
    if others and vocabulary.ACTION_WORDS.issuperset(others):
        return words.get(first) if first not in _NO_SECTION else None
    if others and vocabulary.ACTION_WORDS.issuperset([first, *others[:-1]]):
        return words.get(others[-1])
    return None


_NO_SECTION = vocabulary.words(
    "next later new review monitoring planned proposed validated applied verified "
    "documented identified approved scheduled upcoming"
)
"""First words of headings that sort items by plan, not by status."""


@lru_cache(maxsize=1)
def _built_in() -> Mapping[str, Status]:
    words: dict[str, Status] = {}
    for status, text in vocabulary.WORDS.items():
        for phrase in text.replace("\n", ",").split(","):
            if folded := _fold(phrase):
                words.setdefault(folded, status)
                if not folded.isascii():
                    words.setdefault(_without_accents(folded), status)
    return MappingProxyType(words)


def _fold(text: str) -> str:
    """Make spellings that differ only in case, width or hyphens the same."""
    text = normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(text.replace("_", " ").replace("-", " ").split())


def _without_accents(text: str) -> str:
    return "".join(c for c in normalize("NFD", text) if not combining(c))


def _prepare(raw: str) -> str:
    text = normalize("NFKC", plain(raw)).casefold().replace("’", "'")
    if ":" in text:
        text = _SHORTCODE.sub(
            lambda code: vocabulary.SHORTCODES.get(code[1], code[0]), text
        )
    return text.replace("_", " ").replace("\ufe0f", "").replace("i\u0307", "i")


def _trim(text: str) -> str:
    return _DECORATION.sub("", text)


def _certain(status: Status) -> _Text:
    return _Text(status, "", (), (), hedged=False, box=None, sign=None)


@lru_cache(maxsize=4096)
def _dissect(raw: str) -> _Text:
    text = _prepare(_STRUCK.sub(" ", raw[:500]))
    if "~~" in raw and not text.strip():
        return _certain(Status.UNKNOWN)
    if _NOTHING.issuperset(text):
        return _certain(Status.OPEN)
    boxes = list(_BOX.finditer(text))
    if len(boxes) > 1:
        return _chosen(text, boxes)
    box = None
    if boxes and not text[: boxes[0].start()].strip():
        mark = boxes[0][1] or boxes[0][2]
        box = None if mark in "✅/~-" else mark in _CHECKED
        text = text[boxes[0].end() :] if mark != "✅" else text
        if mark == "/":
            return _certain(Status.IN_PROGRESS)
    signs = [vocabulary.SIGNS[each] for each in _SIGN.findall(text)]
    crossed = _CROSS.search(text) is not None
    text = _SIGN.sub(" ", text).strip()
    bare = _trim(text)
    prefixes = _prefixes(bare)
    if (led := _LEADING.match(text)) is not None:
        prefixes += _prefixes(_trim(text[led.end() :]))
    percent = _PERCENT.search(text)
    return _Text(
        None,
        _fold(bare),
        prefixes,
        tuple(_fold(_trim(each)) for each in _CHOICES.split(bare.strip("[]() "))),
        hedged=crossed or _is_hedged(bare, percent),
        box=box,
        sign=_by_percent(percent) or (signs[0] if signs and not crossed else None),
    )


def _chosen(text: str, boxes: Sequence[re.Match[str]]) -> _Text:
    """Read ``☐ open ☒ in progress ☐ done``: the only one that is checked."""
    ends = [box.start() for box in boxes[1:]] + [len(text)]
    labels = [
        text[box.end() : end]
        for box, end in zip(boxes, ends, strict=True)
        if (box[1] or box[2]) in _CHECKED
    ]
    if len(labels) != 1 or not labels[0].strip():
        return _certain(Status.UNKNOWN)
    return _dissect(labels[0])


def _prefixes(text: str) -> tuple[tuple[str, bool], ...]:
    found = _BOUNDARY.search(text)
    end = found.start() if found is not None else len(text)
    refused = _REFUSAL.match(text, end) is not None
    tokens = _fold(text[:end]).split()[: _LONGEST + 1]
    prefixes = [
        (
            " ".join(tokens[:n]),
            not refused and (n == len(tokens) or tokens[n] in vocabulary.GOES_ON),
        )
        for n in range(min(len(tokens), _LONGEST), 0, -1)
    ]
    if tokens and _UNSPACED.match(tokens[0]):
        first = tokens[0]
        prefixes += [
            (first[:n], first[n : n + 1].isascii())
            for n in range(min(len(first) - 1, _LONGEST_UNSPACED), 0, -1)
        ]
    return tuple(prefixes)


def _is_hedged(text: str, percent: re.Match[str] | None) -> bool:
    if percent is not None and int(percent[1]) < 100:  # noqa: PLR2004  # per cent
        return True
    open_words = _PARENTHESES.sub(" ", text)
    inner = text.partition("(")[2].split(maxsplit=1)[:1]
    return (
        not vocabulary.HEDGES.isdisjoint(re.findall(r"\w+", open_words))
        or any(hedge in open_words for hedge in vocabulary.HEDGES_UNSPACED)
        or any(word.strip("):,;") in vocabulary.HEDGES for word in inner)
    )


def _by_percent(percent: re.Match[str] | None) -> Status | None:
    if percent is None:
        return None
    value = int(percent[1])
    if value == 0:
        return Status.OPEN
    return Status.DONE if value == 100 else Status.IN_PROGRESS  # noqa: PLR2004


def _by_words(text: _Text, words: Mapping[str, Status]) -> Status | None:
    if (found := words.get(text.whole)) is not None:
        return found
    if len(text.choices) > 1:
        offered = [words.get(choice) for choice in text.choices]
        if None not in offered and len(set(offered)) > 1:
            return Status.UNKNOWN
    for prefix, harmless in text.prefixes:
        found = words.get(prefix)
        if found is None:
            continue
        if found is Status.DONE and text.hedged:
            return Status.IN_PROGRESS
        return found if harmless or not found.terminal else Status.UNKNOWN
    return None


class _Marks(NamedTuple):
    candidates: tuple[str, ...]
    sign: Status | None


_NO_MARKS = _Marks((), None)


def _marks(text: str) -> _Marks:
    if len(text) > _SHORT and _MARKS.search(text) is None:
        return _NO_MARKS
    return _find_marks(text)


@lru_cache(maxsize=4096)
def _find_marks(raw: str) -> _Marks:
    if len(raw) > 2 * _END:
        raw = f"{raw[:_END]} {raw[-_END:]}"
    unstruck = _STRUCK.sub(" ", raw)
    whole = _only_words(unstruck)
    if not any(map(str.isalnum, whole)):
        sign = _SIGN.search(_prepare(unstruck))
        if sign is not None:
            found = vocabulary.SIGNS[sign[0]]
            return _Marks((), None if found is Status.OPEN else found)
        struck = unstruck != raw and _STRUCK_TEXT.search(raw) is not None
        return _Marks((), Status.DONE if struck else None)
    candidates = [whole]
    text = unstruck.strip().rstrip(".。")
    for bold in _BOLD.finditer(text):
        rest = text[bold.end() :].lstrip()
        ends = not rest or rest[0] in "(（"
        begins = bold.start() == 0 and (rest[:1] in ":：—–-" or bold[1].isupper())
        if ends or begins:
            candidates += _set_apart(bold[1].strip("()（）:："))
    unlinked = _LINK.sub("", text).strip(" *_")
    for pattern in (_LAST_PARENTHESES, _LAST_SEGMENT):
        if (found_last := pattern.search(unlinked)) is not None:
            candidates += _set_apart(found_last[1])
    stripped = _prepare(unlinked).strip()
    checked = stripped[:1] in _DONE_SIGNS or stripped[-1:] in _DONE_SIGNS
    return _Marks(tuple(candidates), Status.DONE if checked and stripped else None)


_STRUCK_TEXT = re.compile(r"~~[^~\d]*[^\W\d_]{3}")


def _set_apart(text: str) -> list[str]:
    """Return what may be the status of a text in bold, in parentheses, after a dash."""
    prefixes = _prefixes(_trim(_prepare(text)))
    return [_only_words(text), *(prefix for prefix, harmless in prefixes if harmless)]


def _only_words(text: str) -> str:
    """Leave out links, references, dates, parentheses and signs, and fold."""
    text = _prepare(_LINK.sub(" ", text))
    text = _DATES.sub(" ", _REFERENCES.sub(" ", _PARENTHESES.sub(" ", text)))
    tokens = _fold(_trim(_SIGN.sub(" ", text)).strip("()[]:;,.—– ")).split()
    while tokens and (tokens[-1] in _TAIL_WORDS or not tokens[-1][:1].isalnum()):
        tokens.pop()
    return " ".join(tokens)
