"""Action items out of the rows of a table.

They are read column by column, since this runs for every row of every document.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from itertools import repeat
from typing import NamedTuple

from pmsync.document import problems
from pmsync.document.cells import Row
from pmsync.document.columns import Layout
from pmsync.document.placeholders import is_counted, is_placeholder
from pmsync.document.reading import (
    Reading,
    is_blank,
    is_unfilled,
    is_waiting,
    is_wordless,
)
from pmsync.document.tables import ActionTable
from pmsync.document.text import plain
from pmsync.domain.model import ActionItem, Citation, Form, Status

_SKIP = "pmsync: skip"
_AT_ONCE = 500
"""Rows that are read together: of a long table not all cells are held at a time."""
_tuple = tuple.__new__
"""Makes an item; its own constructor does the same in twice the time."""


def read_table(found: ActionTable, reading: Reading) -> list[ActionItem]:
    """Return the action items of a table."""
    table, layout = found.table, found.layout
    for column in layout.doubles:
        reading.add(
            table.header.line, table.start, problems.DOUBLE_COLUMN, column.value
        )
    starts = range(0, len(table.rows), _AT_ONCE)
    parts = (table.rows[start : start + _AT_ONCE] for start in starts)
    return [item for part in parts for item in _read_rows(part, found, reading)]


def _read_rows(
    some: Sequence[Row], found: ActionTable, reading: Reading
) -> list[ActionItem]:
    table, layout, section = found
    rows, columns, wide = _filled_in(some, found, reading)
    if not rows:
        return []
    titles = columns[layout.title]
    owners, dues, statuses, tickets, priorities, ids = (
        [cell or None for cell in columns[index]]
        for index in (
            layout.owner,
            layout.due,
            layout.status,
            layout.ticket,
            layout.priority,
            layout.row_id,
        )
    )
    due_dates = list(map(reading.known_due, columns[layout.due]))
    states = list(map(reading.known_status, columns[layout.status]))
    for index, row in enumerate(rows):
        due = dues[index]
        if due and due_dates[index] is None:
            due_dates[index] = _due_date(row, layout, reading, due)
        if states[index] is None:
            others = (tickets[index], priorities[index], due, titles[index])
            states[index] = _state(row, found, reading, statuses[index], others)
    if layout.ticket < 0:
        cited = zip(titles, statuses, dues, strict=True)
        citations = [_citations(*cells, reading) for cells in cited]
    else:
        citations = [reading.citations(cell) if cell else () for cell in tickets]
    sound = table.doubt is None
    fields = zip(
        [row.line for row in rows],
        repeat(Form.TABLE),
        repeat(section.text),
        titles,
        owners,
        dues,
        statuses,
        tickets,
        priorities,
        map(plain, titles),
        due_dates,
        states,
        citations,
        repeat(section.horizon_days),
        repeat(layout.columns),
        repeat(table.header.line),
        ids,
        repeat(False),
        [table.skipped or (reading.may_skip and _skips(row)) for row in rows],
        [sound and row.line not in wide for row in rows],
        map(reading.level, priorities),
        repeat(sound and not wide),
    )
    return [_tuple(ActionItem, each) for each in fields]


class _FilledIn(NamedTuple):
    """The rows of a table that say something."""

    rows: Sequence[Row]
    columns: Sequence[Sequence[str]]
    """Their cells. A blank column stands behind the others: an absent one has the
    index -1."""
    wide: Collection[int]
    """Lines of rows with more cells than the header."""


def _filled_in(some: Sequence[Row], found: ActionTable, reading: Reading) -> _FilledIn:
    layout = found.layout
    width = layout.width
    kept: list[Row] = []
    texts: list[list[str]] = []
    wide: set[int] = set()
    alone: list[int] = []
    for row in some:
        cells = row.texts()
        if len(cells) != width:
            if len(cells) > width:
                reading.add(row.line, row.cells[width].start, problems.WIDE_ROW)
                wide.add(row.line)
                del cells[width:]
            cells += [""] * (width - len(cells))
        cells.append("")
        title = cells[layout.title]
        if is_placeholder(title) or is_wordless(title):
            if not title and not reading.template and _says_more(cells, layout):
                reading.add(row.line, row.start, problems.NO_TITLE)
        elif not _waits(cells, layout, reading):
            if title[:2] == "**" and _stands_alone(cells, layout.title):
                alone.append(len(kept))
            kept.append(row)
            texts.append(cells)
    # Where all titles are bold and nothing else is filled in, they are the items.
    if alone and not all(cells[layout.title][:2] == "**" for cells in texts):
        for index in reversed(alone):
            del kept[index], texts[index]
    return _FilledIn(kept, tuple(zip(*texts, strict=True)), wide)


def _stands_alone(cells: Sequence[str], title: int) -> bool:
    """Tell whether a row is a caption of the rows below it: ``| **Prevention** | | |``."""
    text = cells[title]
    return text.find("**", 2) == len(text) - 2 and sum(map(bool, cells)) == 1


def _says_more(cells: Sequence[str], layout: Layout) -> bool:
    known = (cells[layout.owner], cells[layout.due], cells[layout.ticket])
    return not all(is_blank(cell) or is_waiting(cell) for cell in known)


def _waits(cells: Sequence[str], layout: Layout, reading: Reading) -> bool:
    """Tell whether a row with a title waits to be filled in."""
    owner, due = cells[layout.owner], cells[layout.due]
    if reading.template and (
        is_counted(cells[layout.title])
        or any(cell and is_waiting(cell) for cell in (owner, due, cells[layout.ticket]))
    ):
        return True
    return due != "" and reading.known_due(due) is None and is_unfilled(owner, due)


def _due_date(row: Row, layout: Layout, reading: Reading, due: str) -> date | None:
    return reading.check_due(row.line, row.cells[layout.due].start, due)


def _state(
    row: Row,
    found: ActionTable,
    reading: Reading,
    status: str | None,
    others: tuple[str | None, ...],
) -> Status:
    """Return what the status says, or what says it in its place."""
    state = reading.status(status) if status else Status.OPEN
    if found.layout.yes_or_no and state is Status.UNKNOWN and status:
        state = reading.answer(status)
    if state is Status.UNKNOWN:
        at = row.cells[found.layout.status].start
        reading.add(row.line, at, problems.UNKNOWN_STATUS, plain(status or ""))
    elif is_blank(status):
        said = (reading.status_in(other) for other in others)
        state = next(filter(None, said), found.section.status or Status.OPEN)
    return state


def _skips(row: Row) -> bool:
    text = row.source[row.start : row.end].decode()
    return any(
        part.partition("-->")[0].strip().lower() == _SKIP
        for part in text.split("<!--")[1:]
    )


def _citations(
    title: str, status: str | None, due: str | None, reading: Reading
) -> tuple[Citation, ...]:
    """Return the tickets that a row cites which has no column for them.

    They stand in the title, or as links beside a status or date. A bare ``#3`` beside
    a status is more often another row (*depends on #3*).
    """
    found = reading.citations_in_text(title)
    for cell in (status, due):
        if cell and "://" in cell:
            found += tuple(each for each in reading.citations(cell) if each.url)
    return found
