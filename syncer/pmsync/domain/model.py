"""The words of pmsync: a post-mortem, its action items, and tickets.

Everything here is plain data. What is built for every row of every document is a named
tuple: that takes a third of the time of a frozen dataclass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """Where an action item stands; ``UNKNOWN`` is a text we do not understand."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    DONE = "done"
    WONT_DO = "wont_do"
    UNKNOWN = "unknown"

    @property
    def terminal(self) -> bool:
        """True when nothing is left to do."""
        return self in (Status.DONE, Status.WONT_DO)


class Form(StrEnum):
    """How a document writes an action item."""

    TABLE = "table"
    CHECKLIST = "checklist"
    BULLET = "bullet"


class Column(StrEnum):
    """What a column of an action table (or a part of a checklist entry) means."""

    TITLE = "title"
    OWNER = "owner"
    DUE = "due"
    STATUS = "status"
    TICKET = "ticket"
    PRIORITY = "priority"
    TYPE = "type"
    ID = "id"


class Field(StrEnum):
    """What is merged between an action item and its ticket."""

    TITLE = "title"
    OWNER = "owner"
    DUE = "due"
    STATUS = "status"
    PRIORITY = "priority"


class Citation(NamedTuple):
    """A ticket as a document cites it, before any tracker has recognised it.

    ``text`` is what is written (``#12``, ``OPS-12``, ``bd-a1b2``), ``url`` is the
    link's address or None. One of the two may be empty, never both.
    """

    text: str
    url: str | None


class ActionItem(NamedTuple):
    """One row of an action table, or one checklist entry.

    ``title`` … ``priority`` are the raw Markdown of the cell, None when the
    column is absent or the cell is blank; a dash stays as it is written. The names
    after them are what was understood from it.
    """

    line: int
    """1-based line of the row or entry."""
    form: Form
    section: str | None
    """Text of the nearest heading."""
    title: str
    owner: str | None
    due: str | None
    status: str | None
    ticket: str | None
    priority: str | None

    text: str
    """The title as plain text, without Markdown, on one line."""
    due_date: date | None
    state: Status
    """OPEN when the status is blank or absent."""
    citations: tuple[Citation, ...]
    horizon_days: int | None
    """Days after the incident that the section allows, None if it says nothing."""
    columns: frozenset[Column]
    """Which values the author keeps here; an absent one is never merged."""
    block: int
    """1-based line of the table's header, or of the list's first entry."""
    row_id: str | None
    """The cell of an id column (``3``, ``AI-2``), which is never a ticket."""
    checkbox: bool
    """True when the status is a checkbox and knows only done and not done."""
    skipped: bool
    """True when a ``pmsync: skip`` comment leaves it alone."""
    editable: bool
    """False when the block cannot be edited safely; a problem says why."""
    level: str | None = None
    """The priority as ``0`` (highest) to ``4``, None when it was not understood."""
    extensible: bool = True
    """False when its table cannot be given a column; a problem says why."""


class Problem(NamedTuple):
    """A finding in a document: where it is and what to do about it."""

    line: int
    column: int
    """1-based, in characters."""
    code: str
    """``PM`` and three digits; stable between versions."""
    message: str


class PostMortem(NamedTuple):
    """One document and what pmsync understood of it."""

    path: str
    """Relative to the repository's root, with ``/``."""
    incident_id: str | None
    title: str | None
    date: date | None
    severity: str | None
    status: str | None
    """The document's own status word, as written."""
    summary: str | None
    """One line that says what happened."""
    parent: str | None
    """Raw Markdown of the document's own tracker item (``**Beads Issue:**``)."""
    parent_citations: tuple[Citation, ...]
    parent_line: int | None
    """1-based line on which that item stands, or would stand."""
    draft: bool
    """True when the document's status says that it is a draft."""
    template: bool
    items: tuple[ActionItem, ...]
    problems: tuple[Problem, ...]
    parent_blank: bool = False
    """True when the line of that item is there and says nothing."""


class TicketRef(NamedTuple):
    """How people name a ticket: configured tracker, key, and address."""

    tracker: str
    """The configured name (``ops``), not the type."""
    key: str
    """As its tracker writes it: ``org/repo#12``, ``group/project#12``, ``OPS-12``,
    ``bd-a1b2``."""
    url: str

    @property
    def full_name(self) -> str:
        """The key with its tracker, as JSON and the state's records have it."""
        return f"{self.tracker}:{self.key}"


def name_of(ref: TicketRef) -> tuple[str, str]:
    """Return what a ticket is known by, whatever its address."""
    return ref.tracker, ref.key


@dataclass(frozen=True, slots=True)
class Marker:
    """The mark of pmsync on a ticket that it created.

    It is one line made of ``[a-z0-9=: -]``, so that no tracker reads anything
    else into it.
    """

    key: str
    """The item's key."""
    state: str
    """Id of the state that the key belongs to."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as its tracker showed it last."""

    ref: TicketRef
    id: str
    """The tracker's immutable id (GitHub node id, GitLab global id, Jira numeric id,
    Beads id)."""
    version: str
    """Changes whenever the ticket does: an etag, a lock version, an update time."""
    fields: Mapping[Field, str | None]
    """Values in the tracker's own terms, see ``Capabilities``; due is ISO 8601."""
    author: str | None
    """The identity that created it."""
    created_at: datetime
    updated_at: datetime
    closed_by: str | None = None
    """The identity that closed it, None when open or not known."""
    marker: Marker | None = None
    body: str = ""
    labels: frozenset[str] = frozenset()
    parent: str | None = None
    """Key of the parent ticket."""
    pull_request: bool = False
    read_only: bool = False
    """True when its project is archived or the identity may not write."""
    touched_by_others: bool = False
    """True when anyone but us has commented on it or changed it."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """What only its own adapter understands."""

    @property
    def status(self) -> Status:
        """The status; open where the tracker shows none."""
        return Status(self.fields.get(Field.STATUS) or Status.OPEN)
