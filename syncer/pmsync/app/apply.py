"""Carry out a plan under the lease.

The order is what makes a kill at any moment harmless: intents are written before a
create is sent, results before documents are edited, and edits count only when they
have been read again.
"""

from __future__ import annotations

from pmsync.app.create import create_all
from pmsync.app.report import Done
from pmsync.app.update import announce, close_duplicate, update
from pmsync.app.work import Work
from pmsync.app.write import write_all
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
from pmsync.domain.errors import PmsyncError, StateError


def apply(work: Work) -> None:
    """Carry out every change; each gets its result, and the lease is given back.

    Raises ``StateError`` when the lease was lost or the state cannot be written.
    """
    work.progress.step("Applying", len(work.plan.changes))
    try:
        create_all(work)
        announce(work)
        for index, change in enumerate(work.plan.changes):
            _one(work, index, change)
        write_all(work)
    except StateError:
        raise
    except PmsyncError as error:
        work.failures.append(error)
    if work.planned.rebuild:
        _keep_left_behind(work)
    work.release()


def _one(work: Work, index: int, change: Change) -> None:
    match change:
        case UpdateTicket():
            update(work, index, change)
        case CloseDuplicate():
            close_duplicate(work, index, change)
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


def _keep_left_behind(work: Work) -> None:
    """Remember the tickets of a lost state that no row was matched with.

    Only our own: a row of the same title will take them.
    """
    state = work.view.state.id
    for tracker in work.view.trackers.values():
        work.ledger.left_behind(
            ticket
            for ticket in (tracker.marked.tickets if tracker.marked else ())
            if ticket.marker is not None
            and ticket.marker.state == state
            and ticket.author in tracker.identities
        )
