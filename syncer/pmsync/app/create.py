"""Open tickets: write down the intent, send once, look again when nobody answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from pmsync.app.report import Done
from pmsync.app.work import Work
from pmsync.domain import ports
from pmsync.domain.accepted import not_accepted
from pmsync.domain.changes import CreateTicket, Result
from pmsync.domain.errors import TrackerError
from pmsync.domain.model import Field, Ticket
from pmsync.domain.settling import MARGIN
from pmsync.domain.state import Intent

JOURNAL = 20
"""How many creates share one journal entry."""
TRIES = 3
"""How often a create is sent that was certainly not carried out."""
STOPPED = "the run was stopped"

Planned = tuple[int, CreateTicket]
"""A change with its index in the plan."""


def create_all(work: Work) -> None:
    """Open every planned ticket, tracker by tracker."""
    creates = [
        (index, change)
        for index, change in enumerate(work.plan.changes)
        if isinstance(change, CreateTicket)
    ]
    for name in sorted({change.tracker for _, change in creates}):
        mine = [planned for planned in creates if planned[1].tracker == name]
        stopped: str | None = None
        for batch in _parts(mine, JOURNAL):
            if stopped is None and work.may_send():
                work.ledger.intend(_intent(work, change) for _, change in batch)
                for _, change in batch:
                    work.ledger.forget(change.instead_of)
                work.record("about to open tickets")
                stopped = _send(work, name, batch)
                work.record("opened tickets")
            else:
                _skip(work, batch, stopped or STOPPED)
    _settle(work)


def _intent(work: Work, change: CreateTicket) -> Intent:
    tracker, row = work.ports.trackers[change.tracker], work.row(change)
    return Intent(
        key=change.key,
        path=change.path,
        tracker=change.tracker,
        project=tracker.project,
        identity=tracker.identity(),
        started=_time(work, change.tracker),
        text=row.text,
        section=row.section,
        line=change.line,
    )


def _time(work: Work, tracker: str) -> datetime:
    """Return the tracker's own time as far as it is known, else ours."""
    listing = work.view.trackers[tracker].marked
    now = work.ports.clock.now()
    return max(now, listing.time) if listing else now


def _send(work: Work, name: str, batch: Sequence[Planned]) -> str | None:
    """Send each create once; return why the project takes no more, if so."""
    tracker = work.ports.trackers[name]
    stopped: str | None = None
    for part in _parts(batch, tracker.capabilities.batch):
        if stopped is not None or not work.may_send():
            for _, change in part:
                work.ledger.drop(change.key)
            _skip(work, part, stopped or STOPPED)
            continue
        outcomes = tracker.create([change.draft for _, change in part])
        for planned, outcome in zip(part, outcomes, strict=True):
            final = _patiently(work, planned[1], outcome)
            stopped = _record(work, planned, final) or stopped
        work.progress.advance(len(part))
    return stopped


def _patiently(
    work: Work, change: CreateTicket, outcome: ports.Outcome
) -> ports.Outcome:
    """Send again what was certainly not carried out, when the tracker says when."""
    tracker = work.ports.trackers[change.tracker]
    for _ in range(TRIES - 1):
        match outcome:
            case ports.Refused(retry_after=float(wait)) if wait < work.held.left():
                work.ports.clock.sleep(wait)
                if not work.may_send():
                    return outcome
                outcome = tracker.create([change.draft])[0]
            case _:
                return outcome
    return outcome


def _record(work: Work, planned: Planned, outcome: ports.Outcome) -> str | None:
    """Write down one result; return why the project takes no more, if so."""
    index, change = planned
    match outcome:
        case ports.Done(ticket):
            work.ledger.created(change, ticket)
            work.refs[change.key] = ticket.ref
            sent = {Field.TITLE: change.title, **change.draft.fields}
            why = not_accepted(sent, ticket)
            work.done[index] = Done(Result.DONE, why, ticket.ref.key)
        case ports.Refused(why, whole_project):
            work.ledger.drop(change.key)
            work.done[index] = Done(Result.REFUSED, why)
            return why if whole_project else None
        case ports.Unknown(why):
            work.done[index] = Done(Result.UNKNOWN, why)
    return None


def _skip(work: Work, batch: Sequence[Planned], why: str) -> None:
    work.done.update((index, Done(Result.SKIPPED, why)) for index, _ in batch)


def _settle(work: Work) -> None:
    """Look for creates without an answer until they show, or for so long."""
    waiting = {
        change.key: (index, change)
        for index, change in enumerate(work.plan.changes)
        if isinstance(change, CreateTicket)
        and index in work.done
        and work.done[index].result is Result.UNKNOWN
    }
    clock = work.ports.clock
    end = clock.monotonic() + work.settings.settle.total_seconds()
    pause = 1.0
    while waiting and not work.settings.stopping():
        for name in sorted({change.tracker for _, change in waiting.values()}):
            for planned, ticket in _found(work, name, waiting):
                del waiting[planned[1].key]
                _record(work, planned, ports.Done(ticket))
        if clock.monotonic() + pause > end:
            break
        clock.sleep(pause)
        pause *= 2


def _found(
    work: Work, name: str, waiting: dict[str, Planned]
) -> list[tuple[Planned, Ticket]]:
    """Return what the tracker shows of the creates that wait, the oldest of each."""
    mine = {k: planned for k, planned in waiting.items() if planned[1].tracker == name}
    intents = work.ledger.intents
    try:
        since = min(intents[key].started for key in mine) - MARGIN
        listing = work.ports.trackers[name].marked(since)
    except TrackerError:
        # Still unknown: the intents stay, and a later run settles them.
        return []
    found: dict[str, Ticket] = {}
    for ticket in sorted(listing.tickets, key=lambda ticket: ticket.created_at):
        marker = ticket.marker
        if (
            marker is not None
            and marker.state == work.view.state.id
            and marker.key in mine
            and ticket.author == intents[marker.key].identity
        ):
            found.setdefault(marker.key, ticket)
    return [(mine[key], ticket) for key, ticket in found.items()]


def _parts(items: Sequence[Planned], size: int) -> Iterator[Sequence[Planned]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
