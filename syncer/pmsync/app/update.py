"""Change tickets that exist: read again just before, sent once, recorded as returned."""

from __future__ import annotations

from pmsync.app.report import Done
from pmsync.app.work import Work
from pmsync.domain import ports
from pmsync.domain.accepted import not_accepted
from pmsync.domain.changes import CloseDuplicate, Result, UpdateTicket
from pmsync.domain.errors import TrackerError
from pmsync.domain.model import Ticket

TRIES = 3
"""How often an update is sent that was certainly not carried out."""


def announce(work: Work) -> None:
    """Write down all updates before the first is sent.

    After a kill, the ticket then tells whether an update was carried out: what a person
    changes on either side later is not taken for what it found. Raises ``StateError``
    when the lease was lost.
    """
    updates = [one for one in work.plan.changes if isinstance(one, UpdateTicket)]
    if any(change.send for change in updates):
        for change in updates:
            work.ledger.sending(change)
        work.record("about to update tickets")


def update(work: Work, index: int, change: UpdateTicket) -> None:
    """Bring the document's values to a ticket.

    Raises ``StateError`` when the lease was lost.
    """
    patch = ports.Patch(change.ticket, change.send, change.body)
    ticket = _send(work, index, change, patch)
    if ticket is not None:
        work.ledger.updated(change, ticket)
        why = not_accepted(patch.fields, ticket)
        work.done[index] = Done(Result.DONE, why, ticket.ref.key)
    elif work.done[index].result is not Result.UNKNOWN:
        work.ledger.unsent(change.key)


def close_duplicate(work: Work, index: int, change: CloseDuplicate) -> None:
    """Close the second ticket of one create, if still nothing speaks for it.

    Raises ``StateError`` when the lease was lost.
    """
    why = _speaks_for_it(work, change)
    if why is not None:
        work.done[index] = Done(Result.SKIPPED, why)
        return
    patch = ports.Patch(change.ticket, duplicate_of=change.survivor.key)
    ticket = _send(work, index, change, patch)
    if ticket is not None:
        work.done[index] = Done(Result.DONE, ticket=ticket.ref.key)


def _send(
    work: Work, index: int, change: UpdateTicket | CloseDuplicate, patch: ports.Patch
) -> Ticket | None:
    """Send one patch; return the ticket as it is now, None with the reason recorded."""
    name = change.tracker
    why_not = work.why_not(name)
    if why_not is not None:
        work.done[index] = Done(Result.SKIPPED, why_not)
        return None
    outcome = _patiently(work, name, patch)
    work.progress.advance()
    match outcome:
        case ports.Done(ticket):
            return ticket
        case ports.Refused(why, _, stale):
            work.again |= stale
            work.refused(name, outcome)
            work.done[index] = Done(Result.REFUSED, why)
        case ports.Unknown(why):
            work.done[index] = Done(Result.UNKNOWN, why)
    return None


def _patiently(work: Work, name: str, patch: ports.Patch) -> ports.Outcome:
    """Send a patch, and again when the tracker says when."""
    tracker, clock = work.ports.trackers[name], work.ports.clock
    outcome = tracker.update(patch)
    for _ in range(TRIES - 1):
        match outcome:
            case ports.Refused(retry_after=float(wait)) if work.may_wait(wait):
                clock.sleep(wait)
                if not work.may_send():
                    return outcome
                outcome = tracker.update(patch)
            case _:
                return outcome
    return outcome


def _speaks_for_it(work: Work, change: CloseDuplicate) -> str | None:
    """Read both tickets by id; say what has changed, None if nothing has."""
    tracker = work.view.trackers[change.tracker]
    listed = tracker.marked.tickets if tracker.marked is not None else ()
    linked = tracker.tickets.get(change.survivor.key)
    survivor = next((t for t in listed if t.ref == change.survivor), linked)
    if not isinstance(survivor, Ticket):
        return f"{change.survivor.key} was not seen"
    lookups = [ports.Lookup(one.ref.key, one.id) for one in (survivor, change.ticket)]
    try:
        found = work.ports.trackers[change.tracker].fetch(lookups)
    except TrackerError as error:
        return error.message
    stays, goes = found.get(survivor.ref.key), found.get(change.ticket.ref.key)
    if not isinstance(stays, Ticket) or stays.marker != survivor.marker:
        return f"{survivor.ref.key} is not what it was"
    if not isinstance(goes, Ticket) or goes.version != change.ticket.version:
        return f"{change.ticket.ref.key} was changed meanwhile"
    if goes.touched_by_others:
        return f"a person has worked on {change.ticket.ref.key}"
    return None
