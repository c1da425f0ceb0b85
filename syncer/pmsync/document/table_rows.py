"""Action items out of the rows of a table.

They are read column by column, since this runs for every row of every document.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from itertools import compress, repeat

from pmsync.document import problems
from pmsync.document.cells import Row, Rows, even_columns, lines_of
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
    if len(table.rows) <= _AT_ONCE:
        return _read_rows(table.rows, found, reading) if table.rows else []
    rows = list(table.rows)
    parts = (rows[at : at + _AT_ONCE] for at in range(0, len(rows), _AT_ONCE))
    return [item for part in parts for item in _read_rows(part, found, reading)]


def _read_rows(
    some: Rows | Sequence[Row], found: ActionTable, reading: Reading
) -> list[ActionItem]:
    table, layout, section = found
    columns, wide = _columns(some, layout.width, reading)
    rows, columns = _filled_in(some, columns, layout, reading)
    titles = columns[layout.title]
    owners, dues, statuses, tickets, priorities, ids = (
        columns[index]
        if all(columns[index])
        else [cell or None for cell in columns[index]]
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
    for index, (due, due_date, state) in enumerate(
        zip(dues, due_dates, states, strict=True)
    ):
        if due and due_date is None:
            due_dates[index] = _due_date(rows[index], layout, reading, due)
        if state is None:
            others = (tickets[index], priorities[index], due, titles[index])
            states[index] = _state(rows[index], found, reading, statuses[index], others)
    if layout.ticket < 0:
        cited = zip(titles, statuses, dues, strict=True)
        citations = [_citations(*cells, reading) for cells in cited]
    else:
        # Where a column was added, what had a ticket cites it in its title still.
        citations = [
            reading.citations(cell) if cell else reading.citations_in_text(title)
            for cell, title in zip(tickets, titles, strict=True)
        ]
    sound = table.doubt is None
    lines = lines_of(rows)
    fields = zip(
        lines,
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
        (
            [table.skipped or _skips(row) for row in rows]
            if reading.may_skip
            else repeat(table.skipped)
        ),
        [sound and line not in wide for line in lines],
        repeat(None) if layout.priority < 0 else map(reading.level, priorities),
        repeat(sound and not wide),
    )
    return [_tuple(ActionItem, each) for each in fields]


def _columns(
    rows: Rows | Sequence[Row], width: int, reading: Reading
) -> tuple[list[list[str]], Collection[int]]:
    """Return the cells of each column, and the lines of rows with too many cells.

    A blank column stands behind the others: an absent one has the index -1.
    """
    columns = even_columns(rows, width)
    wide: set[int] = set()
    if columns is None:
        texts: list[list[str]] = []
        for row in rows:
            cells = row.texts()
            if len(cells) > width:
                reading.add(row.line, row.cells[width].start, problems.WIDE_ROW)
                wide.add(row.line)
            texts.append([*cells[:width], *[""] * (width - len(cells))])
        columns = list(map(list, zip(*texts, strict=True)))
    columns.append([""] * len(rows))
    return columns, wide


def _filled_in(
    rows: Rows | Sequence[Row],
    columns: list[list[str]],
    layout: Layout,
    reading: Reading,
) -> tuple[Rows | Sequence[Row], list[list[str]]]:
    """Return the rows that say something, and their columns."""
    titles, dues = columns[layout.title], columns[layout.due]
    filled = [not (is_placeholder(each) or is_wordless(each)) for each in titles]
    dated = all(map(reading.known_due, filter(None, dues)))
    bold = [each.startswith("**") for each in titles]
    if all(filled) and dated and not (any(bold) or reading.template):
        return rows, columns
    others = zip(columns[layout.owner], dues, columns[layout.ticket], strict=True)
    for index, (owner, due, ticket) in enumerate(others):
        title = titles[index]
        if filled[index]:
            waits = reading.template and _waits(title, owner, due, ticket)
            unknown = due != "" and reading.known_due(due) is None
            filled[index] = not (waits or (unknown and is_unfilled(owner, due)))
        elif not (title or reading.template) and _say_more(owner, due, ticket):
            row = rows[index]
            reading.add(row.line, row.start, problems.NO_TITLE)
    # Where all titles are bold and nothing else is filled in, they are the items.
    if not all(compress(bold, filled)):
        for index in compress(range(len(rows)), bold):
            if _stands_alone([each[index] for each in columns], titles[index]):
                filled[index] = False
    return list(compress(rows, filled)), [[*compress(each, filled)] for each in columns]


def _stands_alone(cells: Sequence[str], title: str) -> bool:
    """Tell whether a row is a caption of the rows below it: ``| **Prevention** | | |``."""
    return title.find("**", 2) == len(title) - 2 and sum(map(bool, cells)) == 1


def _say_more(*cells: str) -> bool:
    return not all(is_blank(cell) or is_waiting(cell) for cell in cells)


def _waits(title: str, *others: str) -> bool:
    """Tell whether a row of a template waits to be filled in."""
    return is_counted(title) or any(cell and is_waiting(cell) for cell in others)


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
