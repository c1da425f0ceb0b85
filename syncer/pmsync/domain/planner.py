"""The plan: every row and every item of the state, each decided once. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from pmsync.domain import filing, healing, linked, settling, sharing
from pmsync.domain.alignment import Address, Known
from pmsync.domain.changes import (
    AddColumn,
    AdoptTicket,
    Agree,
    Change,
    Conflict,
    LostTicket,
    Note,
    Noticed,
    Plan,
    Tally,
    UpdateRow,
    Withheld,
)
from pmsync.domain.errors import UsageError
from pmsync.domain.merge import Side
from pmsync.domain.model import Column, Field, Ticket, TicketRef
from pmsync.domain.parents import with_parents
from pmsync.domain.ports import Absence
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import ItemState, Link, Loss
from pmsync.domain.view import TrackerView, View


class _Aside(str):
    """Why a row is not filed; counted, not a change."""

    __slots__ = ()


class _Question(Note):
    """A note about something that only a person can decide."""

    __slots__ = ()


_Decided = Change | Note | _Aside


def plan(view: View) -> Plan:
    """Decide everything. The same view gives the same plan."""
    changes: list[Change] = []
    notes: list[Note] = []
    aside: Counter[str] = Counter()
    unchanged = 0
    for decided in _rows(view):
        if not decided:
            unchanged += 1
        for one in decided:
            if isinstance(one, Note):
                notes.append(one)
            elif isinstance(one, _Aside):
                aside[one] += 1
            else:
                changes.append(one)
    changes = with_parents(view, changes)
    if view.resolve is None:
        changes += _orphans(view)
        for found in healing.duplicates(view):
            if isinstance(found, Note):
                notes.append(found)
            else:
                changes.append(found)
    return Plan(_once(changes), tuple(notes), Tally(unchanged, dict(aside)))


def _rows(view: View) -> Iterator[list[_Decided]]:
    for page, row in _asked(view):
        tracker = _tracker_of(view, page, row)
        if not view.selected(row.path, tracker):
            continue
        if tracker in view.trackers:
            yield [*_row(view, page, row), *_settled(view, page, row)]
        else:
            yield [_Aside(f"tracker {tracker} could not be read")]


def _asked(view: View) -> Iterator[tuple[Page, Row]]:
    """Return the rows that may be changed: the one that a person decides, or all.

    Raises ``UsageError`` when there is no row where the person says.
    """
    one = view.resolve
    rows = [
        (page, row)
        for page in view.pages
        if page.writable
        for row in page.rows
        if one is None or (row.path, row.line) == (one.path, one.line)
    ]
    if one is not None and not rows:
        raise UsageError(
            f"{one.path}:{one.line}: there is no action item on this line",
            hint="'pmsync items' lists them with their lines",
        )
    yield from rows


def _settled(view: View, page: Page, row: Row) -> Iterator[Note]:
    """Say so when a person was asked nothing about the row."""
    if view.resolve is None:
        return
    asked = replace(view, resolve=None)
    if not any(_leaves_open(decided) for decided in _row(asked, page, row)):
        yield Note(row.path, row.line, "there is nothing to decide about this row")


def _leaves_open(decided: _Decided) -> bool:
    match decided:
        case Conflict() | Withheld():
            return True
        case Agree(noticed=noticed):
            return noticed is Noticed.UNLINKED
        case _:
            return isinstance(decided, _Question)


def _tracker_of(view: View, page: Page, row: Row) -> str:
    if row.refs:
        return row.refs[0].tracker
    item = view.item(row)
    if item is not None and item.ref is not None:
        return item.ref.tracker
    return view.policy.route(page, row)


def _row(view: View, page: Page, row: Row) -> Iterator[_Decided]:
    item = view.item(row)
    intent = view.state.intents.get(view.key(row))
    if row.skipped:
        yield _Aside("a skip comment leaves it alone")
    elif sharing.is_left_alone_with(view, row, item):
        yield from _met(view, page, row, row.refs[0], instead_of=item)
    elif sharing.receives(view, row, item):
        ticket = view.ticket(row.refs[0])
        if isinstance(ticket, Ticket) and not ticket.pull_request:
            yield from linked.receiving(view, row, item, ticket)
    elif item is not None and item.ref is not None:
        yield from _known(view, page, row, item, item.ref)
    elif intent is not None and not row.refs:
        yield from _intended(view, page, row)
    elif len(row.refs) == 1 and not row.foreign:
        yield from _met(view, page, row, row.refs[0])
    else:
        yield from _unfiled(view, page, row)


def _known(
    view: View, page: Page, row: Row, item: ItemState, ref: TicketRef
) -> Iterator[_Decided]:
    if row.foreign or len(row.refs) > 1:
        yield Note(row.path, row.line, f"it no longer cites only {ref.key}: left alone")
    elif row.refs and not _same_ticket(view, row.refs[0], item, ref):
        yield from _met(view, page, row, row.refs[0], instead_of=item)
    elif not row.refs and item.link is not Link.UNWRITTEN:
        yield from _link_removed(view, page, row, item, ref)
    else:
        yield from _follow(view, page, row, item, ref)


def _same_ticket(view: View, cited: TicketRef, item: ItemState, ref: TicketRef) -> bool:
    """Tell whether a cited ticket is the item's, also after it moved."""
    if (cited.tracker, cited.key) == (ref.tracker, ref.key):
        return True
    ticket = view.ticket(cited)
    return isinstance(ticket, Ticket) and ticket.id == item.ticket_id


def _follow(
    view: View, page: Page, row: Row, item: ItemState, ref: TicketRef
) -> Iterator[_Decided]:
    ticket = view.ticket(ref)
    if isinstance(ticket, Absence):
        yield _lost(row.path, row.line, item, ref, ticket)
    else:
        yield from linked.linked(view, page, row, item, ticket)


def _link_removed(
    view: View, page: Page, row: Row, item: ItemState, ref: TicketRef
) -> Iterator[_Decided]:
    """Plan a row whose link a person took out after it had come into the document."""
    ticket = view.ticket(ref)
    if item.loss is Loss.CONFIRMED:
        if ticket is Absence.DELETED:
            yield from _file(view, page, row, instead_of=item)
            return
        if ticket is None:
            return  # It was not looked at; the next sweep tells.
    match view.resolve.side if view.resolve else None:
        case Side.DOCUMENT:
            yield from _file(view, page, row, instead_of=item)
        case Side.TRACKER:
            relinked = replace(item, link=Link.UNWRITTEN)
            yield from _follow(view, page, row, relinked, ref)
        case None:
            yield _unlinked(row, item, ref)


def _unlinked(row: Row, item: ItemState, ref: TicketRef) -> _Decided:
    message = (
        f"its link to {ref.key} was taken out: neither linked again nor filed anew; "
        f"'pmsync resolve {row.path}:{row.line} --take tracker' links it again, "
        "'--take document' opens a new ticket"
    )
    if item.link is not Link.LANDED:
        return _Question(row.path, row.line, message)
    at = (row.path, row.line, item.key, ref.tracker)
    return Agree(*at, message, ref=ref, noticed=Noticed.UNLINKED)


def _intended(view: View, page: Page, row: Row) -> Iterator[_Decided]:
    intent = view.state.intents[view.key(row)]
    ours, _ = settling.bearers(view, intent)
    if ours:
        yield settling.adopt(intent, ours[0], row.path, row.line)
        fresh = ItemState(intent.key, row.text, row.section, row.line)
        yield from linked.linked(view, page, row, fresh, ours[0])
    elif not settling.never_created(view, intent):
        yield settling.pending(view, intent, row.line)
    else:
        yield from _file(view, page, row, again=True)


def _met(
    view: View,
    page: Page,
    row: Row,
    ref: TicketRef,
    instead_of: ItemState | None = None,
) -> Iterator[_Decided]:
    """Plan a row that cites a ticket which pmsync did not know for it."""
    ticket = view.ticket(ref)
    if ticket is None:
        return
    key = instead_of.key if instead_of else _own_key(view, row, ticket)
    fresh = ItemState(key, row.text, row.section, row.line)
    if isinstance(ticket, Absence):
        yield _lost(row.path, row.line, fresh, ref, ticket)
    elif ticket.pull_request:
        yield _Aside("it cites a pull request")
    else:
        reason = "the row cites it"
        if instead_of is not None:
            reason = "the row cites it now" if instead_of.owns else "no other row does"
        yield AdoptTicket(
            row.path, row.line, fresh.key, ref.tracker, reason, ticket=ticket
        )
        # The link stands in the document: nobody has to write it.
        known = replace(fresh, ref=ticket.ref, ticket_id=ticket.id, link=Link.LANDED)
        yield from linked.linked(view, page, row, known, ticket)


def _own_key(view: View, row: Row, ticket: Ticket | Absence) -> str:
    """Return the key that the ticket's marker bears if it is free, else a new one."""
    marker = ticket.marker if isinstance(ticket, Ticket) else None
    ours = marker is not None and marker.state == view.state.id
    if marker is None or not ours or marker.key in view.items:
        return view.key(row)
    return marker.key


def _unfiled(view: View, page: Page, row: Row) -> Iterator[_Decided]:
    name = view.policy.route(page, row)
    why = filing.left_alone(page, row, view.policy, name)
    if why is not None:
        yield _Aside(why)
        return
    like = view.alignment.withheld.get(Address(row.path, row.line))
    left = _left_by_lost_state(view, row, name)
    if left is not None and left.marker is not None:
        reason = "it bears our marker and this title, and the state was lost"
        at = (row.path, row.line, left.marker.key, name)
        yield AdoptTicket(*at, reason, ticket=left)
        fresh = ItemState(left.marker.key, row.text, row.section, row.line)
        yield from linked.linked(view, page, row, fresh, left)
    elif view.rebuild:
        reason = "the state is being rebuilt: nothing is created in this run"
        yield Withheld(row.path, row.line, view.key(row), name, reason)
    elif like is not None:
        yield from _withheld(view, page, row, like, name)
    else:
        yield from _file(view, page, row)


def _withheld(
    view: View, page: Page, row: Row, like: Known, tracker: str
) -> Iterator[_Decided]:
    """Plan a new row that may be one which vanished; a person can say which it is."""
    match view.resolve.side if view.resolve else None:
        case Side.DOCUMENT:
            yield from _file(view, page, row)
        case Side.TRACKER if like.ref is not None:
            item = replace(view.items[like.key][1], link=Link.UNWRITTEN)
            yield from _follow(view, page, row, item, like.ref)
        case _:
            reason = (
                f"it may be the row that vanished from {like.path}:{like.line} "
                f"({like.ref.key if like.ref else 'not yet filed'}); "
                f"'pmsync resolve {row.path}:{row.line} --take tracker' says that it "
                "is, '--take document' that it is not"
            )
            yield Withheld(row.path, row.line, view.key(row), tracker, reason)


def _left_by_lost_state(view: View, row: Row, tracker: str) -> Ticket | None:
    """Return the only marked ticket with the row's title that no document cites."""
    listing = view.trackers[tracker].marked
    if not view.rebuild or listing is None:
        return None
    title = filing.as_ticket(Field.TITLE, row.text, view.trackers[tracker])
    bearing = [
        ticket
        for ticket in listing.tickets
        if ticket.marker is not None
        and ticket.fields.get(Field.TITLE) == title
        and (tracker, ticket.ref.key) not in view.citing
    ]
    same = [r for page in view.pages for r in page.rows if r.text == row.text]
    return bearing[0] if len(bearing) == 1 and len(same) == 1 else None


def _file(
    view: View,
    page: Page,
    row: Row,
    *,
    again: bool = False,
    instead_of: ItemState | None = None,
) -> Iterator[_Decided]:
    intent = view.state.intents.get(view.key(row))
    name = intent.tracker if intent else view.policy.route(page, row)
    why = filing.left_alone(page, row, view.policy, name)
    if why is not None:
        yield _Aside(why)
        return
    tracker: TrackerView = view.trackers[name]
    if tracker.capabilities.fields >= {Field.OWNER}:
        yield from _unknown_owner(row, tracker)
    change = filing.create(view, page, row, tracker, again=again, instead_of=instead_of)
    yield change
    yield from linked.columns_for(view, row, (change.key, name), link=True)
    yield UpdateRow(
        row.path,
        row.line,
        change.key,
        name,
        "the new ticket's link",
        {linked.LINK: linked.new_link(row)},
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


def _orphans(view: View) -> Iterator[Change]:
    """Plan items and intents whose row is gone."""
    for gone in view.alignment.vanished:
        intent = view.state.intents.get(gone.key)
        if gone.key in view.items:
            _, item = view.items[gone.key]
            asked = item.ref is None or view.selected(gone.path, item.ref.tracker)
            if asked and not item.vanished and item.ref is not None:
                reason = (
                    f"the row is gone; {item.ref.key} is left as it is"
                    if item.owns
                    else f"one row less cites {item.ref.key}"
                )
                yield Agree(
                    gone.path,
                    gone.line,
                    gone.key,
                    item.ref.tracker,
                    reason,
                    ref=item.ref,
                    noticed=Noticed.VANISHED,
                )
        elif intent is not None:
            ours, _ = settling.bearers(view, intent)
            if ours:
                yield settling.adopt(intent, ours[0], gone.path, gone.line)
            elif not settling.never_created(view, intent):
                yield settling.pending(view, intent, gone.line)


def _lost(
    path: str, line: int, item: ItemState, ref: TicketRef, absence: Absence
) -> LostTicket:
    seen = "again " if item.loss else ""
    reason = f"the tracker {seen}did not show {ref.key}: {absence.value}"
    return LostTicket(
        path, line, item.key, ref.tracker, reason, ref=ref, absence=absence
    )


def _once(changes: list[Change]) -> tuple[Change, ...]:
    """Add each column once, however many of its rows need it."""
    added: set[tuple[str, int, Column]] = set()
    kept: list[Change] = []
    for change in changes:
        if isinstance(change, AddColumn):
            name = (change.path, change.line, change.column)
            if name in added:
                continue
            added.add(name)
        kept.append(change)
    return tuple(kept)
