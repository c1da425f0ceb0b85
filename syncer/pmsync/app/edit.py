"""A plan's changes to rows as edits of documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pmsync.app.read import Reading
from pmsync.app.settings import Settings
from pmsync.document.editor import edit
from pmsync.document.edits import ItemEdit, Link, Value
from pmsync.document.parent_edit import edit_parent
from pmsync.domain.changes import NEW, AddColumn, Change, UpdateRow
from pmsync.domain.errors import EditRefusedError
from pmsync.domain.model import Column, Status, TicketRef
from pmsync.domain.tracker_sites import display


@dataclass(slots=True)
class Edits:
    """What is to be edited in one document."""

    rows: dict[int, UpdateRow] = field(default_factory=dict)
    """By index of the change."""
    columns: dict[int, list[Column]] = field(default_factory=dict)
    """By header line."""
    parents: dict[int, UpdateRow] = field(default_factory=dict)
    """The line of the document's own ticket, by index of the change."""

    @property
    def changes(self) -> Mapping[int, UpdateRow]:
        """Everything but the columns, which only come along."""
        return {**self.rows, **self.parents}


@dataclass(frozen=True, slots=True)
class EditedDocument:
    """One document after its edits."""

    path: str
    before: bytes
    after: bytes
    refused: Mapping[int, str]
    """Index of each change whose edit could not be verified, and why."""


def edits_of(changes: Sequence[Change]) -> Mapping[str, Edits]:
    """Collect the edits of each document."""
    found: dict[str, Edits] = defaultdict(Edits)
    for index, change in enumerate(changes):
        match change:
            case UpdateRow(parent=True):
                found[change.path].parents[index] = change
            case UpdateRow():
                found[change.path].rows[index] = change
            case AddColumn():
                columns = found[change.path].columns
                columns.setdefault(change.line, []).append(change.column)
            case _:
                pass
    return dict(found)


def edit_document(
    path: str,
    edits: Edits,
    refs: Mapping[str, TicketRef],
    reading: Reading,
    settings: Settings,
) -> EditedDocument:
    """Edit one document; ``refs`` are new tickets by item key, ``(new)`` without.

    When the edits cannot be verified together, each is tried alone, so that one
    difficult row does not hold up the others.
    """
    before = reading.sources[path].data
    wanted = {i: _item_edit(c, refs, settings) for i, c in edits.rows.items()}
    columns = _columns(edits, reading, path)
    try:
        after = edit(
            before,
            path,
            list(wanted.values()),
            columns,
            settings.style,
            settings.vocabulary,
        ).data
        rows = EditedDocument(path, before, after, {})
    except EditRefusedError:
        rows = _one_by_one(path, before, wanted, columns, settings)
    return _with_parents(rows, edits, refs, settings)


def _with_parents(
    edited: EditedDocument,
    edits: Edits,
    refs: Mapping[str, TicketRef],
    settings: Settings,
) -> EditedDocument:
    """Write the document's own ticket; no edit of a row moves a line."""
    after, refused = edited.after, dict(edited.refused)
    for index, change in edits.parents.items():
        link = _link(change.ref or refs.get(change.key), settings)
        try:
            after = edit_parent(
                after, edited.path, change.line, link, settings.vocabulary
            )
        except EditRefusedError as error:
            refused[index] = error.message
    return EditedDocument(edited.path, edited.before, after, refused)


def _one_by_one(
    path: str,
    before: bytes,
    wanted: Mapping[int, ItemEdit],
    columns: Mapping[int, Sequence[Column]],
    settings: Settings,
) -> EditedDocument:
    kept: list[ItemEdit] = []
    refused: dict[int, str] = {}
    after = before
    for index, one in wanted.items():
        try:
            after = edit(
                before,
                path,
                [*kept, one],
                columns,
                settings.style,
                settings.vocabulary,
            ).data
        except EditRefusedError as error:
            refused[index] = error.message
        else:
            kept.append(one)
    return EditedDocument(path, before, after, refused)


def _columns(
    edits: Edits, reading: Reading, path: str
) -> Mapping[int, Sequence[Column]]:
    """Leave out columns of tables in which no row is edited any more."""
    lines = {change.line for change in edits.rows.values()}
    blocks = {
        row.block
        for page in reading.pages
        if page.path == path
        for row in page.rows
        if row.line in lines
    }
    return {line: columns for line, columns in edits.columns.items() if line in blocks}


def _item_edit(
    change: UpdateRow, refs: Mapping[str, TicketRef], settings: Settings
) -> ItemEdit:
    values: dict[Column, Value] = {}
    for column, value in change.values.items():
        match column:
            case Column.TICKET:
                values[column] = _link(change.ref or refs.get(change.key), settings)
            case Column.STATUS:
                values[column] = Status(value or Status.OPEN)
            case Column.DUE:
                values[column] = date.fromisoformat(value) if value else None
            case _:
                values[column] = value
    return ItemEdit(change.line, values)


def _link(ref: TicketRef | None, settings: Settings) -> Link:
    if ref is None:
        return Link(NEW, None)
    site = next(site for site in settings.sites if site.name == ref.tracker)
    text, url = display(ref, site)
    return Link(text, url)


def without(edits: Edits, indexes: Iterable[int]) -> Edits:
    """Return the edits without some changes: their tickets were not opened."""
    gone = set(indexes)
    rows = {index: row for index, row in edits.rows.items() if index not in gone}
    parents = {index: one for index, one in edits.parents.items() if index not in gone}
    return Edits(rows, edits.columns, parents)
