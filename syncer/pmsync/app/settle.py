"""Look again for creates that nobody answered: adopt them as soon as they show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from pmsync.app.report import Done
from pmsync.app.work import Work
from pmsync.domain.accepted import not_accepted
from pmsync.domain.changes import CreateTicket, Result
from pmsync.domain.errors import TrackerError
from pmsync.domain.model import Field, Ticket
from pmsync.domain.settling import MARGIN, age, settled_at

FIRST_PAUSE = 1.0
"""Seconds before the second look; each pause is twice as long as the one before."""

Numbered = tuple[int, CreateTicket]
"""A change with its index in the plan."""


def settle(work: Work) -> None:
    """Look for creates without an answer until they show, or for so long."""
    waiting = {
        change.key: (index, change)
        for index, change in enumerate(work.plan.changes)
        if isinstance(change, CreateTicket)
        and index in work.done
        and work.done[index].result is Result.UNKNOWN
    }
    clock, left = work.ports.clock, dict(waiting)
    end = clock.monotonic() + work.settings.settle.total_seconds()
    pause = FIRST_PAUSE
    while left and work.may_send():
        for name in sorted({change.tracker for _, change in left.values()}):
            _look(work, name, left)
        if not left or clock.monotonic() + pause > end:
            break
        clock.sleep(pause)
        pause *= 2
    for key, (index, _) in waiting.items():
        if key in work.ledger.creates.waiting:
            _tell_when(work, key, index)


def opened(
    work: Work, planned: Numbered, ticket: Ticket, *, doubt: bool = False
) -> None:
    """Record the ticket of a create; ``doubt`` says that its answer was missing."""
    index, change = planned
    work.ledger.created(change, ticket, doubt=doubt)
    work.refs[change.key] = ticket.ref
    draft = change.draft
    parent = work.refs[change.child_of].key if change.child_of else draft.parent
    sent = {Field.TITLE: change.title, **draft.fields}
    able = work.ports.trackers[change.tracker].capabilities
    why = not_accepted(sent, ticket, draft.labels, parent if able.parents else None)
    work.done[index] = Done(Result.DONE, why, ticket.ref.key)


def look(
    work: Work, name: str, keys: Collection[str]
) -> tuple[Mapping[str, Ticket], bool]:
    """Return what a tracker shows of creates, the oldest of each, and if that is all.

    A ticket of another author never counts.
    """
    intents, tracker = work.ledger.creates.waiting, work.ports.trackers[name]
    since = min(intents[key].earliest for key in keys) - MARGIN
    try:
        # One that shows everything at once may do so by a clock that we never saw.
        exact = tracker.capabilities.exact_reads
        listing = tracker.marked(None if exact else since)
    except TrackerError:
        # Still unknown: the intents stay, and a later run settles them.
        return {}, False
    found: dict[str, Ticket] = {}
    for ticket in sorted(listing.tickets, key=age):
        marker = ticket.marker
        if (
            marker is not None
            and marker.state == work.view.state.id
            and marker.key in keys
            and ticket.author == intents[marker.key].identity
        ):
            found.setdefault(marker.key, ticket)
    return found, listing.complete


def _look(work: Work, name: str, left: dict[str, Numbered]) -> None:
    mine = [key for key, (_, change) in left.items() if change.tracker == name]
    found, complete = look(work, name, mine)
    exact = work.ports.trackers[name].capabilities.exact_reads
    for key in mine:
        if key in found:
            opened(work, left.pop(key), found[key], doubt=True)
        elif exact and complete:
            # It was not carried out; the next run sends it again.
            del left[key]


def _tell_when(work: Work, key: str, index: int) -> None:
    time = settled_at(work.view, work.ledger.creates.waiting[key]).isoformat(
        timespec="seconds"
    )
    done = work.done[index]
    work.done[index] = replace(done, why=f"{done.why}; a run after {time} settles it")
