"""Second tickets of one create: closed when nothing speaks for them, else reported.

No look-up before a create is exact, since every list lags and a run may freeze with a
request under way. So what was once in doubt is looked at again later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pmsync.domain.changes import CloseDuplicate, Note
from pmsync.domain.model import Ticket, name_of
from pmsync.domain.settling import MARGIN, WINDOW, age
from pmsync.domain.state import Intent, ItemState
from pmsync.domain.view import TrackerView, View


def duplicates(view: View) -> Iterator[CloseDuplicate | Note]:
    """Plan what becomes of the further open tickets of each key."""
    if view.rebuild:
        return
    for _, tracker in sorted(view.trackers.items()):
        for key, tickets in sorted(_bearing(view, tracker).items()):
            known = key in view.items or intent_of(view, key) is not None
            if known and len(tickets) > 1:
                yield from _seconds(view, tracker, key, tickets)


def intent_of(view: View, key: str) -> Intent | None:
    """Return the create that a key was sent with, as long as it is remembered."""
    return view.state.intents.get(key) or view.state.settled.get(key)


def over(view: View) -> frozenset[str]:
    """Return the keys of settled intents that need not be remembered any more."""
    settled = view.state.settled.items()
    return frozenset(key for key, intent in settled if is_over(view, intent))


def is_over(view: View, intent: Intent) -> bool:
    """Tell whether an intent certainly left no second ticket that is open."""
    tracker = view.trackers.get(intent.tracker)
    listing = tracker.marked if tracker is not None and tracker.swept else None
    if listing is None or not listing.complete:
        return False
    bearing = _bearing(view, view.trackers[intent.tracker]).get(intent.key, [])
    still_open = [ticket for ticket in bearing if not ticket.status.terminal]
    return listing.time >= intent.started + WINDOW and len(still_open) <= 1


def _bearing(view: View, tracker: TrackerView) -> dict[str, list[Ticket]]:
    groups: dict[str, list[Ticket]] = defaultdict(list)
    for ticket in tracker.marked.tickets if tracker.marked else ():
        if ticket.marker and ticket.marker.state == view.state.id:
            groups[ticket.marker.key].append(ticket)
    return {
        key: [*bearing, *_unmarked(view, tracker, key, bearing)]
        for key, bearing in groups.items()
    }


def _unmarked(
    view: View, tracker: TrackerView, key: str, bearing: list[Ticket]
) -> list[Ticket]:
    """Return the ticket of an item when a person took the marker out of it.

    One that a person gave the row in place of ours is no second one of it.
    """
    _, item = view.items.get(key, ("", None))
    if item is None or item.ref is None or item.former:
        return []
    linked = view.ticket(item.ref) if item.ref.tracker == tracker.name else None
    if not isinstance(linked, Ticket) or linked.id in {one.id for one in bearing}:
        return []
    return [linked]


def _seconds(
    view: View, tracker: TrackerView, key: str, tickets: list[Ticket]
) -> Iterator[CloseDuplicate | Note]:
    intent = intent_of(view, key)
    path, item = view.items.get(key, (intent.path if intent else "", None))
    survivor = _survivor(view, key, item, tickets)
    line = next((a.line for a, k in view.alignment.keys.items() if k == key), 0)
    if not view.selected(path, tracker.name):
        return
    for ticket in tickets:
        if ticket is survivor or ticket.status.terminal:
            continue
        doubt = _doubt(view, tracker, intent, item, ticket)
        if doubt is not None:
            message = f"{ticket.ref.key} is a second ticket beside {survivor.ref.key}"
            yield Note(path, line, f"{message}; it is left open: {doubt}")
        else:
            reason = f"one create left it beside {survivor.ref.key}"
            yield CloseDuplicate(
                path,
                line,
                key,
                tracker.name,
                reason,
                ticket=ticket,
                survivor=survivor.ref,
            )


def _survivor(
    view: View, key: str, item: ItemState | None, tickets: list[Ticket]
) -> Ticket:
    """Return the one that the document links, else that the state does, else the first."""
    linked = [
        row.refs[0]
        for page in view.pages
        for row in page.rows
        if len(row.refs) == 1 and view.key(row) == key
    ]
    if item is not None and item.ref is not None:
        linked.append(item.ref)
    by_name = {name_of(ticket.ref): ticket for ticket in tickets}
    found = (by_name.get(name_of(ref)) for ref in linked)
    return next((t for t in found if t is not None), min(tickets, key=age))


def _doubt(
    view: View,
    tracker: TrackerView,
    intent: Intent | None,
    item: ItemState | None,
    ticket: Ticket,
) -> str | None:
    """Say why a person should look at a second ticket, None if nobody needs to."""
    if intent is None:
        return "pmsync does not remember a create that could have left it"
    first, last = intent.earliest - MARGIN, intent.started + WINDOW
    parents = {page.parent for page in view.pages if page.parent is not None}
    name = name_of(ticket.ref)
    former = item.former if item is not None else ()
    doubts = (
        (ticket.author != intent.identity, f"{ticket.author} opened it"),
        (not first <= ticket.created_at <= last, "it is not from that create's time"),
        (tracker.project != intent.project, f"it was meant for {intent.project}"),
        (name in view.citing, "a document cites it"),
        (name in map(name_of, parents), "a document cites it"),
        (ticket.ref.full_name in former, "a person had replaced it"),
        (ticket.touched_by_others, "a person has worked on it"),
        (ticket.read_only, "it cannot be written"),
        (not view.complete, "not every document could be read"),
    )
    return next((why for holds, why in doubts if holds), None)
