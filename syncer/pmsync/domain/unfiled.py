"""A row without a ticket: filed, held back, or left alone with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pmsync.domain import filing
from pmsync.domain.alignment import Address
from pmsync.domain.changes import (
    LINK,
    NEW,
    AdoptTicket,
    FieldChange,
    Note,
    UpdateRow,
    Withheld,
)
from pmsync.domain.columns import columns_for
from pmsync.domain.decided import Aside, Decided
from pmsync.domain.following import follow
from pmsync.domain.likeness import Known
from pmsync.domain.linked import linked
from pmsync.domain.merge import Side
from pmsync.domain.model import Column, Field, Ticket
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import ItemState, Link
from pmsync.domain.view import TrackerView, View


def unfiled(view: View, page: Page, row: Row) -> Iterator[Decided]:
    """Plan a row that no ticket is known for."""
    name = view.policy.route(page, row)
    why = filing.left_alone(page, row, view.policy, name)
    if why is not None:
        yield Aside(why)
        return
    like = view.alignment.withheld.get(Address(row.path, row.line))
    left = _left_by_lost_state(view, row, name)
    if left is not None and left.marker is not None:
        reason = "it bears our marker and this title, and the state was lost"
        at = (row.path, row.line, left.marker.key, name)
        yield AdoptTicket(*at, reason, ticket=left)
        fresh = ItemState(left.marker.key, row.text, row.section, row.line)
        yield from linked(view, page, row, fresh, left)
    elif view.rebuild:
        reason = "the state is being rebuilt: nothing is created in this run"
        yield Withheld(row.path, row.line, view.key(row), name, reason)
    elif like is not None:
        yield from _withheld(view, page, row, like, name)
    else:
        yield from file(view, page, row)


def _withheld(
    view: View, page: Page, row: Row, like: Known, tracker: str
) -> Iterator[Decided]:
    """Plan a new row that may be one which is missing; a person can say which it is."""
    match view.resolve.side if view.resolve else None:
        case Side.DOCUMENT:
            yield from file(view, page, row)
        case Side.TRACKER if like.ref and like.ref.tracker in view.trackers:
            item = replace(view.items[like.key][1], link=Link.UNWRITTEN)
            yield from follow(view, page, row, item, like.ref)
        case _:
            reason = (
                f"it may be the row {_missing(view, like)} {like.path}:{like.line} "
                f"({like.ref.key if like.ref else 'not yet filed'}); "
                f"'pmsync resolve {row.path}:{row.line} --take tracker' says that it "
                "is, '--take document' that it is not"
            )
            yield Withheld(row.path, row.line, view.key(row), tracker, reason)


def _missing(view: View, like: Known) -> str:
    gone = like in view.alignment.vanished
    return "that vanished from" if gone else "that cannot be looked for now at"


def _left_by_lost_state(view: View, row: Row, tracker: str) -> Ticket | None:
    """Return the only marked ticket with the row's title that no document cites."""
    if not view.rebuild:
        return None
    title = filing.as_ticket(Field.TITLE, row.text, view.trackers[tracker])
    bearing = view.uncited.get((tracker, title), [])
    return bearing[0] if len(bearing) == 1 and view.titles[row.text] == 1 else None


def file(
    view: View,
    page: Page,
    row: Row,
    *,
    again: bool = False,
    instead_of: ItemState | None = None,
) -> Iterator[Decided]:
    """Plan a ticket for a row, and its link."""
    intent = view.sent(view.key(row))
    name = intent.tracker if intent else view.policy.route(page, row)
    why = filing.left_alone(page, row, view.policy, name)
    if why is not None:
        yield Aside(why)
        return
    if name not in view.trackers:
        yield Aside(f"tracker {name} could not be read")
        return
    tracker: TrackerView = view.trackers[name]
    if Field.OWNER in tracker.capabilities.fields:
        yield from _unknown_owner(row, tracker)
    change = filing.create(view, page, row, tracker, again=again, instead_of=instead_of)
    yield change
    yield from columns_for(view.policy, row, change.key, name, link=True)
    yield UpdateRow(
        row.path,
        row.line,
        change.key,
        name,
        "the new ticket's link",
        {LINK: FieldChange(row.raw.get(Column.TICKET), None, None, NEW)},
        ref=None,
        values={Column.TICKET: None},
    )


def _unknown_owner(row: Row, tracker: TrackerView) -> Iterator[Note]:
    owner = row.values.get(Field.OWNER)
    if not tracker.owners.knows(owner):
        message = (
            f"{tracker.name} knows no {owner}: its ticket is opened unassigned; "
            "say who that is under [owners]"
        )
        yield Note(row.path, row.line, message)
