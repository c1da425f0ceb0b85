"""What is remembered of one item after each thing that befalls it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pmsync.domain.changes import AdoptTicket, Agree, Noticed, UpdateRow, UpdateTicket
from pmsync.domain.landing import COLUMN, closed_as, lacks_status, landed
from pmsync.domain.model import Column, Field, Ticket, TicketRef
from pmsync.domain.rows import Row
from pmsync.domain.state import Intent, ItemState, Link, Loss, Pair, PendingEdit


def placed(item: ItemState, row: Row) -> ItemState:
    """Return an item where its row stands now."""
    return replace(
        item, text=row.text, section=row.section, line=row.line, vanished=False
    )


def filed(
    key: str, row: Row, ticket: Ticket, base: Mapping[Field, Pair], body: str
) -> ItemState:
    """Return the item of a row for which a ticket was opened; ``body`` is a digest."""
    return ItemState(
        key,
        row.text,
        row.section,
        row.line,
        ref=ticket.ref,
        ticket_id=ticket.id,
        base=base,
        body=body,
        no_status=lacks_status(row),
    )


def adopted(
    change: AdoptTicket,
    row: Row,
    known: ItemState | None,
    base: Mapping[Field, Pair],
    body: str | None,
) -> ItemState:
    """Return the item of a row that took a ticket which was there."""
    ticket = change.ticket
    return ItemState(
        change.key,
        row.text,
        row.section,
        change.line,
        ref=ticket.ref,
        ticket_id=ticket.id,
        base=base,
        link=Link.LANDED if row.refs else Link.UNWRITTEN,
        body=body,
        former=_former(known, ticket.ref),
        no_status=lacks_status(row),
    )


def adopted_without_row(
    change: AdoptTicket, known: ItemState | None, intent: Intent | None
) -> ItemState:
    """Return the item of a row that went while its create had no answer."""
    ticket = change.ticket
    title = ticket.fields.get(Field.TITLE) or ""
    return ItemState(
        change.key,
        intent.text if intent is not None else title,
        line=change.line,
        ref=ticket.ref,
        ticket_id=ticket.id,
        former=_former(known, ticket.ref),
        vanished=True,
    )


def left_behind(key: str, ticket: Ticket) -> ItemState:
    """Return the item of a marked ticket that no row could be matched with."""
    title = ticket.fields.get(Field.TITLE) or ""
    return ItemState(key, title, ref=ticket.ref, ticket_id=ticket.id, vanished=True)


def receiver(key: str, row: Row, ref: TicketRef) -> ItemState:
    """Return the item of a row that only receives a ticket's status."""
    return ItemState(
        key,
        row.text,
        row.section,
        row.line,
        ref=ref,
        link=Link.LANDED,
        owns=False,
        no_status=lacks_status(row),
    )


def updated(
    item: ItemState, row: Row, change: UpdateTicket, ticket: Ticket
) -> ItemState:
    """Return an item whose ticket was updated; its half is what the tracker returned."""
    base = dict(item.base)
    for field in change.send:
        base[field] = Pair(row.values.get(field), ticket.fields.get(field))
    closed_by = item.closed_by
    if Field.STATUS in change.send:
        closed_by = closed_as(base[Field.STATUS])
    return replace(
        item,
        base=base,
        sent={},
        version=None,
        closed_by=closed_by,
        body=change.source or item.body,
        ticket_id=ticket.id,
    )


def sending(item: ItemState, row: Row, change: UpdateTicket) -> ItemState:
    """Return an item of which an update is about to be sent."""
    sent = {f: Pair(row.values.get(f), to) for f, to in change.send.items()}
    return replace(item, sent=sent, version=change.ticket.version if sent else None)


def unsent(item: ItemState) -> ItemState:
    """Return an item of which an update was certainly not carried out."""
    return replace(item, sent={}, version=None)


def edited(item: ItemState, row: Row, change: UpdateRow) -> ItemState:
    """Return an item whose row is given values; they count once they are read again."""
    pending = dict(item.pending)
    for column, to in change.values.items():
        if column is Column.TICKET:
            ref = change.ref or item.ref
            edit = PendingEdit(row.raw.get(column), ref.key if ref else None, None)
        else:
            shown = change.fields[column.value]
            edit = PendingEdit(shown.document, to, shown.tracker)
        known = item.pending.get(column)
        if known is None or known._replace(stage=edit.stage) != edit:
            pending[column] = edit
    link = item.link
    if Column.TICKET in change.values and link is Link.UNLINKED:
        link = Link.UNWRITTEN
    return replace(placed(item, row), pending=pending, link=link)


def unedited(item: ItemState, before: ItemState | None, change: UpdateRow) -> ItemState:
    """Return an item whose row was certainly not given its values.

    Who writes them by hand meanwhile is a person then. What was never agreed waits on,
    or the two would count as met, and the link does: it says the same from anybody.
    """
    earlier = before.pending if before else {}
    agreed_on = {COLUMN[field] for field in item.base}
    taken = {c: change.fields[c.value] for c in change.values if c in agreed_on}
    left = {c: edit for c, edit in item.pending.items() if c not in taken}
    again = {
        column: earlier[column]
        for column, shown in taken.items()
        if column in earlier and earlier[column].before == shown.document
    }
    return replace(item, pending={**left, **again})


def agreed(item: ItemState, row: Row | None, change: Agree) -> ItemState:
    """Return an item both of whose sides are acknowledged as they are."""
    match change.noticed:
        case Noticed.VANISHED:
            return replace(item, vanished=True)
        case Noticed.UNLINKED:
            return replace(item, link=Link.UNLINKED)
        case Noticed.VALUES:
            pairs = {
                Field(name): Pair(shown.document, shown.tracker)
                for name, shown in change.fields.items()
            }
            item = landed(row, item) if row else item
            named = {Column(field.value) for field in pairs}
            left = {c: e for c, e in item.pending.items() if c not in named}
            return replace(item, base={**item.base, **pairs}, pending=left, loss=None)


def lost(item: ItemState) -> ItemState:
    """Return an item whose ticket was not shown; the second time it counts."""
    return replace(item, loss=Loss.CONFIRMED if item.loss else Loss.SUSPECTED)


def seen(item: ItemState, ticket: Ticket) -> ItemState:
    """Return an item with what its ticket showed, where that is not what the base says."""
    # What was met for the first time may be in conflict: its status, and all of a
    # ticket that cannot be written.
    unmet = ticket.fields.keys() if ticket.read_only else {Field.STATUS}
    shown = {
        field: ticket.fields.get(field)
        for field in (*item.base, *(unmet - item.base.keys()))
        if field not in item.base
        or item.base[field].tracker != ticket.fields.get(field)
    }
    return replace(
        item,
        ref=ticket.ref,
        ticket_id=ticket.id,
        seen=shown,
        # Who closed it before says nothing once it has been open again.
        closed_by=item.closed_by if ticket.status.terminal else None,
    )


def _former(known: ItemState | None, ref: TicketRef) -> tuple[str, ...]:
    if known is None or known.ref is None or known.ref == ref:
        return known.former if known else ()
    return (*known.former, known.ref.full_name)
