"""A status that sits in a text of another kind: ``… **Done 2026-05-22**``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

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
)
from pmsync.domain.model import Status

_DATES = re.compile(DATE)
_REFERENCES = re.compile(rf"{REFERENCE}|^n/?a\b|\b[a-z]{{2,10}}://\S+|\bbd-[0-9a-z.]+")
_LINK = re.compile(
    r"!?\[[^\[\]]*+\]\([^()\s]*+(?:\([^()\s]*+\)[^()\s]*+)?\)|<[^<>\s]++>"
)
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
    unstruck = STRUCK.sub(" ", raw)
    whole = _only_words(unstruck)
    if not any(map(str.isalnum, whole)):
        sign = SIGN.search(prepare(unstruck))
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
    stripped = prepare(unlinked).strip()
    checked = stripped[:1] in _DONE_SIGNS or stripped[-1:] in _DONE_SIGNS
    return _Marks(tuple(candidates), Status.DONE if checked and stripped else None)


_STRUCK_TEXT = re.compile(r"~~[^~\d]*[^\W\d_]{3}")


def _set_apart(text: str) -> list[str]:
    """Return what may be the status of a text in bold, in parentheses, after a dash."""
    found = prefixes(trim(prepare(text)))
    return [_only_words(text), *(prefix for prefix, harmless in found if harmless)]


def _only_words(text: str) -> str:
    """Leave out links, references, dates, parentheses and signs, and fold."""
    text = prepare(_LINK.sub(" ", text))
    text = _DATES.sub(" ", _REFERENCES.sub(" ", PARENTHESES.sub(" ", text)))
    tokens = fold_spelling(trim(SIGN.sub(" ", text)).strip("()[]:;,.—– ")).split()
    while tokens and (tokens[-1] in _TAIL_WORDS or not tokens[-1][:1].isalnum()):
        tokens.pop()
    return " ".join(tokens)
