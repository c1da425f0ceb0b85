"""A row and the ticket that is its own: what each is told of the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pmsync.domain.changes import Change, Conflict, UpdateRow, UpdateTicket
from pmsync.domain.columns import columns_for, needs_column
from pmsync.domain.filed_link import filed_link
from pmsync.domain.filing import source
from pmsync.domain.landing import COLUMN, arrived, landed
from pmsync.domain.merge import Action, Decision
from pmsync.domain.model import Column, Field, Ticket, TicketRef, name_of
from pmsync.domain.rows import Page, Row
from pmsync.domain.sides import (
    Merged,
    Sides,
    agreement,
    merged_fields,
    row_values,
    sides_of,
)
from pmsync.domain.state import ItemState, Link
from pmsync.domain.view import View


def linked(
    view: View, page: Page, row: Row, item: ItemState, ticket: Ticket | None
) -> Iterator[Change]:
    """Plan a row whose ticket is known; None means that the ticket did not change."""
    now = landed(row, arrived(item, row, ticket), ticket)
    ref = ticket.ref if ticket else now.ref
    if ref is None:
        return
    sides = sides_of(view, row, now, ref, ticket)
    fields = _within_reach(tuple(merged_fields(sides)), ticket)
    changes = [
        *_to_ticket(sides, page, fields, ticket),
        *_to_row(sides, fields, ref),
        *_undecided(sides, fields, ref),
    ]
    yield from changes
    back = item.vanished or (item.loss is not None and ticket is not None)
    if not changes and (now != item or back):
        reason = "it is back" if back else "written values stand in the document"
        yield agreement(row, item.key, ref, reason, {})


def _within_reach(fields: Sequence[Merged], ticket: Ticket | None) -> Sequence[Merged]:
    """Leave to a person what a ticket that cannot be written would be told."""
    if ticket is None or not ticket.read_only:
        return fields
    reason = f"{ticket.ref.key} cannot be written: it was moved, or archived"
    kept = Decision(Action.CONFLICT, reason)
    return [
        one._replace(decision=kept) if one.decision.action is Action.TO_TICKET else one
        for one in fields
    ]


def _to_ticket(
    sides: Sides, page: Page, fields: Sequence[Merged], ticket: Ticket | None
) -> Iterator[Change]:
    """Plan what the ticket is told; it was read when there is anything to tell."""
    view, row, item, tracker = sides[:4]
    if ticket is None or ticket.read_only:
        return
    sent = [m for m in fields if m.decision.action is Action.TO_TICKET]
    body = source(view, page, _as_edited(row, fields))
    body = replace(body, link=filed_link(ticket.body, row.path, body.link))
    rewrite = item.body is not None and item.body != body.digest()
    if not (sent or rewrite):
        return
    yield UpdateTicket(
        row.path,
        row.line,
        item.key,
        tracker.name,
        _reason(sent) or "what its description says has changed",
        {m.field.value: m.change(m.facts.as_ticket) for m in sent},
        ticket=ticket,
        send={m.field: m.facts.as_ticket for m in sent},
        body=view.body_text(tracker.name, body) if rewrite else None,
        source=body.digest() if rewrite else None,
    )


def _as_edited(row: Row, fields: Sequence[Merged]) -> Row:
    """Return the row as it will be: its ticket's body is then written only once."""
    given = {
        m.field: m.facts.as_row for m in fields if m.decision.action is Action.TO_ROW
    }
    raw = {COLUMN[field]: value for field, value in given.items()}
    return row._replace(values={**row.values, **given}, raw={**row.raw, **raw})


def _to_row(sides: Sides, fields: Sequence[Merged], ref: TicketRef) -> Iterator[Change]:
    """Plan what the row is given: changed values, and the link until it stands."""
    view, row, item, tracker = sides[:4]
    given = [m for m in fields if m.decision.action is Action.TO_ROW]
    cited = name_of(ref) in map(name_of, row.refs)
    stands = cited and item.link is Link.LANDED and Column.TICKET not in item.pending
    has_place = row.extensible or not needs_column(view.policy, row)
    link = ref if has_place and not stands else None
    if not (given or link) or not row.editable:
        return
    yield from columns_for(
        view.policy,
        row,
        item.key,
        tracker.name,
        link=link is not None,
        status=any(one.field is Field.STATUS for one in given),
    )
    shown, values = row_values(row, given, link)
    yield UpdateRow(
        row.path,
        row.line,
        item.key,
        tracker.name,
        _reason(given) or "the link is not in the document yet",
        shown,
        ref=ref,
        values=values,
    )


def _undecided(
    sides: Sides, fields: Sequence[Merged], ref: TicketRef
) -> Iterator[Change]:
    """Plan what is only recorded, and what a person must decide."""
    row, item = sides.row, sides.item
    conflicts = [m for m in fields if m.decision.action is Action.CONFLICT]
    agreed = [m for m in fields if _settles(m, item)]
    if conflicts:
        at = (row.path, row.line, item.key, ref.tracker)
        shown = {m.field.value: m.change(None) for m in conflicts}
        yield Conflict(*at, _reason(conflicts), shown, ref=ref)
    if agreed:
        shown = {m.field.value: m.change(m.facts.document) for m in agreed}
        yield agreement(row, item.key, ref, _reason(agreed), shown)


def _settles(field: Merged, item: ItemState) -> bool:
    """Tell whether a field is only recorded: agreed, or an edit not wanted any more.

    The ticket may have changed back before a proposed edit came into the document.
    """
    action = field.decision.action
    dropped = action is Action.NOTHING and COLUMN[field.field] in item.pending
    return action is Action.AGREE or dropped


def _reason(fields: Sequence[Merged]) -> str:
    return "; ".join(sorted({m.decision.reason for m in fields}))
