"""Carry out a plan under the lease.

The order is what makes a kill at any moment harmless: intents are written before a
create is sent, results before documents are edited, and edits count only when they
have been read again.
"""

from __future__ import annotations

from pmsync.app.create import STOPPED, create_all
from pmsync.app.report import Done
from pmsync.app.work import Work
from pmsync.app.write import write_all
from pmsync.domain import ports
from pmsync.domain.accepted import not_accepted
from pmsync.domain.changes import (
    AddColumn,
    AdoptTicket,
    Agree,
    Change,
    CloseDuplicate,
    Conflict,
    CreateTicket,
    LostTicket,
    Pending,
    Result,
    UpdateRow,
    UpdateTicket,
    Withheld,
)


def apply(work: Work) -> None:
    """Carry out every change; each gets its result.

    Raises ``StateChangedError`` when the lease was lost.
    """
    work.progress.step("Applying", len(work.plan.changes))
    create_all(work)
    for index, change in enumerate(work.plan.changes):
        _one(work, index, change)
    write_all(work)
    work.release()


def _one(work: Work, index: int, change: Change) -> None:
    match change:
        case UpdateTicket():
            patch = ports.Patch(change.ticket, change.send, change.body)
            _update(work, index, change, patch)
        case CloseDuplicate():
            patch = ports.Patch(change.ticket, duplicate_of=change.survivor.key)
            _update(work, index, change, patch)
        case AdoptTicket():
            work.ledger.adopted(change)
            work.refs[change.key] = change.ticket.ref
            work.done[index] = Done(Result.DONE, ticket=change.ticket.ref.key)
        case Agree():
            work.ledger.agreed(change)
            work.done[index] = Done(Result.DONE)
        case LostTicket():
            work.ledger.lost(change)
            work.done[index] = Done(Result.SKIPPED, change.reason)
        case Conflict() | Pending() | Withheld():
            work.done[index] = Done(Result.SKIPPED, change.reason)
        case CreateTicket() | UpdateRow() | AddColumn():
            pass  # Creates are done by now; documents are edited last, all at once.


def _update(
    work: Work,
    index: int,
    change: UpdateTicket | CloseDuplicate,
    patch: ports.Patch,
) -> None:
    if not work.may_send():
        work.done[index] = Done(Result.SKIPPED, STOPPED)
        return
    match work.ports.trackers[change.tracker].update(patch):
        case ports.Done(ticket):
            if isinstance(change, UpdateTicket):
                work.ledger.updated(change, ticket)
            why = not_accepted(patch.fields, ticket)
            work.done[index] = Done(Result.DONE, why, ticket.ref.key)
        case ports.Refused(why, _, stale):
            work.again |= stale
            work.done[index] = Done(Result.REFUSED, why)
        case ports.Unknown(why):
            work.done[index] = Done(Result.UNKNOWN, why)
    work.progress.advance()
