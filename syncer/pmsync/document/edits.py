"""What an edit of a document says, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from pmsync.domain.model import Column, Status

DEFAULT_WORDS: Mapping[Status, str] = MappingProxyType(
    {
        Status.OPEN: "Open",
        Status.IN_PROGRESS: "In Progress",
        Status.BLOCKED: "Blocked",
        Status.DONE: "Done",
        Status.WONT_DO: "Won't Do",
    }
)


@dataclass(frozen=True, slots=True)
class Link:
    """A ticket as it is to be cited: ``text`` alone where ``url`` is None."""

    text: str
    url: str | None


Value = str | date | Status | Link | None


@dataclass(frozen=True, slots=True)
class ItemEdit:
    """New values of one action item, in canonical terms.

    TITLE is plain text, OWNER the document's own spelling (None clears the cell), DUE
    a date or None, STATUS a ``Status`` (never UNKNOWN), PRIORITY ``"0"`` (most urgent)
    to ``"4"`` or None, TICKET a ``Link``.
    """

    line: int
    """1-based line of the item in the document as it was read."""
    values: Mapping[Column, Value]


@dataclass(frozen=True, slots=True)
class Style:
    """What is written where neither the table nor the document shows a manner."""

    ticket_column: Literal["column", "title"] = "column"
    """Where a link goes in a table that has no ticket column."""
    words: Mapping[Status, str] = field(default_factory=dict)
    """Chosen ones; for others the language of the column, else ``DEFAULT_WORDS``."""
    date_formats: tuple[str, ...] = ()
    """``strftime`` formats; the first one understood in the column is used."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """One changed cell (or part of a checklist entry), as raw Markdown."""

    line: int
    column: Column
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A document after its edits, verified."""

    data: bytes
    cells: tuple[CellChange, ...]
    """In the order of the document."""
