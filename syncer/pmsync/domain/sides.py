"""The two sides of a row with a ticket: what the merge is told of each field, and says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pmsync.domain.changes import LINK, Agree, FieldChange
from pmsync.domain.filing import as_ticket, shown_status
from pmsync.domain.landing import COLUMN, closer, lacks_status, remembered
from pmsync.domain.merge import Decision, Facts, merge
from pmsync.domain.model import Column, Field, Status, Ticket, TicketRef
from pmsync.domain.rows import Row
from pmsync.domain.state import Closer, ItemState
from pmsync.domain.unseen import one_line
from pmsync.domain.view import TrackerView, View


class Sides(NamedTuple):
    """One row, its item, and the ticket's values."""

    view: View
    row: Row
    item: ItemState
    tracker: TrackerView
    shows: Mapping[Field, str | None]
    closed_by: Closer | None


class Merged(NamedTuple):
    """One field of one row, decided."""

    facts: Facts
    decision: Decision

    @property
    def field(self) -> Field:
        """The field."""
        return self.facts.field

    def change(self, to: str | None) -> FieldChange:
        """Return it as a plan shows it."""
        facts = self.facts
        base = facts.base.document if facts.base else None
        return FieldChange(facts.document, facts.tracker, base, to)


def sides_of(
    view: View, row: Row, item: ItemState, ref: TicketRef, ticket: Ticket | None
) -> Sides:
    """Return both sides; a ticket that is None shows what it showed last."""
    tracker = view.trackers[ref.tracker]
    shows = ticket.fields if ticket else remembered(item)
    return Sides(view, row, item, tracker, shows, closer(item, ticket, tracker))


def merged_fields(sides: Sides) -> Iterator[Merged]:
    """Decide each field that both sides hold."""
    for field in Field:
        if field in sides.row.values and field in sides.tracker.capabilities.fields:
            yield merged_field(sides, field)


def merged_field(sides: Sides, field: Field) -> Merged:
    """Decide one field."""
    view, row, item, tracker, shows, closed_by = sides
    document, shown = row.values[field], shows.get(field)
    facts = Facts(
        field=field,
        document=document,
        tracker=shown,
        base=item.base.get(field),
        as_ticket=as_ticket(field, document, tracker),
        as_row=_as_row(sides, field, shown),
        translatable=field is not Field.OWNER or tracker.owners.knows(document),
        writable=field in row.writable and row.editable,
        authority=view.policy.authority_of(field),
        closed_by=closed_by,
        take=view.resolve.side if view.resolve else None,
        met=field is Field.STATUS and _met_before(sides),
    )
    return Merged(facts, merge(facts))


def row_values(
    row: Row, given: Iterable[Merged], link: TicketRef | None
) -> tuple[dict[str, FieldChange], dict[Column, str | Status | None]]:
    """Return what a row is given: as a plan shows it, and by column."""
    fields: dict[str, FieldChange] = {}
    values: dict[Column, str | Status | None] = {}
    for one in given:
        fields[one.field.value] = one.change(one.facts.as_row)
        values[COLUMN[one.field]] = one.facts.as_row
    if link is not None:
        cell = row.raw.get(Column.TICKET)
        fields[LINK] = FieldChange(cell, link.key, None, link.key)
        values[Column.TICKET] = link.key
    return fields, values


def agreement(
    row: Row, key: str, ref: TicketRef, reason: str, fields: Mapping[str, FieldChange]
) -> Agree:
    """Plan to remember that both sides may stay as they are."""
    return Agree(row.path, row.line, key, ref.tracker, reason, fields, ref=ref)


def _met_before(sides: Sides) -> bool:
    """Tell whether row and ticket met in an earlier run, and the row has changed since.

    An edit that has not come yet leaves the row as it was then.
    """
    view, row, item = sides.view, sides.row, sides.item
    _, known = view.items.get(item.key, ("", None))
    if known is None or known.ref is None or item.ref is None:
        return False
    waits = known.pending.get(Column.STATUS)
    return (
        view.name_now(known.ref) == view.name_now(item.ref)
        and known.no_status == lacks_status(row)
        and not (waits and waits.before == row.values.get(Field.STATUS))
    )


def _as_row(sides: Sides, field: Field, value: str | None) -> str | None:
    """Return what the row would show if the ticket's value were written into it."""
    match field:
        case Field.STATUS:
            return shown_status(Status(value or Status.OPEN), sides.row)
        case Field.OWNER:
            beside = sides.view.owners_beside(sides.row)
            return _read_back(sides.tracker.owners.to_row(value, beside))
        case Field.TITLE:
            return _read_back(value)
        case Field.DUE | Field.PRIORITY:
            return value


def _read_back(text: str | None) -> str | None:
    """Return a text as a document gives it back: what nobody sees is not in it."""
    return None if text is None else one_line(text) or None
