"""Read an edited document again: does it hold the plan, and nothing else?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pmsync.document.checklists import entry_text
from pmsync.document.edits import CellChange, ItemEdit, Link, Value
from pmsync.document.elements import Structure
from pmsync.document.escaping import one_line
from pmsync.document.reader import read
from pmsync.document.structure import parse
from pmsync.document.text import plain
from pmsync.document.vocabulary import Limits, Vocabulary
from pmsync.domain.errors import EditRefusedError
from pmsync.domain.model import ActionItem, Column, Form, Status

_NO_LIMITS = Limits(size=1 << 40, rows=1 << 40)
"""The document was within the limits when it was read; a link must not lock it out."""


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
    _same_structure(path, parse(before), parse(after), edited, add_columns, after)
    then = {
        item.line: item for item in read(before, path, vocabulary, _NO_LIMITS).items
    }
    now = {item.line: item for item in read(after, path, vocabulary, _NO_LIMITS).items}
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
    data: bytes,
) -> None:
    if len(before.tables) != len(after.tables):
        raise _refused(path, 1, "a table would appear or vanish")
    if len(before.entries) != len(after.entries):
        raise _refused(path, 1, "a list entry would appear or vanish")
    if [h.text for h in before.headings] != [h.text for h in after.headings]:
        raise _refused(path, 1, "a heading would change")
    for table, other in zip(before.tables, after.tables, strict=True):
        rows, others = (table.header, *table.rows), (other.header, *other.rows)
        if [row.line for row in rows] != [row.line for row in others]:
            raise _refused(path, table.header.line, "rows would appear or vanish")
        more = len(add_columns.get(table.header.line, ()))
        width = len(table.header.cells)
        for row, now in zip(rows, others, strict=True):
            cells, shown = row.texts(), now.texts()
            if more:
                cells += [""] * (width - len(cells))
                wrong = len(shown) != width + more
            else:
                wrong = len(shown) != len(cells)
            if wrong or (row.line not in edited and shown[: len(cells)] != cells):
                raise _refused(path, row.line, "cells would move or change")
    for entry, new in zip(before.entries, after.entries, strict=True):
        if entry.line != new.line:
            raise _refused(path, entry.line, "a list entry would move")
        if entry.line not in edited and entry.content != new.content:
            length = entry.content.end - entry.content.start
            if new.content.end - new.content.start != length:
                text = entry_text(new, data)
                raise _refused(path, entry.line, f"a list entry would change: {text}")


def _shows(item: ActionItem, column: Column, value: Value) -> bool:
    """Tell whether an item reads back as what was to be written."""
    match column, value:
        case Column.TITLE, str():
            wanted = one_line(value)
            if item.form is Form.TABLE and Column.TICKET in item.columns:
                return item.text == wanted
            return item.text.startswith(wanted)
        case Column.OWNER, str():
            return item.owner is not None and plain(item.owner) == plain(value)
        case Column.DUE, date():
            return item.due_date == value
        case Column.STATUS, Status():
            full = Column.STATUS in item.columns and not item.checkbox
            return item.state is value or (
                not full and item.state.terminal == value.terminal
            )
        case Column.PRIORITY, str():
            return item.level == value
        case Column.TICKET, Link():
            return value.url is None or any(
                value.url == cited.url or value.text == cited.text
                for cited in item.citations
            )
        case Column.OWNER, None:
            return not item.owner or len(item.owner) == 1
        case Column.DUE, None:
            return item.due_date is None
        case Column.PRIORITY, None:
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
