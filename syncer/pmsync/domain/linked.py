"""A row that has a ticket: merge their fields, write the link, follow the ticket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from pmsync.domain.changes import (
    AddColumn,
    Agree,
    Change,
    Conflict,
    FieldChange,
    UpdateRow,
    UpdateTicket,
)
from pmsync.domain.filed_link import filed_link
from pmsync.domain.filing import (
    as_ticket,
    needs_column,
    shown_status,
    source,
)
from pmsync.domain.landing import (
    COLUMN,
    arrived,
    closer,
    lacks_status,
    landed,
    remembered,
)
from pmsync.domain.merge import Action, Decision, Facts, Side, merge
from pmsync.domain.model import Column, Field, Form, Status, Ticket, TicketRef, name_of
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import Closer, ItemState, Link, Pair
from pmsync.domain.unseen import one_line
from pmsync.domain.view import TrackerView, View

NEW = "(new)"
"""What a plan shows for a link that is not yet known."""
LINK = "ticket"
"""The name of the link among the fields of a change."""


class _Case(NamedTuple):
    """One row, its item, and the ticket's values."""

    view: View
    row: Row
    item: ItemState
    tracker: TrackerView
    shows: Mapping[Field, str | None]
    closed_by: Closer | None


class _Merged(NamedTuple):
    """One field of one row, decided."""

    facts: Facts
    decision: Decision

    @property
    def field(self) -> Field:
        return self.facts.field

    def change(self, to: str | None) -> FieldChange:
        """Return it as a plan shows it."""
        facts = self.facts
        base = facts.base.document if facts.base else None
        return FieldChange(facts.document, facts.tracker, base, to)


def linked(
    view: View, page: Page, row: Row, item: ItemState, ticket: Ticket | None
) -> Iterator[Change]:
    """Plan a row whose ticket is known; None means that the ticket did not change."""
    now = landed(row, arrived(item, ticket))
    ref = ticket.ref if ticket else now.ref
    if ref is None:
        return
    shows = ticket.fields if ticket else remembered(now)
    tracker = view.trackers[ref.tracker]
    case = _Case(view, row, now, tracker, shows, closer(now, ticket, tracker))
    merged = _within_reach(tuple(_merged(case)), ticket)
    changes = [
        *_to_ticket(case, page, merged, ticket),
        *_to_row(case, merged, ref),
        *_undecided(case, merged, ref),
    ]
    yield from changes
    back = item.vanished or (item.loss is not None and ticket is not None)
    if not changes and (now != item or back):
        reason = "it is back" if back else "written values stand in the document"
        yield _agree(row, item.key, ref, reason, {})


def receiving(
    view: View, row: Row, item: ItemState | None, ticket: Ticket | None
) -> Iterator[Change]:
    """Plan a row that cites another row's ticket: it only receives the status.

    Its link follows a ticket that moved. A ticket that is None did not change.
    """
    key, ref = view.receiver_key(row), ticket.ref if ticket else row.refs[0]
    now = landed(row, item or _met_as_receiver(view, row, key, ref))
    tracker = view.trackers[ref.tracker]
    who = closer(now, ticket, tracker)
    shows = ticket.fields if ticket else remembered(now)
    case = _Case(view, row, now, tracker, shows, who)
    facts = _facts(case, Field.STATUS)
    merged = _Merged(facts, merge(facts))
    at = (row.path, row.line, key, ref.tracker)
    action = merged.decision.action
    if action is Action.TO_TICKET and facts.take is Side.TRACKER:
        action = Action.TO_ROW
    given = [merged] if action is Action.TO_ROW else []
    fields = _fields(given, facts.as_row)
    values: dict[Column, str | Status | None] = dict.fromkeys(
        (COLUMN[one.field] for one in given), facts.as_row
    )
    if row.editable and name_of(ref) not in map(name_of, row.refs):
        fields[LINK] = FieldChange(row.raw.get(Column.TICKET), ref.key, None, ref.key)
        values[Column.TICKET] = ref.key
    if values:
        why = "it cites a ticket that other rows cite too"
        yield UpdateRow(*at, why, fields, ref=ref, values=values)
    if action in (Action.TO_TICKET, Action.CONFLICT):
        reason = "another row may own this ticket: its status is set there"
        yield Conflict(*at, reason, _fields([merged], None), ref=ref)
    if action is not Action.TO_ROW:
        yield from _recorded(case, item, merged, (key, ref))


def _recorded(
    case: _Case, before: ItemState | None, merged: _Merged, of: tuple[str, TicketRef]
) -> Iterator[Agree]:
    """Plan what is remembered of a row that only receives, and is not written."""
    agreed = _fields([merged], merged.facts.document)
    match merged.decision.action:
        case Action.AGREE:
            yield _agree(case.row, *of, merged.decision.reason, agreed)
        case Action.NOTHING if before is None:
            yield _agree(case.row, *of, "it cites the ticket", agreed)
        case Action.NOTHING if case.item != before or case.item.vanished:
            yield _agree(case.row, *of, "the written status stands", {})
        case _ if before is None:
            yield _agree(case.row, *of, "it cites the ticket", {})
        case _:
            pass


def _met_as_receiver(view: View, row: Row, key: str, ref: TicketRef) -> ItemState:
    """Return what is known of a row that newly cites a ticket which another row has.

    In the document of that row it can be that row itself beside its copy: a status that
    differs from what was agreed there was written by a person. A blank one takes the
    ticket's.
    """
    known = view.having.get(name_of(ref))
    base: Mapping[Field, Pair] = {}
    if (
        known is not None
        and Field.STATUS in known.base
        and row.raw.get(Column.STATUS)
        and view.paths.get(known.key, row.path) == row.path
    ):
        base = {Field.STATUS: known.base[Field.STATUS]}
    lacks = known.no_status if known else lacks_status(row)
    return ItemState(
        key,
        row.text,
        ref=ref,
        link=Link.LANDED,
        base=base,
        owns=False,
        no_status=lacks,
    )


def _merged(case: _Case) -> Iterator[_Merged]:
    for field in Field:
        if field in case.row.values and field in case.tracker.capabilities.fields:
            facts = _facts(case, field)
            yield _Merged(facts, merge(facts))


def _facts(case: _Case, field: Field) -> Facts:
    view, row, item, tracker, shows, closed_by = case
    document, shown = row.values[field], shows.get(field)
    return Facts(
        field=field,
        document=document,
        tracker=shown,
        base=item.base.get(field),
        as_ticket=as_ticket(field, document, tracker),
        as_row=_as_row(case, field, shown),
        translatable=field is not Field.OWNER or tracker.owners.knows(document),
        writable=field in row.writable and row.editable,
        authority=view.policy.authority_of(field),
        closed_by=closed_by,
        take=view.resolve.side if view.resolve else None,
        met=field is Field.STATUS and _met_before(case),
    )


def _met_before(case: _Case) -> bool:
    """Tell whether row and ticket met in an earlier run, and the row has changed since.

    An edit that has not come yet leaves the row as it was then.
    """
    row, item = case.row, case.item
    _, known = case.view.items.get(item.key, ("", None))
    if known is None or known.ref is None or item.ref is None:
        return False
    waits = known.pending.get(Column.STATUS)
    return (
        name_of(known.ref) == name_of(item.ref)
        and known.no_status == lacks_status(row)
        and not (waits and waits.before == row.values.get(Field.STATUS))
    )


def _as_row(case: _Case, field: Field, value: str | None) -> str | None:
    """Return what the row would show if the ticket's value were written into it."""
    match field:
        case Field.STATUS:
            return shown_status(Status(value or Status.OPEN), case.row)
        case Field.OWNER:
            beside = case.view.owners_beside(case.row)
            return _read_back(case.tracker.owners.to_row(value, beside))
        case Field.TITLE:
            return _read_back(value)
        case Field.DUE | Field.PRIORITY:
            return value


def _read_back(text: str | None) -> str | None:
    """Return a text as a document gives it back: what nobody sees is not in it."""
    return None if text is None else one_line(text) or None


def _within_reach(
    merged: tuple[_Merged, ...], ticket: Ticket | None
) -> tuple[_Merged, ...]:
    """Leave to a person what a ticket that cannot be written would be told."""
    if ticket is None or not ticket.read_only:
        return merged
    reason = f"{ticket.ref.key} cannot be written: it was moved, or archived"
    kept = Decision(Action.CONFLICT, reason)
    return tuple(
        one._replace(decision=kept) if one.decision.action is Action.TO_TICKET else one
        for one in merged
    )


def _to_ticket(
    case: _Case, page: Page, merged: tuple[_Merged, ...], ticket: Ticket | None
) -> Iterator[Change]:
    """Plan what the ticket is told; it was read when there is anything to tell."""
    view, row, item, tracker = case[:4]
    if ticket is None or ticket.read_only:
        return
    sent = [m for m in merged if m.decision.action is Action.TO_TICKET]
    body = source(view, page, _as_edited(row, merged))
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


def _as_edited(row: Row, merged: tuple[_Merged, ...]) -> Row:
    """Return the row as it will be: its ticket's body is then written only once."""
    given = {
        m.field: m.facts.as_row for m in merged if m.decision.action is Action.TO_ROW
    }
    raw = {COLUMN[field]: value for field, value in given.items()}
    return row._replace(values={**row.values, **given}, raw={**row.raw, **raw})


def _to_row(
    case: _Case, merged: tuple[_Merged, ...], ref: TicketRef
) -> Iterator[Change]:
    """Plan what the row is given: changed values, and the link until it stands."""
    view, row, item, tracker = case[:4]
    given = [m for m in merged if m.decision.action is Action.TO_ROW]
    cited = name_of(ref) in map(name_of, row.refs)
    stands = cited and item.link is Link.LANDED and Column.TICKET not in item.pending
    has_place = row.extensible or not needs_column(view.policy, row)
    link = ref if has_place and not stands else None
    if not (given or link) or not row.editable:
        return
    has_status = any(m.field is Field.STATUS for m in given)
    yield from columns_for(
        view, row, (item.key, tracker.name), link=link is not None, status=has_status
    )
    fields = {m.field.value: m.change(m.facts.as_row) for m in given}
    values = {COLUMN[m.field]: m.facts.as_row for m in given}
    if link is not None:
        cell = row.raw.get(Column.TICKET)
        fields[LINK] = FieldChange(cell, link.key, None, link.key)
        values[Column.TICKET] = link.key
    yield UpdateRow(
        row.path,
        row.line,
        item.key,
        tracker.name,
        _reason(given) or "the link is not in the document yet",
        fields,
        ref=ref,
        values=values,
    )


def _undecided(
    case: _Case, merged: tuple[_Merged, ...], ref: TicketRef
) -> Iterator[Change]:
    """Plan what is only recorded, and what a person must decide."""
    at = (case.row.path, case.row.line, case.item.key, ref.tracker)
    conflicts = [m for m in merged if m.decision.action is Action.CONFLICT]
    agreed = [m for m in merged if _settles(m, case.item)]
    if conflicts:
        yield Conflict(*at, _reason(conflicts), _fields(conflicts, None), ref=ref)
    if agreed:
        fields = {m.field.value: m.change(m.facts.document) for m in agreed}
        yield _agree(case.row, case.item.key, ref, _reason(agreed), fields)


def _settles(merged: _Merged, item: ItemState) -> bool:
    """Tell whether a field is only recorded: agreed, or an edit not wanted any more.

    The ticket may have changed back before a proposed edit came into the document.
    """
    action = merged.decision.action
    dropped = action is Action.NOTHING and COLUMN[merged.field] in item.pending
    return action is Action.AGREE or dropped


def columns_for(
    view: View, row: Row, of: tuple[str, str], *, link: bool, status: bool = False
) -> Iterator[Change]:
    """Plan the columns that an edit of a row needs and its table lacks."""
    key, tracker = of
    wanted = [Column.TICKET] if link and needs_column(view.policy, row) else []
    if (
        status
        and view.policy.add_status_column
        and row.form is Form.TABLE
        and row.extensible
        and Column.STATUS not in row.columns
    ):
        wanted.append(Column.STATUS)
    for column in wanted:
        reason = f"the table has no column for the {column.value}"
        yield AddColumn(row.path, row.block, key, tracker, reason, column=column)


def new_link(row: Row) -> FieldChange:
    """Return the link of a ticket that is still to be opened."""
    return FieldChange(row.raw.get(Column.TICKET), None, None, NEW)


def _fields(merged: list[_Merged], to: str | None) -> dict[str, FieldChange]:
    return {m.field.value: m.change(to) for m in merged}


def _reason(merged: list[_Merged]) -> str:
    return "; ".join(sorted({m.decision.reason for m in merged}))


def _agree(
    row: Row, key: str, ref: TicketRef, reason: str, fields: Mapping[str, FieldChange]
) -> Agree:
    return Agree(row.path, row.line, key, ref.tracker, reason, fields, ref=ref)
