"""One row: who it is, which ticket is its own, and what becomes of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pmsync.domain import settling, sharing
from pmsync.domain.alignment import Address
from pmsync.domain.changes import AdoptTicket, Agree, Note, Noticed
from pmsync.domain.decided import Aside, Decided, Question
from pmsync.domain.filing import left_alone
from pmsync.domain.following import follow, lost
from pmsync.domain.likeness import Known
from pmsync.domain.linked import linked
from pmsync.domain.merge import Side
from pmsync.domain.model import Ticket, TicketRef
from pmsync.domain.ports import Absence
from pmsync.domain.receiving import receiving
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import Intent, ItemState, Link, Loss
from pmsync.domain.unfiled import file, unfiled
from pmsync.domain.view import View

OUT_OF_REACH = "could not be read, or is not configured any more"
"""What is said of a tracker that no row can be followed in."""


def tracker_of(view: View, page: Page, row: Row) -> str:
    """Return the tracker that a row has to do with."""
    if row.refs:
        return row.refs[0].tracker
    item = view.item(row)
    if item is not None and item.ref is not None:
        return item.ref.tracker
    return view.policy.route(page, row)


def decide(view: View, page: Page, row: Row) -> Iterator[Decided]:
    """Decide one row whose tracker was read."""
    item = view.item(row)
    intent = view.sent(view.key(row))
    like = view.alignment.withheld.get(Address(row.path, row.line))
    if row.skipped:
        yield Aside("a skip comment leaves it alone")
    elif like is not None and row.refs:
        yield _of_another(row, like)
    elif sharing.is_left_alone_with(view, row, item):
        yield from _met(view, page, row, row.refs[0], instead_of=item)
    elif sharing.receives(view, row, item):
        yield from _received(view, row, item)
    elif item is not None and item.ref is not None:
        yield from _known(view, page, row, item, item.ref)
    elif intent is not None and not row.refs:
        yield from _intended(view, page, row, intent)
    elif len(row.refs) == 1 and not row.foreign:
        yield from _met(view, page, row, row.refs[0])
    else:
        yield from unfiled(view, page, row)


def _of_another(row: Row, like: Known) -> Note:
    """Leave a row alone while nobody can tell whether it has moved, or was copied."""
    message = (
        f"it cites {row.refs[0].key}, the ticket of {like.path}:{like.line}, which "
        "cannot be looked at now: left alone"
    )
    return Note(row.path, row.line, message)


def _received(view: View, row: Row, item: ItemState | None) -> Iterator[Decided]:
    """Plan a row that cites a ticket which it does not own."""
    ref = row.refs[0]
    ticket = view.ticket(ref)
    if isinstance(ticket, Absence):
        key = view.receiver_key(row)
        yield lost(row.path, row.line, item or ItemState(key, row.text), ref, ticket)
    elif ticket is not None and ticket.pull_request:
        yield Aside("it cites a pull request")
    elif ticket is not None or item is not None:
        yield from receiving(view, row, item, ticket)


def _known(
    view: View, page: Page, row: Row, item: ItemState, ref: TicketRef
) -> Iterator[Decided]:
    if ref.tracker not in view.trackers:
        yield from _elsewhere(view, page, row, item, ref)
    elif row.foreign:
        yield Note(row.path, row.line, f"it no longer cites only {ref.key}: left alone")
    elif row.refs and not _same_ticket(view, row.refs[0], item, ref):
        yield from _met(view, page, row, row.refs[0], instead_of=item)
    elif not row.refs and item.link is not Link.UNWRITTEN:
        yield from _link_removed(view, page, row, item, ref)
    else:
        yield from follow(view, page, row, item, ref)


def _elsewhere(
    view: View, page: Page, row: Row, item: ItemState, ref: TicketRef
) -> Iterator[Decided]:
    """Plan a row whose tracker is out of reach, or was renamed in the configuration."""
    if len(row.refs) == 1 and not row.foreign:
        yield from _met(view, page, row, row.refs[0], instead_of=item)
    else:
        message = (
            f"its ticket {ref.key} is in tracker {ref.tracker}, which {OUT_OF_REACH}: "
            "left alone"
        )
        yield Note(row.path, row.line, message)


def _same_ticket(view: View, cited: TicketRef, item: ItemState, ref: TicketRef) -> bool:
    """Tell whether a cited ticket is the item's, also after it moved."""
    if view.name_now(cited) == view.name_now(ref):
        return True
    ticket = view.ticket(cited)
    return isinstance(ticket, Ticket) and ticket.id == item.ticket_id


def _link_removed(
    view: View, page: Page, row: Row, item: ItemState, ref: TicketRef
) -> Iterator[Decided]:
    """Plan a row whose link a person took out after it had come into the document."""
    ticket = view.ticket(ref)
    if item.loss is Loss.CONFIRMED:
        if ticket is Absence.DELETED:
            yield from file(view, page, row, instead_of=item)
            return
        if ticket is None:
            return  # It was not looked at; the next sweep tells.
    match view.resolve.side if view.resolve else None:
        case Side.DOCUMENT:
            yield from file(view, page, row, instead_of=item)
        case Side.TRACKER:
            relinked = replace(item, link=Link.UNWRITTEN)
            yield from follow(view, page, row, relinked, ref)
        case None:
            yield _unlinked(row, item, ref)


def _unlinked(row: Row, item: ItemState, ref: TicketRef) -> Decided:
    message = (
        f"its link to {ref.key} was taken out: neither linked again nor filed anew; "
        f"'pmsync resolve {row.path}:{row.line} --take tracker' links it again, "
        "'--take document' opens a new ticket"
    )
    if item.link is not Link.LANDED:
        return Question(row.path, row.line, message)
    at = (row.path, row.line, item.key, ref.tracker)
    return Agree(*at, message, ref=ref, noticed=Noticed.UNLINKED)


def _intended(view: View, page: Page, row: Row, intent: Intent) -> Iterator[Decided]:
    why = left_alone(page, row, view.policy, intent.tracker)
    ours, _ = settling.bearers(view, intent)
    if ours:
        yield settling.adopt(intent, ours[0], row.path, row.line)
        base = settling.agreed(intent, ours[0])
        fresh = ItemState(intent.key, row.text, row.section, row.line, base=base)
        yield from linked(view, page, row, fresh, ours[0])
    elif why is not None and intent.key not in view.state.intents:
        yield Aside(why)
    elif not settling.never_created(view, intent):
        yield settling.pending(view, intent, row.path, row.line)
    else:
        yield from file(view, page, row, again=True)


def _met(
    view: View,
    page: Page,
    row: Row,
    ref: TicketRef,
    instead_of: ItemState | None = None,
) -> Iterator[Decided]:
    """Plan a row that cites a ticket which pmsync did not know for it."""
    ticket = view.ticket(ref)
    if ticket is None:
        return
    key = instead_of.key if instead_of else _own_key(view, row, ticket)
    fresh = ItemState(key, row.text, row.section, row.line)
    if isinstance(ticket, Absence):
        yield lost(row.path, row.line, fresh, ref, ticket)
    elif ticket.pull_request:
        yield Aside("it cites a pull request")
    else:
        reason = "the row cites it"
        if instead_of is not None:
            reason = "the row cites it now" if instead_of.owns else "no other row does"
        yield AdoptTicket(
            row.path, row.line, fresh.key, ref.tracker, reason, ticket=ticket
        )
        # The link stands in the document: nobody has to write it.
        known = replace(fresh, ref=ticket.ref, ticket_id=ticket.id, link=Link.LANDED)
        if instead_of is not None and sharing.received(view, instead_of, ref):
            base, lacks = instead_of.base, instead_of.no_status
            known = replace(known, base=base, no_status=lacks)
        yield from linked(view, page, row, known, ticket)


def _own_key(view: View, row: Row, ticket: Ticket | Absence) -> str:
    """Return the key that the ticket's marker bears if it is free, else a new one."""
    marker = ticket.marker if isinstance(ticket, Ticket) else None
    ours = marker is not None and marker.state == view.state.id
    if marker is None or not ours or marker.key in view.items:
        return view.key(row)
    return marker.key
