"""Which tables hold action items, and what their columns mean."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from pmsync.document.cells import Row
from pmsync.document.citations import read_citations
from pmsync.document.columns import Layout
from pmsync.document.elements import Table
from pmsync.document.headings import Family
from pmsync.document.nothing import is_nothing
from pmsync.document.phrases import fold
from pmsync.document.sections import Section, Sections
from pmsync.document.text import plain
from pmsync.document.vocabulary import Vocabulary

_PROBLEMS = frozenset(fold(word) for word in ("issue", "issues", "bug", "bugs", "課題"))
"""Headers over tickets in one table, over problems in another."""
_NAMES = frozenset(
    fold(word)
    for word in ("ref", "reference", "réf", "référence", "referencia", "referenz")
)
"""First headers over tickets in one table, over names of the rows in another."""
_LONGEST_NAME = 20
_FEW = 2
"""Words that can say that a ticket is missing: *not filed*."""


class ActionTable(NamedTuple):
    """A table whose rows are action items."""

    table: Table
    layout: Layout
    section: Section


def action_table(
    table: Table, sections: Sections, vocabulary: Vocabulary
) -> ActionTable | None:
    """Return a table with its layout, None if it holds something else."""
    source, _, start, end = table.header
    cells = _cells(source[start:end])
    headers = vocabulary.headers
    # What is none among action items is none anywhere: most tables, and cheap to tell.
    if headers.layout(cells, Family.ACTION) is None:
        return None
    section = sections.at(table.start)
    layout = headers.layout(cells, section.place)
    if layout is not None and layout.ticket >= 0:
        at = layout.ticket
        few = 0 if at < layout.title else _FEW
        if (_word(cells[at]) in _PROBLEMS and _tells(table, at, few)) or (
            at == 0 and _word(cells[0]) in _NAMES and _names_rows(table)
        ):
            layout = headers.layout(cells, section.place, at)
    return None if layout is None else ActionTable(table, layout, section)


@lru_cache(maxsize=1024)
def _cells(header: bytes) -> tuple[str, ...]:
    return tuple(Row(header, 1, 0, len(header)).texts())


@lru_cache(maxsize=1024)
def _word(header: str) -> str:
    return fold(plain(header))


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


def _names_rows(table: Table) -> bool:
    """Tell whether each row begins with a name of its own: ``A-DAT-021``, and no ticket."""
    names = [cells[0] for row in table.rows if (cells := row.texts())]
    return len(set(names)) == len(names) and all(
        len(name) <= _LONGEST_NAME
        and " " not in name
        and any(map(str.isdigit, name))
        and not read_citations(name)
        for name in names
    )
