"""The three-way merge of one field. This page is the whole of it.

======== ================= ================= ==================================
base     document          tracker           decision
======== ================= ================= ==================================
pair     as agreed         as agreed         nothing
pair     changed           as agreed         to the ticket
pair     as agreed         changed           to the row
pair     changed           changed, equal    agree
pair     changed           changed, differs  conflict (or the authority wins)
none     blank             value             to the row
none     value             blank             to the ticket
none     equal             equal             agree
none     differs           differs           keep both, say so once
======== ================= ================= ==================================

A side has changed when it differs from its own half of the pair. A side is written
only if what it would show differs from what it shows; else only the pair advances.
Status differs in three ways: an unknown word is never sent, a first meeting takes the
tracker's status, and a finished ticket is reopened only if pmsync had closed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pmsync.domain.model import Field, Status
from pmsync.domain.state import Closer, Pair


class Authority(StrEnum):
    """Who wins when both sides changed, or when the other side changed at all."""

    MERGE = "merge"
    DOCUMENT = "document"
    TRACKER = "tracker"


class Side(StrEnum):
    """The side that a person takes to end a conflict."""

    DOCUMENT = "document"
    TRACKER = "tracker"


class Action(StrEnum):
    """What to do with one field."""

    NOTHING = "nothing"
    AGREE = "agree"
    """Advance the pair; write nothing."""
    TO_TICKET = "to_ticket"
    TO_ROW = "to_row"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known about one field."""

    field: Field
    document: str | None
    tracker: str | None
    base: Pair | None
    as_ticket: str | None
    """What the ticket would show if the document's value were sent."""
    as_row: str | None
    """What the row would show if the ticket's value were written."""
    translatable: bool = True
    """False when the tracker has no word for the document's value (an owner without
    an account): it is reported and never sent."""
    writable: bool = True
    """False when the row's form cannot be given a new value."""
    authority: Authority = Authority.MERGE
    closed_by: Closer | None = None
    take: Side | None = None
    """The side that a person takes if the two are in conflict."""
    met: bool = False
    """True when the two met in an earlier run without being agreed: what the document
    shows may be what a person wrote since."""

    @property
    def equal(self) -> bool:
        """True when the two sides show the same, as far as each can."""
        return self.as_ticket == self.tracker or self.as_row == self.document

    @property
    def sendable(self) -> bool:
        """True when the document's value means something to the tracker."""
        unknown = self.field is Field.STATUS and self.document == Status.UNKNOWN
        return self.translatable and not unknown


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and why."""

    action: Action
    reason: str


def merge(facts: Facts) -> Decision:
    """Decide one field."""
    decision = _decide(facts)
    if decision.action is Action.CONFLICT and facts.take is not None:
        return _taken(facts, facts.take)
    return decision


def _taken(facts: Facts, side: Side) -> Decision:
    """Carry out a person's decision; it also reopens what a person closed."""
    match side:
        case Side.TRACKER:
            return _to_row(facts, "you took the tracker's side")
        case Side.DOCUMENT if facts.sendable:
            return Decision(Action.TO_TICKET, "you took the document's side")
        case Side.DOCUMENT:
            reason = f"{_unsendable(facts)}: change it there"
            return Decision(Action.CONFLICT, reason)


def _decide(facts: Facts) -> Decision:
    if facts.base is None:
        return _first_meeting(facts)
    document_changed = facts.document != facts.base.document
    tracker_changed = facts.tracker != facts.base.tracker
    match document_changed, tracker_changed:
        case False, False:
            return Decision(Action.NOTHING, "in step")
        case True, True if facts.equal:
            return Decision(Action.AGREE, "both sides changed to the same")
        case True, False:
            return _from_document(facts)
        case False, True:
            return _from_tracker(facts)
        case _:
            return _both(facts)


def _first_meeting(facts: Facts) -> Decision:
    if facts.equal:
        return Decision(Action.AGREE, "both sides are the same")
    if facts.authority is Authority.DOCUMENT and facts.sendable:
        return _to_ticket(facts, "the document has authority")
    if facts.authority is Authority.TRACKER and facts.writable:
        return Decision(Action.TO_ROW, "the tracker has authority")
    if facts.field is Field.STATUS:
        return _first_status(facts)
    if facts.document is None and facts.writable:
        return Decision(Action.TO_ROW, "blank in the document")
    if facts.tracker is None and facts.sendable:
        return Decision(Action.TO_TICKET, "blank in the ticket")
    return Decision(Action.AGREE, "differs and is kept on both sides")


def _first_status(facts: Facts) -> Decision:
    if not facts.sendable:
        return Decision(Action.AGREE, "the document's status is not understood")
    if _status(facts.document).terminal and not _status(facts.tracker).terminal:
        return Decision(Action.CONFLICT, "finished in the document, open in the ticket")
    if facts.met:
        return Decision(Action.CONFLICT, "they differ since they first met")
    return _to_row(facts, "a first meeting takes the ticket's status")


def _from_document(facts: Facts) -> Decision:
    if facts.equal:
        return Decision(Action.AGREE, "the ticket shows it already")
    if facts.authority is Authority.TRACKER:
        return _to_row(facts, "the tracker has authority")
    return _to_ticket(facts, "changed in the document")


def _from_tracker(facts: Facts) -> Decision:
    if facts.equal:
        return Decision(Action.AGREE, "the document shows it already")
    if facts.authority is Authority.DOCUMENT:
        return _to_ticket(facts, "the document has authority")
    return _to_row(facts, "changed in the ticket")


def _both(facts: Facts) -> Decision:
    match facts.authority:
        case Authority.TRACKER:
            return _to_row(facts, "changed on both sides; the tracker has authority")
        case Authority.DOCUMENT:
            return _to_ticket(
                facts, "changed on both sides; the document has authority"
            )
        case Authority.MERGE:
            return Decision(Action.CONFLICT, "changed differently on both sides")


def _to_ticket(facts: Facts, reason: str) -> Decision:
    if not facts.sendable:
        return Decision(Action.AGREE, _unsendable(facts))
    if _reopens(facts):
        reason = "open in the document, but a person closed the ticket"
        return Decision(Action.CONFLICT, reason)
    return Decision(Action.TO_TICKET, reason)


def _unsendable(facts: Facts) -> str:
    if facts.translatable:
        return "the document's status is not understood"
    return "the tracker has no word for the document's"


def _to_row(facts: Facts, reason: str) -> Decision:
    if not facts.writable:
        return Decision(Action.AGREE, "this form cannot show the ticket's value")
    return Decision(Action.TO_ROW, reason)


def _reopens(facts: Facts) -> bool:
    """Tell whether sending the status would reopen what a person closed."""
    return (
        facts.field is Field.STATUS
        and _status(facts.tracker).terminal
        and not _status(facts.document).terminal
        and facts.closed_by is not Closer.PMSYNC
    )


def _status(value: str | None) -> Status:
    return Status(value or Status.OPEN)
