"""Action items out of the rows of a table.

They are read column by column, since this runs for every row of every document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import repeat
from typing import cast

from pmsync.document import problems
from pmsync.document.cells import Row, Rows, even_columns, lines_of
from pmsync.document.citations import cites_nothing, read_column
from pmsync.document.columns import Layout
from pmsync.document.filled_rows import filled_in
from pmsync.document.reading import Reading, is_blank
from pmsync.document.skip_comments import says_skip
from pmsync.document.tables import ActionTable
from pmsync.document.text import plain, plain_texts
from pmsync.domain.model import ActionItem, Citation, Form, Status

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
    wide: set[int] = set()
    items: list[ActionItem] = []
    for part in _parts(table.rows):
        items += _read_rows(part, found, reading, wide)
    if wide:
        return [
            item._replace(
                editable=item.editable and item.line not in wide, extensible=False
            )
            for item in items
        ]
    return items


def _parts(rows: Rows | Sequence[Row]) -> Iterable[Rows | Sequence[Row]]:
    count = len(rows)
    if count <= _AT_ONCE:
        return (rows,) if count else ()
    every = list(rows)
    return (every[at : at + _AT_ONCE] for at in range(0, count, _AT_ONCE))


def _read_rows(
    some: Rows | Sequence[Row], found: ActionTable, reading: Reading, wide: set[int]
) -> list[ActionItem]:
    table, layout, section = found
    rows, columns = filled_in(
        some, _columns(some, layout.width, reading, wide), layout, reading
    )
    titles = columns[layout.title]
    absent = [None] * len(titles)
    owners, dues, statuses, tickets, priorities, ids = [
        absent if index < 0 else _or_none(columns[index]) for index in layout.optional
    ]
    sound = table.doubt is None
    fields = zip(
        lines_of(rows),
        repeat(Form.TABLE),
        repeat(section.text),
        titles,
        owners,
        dues,
        statuses,
        tickets,
        priorities,
        plain_texts(titles),
        _due_dates(rows, dues, layout, reading),
        _states(rows, statuses, (tickets, priorities, dues, titles), found, reading),
        _citations(titles, statuses, dues, columns, layout, reading),
        repeat(section.horizon_days),
        repeat(layout.columns),
        repeat(table.header.line),
        ids,
        repeat(False),
        (
            [
                table.skipped or says_skip(row.source[row.start : row.end])
                for row in rows
            ]
            if reading.may_skip
            else repeat(table.skipped)
        ),
        repeat(sound),
        repeat(None) if layout.priority < 0 else map(reading.level, priorities),
        repeat(sound),
    )
    return list(map(_tuple, repeat(ActionItem), fields))


def _or_none(column: list[str]) -> Sequence[str | None]:
    return column if all(column) else [cell or None for cell in column]


def _columns(
    rows: Rows | Sequence[Row], width: int, reading: Reading, wide: set[int]
) -> list[list[str]]:
    """Return the cells of each column; lines with too many cells are added to ``wide``.

    A blank column stands behind the others: an absent one has the index -1.
    """
    columns = even_columns(rows, width)
    if columns is None:
        texts: list[list[str]] = []
        for row in rows:
            cells = row.texts()
            if len(cells) > width:
                reading.add(row.line, row.cells[width].start, problems.WIDE_ROW)
                wide.add(row.line)
            texts.append([*cells[:width], *[""] * (width - len(cells))])
        columns = list(map(list, zip(*texts, strict=True)))
    columns.append([""] * len(columns[0]))
    return columns


def _due_dates(
    rows: Rows | Sequence[Row],
    dues: Sequence[str | None],
    layout: Layout,
    reading: Reading,
) -> list[date | None]:
    found = list(map(reading.known_due, dues))
    if all(found):
        return found
    for index, due in enumerate(dues):
        if due and found[index] is None:
            row = rows[index]
            found[index] = reading.check_due(row.line, row.cells[layout.due].start, due)
    return found


def _states(
    rows: Rows | Sequence[Row],
    statuses: Sequence[str | None],
    others: Sequence[Sequence[str | None]],
    found: ActionTable,
    reading: Reading,
) -> list[Status]:
    known = list(map(reading.known_status, statuses))
    if all(known):
        return cast("list[Status]", known)
    return [
        known[index] or _state(rows[index], found, reading, status, cells)
        for index, (status, *cells) in enumerate(zip(statuses, *others, strict=True))
    ]


def _state(
    row: Row,
    found: ActionTable,
    reading: Reading,
    status: str | None,
    others: Sequence[str | None],
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


def _citations(
    titles: Sequence[str],
    statuses: Sequence[str | None],
    dues: Sequence[str | None],
    columns: Sequence[Sequence[str]],
    layout: Layout,
    reading: Reading,
) -> list[tuple[Citation, ...]]:
    if layout.ticket < 0:
        cells = zip(titles, statuses, dues, strict=True)
        return [_cited_beside(*each, reading) for each in cells]
    tickets = columns[layout.ticket]
    found = read_column(tickets)
    if cites_nothing("\n".join(titles)):
        return found
    # Where a column was added, what had a ticket cites it in its title still.
    return [
        cited if cell else reading.citations_in_text(title)
        for cell, title, cited in zip(tickets, titles, found, strict=True)
    ]


def _cited_beside(
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
