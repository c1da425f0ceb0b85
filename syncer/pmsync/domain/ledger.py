"""What the state becomes, change by change, as results come in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pmsync.domain import recording
from pmsync.domain.alignment import Address
from pmsync.domain.changes import (
    AdoptTicket,
    Agree,
    CreateTicket,
    LostTicket,
    UpdateRow,
    UpdateTicket,
)
from pmsync.domain.creates import Creates
from pmsync.domain.filing import source
from pmsync.domain.kept import Kept
from pmsync.domain.landing import arrived, landed
from pmsync.domain.model import Column, Field, Ticket
from pmsync.domain.parent_tickets import (
    parent_ticket,
    proposed,
    remembered_parents,
    standing,
)
from pmsync.domain.rows import Page, Row
from pmsync.domain.settling import agreed
from pmsync.domain.sharing import received
from pmsync.domain.state import ItemState, Pair, Stage, State
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
        self._items = Kept(view.state.documents, remembered_parents(view), self._seen)
        self._latest: dict[str, Ticket] = {}
        self.creates = Creates(view)
        for at, key in view.alignment.keys.items():
            if key in self._items:
                page, row = self._rows[at]
                item = recording.placed(self._items[key], row)
                ticket = self._observed(item)
                item = arrived(item, row, ticket)
                # What stands in a document that is left alone has not come so far.
                item = landed(row, item, ticket) if page.writable else item
                self._items.put(at.path, item)

    def created(
        self, change: CreateTicket, ticket: Ticket, *, doubt: bool = False
    ) -> None:
        """Record a create: the pairs are the row and what came back.

        ``doubt`` says that the answer was missing at first.
        """
        if change.parent:
            self._items.set_parent(change.path, parent_ticket(change, ticket))
        else:
            page, row = self._rows[Address(change.path, change.line)]
            base = self._sent(change.key, ticket) if doubt else self._pairs(row, ticket)
            body = source(self._view, page, row).digest()
            item = recording.filed(change.key, row, ticket, base, body)
            self._items.put(change.path, item)
            self._latest[change.key] = ticket
        self.creates.settle(change.key, doubt=doubt or change.again)

    def adopted(self, change: AdoptTicket) -> None:
        """Record that a ticket is the row's now; the base is what we sent, if we did."""
        if change.parent:
            self._items.set_parent(change.path, parent_ticket(change, change.ticket))
        else:
            self._items.put(change.path, self._adopted(change))
            self._latest[change.key] = change.ticket
        self.creates.settle(change.key, doubt=True)

    def _adopted(self, change: AdoptTicket) -> ItemState:
        ticket, known = change.ticket, self._items.get(change.key)
        found = None
        if not change.gone:
            found = self._rows.get(Address(change.path, change.line))
        if found is None:
            intent = self.creates.of(change.key)
            return recording.adopted_without_row(change, known, intent)
        page, row = found
        ours = ticket.marker is not None and ticket.marker.key == change.key
        body = source(self._view, page, row).digest() if ours else None
        base = self._agreed_before(known, ticket) or self._sent(change.key, ticket)
        return recording.adopted(change, row, known, base, body)

    def updated(self, change: UpdateTicket, ticket: Ticket) -> None:
        """Record an update; the tracker's halves are what it returned."""
        row = self._rows[Address(change.path, change.line)][1]
        item = recording.updated(self._items[change.key], row, change, ticket)
        self._latest[change.key] = ticket
        self._items.put(change.path, item)

    def sending(self, change: UpdateTicket) -> None:
        """Record an update that is about to be sent."""
        row = self._rows[Address(change.path, change.line)][1]
        item = self._items.get(change.key)
        if item is not None:
            self._items.change(recording.sending(item, row, change))

    def unsent(self, key: str) -> None:
        """Record that an update was certainly not carried out."""
        item = self._items.get(key)
        if item is not None:
            self._items.change(recording.unsent(item))

    def edited(self, change: UpdateRow) -> None:
        """Record that a row is given values; they count once they are read again."""
        if change.parent:
            return
        row = self._rows[Address(change.path, change.line)][1]
        item = self._items.get(change.key)
        if item is None and change.ref is not None:
            item = recording.receiver(change.key, row, change.ref)
        if item is not None:
            self._items.put(change.path, recording.edited(item, row, change))

    def unedited(self, change: UpdateRow) -> None:
        """Record that a row was certainly not given its values."""
        item = self._items.get(change.key)
        if item is not None:
            _, before = self._view.items.get(change.key, ("", None))
            self._items.change(recording.unedited(item, before, change))

    def agreed(self, change: Agree) -> None:
        """Record that both sides are acknowledged as they are."""
        _, row = self._rows.get(Address(change.path, change.line), (None, None))
        item = self._items.get(change.key)
        if item is None and row is not None:
            item = recording.receiver(change.key, row, change.ref)
        if item is not None:
            self._items.put(change.path, recording.agreed(item, row, change))

    def lost(self, change: LostTicket) -> None:
        """Record that a ticket was not shown; the second time it counts."""
        item = self._items.get(change.key)
        if item is not None:
            self._items.put(change.path, recording.lost(item))

    def forget(self, key: str | None) -> None:
        """Record that a row leaves its item, before its new ticket is opened.

        Its create is forgotten, too: the row must not find that ticket again.
        """
        if key is not None:
            self._items.forget(key)
            self.creates.forget(key)

    def left_behind(self, tickets: Iterable[Ticket]) -> None:
        """Keep marked tickets that no row could be matched with, after a lost state.

        A row that might be one of them is then not filed a second time.
        """
        parents = {known.key for known in self._items.parents.values()}
        for ticket in tickets:
            key = ticket.marker.key if ticket.marker is not None else None
            if key is not None and key not in self._items and key not in parents:
                self._items.put("", recording.left_behind(key, ticket))

    def stand(self, pages: Iterable[Page]) -> None:
        """Record edited documents read again: what stands in them has landed."""
        for page in (pages := tuple(pages)):
            known = self._items.parents.get(page.path)
            if known is not None:
                self._items.set_parent(page.path, standing(known, page))
        rows = {Address(row.path, row.line): row for p in pages for row in p.rows}
        for path, item in tuple(self._items.placed()):
            row = rows.get(Address(path, item.line))
            if row is not None and not item.vanished:
                self._items.change(landed(row, item))

    def propose(self, edits: Iterable[tuple[str, Column]]) -> None:
        """Record edits that an open proposal holds."""
        paths = {known.key: path for path, known in self._items.parents.items()}
        for key, column in edits:
            if key in paths:
                parent = self._items.parents[paths[key]]
                self._items.set_parent(paths[key], proposed(parent))
            item = self._items.get(key)
            if item is not None and column in item.pending:
                edit = item.pending[column]._replace(stage=Stage.PROPOSED)
                pending = {**item.pending, column: edit}
                self._items.change(replace(item, pending=pending))

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
            intents=dict(self.creates.waiting),
            settled=dict(self.creates.settled),
        )

    def _pairs(self, row: Row, ticket: Ticket) -> Mapping[Field, Pair]:
        held = self._view.trackers[ticket.ref.tracker].capabilities.fields
        return {
            field: Pair(value, ticket.fields.get(field))
            for field, value in row.values.items()
            if field in held
        }

    def _agreed_before(
        self, known: ItemState | None, ticket: Ticket
    ) -> Mapping[Field, Pair]:
        """Return what was agreed while an item only received a ticket's status."""
        if known is None or not received(self._view, known, ticket.ref):
            return {}
        return known.base

    def _sent(self, key: str, ticket: Ticket) -> Mapping[Field, Pair]:
        """Return the base that a create left whose answer was missing."""
        intent = self.creates.of(key)
        return {} if intent is None else agreed(intent, ticket)

    def _observed(self, item: ItemState) -> Ticket | None:
        found = self._view.ticket(item.ref) if item.ref else None
        return found if isinstance(found, Ticket) else None

    def _seen(self, item: ItemState) -> ItemState:
        ticket = self._latest.get(item.key, self._observed(item))
        return item if ticket is None else recording.seen(item, ticket)
