"""Statuses, spelled as the table or the document already spells them.

A status cell may end with a note: ``TODO (from PM-035)``, ``**Done** (git f4eb131)``.
When an unfinished item changes, its note stays: it says what the item is about. When
a finished item changes, its note goes: it says how the item was finished, and beside
another status that would be wrong. The plan shows both texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pmsync.document.statuses import read_status
from pmsync.domain.model import Status

Words = Mapping[str, Status]

_BOX = re.compile(r"(?P<before>(?:[-*+] )?\[)(?P<mark>[ xX])(?P<after>\])")
_SIGNS = {"\u2610": "\u2611", "\u2b1c": "\u2705"}
"""Ballot boxes: not done, done."""
_NOTE = re.compile(
    r"\s*[(\uff08\[:\uff1a,\uff0c\u3001;]|\s+(?=[0-9#`<])|\s+[-\u2013\u2014\u2192]+\s|\. "
)
_EMPHASIS = ("***", "**", "__", "*", "_", "`")
_MAX_SPELLING = 40
_TAIL = re.compile(
    r"(?i)(?<=\S)\s+(?:by|in|on|at|via|with|for|as of|since|von|am|im|durch|mit|por|en|el|con"
    r"|par|le|avec|em|com|da|il|door|op|przez)(?!\S)"
)
"""Begins what a status says of one row: *by Ana*, *in #12*."""
_SIGN_AND_WORDS = re.compile(r"(?P<sign>[^\w\s()\[\]*_`~<]+)\s+(?P<words>.*\w.*)")
_NO_SPELLING = re.compile(r"[0-9()\[\]<>`|\\]|://")


class _Parts(NamedTuple):
    words: str
    """The status itself, with its sign and emphasis."""
    note: str
    """What follows it, with the blanks in between."""


def spellings(cells: Iterable[str], words: Words) -> Mapping[Status, str]:
    """Return how ``cells`` spell each status that they show, the commonest way."""
    seen: dict[Status, Counter[str]] = {}
    for cell in cells:
        spelled = cell if _BOX.fullmatch(cell) else _spelling(cell, words)
        status = read_status(spelled, words) if spelled else Status.UNKNOWN
        if status is not Status.UNKNOWN and _copyable(spelled):
            seen.setdefault(status, Counter())[spelled] += 1
    found = {status: max(each, key=lambda s: each[s]) for status, each in seen.items()}
    return {**_counterparts(found), **found}


def with_status(
    cell: str, status: Status, spelled: Mapping[Status, str], words: Words
) -> str:
    """Return a status cell that shows ``status``.

    ``spelled`` has a spelling for every status. A checkbox is flipped and nothing
    else; a cell that shows the status already is left as it is.
    """
    flipped = _flipped(cell, finished=status.terminal)
    if flipped is not None:
        return flipped
    shown = read_status(cell, words) if cell else None
    if shown is status:
        return cell
    wanted = spelled[status]
    if shown is None or shown is Status.UNKNOWN or shown.terminal:
        return wanted
    noted = wanted + _parts(cell, words).note
    return noted if read_status(noted, words) is status else wanted


def is_checkbox(cell: str) -> bool:
    """Return True for a cell that knows only done and not done."""
    return _flipped(cell, finished=True) is not None


def _flipped(cell: str, *, finished: bool) -> str | None:
    """Return the checkbox as it must be, None if the cell is no checkbox."""
    if found := _BOX.fullmatch(cell):
        if finished == (found["mark"] != " "):
            return cell
        return found["before"] + ("x" if finished else " ") + found["after"]
    for empty, ticked in _SIGNS.items():
        if cell in (empty, ticked):
            return ticked if finished else empty
    return None


def _counterparts(found: Mapping[Status, str]) -> Mapping[Status, str]:
    """Return the other side of checkboxes of which the column shows only one."""
    other = {}
    for spelled in found.values():
        if is_checkbox(spelled):
            other[Status.OPEN] = _flipped(spelled, finished=False) or ""
            other[Status.DONE] = _flipped(spelled, finished=True) or ""
    return other


def _spelling(cell: str, words: Words) -> str:
    """Return what of a cell is its status, for other rows: of ``✅ Sprint 13`` the sign."""
    spelled = _parts(cell, words).words
    shown = read_status(spelled, words)
    for cut in _TAIL.finditer(spelled):
        head = spelled[: cut.start()]
        if _balanced(head) and read_status(head, words) is shown:
            spelled = head
            break
    found = _SIGN_AND_WORDS.fullmatch(spelled)
    if found and read_status(found["words"], words) is Status.UNKNOWN:
        return found["sign"]
    return spelled


def _parts(cell: str, words: Words) -> _Parts:
    """Split a cell after the shortest beginning that reads as the whole does."""
    wrapped = _unwrapped(cell)
    if wrapped is not None:
        mark, inner = wrapped
        spelled, note = _parts(inner, words)
        return _Parts(f"{mark}{spelled}{mark}", note)
    shown = read_status(cell, words)
    for cut in _NOTE.finditer(cell[: 2 * _MAX_SPELLING]):
        head = cell[: cut.start()]
        if head and _balanced(head) and read_status(head, words) is shown:
            return _Parts(head, cell[cut.start() :])
    return _Parts(cell, "")


def _unwrapped(cell: str) -> tuple[str, str] | None:
    """Return the emphasis around the whole cell, and what is inside it."""
    for mark in _EMPHASIS:
        inner = cell[len(mark) : -len(mark)]
        around = cell.startswith(mark) and cell.endswith(mark)
        if around and inner.strip() and mark[0] not in inner:
            return mark, inner
    return None


def _balanced(text: str) -> bool:
    return all(text.count(mark) % 2 == 0 for mark in ("**", "__", "~~", "`"))


def _copyable(spelled: str) -> bool:
    if is_checkbox(spelled):
        return True
    return len(spelled) <= _MAX_SPELLING and not _NO_SPELLING.search(spelled)
