"""What has come so far: edits in the document, and what the ticket showed last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pmsync.domain.changes import Conflict
from pmsync.domain.model import Column, Field, Status, Ticket, name_of
from pmsync.domain.rows import Row
from pmsync.domain.state import Closer, ItemState, Link, Pair
from pmsync.domain.view import TrackerView

COLUMN = {field: Column(field.value) for field in Field}


def landed(row: Row, item: ItemState, ticket: Ticket | None = None) -> ItemState:
    """Advance the pairs of edits that stand in the document now.

    Where the row shows neither what an edit found nor what it brought, it may have come
    and been written over: if the ticket moved on as well, both sides count as changed.

    A column that is gone takes its pair along: one that comes back is met for the
    first time, and its blank cells clear nothing.
    """
    base = {f: pair for f, pair in item.base.items() if _has_place(row, item, f)}
    pending, link = dict(item.pending), item.link
    for column, edit in item.pending.items():
        if column is Column.TICKET:
            continue
        field = Field(column.value)
        value = row.values.get(field, edit.before)
        moved_on = ticket is not None and ticket.fields.get(field) != edit.ticket
        if value == edit.to:
            base[field] = Pair(edit.to, edit.ticket)
            del pending[column]
        elif value != edit.before and moved_on:
            base[field] = Pair(edit.before, edit.ticket)
            del pending[column]
    waits = item.pending.get(Column.TICKET)
    # A cell as it was can cite the ticket by an earlier address; a title had no link.
    before = waits.before if waits else None
    there = before is None or before != row.raw.get(Column.TICKET)
    if item.ref and name_of(item.ref) in map(name_of, row.refs) and there:
        pending.pop(Column.TICKET, None)
        link = Link.LANDED
    lacks = lacks_status(row)
    return replace(item, base=base, pending=pending, link=link, no_status=lacks)


def arrived(item: ItemState, row: Row, ticket: Ticket | None) -> ItemState:
    """Advance the pairs of an update without an answer by what the ticket shows.

    An update comes as a whole. Where the ticket does not show all that was sent and
    somebody else was at it since, it may have come and been undone, or a person may have
    written what it shows: both sides then count as changed, the row also where it holds
    again what it held before.
    """
    if ticket is None or not item.sent:
        return item
    came = {f: p for f, p in item.sent.items() if ticket.fields.get(f) == p.tracker}
    theirs = ticket.touched_by_others and ticket.version != item.version
    doubted: dict[Field, Pair] = {}
    if theirs and came != item.sent:
        for field, pair in item.sent.items():
            if field in item.base:
                before = item.base[field]
                put_back = row.values.get(field) == before.document
                doubted[field] = Pair(
                    pair.document if put_back else before.document,
                    before.tracker if field in came else pair.tracker,
                )
    closed_by = (
        closed_as(came[Field.STATUS]) if Field.STATUS in came else item.closed_by
    )
    base = {**item.base, **came, **doubted}
    return replace(item, base=base, sent={}, version=None, closed_by=closed_by)


def closed_as(status: Pair) -> Closer | None:
    """Tell who closed a ticket that was given a status."""
    terminal = Status(status.tracker or Status.OPEN).terminal
    return Closer.PMSYNC if terminal else None


def lacks_status(row: Row) -> bool:
    """Tell whether a row shows its status only by a mark at its link or title."""
    return Column.STATUS not in row.columns


def _has_place(row: Row, item: ItemState, field: Field) -> bool:
    """Tell whether the document still keeps a field where it was when last agreed."""
    if field is Field.STATUS:
        return item.no_status == lacks_status(row)
    return field is Field.TITLE or COLUMN[field] in row.columns


def closer(
    item: ItemState, ticket: Ticket | None, tracker: TrackerView
) -> Closer | None:
    """Tell who closed a ticket; only what we recorded as ours was closed by us.

    A person may use the very account that pmsync uses.
    """
    if ticket is None or item.closed_by is None:
        return item.closed_by
    ours = ticket.closed_by is None or ticket.closed_by in tracker.identities
    return item.closed_by if ours else Closer.PERSON


def remembered(item: ItemState) -> Mapping[Field, str | None]:
    """Return the ticket's values as they were seen last."""
    agreed = {field: pair.tracker for field, pair in item.base.items()}
    return {**agreed, **item.seen}


def remembers(item: ItemState, conflict: Conflict) -> bool:
    """Tell whether the state holds what the ticket shows in a conflict.

    It has to, for the conflict to be known without asking the tracker.
    """
    shows = remembered(item)
    return all(
        Field(name) in shows and shows[Field(name)] == value.tracker
        for name, value in conflict.fields.items()
    )
