"""Write planned values into a document, and refuse what cannot be verified.

Bytes are spliced from the end; then the result is read again. It is returned only if
it holds exactly the planned values in exactly the planned cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pmsync.document.add_column import added, filled
from pmsync.document.cells import Row
from pmsync.document.columns import Layout
from pmsync.document.edits import CellChange, Edited, ItemEdit, Style
from pmsync.document.elements import Structure, Table
from pmsync.document.entry_edits import entry_changes
from pmsync.document.row_edits import RowWriter
from pmsync.document.sections import Sections
from pmsync.document.splices import Splice, spliced
from pmsync.document.structure import parse
from pmsync.document.tables import action_table
from pmsync.document.verify import verify
from pmsync.document.vocabulary import DEFAULT, Vocabulary
from pmsync.domain.errors import EditRefusedError
from pmsync.domain.model import Column

HEADERS = {Column.TICKET: "Ticket", Column.STATUS: "Status"}
"""The only columns that are ever added."""
_INDEXES = {
    Column.TITLE: "title",
    Column.OWNER: "owner",
    Column.DUE: "due",
    Column.STATUS: "status",
    Column.TICKET: "ticket",
    Column.PRIORITY: "priority",
}


class _Found(NamedTuple):
    """A table with action items, and its columns."""

    table: Table
    layout: Layout


def edit(
    data: bytes,
    path: str,
    edits: Sequence[ItemEdit],
    add_columns: Mapping[int, Sequence[Column]],
    style: Style,
    vocabulary: Vocabulary = DEFAULT,
) -> Edited:
    """Return the document with the values written.

    ``add_columns`` names, by the line of a table's header, the columns to add.
    Raises ``EditRefusedError`` when an edit has no place, or when the result would
    hold anything that was not planned.
    """
    work = _Edits(data, path, edits, add_columns, style, vocabulary)
    splices, changes = work.collect()
    written = spliced(data, splices)
    if written != data:
        verify(data, written, path, edits, add_columns, changes, vocabulary)
    return Edited(written, tuple(changes))


class _Edits:
    """The edits of one document, against its structure."""

    def __init__(
        self,
        data: bytes,
        path: str,
        edits: Sequence[ItemEdit],
        add_columns: Mapping[int, Sequence[Column]],
        style: Style,
        vocabulary: Vocabulary,
    ) -> None:
        self._data = data
        self._path = path
        self._edits = {edit.line: edit for edit in edits}
        self._add_columns = add_columns
        self._style = style
        self._vocabulary = vocabulary
        self._structure: Structure = parse(data)
        self._tables = [*self._action_tables()]

    def collect(self) -> tuple[list[Splice], list[CellChange]]:
        """Return what is replaced, and the same for people."""
        splices: list[Splice] = []
        changes: list[CellChange] = []
        left = dict(self._edits)
        for found in self._tables:
            own = {row.line: left.pop(row.line, None) for row in found.table.rows}
            columns = self._add_columns.get(found.table.header.line, ())
            if columns or any(own.values()):
                more, shown = self._table(found, own, columns)
                splices += more
                changes += shown
        for entry in self._structure.entries:
            edit = left.pop(entry.line, None)
            if edit is not None:
                try:
                    more, shown = entry_changes(entry, edit, self._data)
                except ValueError as error:
                    raise self._refused(entry.line, str(error)) from error
                splices += more
                changes += shown
        for line in left:
            raise self._refused(line, "there is no action item on this line any more")
        return splices, sorted(changes, key=lambda change: change.line)

    def _action_tables(self) -> Iterator[_Found]:
        sections = Sections(self._structure.headings)
        for table in self._structure.tables:
            found = action_table(table, sections, self._vocabulary)
            if found is not None:
                yield _Found(table, found.layout)

    def _statuses_beside(self, own: Table) -> list[str]:
        return [
            cells[found.layout.status]
            for found in self._tables
            if found.table is not own and found.layout.status >= 0
            for row in found.table.rows
            if len(cells := row.texts()) > found.layout.status
        ]

    def _table(
        self,
        found: _Found,
        own: Mapping[int, ItemEdit | None],
        columns: Sequence[Column],
    ) -> tuple[list[Splice], list[CellChange]]:
        table, layout = found
        if table.doubt is not None:
            raise self._refused(table.header.line, "the table cannot be edited safely")
        beside = self._statuses_beside(table)
        writer = RowWriter(table, layout, beside, self._style, self._vocabulary)
        splices: list[Splice] = []
        changes: list[CellChange] = []
        lacking = {
            row.line: max(0, layout.width - len(row.cells)) for row in table.rows
        }
        for row in table.rows:
            edit = own[row.line]
            if edit is not None:
                more, shown, filled_up = self._row(row, edit, writer, columns)
                splices += more
                changes += shown
                lacking[row.line] -= filled_up
        needed = {
            row.line
            for row in table.rows
            if own[row.line] is not None or len(columns) > 1
        }
        for column in columns:
            cells = [writer.added(column, own[row.line]) for row in table.rows]
            try:
                splices += added(table, HEADERS[column], cells, lacking, needed)
            except ValueError as error:
                raise self._refused(table.header.line, str(error)) from error
            changes += [
                CellChange(row.line, column, "", cell)
                for row, cell in zip(table.rows, cells, strict=True)
                if cell
            ]
            lacking = {}  # filled up by the first one
        return splices, changes

    def _row(
        self,
        row: Row,
        edit: ItemEdit,
        writer: RowWriter,
        columns: Sequence[Column],
    ) -> tuple[list[Splice], list[CellChange], int]:
        """Change the cells of one row, and fill up a short one as far as needed.

        The last value is how many cells that takes.
        """
        spans, texts = row.cells, row.texts()
        width = writer.layout.width
        if len(texts) > width:
            raise self._refused(row.line, "the row has more cells than the header")
        padded = texts + [""] * (width - len(texts))
        adds_ticket = Column.TICKET in columns
        kept = {
            column: value
            for column, value in edit.values.items()
            if column not in columns
            and not (adds_ticket and column is Column.STATUS and not _in_place(writer))
        }
        try:
            changed = writer.cells(
                ItemEdit(edit.line, kept), padded, leading_pipe=row.leading_pipe
            )
        except ValueError as error:
            raise self._refused(row.line, str(error)) from error
        splices = [
            _into(self._data, spans[at], text)
            for at, text in changed.items()
            if at < len(spans)
        ]
        more = [
            changed.get(at, "") for at in range(len(spans), max(changed, default=0) + 1)
        ]
        if more:
            splices.append(filled(row, more))
        changes = [
            CellChange(row.line, _column(writer.layout, at), padded[at], text)
            for at, text in changed.items()
        ]
        return splices, changes, len(more)

    def _refused(self, line: int, why: str) -> EditRefusedError:
        return EditRefusedError(
            f"{self._path}:{line}: {why}", hint="correct the row by hand"
        )


def _into(data: bytes, span: tuple[int, int], text: str) -> Splice:
    """Put text into a cell; an empty one keeps a blank on either side."""
    start, end = span
    if start != end or not text:
        return Splice(start, end, text.encode())
    before = "" if data[start - 1 : start] in (b" ", b"\t") else " "
    after = "" if data[start : start + 1] in (b" ", b"\t") else " "
    return Splice(start, end, f"{before}{text}{after}".encode())


def _column(layout: Layout, at: int) -> Column:
    return next(
        column for column, name in _INDEXES.items() if getattr(layout, name) == at
    )


def _in_place(writer: RowWriter) -> bool:
    """Tell whether a status can be shown without the column that is being added."""
    return writer.layout.status >= 0 or writer.strikes
