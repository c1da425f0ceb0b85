"""Action items out of tables."""

from __future__ import annotations

from typing import NamedTuple

from pmsync.document import problems
from pmsync.document.cells import Row
from pmsync.document.citations import read_citations
from pmsync.document.columns import Layout
from pmsync.document.elements import Table
from pmsync.document.phrases import fold
from pmsync.document.placeholders import is_counted, is_nothing, is_placeholder
from pmsync.document.reading import Reading, is_blank, is_unfilled, is_waiting
from pmsync.document.sections import Section
from pmsync.document.text import plain
from pmsync.document.vocabulary import Vocabulary
from pmsync.domain.model import ActionItem, Citation, Form, Status

_SKIP = "pmsync: skip"
_PROBLEMS = frozenset(fold(word) for word in ("issue", "issues", "bug", "bugs", "課題"))
"""Headers over tickets in one table; before the title of another, over problems."""
_tuple = tuple.__new__
"""Makes an item; its own constructor does the same in twice the time."""


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
    if layout is not None and 0 <= layout.ticket < layout.title:
        at = layout.ticket
        if fold(plain(cells[at])) in _PROBLEMS and _tells(table, at):
            layout = headers.layout(cells, section.place, at)
    return None if layout is None else ActionTable(table, layout, section)


def _tells(table: Table, column: int) -> bool:
    """Tell whether cells describe something where tickets could stand."""
    said = False
    for row in table.rows:
        cells = row.texts()
        if len(cells) > column and not is_nothing(cells[column]):
            if read_citations(cells[column]):
                return False
            said = True
    return said


def read_table(found: ActionTable, reading: Reading) -> list[ActionItem]:
    """Return the action items of a table."""
    table, layout, section = found
    for column in layout.doubles:
        reading.add(
            table.header.line, table.start, problems.DOUBLE_COLUMN, column.value
        )
    items = [_item(row, table, layout, section, reading) for row in table.rows]
    return [item for item in items if item is not None]


def _item(
    row: Row, table: Table, layout: Layout, section: Section, reading: Reading
) -> ActionItem | None:
    cells = row.texts()
    wide = len(cells) > layout.width
    if len(cells) != layout.width:
        if wide:
            reading.add(row.line, row.cells[layout.width].start, problems.WIDE_ROW)
            del cells[layout.width :]
        cells += [""] * (layout.width - len(cells))
    # An absent column has index -1, which is the blank that is added here.
    cells.append("")
    title = cells[layout.title]
    owner = cells[layout.owner] or None
    due = cells[layout.due] or None
    status = cells[layout.status] or None
    ticket = cells[layout.ticket] or None
    priority = cells[layout.priority] or None
    if is_blank(title) or is_placeholder(title):
        if not title and not reading.template and not _is_empty(owner, due, ticket):
            reading.add(row.line, row.start, problems.NO_TITLE)
        return None
    if (reading.template and _is_sample(title, owner, due, ticket)) or (
        due and is_unfilled(owner, due)
    ):
        return None
    state = reading.known_status(status) if status else None
    if state is None or state is Status.UNKNOWN:
        values = (status, ticket, priority, due, title)
        state = _state(row, layout, section, reading, values)
    due_date = None
    if due:
        known = reading.due(due)
        due_date = known.date
        if due_date is None:
            reading.check_due(row.line, row.cells[layout.due].start, due)
    if layout.ticket < 0:
        citations = _citations(title, status, due, reading)
    else:
        citations = reading.citations(ticket) if ticket else ()
    fields = (
        row.line,
        Form.TABLE,
        section.text,
        title,
        owner,
        due,
        status,
        ticket,
        priority,
        plain(title),
        due_date,
        state,
        citations,
        section.horizon_days,
        layout.columns,
        table.header.line,
        cells[layout.row_id] or None,
        False,
        table.skipped or (reading.may_skip and _skips(row)),
        table.doubt is None and not wide,
        reading.level(priority) if priority else None,
    )
    return _tuple(ActionItem, fields)


def _state(
    row: Row,
    layout: Layout,
    section: Section,
    reading: Reading,
    values: tuple[str | None, str | None, str | None, str | None, str],
) -> Status:
    """Return what the status says, or what says it in its place."""
    status, ticket, priority, due, title = values
    state = reading.status(status) if status else Status.OPEN
    if layout.yes_or_no and state is Status.UNKNOWN and status:
        state = reading.answer(status)
    if state is Status.UNKNOWN:
        at = row.cells[layout.status].start
        reading.add(row.line, at, problems.UNKNOWN_STATUS, plain(status or ""))
    elif is_blank(status):
        state = (
            reading.status_in(ticket)
            or reading.status_in(priority)
            or reading.status_in(due)
            or reading.status_in(title)
            or section.status
            or Status.OPEN
        )
    return state


def _is_sample(title: str, *cells: str | None) -> bool:
    """Tell whether a row of a template waits to be replaced."""
    return is_counted(title) or any(map(is_waiting, cells))


def _is_empty(*cells: str | None) -> bool:
    return all(is_blank(cell) or is_waiting(cell) for cell in cells)


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
