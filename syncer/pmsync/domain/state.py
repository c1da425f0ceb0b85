"""What pmsync remembers between runs: keys, links, the merge base, intents, lease.

State is one value. It names fields, keys and ids; it holds no bodies and no e-mail
addresses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pmsync.domain.model import Column, Field, TicketRef

VERSION = 1


class Pair(NamedTuple):
    """One field's value on each side when the two sides were last agreed.

    The halves may rightly differ: an owner without an account, a cut title, a status
    that the tracker cannot hold. A side has changed when it differs from its half.
    """

    document: str | None
    tracker: str | None


class Stage(StrEnum):
    """How far an edit has come that does not stand in the document yet."""

    WRITTEN = "written"
    """About to be brought forward."""
    PROPOSED = "proposed"
    """In an open pull request."""
    DECLINED = "declined"
    """In one that a person closed without merging: not proposed again."""


class PendingEdit(NamedTuple):
    """A cell that we wrote and have not yet seen at the tracked branch's tip."""

    before: str | None
    """The value that was there."""
    to: str | None
    """The value that we wrote."""
    ticket: str | None
    """The ticket's value that made us write it."""
    stage: Stage = Stage.WRITTEN


class Link(StrEnum):
    """How far the link to the ticket has come in the document."""

    UNWRITTEN = "unwritten"
    """Not yet seen in the document."""
    LANDED = "landed"
    UNLINKED = "unlinked"
    """A person took it out after it had landed: no relink, no create."""


class Closer(StrEnum):
    """Who closed a ticket."""

    PMSYNC = "pmsync"
    PERSON = "person"


class Loss(StrEnum):
    """How sure we are that a ticket is gone."""

    SUSPECTED = "suspected"
    """One sweep did not see it."""
    CONFIRMED = "confirmed"
    """A later sweep did not see it either."""


@dataclass(frozen=True, slots=True)
class ItemState:
    """What is known of one action item that has a ticket, or soon will."""

    key: str
    text: str
    """Its plain title when last read; with ``section`` it finds the row again."""
    section: str | None = None
    line: int = 0
    """Where it stood; only an order, never an identity."""
    ref: TicketRef | None = None
    ticket_id: str | None = None
    """The tracker's immutable id."""
    link: Link = Link.UNWRITTEN
    base: Mapping[Field, Pair] = field(default_factory=dict)
    pending: Mapping[Column, PendingEdit] = field(default_factory=dict)
    seen: Mapping[Field, str | None] = field(default_factory=dict)
    """The ticket's values when last observed, where they differ from the base: a
    pass that lists only changes would not show them again."""
    sent: Mapping[Field, Pair] = field(default_factory=dict)
    """What the row held, and what was about to be sent for it: an update that has no
    answer yet. It is the base, if the ticket turns out to show it."""
    version: str | None = None
    """The version of the ticket that ``sent`` was meant for."""
    closed_by: Closer | None = None
    body: str | None = None
    """Digest of the source of the body block that was sent."""
    owns: bool = True
    """False when another row owns the ticket: its status is only received."""
    vanished: bool = False
    """True when the row is gone: a tombstone, reattached when it comes back."""
    loss: Loss | None = None
    no_status: bool = False
    """True when the row had no place of its own for a status when last read."""
    former: tuple[str, ...] = ()
    """Tickets (``tracker:key``) that a person replaced; never adopted again."""


@dataclass(frozen=True, slots=True)
class ParentTicket:
    """The document's own ticket, where pmsync opened it."""

    key: str
    ref: TicketRef
    ticket_id: str | None = None
    link: Link = Link.UNWRITTEN
    stage: Stage = Stage.WRITTEN
    """How far its link has come while it does not stand in the document."""


@dataclass(frozen=True, slots=True)
class DocumentState:
    """The items of one document."""

    items: tuple[ItemState, ...] = ()
    digest: str | None = None
    """Digest of the bytes when last read, to follow a renamed file."""
    incident_id: str | None = None
    parent: ParentTicket | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """A create that is about to be sent, or was sent without an answer."""

    key: str
    path: str
    tracker: str
    """The configured name."""
    project: str
    identity: str
    """Who sends it; only a ticket of this author is adopted."""
    started: datetime
    """The tracker's time just before it was sent."""
    text: str
    """The row's plain title, to find it again."""
    section: str | None = None
    line: int = 0
    parent: bool = False
    """True for the document's own ticket, which no row is."""
    first: datetime | None = None
    """When it was sent first, if that was earlier: its ticket may show late."""
    sent: Mapping[Field, Pair] = field(default_factory=dict)
    """What the row held, and what was sent for it: the base, when the ticket is found
    after somebody has changed a side."""

    @property
    def earliest(self) -> datetime:
        """The time from which a ticket may be from it."""
        return self.first or self.started


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may write, and until when."""

    holder: str
    """Random id of the run."""
    host: str
    pid: int
    expires: datetime


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far a tracker's changes have been read."""

    changed: str | None = None
    verified: datetime | None = None
    """When all linked tickets were last read by id."""
    identities: tuple[str, ...] = ()
    """Everyone we have been for this tracker."""


@dataclass(frozen=True, slots=True)
class State:
    """All that is remembered, as one value."""

    id: str
    """Random; every marker carries it."""
    documents: Mapping[str, DocumentState] = field(default_factory=dict)
    intents: Mapping[str, Intent] = field(default_factory=dict)
    settled: Mapping[str, Intent] = field(default_factory=dict)
    """Intents that were once in doubt and have their ticket now, until it is sure
    that they left no second one."""
    watermarks: Mapping[str, Watermark] = field(default_factory=dict)
    trackers: Mapping[str, str] = field(default_factory=dict)
    """Type of each configured tracker that has been used; pinned."""
    config: str | None = None
    """Digest of the configuration of the last run."""
    lease: Lease | None = None
    version: int = VERSION
