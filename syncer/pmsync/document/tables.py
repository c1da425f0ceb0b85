"""Which tables hold action items, and what their columns mean."""

from __future__ import annotations

from typing import NamedTuple

from pmsync.document.citations import read_citations
from pmsync.document.columns import Layout
from pmsync.document.elements import Table
from pmsync.document.phrases import fold
from pmsync.document.placeholders import is_nothing
from pmsync.document.sections import Section
from pmsync.document.text import plain
from pmsync.document.vocabulary import Vocabulary

_PROBLEMS = frozenset(fold(word) for word in ("issue", "issues", "bug", "bugs", "課題"))
"""Headers over tickets in one table, over problems in another."""
_FEW = 2
"""Words that can say that a ticket is missing: *not filed*."""


class ActionTable(NamedTuple):
    """A table whose rows are action items."""

    table: Table
    layout: Layout
    section: Section


def action_table(
    table: Table, section: Section, vocabulary: Vocabulary
) -> ActionTable | None:
    """Return a table with its layout, None if it holds something else."""
    cells = table.header.texts()
    headers = vocabulary.headers
    layout = headers.layout(cells, section.place)
    if layout is not None and layout.ticket >= 0:
        at = layout.ticket
        few = 0 if at < layout.title else _FEW
        if fold(plain(cells[at])) in _PROBLEMS and _tells(table, at, few):
            layout = headers.layout(cells, section.place, at)
    return None if layout is None else ActionTable(table, layout, section)


def _tells(table: Table, column: int, few: int) -> bool:
    """Tell whether cells describe something, in more than a few words, and no ticket."""
    said = False
    for row in table.rows:
        cells = row.texts()
        if len(cells) > column and not is_nothing(cells[column]):
            numbered = few and any(map(str.isdigit, cells[column]))
            if numbered or read_citations(cells[column]):
                return False
            said = said or len(plain(cells[column]).split()) > few
    return said
