"""What the state becomes, change by change, as results come in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from pmsync.domain.alignment import Address
from pmsync.domain.changes import (
    AdoptTicket,
    Agree,
    CreateTicket,
    LostTicket,
    Noticed,
    UpdateRow,
    UpdateTicket,
)
from pmsync.domain.filing import source
from pmsync.domain.healing import over
from pmsync.domain.kept import Kept
from pmsync.domain.landing import arrived, closed_as, lacks_status, landed
from pmsync.domain.model import Column, Field, Status, Ticket, TicketRef
from pmsync.domain.rows import Page, Row
from pmsync.domain.settling import agreed, set_aside
from pmsync.domain.sharing import received
from pmsync.domain.state import (
    Intent,
    ItemState,
    Link,
    Loss,
    Pair,
    ParentTicket,
    PendingEdit,
    Stage,
    State,
)
from pmsync.domain.view import View


class Ledger:
    """Collects results; ``state`` returns what is to be remembered."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._rows = {
            Address(row.path, row.line): (page, row)
            for page in view.pages
            for row in page.rows
        }
        self._items = Kept(view.state.documents, _parents(view), self._seen)
        self._latest: dict[str, Ticket] = {}
        aside, settled = set_aside(view), over(view)
        self.intents: dict[str, Intent] = {
            key: one for key, one in view.state.intents.items() if key not in aside
        }
        self._settled = {
            key: one for key, one in view.state.settled.items() if key not in settled
        }
        self._settled |= {key: view.state.intents[key] for key in aside}
        for at, key in view.alignment.keys.items():
            if key in self._items:
                page, row = self._rows[at]
                item = _placed(self._items[key], row)
                item = arrived(item, self._observed(item))
                # What stands in a document that is left alone has not come so far.
                self._items.put(at.path, landed(row, item) if page.writable else item)

    def created(
        self, change: CreateTicket, ticket: Ticket, *, doubt: bool = False
    ) -> None:
        """Record a create: the pairs are the row and what came back.

        ``doubt`` says that the answer was missing at first.
        """
        if change.parent:
            self._parent(change, ticket)
            self._settle(change.key, doubt=doubt or change.again)
            return
        page, row = self._rows[Address(change.path, change.line)]
        item = ItemState(
            change.key,
            row.text,
            row.section,
            row.line,
            ref=ticket.ref,
            ticket_id=ticket.id,
            base=self._sent(change.key, ticket) if doubt else self._pairs(row, ticket),
            body=source(self._view, page, row).digest(),
            no_status=lacks_status(row),
        )
        self._items.put(change.path, item)
        self._latest[change.key] = ticket
        self._settle(change.key, doubt=doubt or change.again)

    def adopted(self, change: AdoptTicket) -> None:
        """Record that a ticket is the row's now; the base is what we sent, if we did."""
        ticket = change.ticket
        if change.parent:
            self._parent(change, ticket)
            self._settle(change.key, doubt=True)
            return
        known = self._items.get(change.key)
        at = Address(change.path, change.line)
        page, row = (None, None) if change.gone else self._rows.get(at, (None, None))
        intent = self._intent(change.key)
        ours = ticket.marker is not None and ticket.marker.key == change.key
        item = ItemState(
            change.key,
            _text(row, intent, ticket),
            row.section if row else None,
            change.line,
            ref=ticket.ref,
            ticket_id=ticket.id,
            base=_before(known, ticket) or self._sent(change.key, ticket)
            if row
            else {},
            link=Link.LANDED if row and row.refs else Link.UNWRITTEN,
            body=source(self._view, page, row).digest()
            if ours and page and row
            else None,
            former=_former(known, ticket.ref),
            vanished=row is None,
            no_status=row is not None and lacks_status(row),
        )
        self._items.put(change.path, item)
        self._latest[change.key] = ticket
        self._settle(change.key, doubt=True)

    def _parent(self, change: CreateTicket | AdoptTicket, ticket: Ticket) -> None:
        parent = ParentTicket(change.key, ticket.ref, ticket.id)
        self._items.set_parent(change.path, parent)

    def updated(self, change: UpdateTicket, ticket: Ticket) -> None:
        """Record an update; the tracker's halves are what it returned."""
        row = self._rows[Address(change.path, change.line)][1]
        item = self._items[change.key]
        self._latest[change.key] = ticket
        base = dict(item.base)
        for field in change.send:
            base[field] = Pair(row.values.get(field), ticket.fields.get(field))
        closed_by = item.closed_by
        if Field.STATUS in change.send:
            closed_by = closed_as(base[Field.STATUS])
        item = replace(item, base=base, sent={}, version=None, closed_by=closed_by)
        body = change.source or item.body
        self._items.put(change.path, replace(item, body=body, ticket_id=ticket.id))

    def sending(self, change: UpdateTicket) -> None:
        """Record an update that is about to be sent."""
        row = self._rows[Address(change.path, change.line)][1]
        item = self._items.get(change.key)
        if item is not None:
            sent = {f: Pair(row.values.get(f), to) for f, to in change.send.items()}
            version = change.ticket.version if sent else None
            self._items.change(replace(item, sent=sent, version=version))

    def unsent(self, key: str) -> None:
        """Record that an update was certainly not carried out."""
        item = self._items.get(key)
        if item is not None:
            self._items.change(replace(item, sent={}, version=None))

    def edited(self, change: UpdateRow) -> None:
        """Record that a row is given values; they count once they are read again."""
        if change.parent:
            return
        row = self._rows[Address(change.path, change.line)][1]
        item = self._items.get(change.key)
        if item is None and change.ref is not None:
            item = self._receiver(change.key, row, change.ref)
        if item is None:
            return
        pending = dict(item.pending)
        for column, to in change.values.items():
            if column is Column.TICKET:
                ref = change.ref or item.ref
                to_link = ref.key if ref else None
                edit = PendingEdit(row.raw.get(column), to_link, None)
            else:
                shown = change.fields[column.value]
                edit = PendingEdit(shown.document, to, shown.tracker)
            known = item.pending.get(column)
            if known is None or known._replace(stage=edit.stage) != edit:
                pending[column] = edit
        item = replace(_placed(item, row), pending=pending)
        if Column.TICKET in change.values and item.link is Link.UNLINKED:
            item = replace(item, link=Link.UNWRITTEN)
        self._items.put(change.path, item)

    def unedited(self, change: UpdateRow) -> None:
        """Record that a row was not given its values: its document was not replaced.

        Who writes them by hand meanwhile is a person then.
        """
        item = self._items.get(change.key)
        if item is None:
            return
        _, known = self._view.items.get(change.key, ("", None))
        earlier = known.pending if known else {}
        left = {c: edit for c, edit in item.pending.items() if c not in change.values}
        again = {c: earlier[c] for c in change.values if c in earlier}
        self._items.change(replace(item, pending={**left, **again}))

    def agreed(self, change: Agree) -> None:
        """Record that both sides are acknowledged as they are."""
        item = self._items.get(change.key)
        row = self._row(change.path, change.line)
        if item is None:
            if row is None:
                return
            item = self._receiver(change.key, row, change.ref)
        match change.noticed:
            case Noticed.VANISHED:
                item = replace(item, vanished=True)
            case Noticed.UNLINKED:
                item = replace(item, link=Link.UNLINKED)
            case Noticed.VALUES:
                pairs = {
                    Field(name): Pair(shown.document, shown.tracker)
                    for name, shown in change.fields.items()
                }
                item = landed(row, item) if row else item
                named = {Column(field.value) for field in pairs}
                left = {c: e for c, e in item.pending.items() if c not in named}
                base = {**item.base, **pairs}
                item = replace(item, base=base, pending=left, loss=None)
        self._items.put(change.path, item)

    def lost(self, change: LostTicket) -> None:
        """Record that a ticket was not shown; the second time it counts."""
        item = self._items.get(change.key)
        if item is not None:
            loss = Loss.CONFIRMED if item.loss else Loss.SUSPECTED
            self._items.put(change.path, replace(item, loss=loss))

    def intend(self, intents: Iterable[Intent]) -> None:
        """Record creates that are about to be sent."""
        self.intents.update((intent.key, intent) for intent in intents)

    def forget(self, key: str | None) -> None:
        """Record that a row leaves its item, before its new ticket is opened.

        Its create is forgotten, too: the row must not find that ticket again.
        """
        if key is not None:
            self._items.forget(key)
            self._settled.pop(key, None)

    def drop(self, key: str) -> None:
        """Record that a create was certainly not carried out.

        What is known of an earlier one with the same key stays: it may show late.
        """
        self.intents.pop(key, None)
        if key in self._view.state.intents:
            self.intents[key] = self._view.state.intents[key]

    def unanswered(self, key: str, now: datetime) -> None:
        """Record that a create got no answer; grace begins when it was given up."""
        intent = self.intents[key]
        self.intents[key] = replace(intent, started=now, first=intent.earliest)

    def left_behind(self, tickets: Iterable[Ticket]) -> None:
        """Keep marked tickets that no row could be matched with, after a lost state.

        A row that might be one of them is then not filed a second time.
        """
        for ticket in tickets:
            marker = ticket.marker
            parents = {known.key for known in self._items.parents.values()}
            if marker is None or marker.key in self._items or marker.key in parents:
                continue
            title = ticket.fields.get(Field.TITLE) or ""
            item = ItemState(marker.key, title, ref=ticket.ref, ticket_id=ticket.id)
            self._items.put("", replace(item, vanished=True))

    def _settle(self, key: str, *, doubt: bool) -> None:
        intent = self.intents.pop(key, None)
        if intent is not None and doubt:
            self._settled[key] = intent

    def stand(self, pages: Iterable[Page]) -> None:
        """Record edited documents read again: what stands in them has landed."""
        for page in (pages := tuple(pages)):
            known = self._items.parents.get(page.path)
            if known is not None:
                self._items.set_parent(page.path, _standing(known, page))
        rows = {Address(row.path, row.line): row for p in pages for row in p.rows}
        for path, item in tuple(self._items.placed()):
            row = rows.get(Address(path, item.line))
            if row is not None and not item.vanished:
                self._items.change(landed(row, item))

    def propose(self, edits: Iterable[tuple[str, Column]]) -> None:
        """Record edits that an open proposal holds."""
        for key, column in edits:
            item = self._items.get(key)
            self._propose_parent(key)
            if item is not None and column in item.pending:
                edit = item.pending[column]._replace(stage=Stage.PROPOSED)
                pending = {**item.pending, column: edit}
                self._items.change(replace(item, pending=pending))

    def _propose_parent(self, key: str) -> None:
        for path, known in self._items.parents.items():
            if known.key == key:
                self._items.set_parent(path, replace(known, stage=Stage.PROPOSED))

    def withdraw(self, edits: Iterable[tuple[str, Column]]) -> None:
        """Record edits that nothing asks for any more."""
        for key, column in edits:
            item = self._items.get(key)
            if item is not None:
                left = {c: edit for c, edit in item.pending.items() if c is not column}
                self._items.change(replace(item, pending=left))

    def state(self, pages: Iterable[Page]) -> State:
        """Return the state to be remembered."""
        return replace(
            self._view.state,
            documents=self._items.documents(pages),
            intents=dict(self.intents),
            settled=dict(self._settled),
        )

    def _intent(self, key: str) -> Intent | None:
        return self.intents.get(key) or self._settled.get(key)

    def _row(self, path: str, line: int) -> Row | None:
        found = self._rows.get(Address(path, line))
        return found[1] if found else None

    def _pairs(self, row: Row, ticket: Ticket) -> Mapping[Field, Pair]:
        held = self._view.trackers[ticket.ref.tracker].capabilities.fields
        return {
            field: Pair(value, ticket.fields.get(field))
            for field, value in row.values.items()
            if field in held
        }

    def _sent(self, key: str, ticket: Ticket) -> Mapping[Field, Pair]:
        """Return the base that a create left whose answer was missing."""
        intent = self._intent(key)
        return {} if intent is None else agreed(intent, ticket)

    def _receiver(self, key: str, row: Row, ref: TicketRef) -> ItemState:
        known = ItemState(key, row.text, row.section, row.line, ref=ref, owns=False)
        return replace(known, link=Link.LANDED, no_status=lacks_status(row))

    def _observed(self, item: ItemState) -> Ticket | None:
        found = self._view.ticket(item.ref) if item.ref else None
        return found if isinstance(found, Ticket) else None

    def _seen(self, item: ItemState) -> ItemState:
        """Keep what the ticket showed where it is not what the base says."""
        ticket = self._latest.get(item.key, self._observed(item))
        if ticket is None:
            return item
        seen = {
            field: ticket.fields.get(field)
            # What was met for the first time may be in conflict: its status, and all
            # of a ticket that cannot be written.
            for field in (*item.base, *(_unmet(ticket) - item.base.keys()))
            if field not in item.base
            or item.base[field].tracker != ticket.fields.get(field)
        }
        # Who closed it before says nothing once it has been open again.
        terminal = Status(ticket.fields.get(Field.STATUS) or Status.OPEN).terminal
        return replace(
            item,
            ref=ticket.ref,
            ticket_id=ticket.id,
            seen=seen,
            closed_by=item.closed_by if terminal else None,
        )


def _parents(view: View) -> dict[str, ParentTicket]:
    """Return the documents' own tickets, each where its document is now."""
    present = {page.path for page in view.pages}
    moved = {view.former_path(page) for page in view.pages}
    found = {
        path: document.parent
        for path, document in view.state.documents.items()
        if document.parent and path not in present and path not in moved
    }
    for page in view.pages:
        known = view.parent_of(page)
        if known is not None:
            found[page.path] = _standing(known, page)
    return found


def _unmet(ticket: Ticket) -> frozenset[Field]:
    return frozenset(ticket.fields) if ticket.read_only else frozenset({Field.STATUS})


def _standing(known: ParentTicket, page: Page) -> ParentTicket:
    return replace(known, link=Link.LANDED) if page.parent == known.ref else known


def _placed(item: ItemState, row: Row) -> ItemState:
    return replace(
        item, text=row.text, section=row.section, line=row.line, vanished=False
    )


def _text(row: Row | None, intent: Intent | None, ticket: Ticket) -> str:
    """Return the title by which a row is found again."""
    if row is not None:
        return row.text
    return intent.text if intent is not None else ticket.fields.get(Field.TITLE) or ""


def _before(known: ItemState | None, ticket: Ticket) -> Mapping[Field, Pair]:
    """Return what was agreed with a ticket that another row had until now."""
    return known.base if known and received(known, ticket.ref) else {}


def _former(known: ItemState | None, ref: TicketRef) -> tuple[str, ...]:
    if known is None or known.ref is None or known.ref == ref:
        return known.former if known else ()
    return (*known.former, f"{known.ref.tracker}:{known.ref.key}")
