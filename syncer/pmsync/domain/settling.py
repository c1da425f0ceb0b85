"""Creates without an answer: settle what earlier runs left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from pmsync.domain.changes import AdoptTicket, Pending
from pmsync.domain.model import Field, Ticket
from pmsync.domain.state import Intent, Pair
from pmsync.domain.view import View

MARGIN = timedelta(minutes=5)
"""How far before an intent a ticket's time may lie and still be from it."""
ASIDE = timedelta(hours=2)
"""How old an intent is before only verification sweeps look for its ticket."""
WINDOW = timedelta(days=30)
"""How long after an intent its request may still be carried out: a machine that went
to sleep with it may wake."""


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
    return tuple(sorted(ours, key=age)), tracker.marked.complete and not strangers


def settled_at(view: View, intent: Intent) -> datetime:
    """Return the tracker's time from which an absent ticket was never created."""
    tracker = view.trackers.get(intent.tracker)
    exact = tracker is not None and tracker.capabilities.exact_reads
    return intent.started if exact else intent.started + view.policy.grace


def never_created(view: View, intent: Intent, least: timedelta = timedelta()) -> bool:
    """Tell whether an intent's ticket does not exist, when it is of some age at least."""
    tracker = view.trackers.get(intent.tracker)
    ours, believed = bearers(view, intent)
    if ours or not believed or tracker is None or tracker.marked is None:
        return False
    settled = max(settled_at(view, intent), intent.started + least)
    return tracker.marked.time >= settled


def waited_for(view: View, intent: Intent) -> bool:
    """Tell whether nothing may be said yet about a create without a ticket."""
    return intent.key in view.state.intents and not never_created(view, intent)


def set_aside(view: View) -> frozenset[str]:
    """Return the keys of intents that left no ticket so far and are not waited for.

    They are remembered, since a request may still be under way: their rows keep the
    keys. One whose row is not asked for in this pass stays as it is.
    """
    if view.resolve is not None or not view.state.intents:
        return frozenset()
    rows = {key: at for at, key in view.alignment.keys.items()}
    return frozenset(
        key
        for key, intent in view.state.intents.items()
        if never_created(view, intent, ASIDE)
        and (key not in rows or view.selected(rows[key].path, intent.tracker))
    )


def pending(view: View, intent: Intent, path: str, line: int) -> Pending:
    """Plan to wait for an intent; its row may stand elsewhere by now."""
    return Pending(path, line, intent.key, intent.tracker, _why_pending(view, intent))


def _why_pending(view: View, intent: Intent) -> str:
    tracker = view.trackers.get(intent.tracker)
    if tracker is not None and tracker.project != intent.project:
        return (
            f"an earlier create was sent to {intent.project} and has no answer yet; "
            f"{intent.tracker} is {tracker.project} now: set it back for one run"
        )
    time = settled_at(view, intent).isoformat(timespec="seconds")
    return f"an earlier create has no answer yet; a run after {time} settles it"


def adopt(intent: Intent, ticket: Ticket, path: str, line: int) -> AdoptTicket:
    """Plan to take the ticket that an intent left behind."""
    reason = "it bears the marker of a create whose answer was lost"
    return AdoptTicket(path, line, intent.key, intent.tracker, reason, ticket=ticket)


def agreed(intent: Intent, ticket: Ticket) -> Mapping[Field, Pair]:
    """Return the base of a row whose ticket was found after its answer was lost.

    The document's half is what the row held when it was filed, the tracker's what came
    of it: what the ticket shows, unless somebody else has changed it meanwhile.
    """
    return {
        field: pair
        if ticket.touched_by_others
        else Pair(pair.document, ticket.fields.get(field))
        for field, pair in intent.sent.items()
    }


def _is_marked(view: View, ticket: Ticket, key: str) -> bool:
    marker = ticket.marker
    return marker is not None and (marker.key, marker.state) == (key, view.state.id)


def age(ticket: Ticket) -> tuple[datetime, str]:
    """Return what orders tickets from the lowest to the highest."""
    return ticket.created_at, ticket.ref.key
