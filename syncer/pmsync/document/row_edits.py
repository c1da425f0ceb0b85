"""The cells of one row that an edit changes, and what they become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pmsync.document import rendering
from pmsync.document.columns import Layout
from pmsync.document.edits import DEFAULT_WORDS, ItemEdit, Link, Style, Value
from pmsync.document.elements import Table
from pmsync.document.local_words import local_words
from pmsync.document.status_cells import spellings, with_status
from pmsync.document.ticket_cells import after_text, manner_of, markdown, with_ticket
from pmsync.document.vocabulary import Vocabulary
from pmsync.domain.model import Column, Status

FINISHED = "✅ "
"""Stands before the link of a finished ticket in a table without a status column."""


class RowWriter:
    """Writes values as one table, and the document around it, does."""

    def __init__(
        self,
        table: Table,
        layout: Layout,
        beside: Sequence[str],
        style: Style,
        vocabulary: Vocabulary,
    ) -> None:
        """``beside``: the status cells of the document's other tables."""
        self.layout = layout
        self.style = style
        self._words = vocabulary.status_words
        self._formats = vocabulary.date_formats or style.date_formats
        self._rows = [row.texts() for row in table.rows]
        shown = self.column(layout.status)
        own = spellings(shown, self._words)
        other = spellings(beside, self._words)
        local = local_words([*shown, *beside])
        self._spelled = {**DEFAULT_WORDS, **local, **style.words, **other, **own}
        titles = self.column(layout.title)
        self.strikes = any(text.startswith("~~") for text in titles)

    def column(self, index: int) -> list[str]:
        """Return the cells of a column; an absent one (-1) has none."""
        if index < 0:
            return []
        return [row[index] if index < len(row) else "" for row in self._rows]

    def cells(
        self, edit: ItemEdit, cells: Sequence[str], *, leading_pipe: bool
    ) -> Mapping[int, str]:
        """Return the changed cells of a row, by index.

        Raises ``ValueError`` for a value that has no place in the row.
        """
        changed: dict[int, str] = {}
        for column, value in sorted(edit.values.items(), key=_links_first):
            self._one(column, value, cells, changed, leading_pipe=leading_pipe)
        return {at: text for at, text in changed.items() if text != cells[at]}

    def _one(
        self,
        column: Column,
        value: Value,
        cells: Sequence[str],
        changed: dict[int, str],
        *,
        leading_pipe: bool,
    ) -> None:
        layout = self.layout
        match column, value:
            case Column.TITLE, str():
                at = layout.title
                changed[at] = rendering.title(
                    changed.get(at, cells[at]),
                    value,
                    table=True,
                    block_start=at == 0 and not leading_pipe,
                )
            case Column.OWNER, str() | None if layout.owner >= 0:
                at = layout.owner
                changed[at] = rendering.owner(cells[at], self.column(at), value)
            case Column.DUE, date() | None if layout.due >= 0:
                at = layout.due
                column_ = self.column(at)
                changed[at] = rendering.due(cells[at], column_, value, self._formats)
            case Column.PRIORITY, str() | None if layout.priority >= 0:
                at = layout.priority
                changed[at] = rendering.priority(cells[at], self.column(at), value)
            case Column.STATUS, Status():
                self._status(value, cells, changed)
            case Column.TICKET, Link():
                self._ticket(value, cells, changed)
            case _:
                raise ValueError(f"there is no column for the {column.value}")

    def _ticket(
        self, link: Link, cells: Sequence[str], changed: dict[int, str]
    ) -> None:
        at = self.layout.ticket
        if at >= 0:
            changed[at] = with_ticket(cells[at], link, manner_of(self.column(at)))
        elif self.style.ticket_column == "title":
            at = self.layout.title
            changed[at] = after_text(changed.get(at, cells[at]), link, table=True)

    def _status(
        self, status: Status, cells: Sequence[str], changed: dict[int, str]
    ) -> None:
        at = self.layout.status
        if at >= 0:
            changed[at] = self.status(cells[at], status)
            return
        at = self.layout.ticket
        if at >= 0 and not self.strikes:
            cell = changed.get(at, cells[at])
            bare = cell.removeprefix(FINISHED)
            changed[at] = FINISHED + bare if status.terminal else bare
            return
        at = self.layout.title
        cell = changed.get(at, cells[at])
        bare = cell.removeprefix("~~").removesuffix("~~")
        changed[at] = f"~~{bare}~~" if status.terminal else bare

    def status(self, cell: str, status: Status) -> str:
        """Return a status cell that shows ``status``."""
        return with_status(cell, status, self._spelled, self._words)

    def added(self, column: Column, edit: ItemEdit | None) -> str:
        """Return the cell of an added column for a row, blank without an edit."""
        value = edit.values.get(column) if edit else None
        match value:
            case Link():
                cell = markdown(value, None, table=True)
                finished = edit is not None and edit.values.get(Column.STATUS)
                marks = isinstance(finished, Status) and finished.terminal
                no_status = self.layout.status < 0 and not self.strikes
                return FINISHED + cell if marks and no_status else cell
            case Status():
                return self.status("", value)
            case _:
                return ""


def _links_first(pair: tuple[Column, Value]) -> tuple[bool, str]:
    """A finished ticket is marked before its link, so the link comes first."""
    return pair[0] is not Column.TICKET, pair[0].value
