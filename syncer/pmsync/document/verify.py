"""Read an edited document again: it must hold the plan, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pmsync.document.cells import Row
from pmsync.document.edits import CellChange, ItemEdit, Link, Value
from pmsync.document.elements import Entry, Structure, Table
from pmsync.document.entry_items import entry_text
from pmsync.document.reader import read
from pmsync.document.structure import parse
from pmsync.document.text import plain
from pmsync.document.vocabulary import NO_LIMITS, Vocabulary
from pmsync.domain.errors import EditRefusedError
from pmsync.domain.model import ActionItem, Column, Form, Status
from pmsync.domain.unseen import one_line


def verify(
    before: bytes,
    after: bytes,
    path: str,
    edits: Sequence[ItemEdit],
    add_columns: Mapping[int, Sequence[Column]],
    changes: Sequence[CellChange],
    vocabulary: Vocabulary,
) -> None:
    """Raise ``EditRefusedError`` unless exactly the planned values have changed."""
    edited = {change.line for change in changes}
    structures = parse(before), parse(after)
    _same_structure(path, *structures, edited, add_columns)
    for entry, new in zip(*(each.entries for each in structures), strict=True):
        if entry.line not in edited and _own(entry, before) != _own(new, after):
            text = entry_text(new, after)
            raise _refused(path, entry.line, f"a list entry would change: {text}")
    then = {item.line: item for item in read(before, path, vocabulary, NO_LIMITS).items}
    now = {item.line: item for item in read(after, path, vocabulary, NO_LIMITS).items}
    for line in then.keys() ^ now.keys():
        raise _refused(path, line, "an action item would appear or vanish")
    for edit in edits:
        if edit.line not in now:
            raise _refused(path, edit.line, "it would be no action item any more")
        for column, value in edit.values.items():
            if not _shows(now[edit.line], column, value):
                raise _refused(
                    path,
                    edit.line,
                    f"the {column.value} would not read back as planned",
                )
    for line, item in then.items():
        if line not in edited and _said(item) != _said(now[line]):
            raise _refused(path, line, "another action item would change")


def _same_structure(
    path: str,
    before: Structure,
    after: Structure,
    edited: set[int],
    add_columns: Mapping[int, Sequence[Column]],
) -> None:
    if len(before.tables) != len(after.tables):
        raise _refused(path, 1, "a table would appear or vanish")
    if len(before.entries) != len(after.entries):
        raise _refused(path, 1, "a list entry would appear or vanish")
    if [h.text for h in before.headings] != [h.text for h in after.headings]:
        raise _refused(path, 1, "a heading would change")
    for table, now in zip(before.tables, after.tables, strict=True):
        more = len(add_columns.get(table.header.line, ()))
        _same_cells(path, table, now, edited, more)
    for entry, new in zip(before.entries, after.entries, strict=True):
        if entry.line != new.line:
            raise _refused(path, entry.line, "a list entry would move")


def _same_cells(
    path: str, table: Table, after: Table, edited: set[int], more: int
) -> None:
    """Compare the rows of a table that got ``more`` columns."""
    rows, others = _rows(table), _rows(after)
    if [row.line for row in rows] != [row.line for row in others]:
        raise _refused(path, table.header.line, "rows would appear or vanish")
    width = len(table.header.cells)
    for row, now in zip(rows, others, strict=True):
        cells, shown = row.texts(), now.texts()
        if cells == shown and len(cells) < width and row.line not in edited:
            continue
        if more or (row.line in edited and len(shown) <= width):
            wanted = width if more else len(shown)
            cells += [""] * (wanted - len(cells))
        moved = len(shown) != len(cells) + more
        if moved or (row.line not in edited and shown[: len(cells)] != cells):
            raise _refused(path, row.line, "cells would move or change")


def _rows(table: Table) -> tuple[Row, ...]:
    above = () if table.blank is None else (table.blank,)
    return (*above, table.header, *table.rows)


def _own(entry: Entry, data: bytes) -> bytes:
    """Return bullet, box and text of an entry, without what is nested in it."""
    return data[entry.start : entry.content.end]


def _shows(item: ActionItem, column: Column, value: Value) -> bool:
    """Tell whether an item reads back as what was to be written."""
    match value:
        case None:
            return _is_cleared(item, column)
        case Status():
            full = Column.STATUS in item.columns and not item.checkbox
            alike = item.state.terminal == value.terminal
            return item.state is value or (alike and not full)
        case Link():
            return value.url is None or any(
                cited.url == value.url or cited.text == value.text
                for cited in item.citations
            )
        case date():
            return item.due_date == value
        case str():
            return _says(item, column, value)


def _says(item: ActionItem, column: Column, value: str) -> bool:
    match column:
        case Column.TITLE:
            wanted = one_line(value)
            # A link may stand behind the title where there is no column for it.
            if item.form is Form.TABLE and Column.TICKET in item.columns:
                return item.text == wanted
            return item.text.startswith(wanted)
        case Column.OWNER:
            return item.owner is not None and plain(item.owner) == plain(value)
        case Column.PRIORITY:
            return item.level == value
        case _:
            return False


def _is_cleared(item: ActionItem, column: Column) -> bool:
    match column:
        case Column.OWNER:
            return not item.owner or len(item.owner) == 1
        case Column.DUE:
            return item.due_date is None
        case Column.PRIORITY:
            return item.level is None
        case _:
            return False


def _said(item: ActionItem) -> tuple[object, ...]:
    """Return what a row says, whatever columns stand beside it."""
    return (
        item.title,
        item.owner,
        item.due,
        item.status,
        item.ticket,
        item.priority,
        item.state,
    )


def _refused(path: str, line: int, why: str) -> EditRefusedError:
    return EditRefusedError(
        f"{path}:{line}: not written, because {why}",
        hint="correct the row by hand, or report this document",
    )
