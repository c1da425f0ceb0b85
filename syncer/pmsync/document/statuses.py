"""What a status cell says, and a heading over items, in many languages."""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from pmsync.document import status_vocabulary as vocabulary
from pmsync.document.status_text import (
    DATE,
    PARENTHESES,
    REFERENCE,
    SIGN,
    STRUCK,
    fold_spelling,
    prefixes,
    prepare,
    trim,
    without_accents,
)
from pmsync.domain.model import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NO_EXTRA: Mapping[Status, Sequence[str]] = MappingProxyType({})
_CROSS = re.compile("[❌✖✗✘🚫]")
_BOX = re.compile(r"\[([ xX/~-])\]|([☐⬜🔲◻□☑☒✅🗹])")
_CHECKED = frozenset("xX☑☒✅🗹")
_CHOICES = re.compile("[" + re.escape(vocabulary.CHOICE_SEPARATORS) + "]")
_PERCENT = re.compile(r"(?<!\d)(\d{1,3}) ?%")
_NOTHING = frozenset("-–—―‒−‐.·•*_~ ")
_LEADING = re.compile(rf"(?:(?:{DATE}|{REFERENCE})[\s:,—–-]*)+")
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
    Build it once and pass it on.
    """
    words = dict(_built_in())
    for status, more in extra.items():
        words.update((fold_spelling(word), status) for word in more)
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


def of_section(heading: str) -> Status | None:
    """Return the status that a heading gives to its items, None for most headings.

    ``Immediate (Completed)``, ``Completed ✅``, ``Ações corretivas (feitas)``. An
    item's own status counts for more.
    """
    words = _built_in()
    text = prepare(heading)
    for inner in _SECTION_PARENTHESES.findall(text):
        if (found := words.get(fold_spelling(inner))) is not None:
            return found
    text = fold_spelling(
        trim(SIGN.sub("", PARENTHESES.sub("", text))).lstrip("0123456789. ")
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
            if folded := fold_spelling(phrase):
                words.setdefault(folded, status)
                if not folded.isascii():
                    words.setdefault(without_accents(folded), status)
    return MappingProxyType(words)


def _certain(status: Status) -> _Text:
    return _Text(status, "", (), (), hedged=False, box=None, sign=None)


@lru_cache(maxsize=4096)
def _dissect(raw: str) -> _Text:
    text = prepare(STRUCK.sub(" ", raw[:500]))
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
    signs = [vocabulary.SIGNS[each] for each in SIGN.findall(text)]
    crossed = _CROSS.search(text) is not None
    text = SIGN.sub(" ", text).strip()
    bare = trim(text)
    beginnings = prefixes(bare)
    if (led := _LEADING.match(text)) is not None:
        beginnings += prefixes(trim(text[led.end() :]))
    percent = _PERCENT.search(text)
    return _Text(
        None,
        fold_spelling(bare),
        beginnings,
        tuple(
            fold_spelling(trim(each)) for each in _CHOICES.split(bare.strip("[]() "))
        ),
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


def _is_hedged(text: str, percent: re.Match[str] | None) -> bool:
    if percent is not None and int(percent[1]) < 100:  # noqa: PLR2004  # per cent
        return True
    open_words = PARENTHESES.sub(" ", text)
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
