"""Creates without an answer, and second tickets: settle what earlier runs left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from pmsync.domain.changes import AdoptTicket, Change, CloseDuplicate, Pending
from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.state import Intent
from pmsync.domain.view import TrackerView, View

MARGIN = timedelta(minutes=5)
"""How far before an intent a ticket's time may lie and still be from it."""


def bearers(view: View, intent: Intent) -> tuple[tuple[Ticket, ...], bool]:
    """Return the tickets that an intent left, oldest first, and whether to believe it.

    The second value is False when the look-up cannot rule out a ticket: the listing
    is incomplete, or somebody else's ticket bears the marker.
    """
    tracker = view.trackers.get(intent.tracker)
    if tracker is None or tracker.marked is None or tracker.project != intent.project:
        return (), False
    bearing = [t for t in tracker.marked.tickets if _is_marked(view, t, intent.key)]
    authors = tracker.identities | {intent.identity}
    ours = [ticket for ticket in bearing if ticket.author in authors]
    strangers = len(bearing) > len(ours)
    return tuple(sorted(ours, key=_age)), tracker.marked.complete and not strangers


def settled_at(view: View, intent: Intent) -> datetime:
    """Return the tracker's time from which an absent ticket was never created."""
    tracker = view.trackers.get(intent.tracker)
    exact = tracker is not None and tracker.capabilities.exact_reads
    return intent.started if exact else intent.started + view.policy.grace


def never_created(view: View, intent: Intent) -> bool:
    """Tell whether an intent's ticket certainly does not exist."""
    tracker = view.trackers.get(intent.tracker)
    ours, believed = bearers(view, intent)
    if ours or not believed or tracker is None or tracker.marked is None:
        return False
    return tracker.marked.time >= settled_at(view, intent)


def pending(view: View, intent: Intent, line: int) -> Pending:
    """Plan to wait for an intent."""
    time = settled_at(view, intent).isoformat(timespec="seconds")
    return Pending(
        intent.path,
        line,
        intent.key,
        intent.tracker,
        f"an earlier create has no answer yet; a run after {time} settles it",
    )


def adopt(intent: Intent, ticket: Ticket, path: str, line: int) -> AdoptTicket:
    """Plan to take the ticket that an intent left behind."""
    reason = "it bears the marker of a create whose answer was lost"
    return AdoptTicket(path, line, intent.key, intent.tracker, reason, ticket=ticket)


def duplicates(view: View) -> Iterator[Change]:
    """Plan to close the second open ticket of one key, when nothing speaks for it."""
    if view.rebuild:
        return
    for name, tracker in sorted(view.trackers.items()):
        groups: dict[str, list[Ticket]] = defaultdict(list)
        for ticket in tracker.marked.tickets if tracker.marked else ():
            if ticket.marker and ticket.marker.state == view.state.id:
                groups[ticket.marker.key].append(ticket)
        for key, tickets in sorted(groups.items()):
            if len(tickets) > 1:
                yield from _second(view, name, tracker, key, tickets)


def _second(
    view: View, name: str, tracker: TrackerView, key: str, tickets: list[Ticket]
) -> Iterator[Change]:
    path, item = view.items.get(key, ("", None))
    intent = view.state.intents.get(key)
    linked = item.ref if item else None
    ours = sorted((t for t in tickets if t.author in tracker.identities), key=_age)
    survivor = next((t for t in ours if t.ref == linked), ours[0] if ours else None)
    if survivor is None or (item is None and intent is None):
        return
    at = (path or (intent.path if intent else ""), item.line if item else 0)
    for ticket in ours:
        if ticket is survivor or _is_closed(ticket):
            continue
        cited = view.citing.get((ticket.ref.tracker, ticket.ref.key), 0)
        if cited or ticket.touched_by_others:
            continue
        reason = f"one create left it beside {survivor.ref.key}"
        yield CloseDuplicate(
            *at, key, name, reason, ticket=ticket, survivor=survivor.ref
        )


def _is_marked(view: View, ticket: Ticket, key: str) -> bool:
    marker = ticket.marker
    return marker is not None and (marker.key, marker.state) == (key, view.state.id)


def _is_closed(ticket: Ticket) -> bool:
    return Status(ticket.fields.get(Field.STATUS) or Status.OPEN).terminal


def _age(ticket: Ticket) -> tuple[datetime, str]:
    return ticket.created_at, ticket.ref.key
