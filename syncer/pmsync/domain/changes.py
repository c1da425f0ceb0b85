"""A plan: the complete list of what a run would do, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from pmsync.domain.model import Column, Field, Status, Ticket, TicketRef
from pmsync.domain.ports import Absence, Draft


class FieldChange(NamedTuple):
    """One field on both sides, what was last agreed, and what it becomes."""

    document: str | None
    tracker: str | None
    base: str | None
    to: str | None


Fields = Mapping[str, FieldChange]
"""By ``Field`` value, and ``LINK`` for the link."""
LINK = "ticket"
"""The name of the link among the fields of a change."""
NEW = "(new)"
"""What a plan shows for a link that is not yet known."""


@dataclass(frozen=True, slots=True)
class _Change:
    path: str
    """Document."""
    line: int
    """1-based line of the row."""
    key: str
    """The item's key."""
    tracker: str
    """The tracker's configured name."""
    reason: str
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTicket(_Change):
    """Open a ticket for a row that has none, and write its link into the row."""

    draft: Draft
    title: str
    again: bool = False
    """True when an earlier create is known not to have been carried out."""
    instead_of: str | None = None
    """Key of the item whose ticket the row leaves; it is forgotten."""
    parent: bool = False
    """True for the document's own ticket."""
    child_of: str | None = None
    """Key of the parent that is opened before it, in the same run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateTicket(_Change):
    """Bring the document's values to the ticket."""

    ticket: Ticket
    send: Mapping[Field, str | None] = field(default_factory=dict)
    """In the tracker's terms."""
    body: str | None = None
    source: str | None = None
    """Digest of what the body says, None when it is left."""

    @property
    def closes(self) -> bool:
        """True when it finishes the ticket."""
        status = self.send.get(Field.STATUS)
        return status is not None and Status(status).terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRow(_Change):
    """Bring the ticket's values, or its link, into the row's cells."""

    ref: TicketRef | None
    """None while the ticket is still to be created: ``(new)``."""
    values: Mapping[Column, str | Status | None] = field(default_factory=dict)
    """In canonical terms; the link is ``ref`` and stands under TICKET."""
    parent: bool = False
    """True for the line of the document's own ticket, which is no row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptTicket(_Change):
    """Take a ticket that exists as the row's own."""

    ticket: Ticket
    parent: bool = False
    """True for the document's own ticket."""
    gone: bool = False
    """True when its row is gone: what stands at ``line`` now is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumn(_Change):
    """Add a column on the right of the table whose header is at ``line``."""

    column: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDuplicate(_Change):
    """Close the second ticket that one create left behind."""

    ticket: Ticket
    survivor: TicketRef


class Noticed(StrEnum):
    """What an ``Agree`` records."""

    VALUES = "values"
    """Both sides are the same, or may rightly differ."""
    VANISHED = "vanished"
    """The row is gone; its ticket is left as it is."""
    UNLINKED = "unlinked"
    """A person took the link out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agree(_Change):
    """Nothing is to be written but the state: it is recorded, so said only once."""

    ref: TicketRef
    noticed: Noticed = Noticed.VALUES
    title: str | None = None
    """Of a row that is gone: what stands at ``line`` now is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict(_Change):
    """Both sides changed differently: a person decides, nothing is written."""

    ref: TicketRef


@dataclass(frozen=True, slots=True, kw_only=True)
class LostTicket(_Change):
    """A linked ticket was not shown."""

    ref: TicketRef
    absence: Absence


class Awaits(StrEnum):
    """What a pending change waits for."""

    ANSWER = "answer"
    """The tracker shows what became of a create, or time settles it."""
    REVIEW = "review"
    """An open pull request holds the edit."""
    CHANGE = "change"
    """A person declined the edit: it is proposed again when its ticket changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending(_Change):
    """An earlier create or edit whose result is not yet known."""

    awaits: Awaits = Awaits.ANSWER


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld(_Change):
    """A create that is held back because it might be a second one."""


Change = (
    CreateTicket
    | UpdateTicket
    | UpdateRow
    | AdoptTicket
    | AddColumn
    | CloseDuplicate
    | Agree
    | Conflict
    | LostTicket
    | Pending
    | Withheld
)

ForAPerson = Conflict | LostTicket | Withheld
"""What waits for a person."""


class Result(StrEnum):
    """What became of a change in a real run."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class Note(NamedTuple):
    """Something that a person should know and that changes nothing."""

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows that the plan leaves as they are, by reason."""

    unchanged: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Rows that are not filed: reason to number."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a run would do, in the order in which it would be shown."""

    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()
    tally: Tally = field(default_factory=Tally)
