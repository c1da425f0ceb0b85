"""A row as the plan sees it: canonical values, whatever the document writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from pmsync.domain.model import Column, Field, Form, Status, TicketRef


class Row(NamedTuple):
    """One action item in canonical terms."""

    path: str
    line: int
    block: int
    """1-based line of the table's header, or of the list's first entry."""
    form: Form
    section: str | None
    values: Mapping[Field, str | None]
    """What the row holds and we understood; a field that is missing is not merged.
    Title is plain text, due is ISO 8601, status a ``Status``, priority ``0``-``4``."""
    writable: frozenset[Field]
    """The fields that can be written back into this form."""
    two_state: bool
    """True when the status shows only done or not done."""
    columns: frozenset[Column]
    refs: tuple[TicketRef, ...]
    """The configured tickets that the row cites."""
    foreign: bool
    """True when it cites something that we may not touch: a ticket of a tracker that
    is not configured, a pull request, or an ambiguous reference."""
    raw: Mapping[Column, str | None]
    """The cells as written, for people."""
    horizon_due: str | None
    """The due date that the section's horizon gives, ISO 8601."""
    skipped: bool = False
    editable: bool = True
    extensible: bool = True
    """False when its table cannot be given a column."""
    urls: tuple[str, ...] = ()
    """Addresses of what it cites, whosever ticket that is."""

    @property
    def text(self) -> str:
        """The plain title."""
        return self.values[Field.TITLE] or ""

    @property
    def status(self) -> Status:
        """The status, which every row has: the reader takes a blank for open."""
        return Status(str(self.values[Field.STATUS]))


class Page(NamedTuple):
    """One document as the plan sees it."""

    path: str
    rows: tuple[Row, ...]
    digest: str
    incident_id: str | None
    title: str | None
    summary: str | None
    severity: str | None
    date: date | None
    draft: bool
    template: bool
    parent: TicketRef | None
    """The document's own ticket, when it is in a configured tracker."""
    writable: bool = True
    """False when this run must leave the document alone."""
    parent_taken: bool = False
    """True when something stands where the document's own ticket would be named."""
    parent_blank_line: int | None = None
    """1-based line that waits for the document's own ticket."""
