"""An item that a row may be, how alike the two are, and what rules it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from pmsync.domain.model import TicketRef, name_of
from pmsync.domain.rows import Row
from pmsync.domain.state import Link

PLAUSIBLE = 50.0
"""Similarity from which a vanished item might be a new row of its document."""
PLAUSIBLE_ELSEWHERE = 85.0
"""The same for a row of another document."""


class Known(NamedTuple):
    """An item that a row may be: from the state, or from an intent."""

    key: str
    path: str
    text: str
    section: str | None
    line: int
    ref: TicketRef | None
    link: Link
    owns: bool = True
    """False when it only receives the status of another row's ticket."""
    owner: str | None = None
    due: str | None = None
    """With the owner it tells rows of one title apart."""
    gone: bool = False
    """True when its row was gone already in an earlier run."""
    aside: bool = False
    """True for an intent that left no ticket so far and is not waited for."""


def similarity(one: str, two: str) -> float:
    """Return how alike two titles are, 0 to 100."""
    return _ratio()(one.casefold(), two.casefold())


@cache
def _ratio() -> Callable[[str, str], float]:
    from rapidfuzz import fuzz  # noqa: PLC0415 most runs compare no titles

    return fuzz.ratio


def closeness(row: Row, item: Known) -> tuple[bool, bool, float, bool, int]:
    """Return what orders the rows that cite an item's ticket: its own is the greatest."""
    return (
        row.path == item.path,
        row.text == item.text,
        similarity(row.text, item.text),
        item.owns,
        -abs(row.line - item.line),
    )


def is_compatible(row: Row, item: Known) -> bool:
    """Tell whether a row may be an item although the ticket did not say so.

    A row that cites another ticket may be the item whose link a person replaced; a
    row that cites several is nobody's.
    """
    if len(row.refs) > 1 or row.foreign:
        return False
    return not row.refs or item.link is Link.LANDED


def cited_one(row: Row, items: Sequence[Known]) -> Known | None:
    """Return the item whose ticket a row cites, None if there is none."""
    refs = {name_of(ref) for ref in row.refs}
    return next(
        (i for i in items if i.ref is not None and name_of(i.ref) in refs), None
    )


def likeliest(row: Row, missing: Sequence[Known]) -> Known | None:
    """Return the missing item that the row most likely is, None if none could be."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 most runs miss no item

    here = [item for item in missing if item.path == row.path]
    for items, enough in ((here, PLAUSIBLE), (missing, PLAUSIBLE_ELSEWHERE)):
        best = process.extractOne(
            row.text.casefold(),
            [item.text.casefold() for item in items],
            scorer=fuzz.ratio,
            score_cutoff=enough,
        )
        if best is not None:
            return items[best[2]]
    return None
