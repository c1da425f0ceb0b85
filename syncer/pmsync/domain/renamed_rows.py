"""Rows under a new title: each is the item that it is clearly most like."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pmsync.domain.likeness import Known, is_compatible, similarity
from pmsync.domain.rows import Row
from pmsync.domain.state import Link

RENAMED = 60.0
"""Similarity (0-100) from which the best and only candidate is the same row."""
SOLE = 50.0
"""The same, when row and item are the only ones left between two known rows."""
SURELY = 85.0
"""The same, where something speaks against it."""
MARGIN = 10.0
"""How much better the best candidate must be than the second."""
MOST_PAIRS = 250_000
"""Above this many row-item pairs in one document no rename is looked for."""


class Anchor(NamedTuple):
    """The lines of a row that is known, and of its item."""

    row: int
    item: int


def sole_between(
    rows: Sequence[Row], items: Sequence[Known], anchors: Sequence[Anchor]
) -> Iterator[tuple[Row, Known]]:
    """Match the only row and the only item left between two known rows."""
    rows_in = _gaps([row.line for row in rows], [anchor.row for anchor in anchors])
    items_in = _gaps([item.line for item in items], [anchor.item for anchor in anchors])
    for gap, places in rows_in.items():
        candidates = items_in.get(gap, [])
        if len(places) == 1 and len(candidates) == 1:
            row, item = rows[places[0]], items[candidates[0]]
            alike = similarity(row.text, item.text)
            if alike >= _least(row, item, SOLE) and is_compatible(row, item):
                yield row, item


def clear_best(
    rows: Sequence[Row], items: Sequence[Known]
) -> Iterator[tuple[Row, Known]]:
    """Match rows and items that are each other's clear best."""
    if len(rows) * len(items) > MOST_PAIRS:
        return
    scores = [
        (similarity(row.text, item.text), row, item)
        for row in rows
        for item in items
        if is_compatible(row, item)
    ]
    best: dict[int | str, list[float]] = defaultdict(list)
    for score, row, item in sorted(scores, key=lambda scored: scored[0], reverse=True):
        best[row.line].append(score)
        best[item.key].append(score)
    for score, row, item in scores:
        clear = all(
            scored[0] == score and (len(scored) == 1 or score - scored[1] >= MARGIN)
            for scored in (best[row.line], best[item.key])
        )
        if score >= _least(row, item, RENAMED) and clear:
            yield row, item


def _least(row: Row, item: Known, usual: float) -> float:
    """Return how alike a row must be to be an item under a new title.

    A person who changes a title leaves row and link where they are. So a row that does
    not cite the ticket, or comes when the item's row has long been gone, is more likely
    another one.
    """
    unlinked = item.link is Link.LANDED and not row.refs
    return SURELY if unlinked or item.gone else usual


def _gaps(lines: Sequence[int], known: Sequence[int]) -> dict[int, list[int]]:
    """Group the places in ``lines`` by how many of the known lines are above."""
    above = sorted(known)
    groups: dict[int, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        groups[bisect_left(above, line)].append(place)
    return groups
