"""All that is known when a plan is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from pmsync.domain.alignment import Address, Alignment
from pmsync.domain.body import Body, plain_body
from pmsync.domain.merge import Side
from pmsync.domain.model import Field, Ticket, TicketRef, name_of
from pmsync.domain.owners import Owners
from pmsync.domain.policy import Policy
from pmsync.domain.ports import Absence, Capabilities, Listing
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import Intent, ItemState, ParentTicket, State


class Resolve(NamedTuple):
    """A person's decision about one row."""

    path: str
    line: int
    side: Side
    """What is taken."""


@dataclass(frozen=True, slots=True)
class TrackerView:
    """One tracker as it was observed."""

    name: str
    project: str
    capabilities: Capabilities
    owners: Owners
    identities: frozenset[str]
    """Everyone we are and have been for it; empty when it was not asked."""
    tickets: Mapping[str, Ticket | Absence] = field(default_factory=dict)
    """By the key that was asked for; a key that is missing was not looked at."""
    marked: Listing | None = None
    """Tickets that bear a marker; None when nobody needed them."""
    swept: bool = False
    """True when every linked ticket was read by id."""


@dataclass(frozen=True)
class View:
    """The three versions of everything, and the rules."""

    state: State
    pages: tuple[Page, ...]
    alignment: Alignment
    trackers: Mapping[str, TrackerView]
    policy: Policy
    now: datetime
    salt: str
    """Random; new keys are made from it."""
    selected: Callable[[str, str | None], bool] = lambda _path, _tracker: True
    """Whether effects on a path (and tracker) are asked for."""
    permalink: Callable[[str, int], str | None] = lambda _path, _line: None
    templates: Mapping[str, Callable[[Body], str]] = field(default_factory=dict)
    """By tracker, the body template; without one the plain block."""
    complete: bool = True
    """False when a document could not be read: it may cite anything."""
    rebuild: bool = False
    """True when the state was lost: adopt only."""
    resolve: Resolve | None = None
    """The one row that the plan is about, and the side that a person takes."""

    @cached_property
    def items(self) -> Mapping[str, tuple[str, ItemState]]:
        """Key to path and item of the state."""
        return {
            item.key: (path, item)
            for path, document in self.state.documents.items()
            for item in document.items
        }

    @cached_property
    def paths(self) -> Mapping[str, str]:
        """Key to the document in which its row stands now."""
        return {key: address.path for address, key in self.alignment.keys.items()}

    @cached_property
    def known_paths(self) -> frozenset[str]:
        """The documents that held items before, by the paths that they have now."""
        return frozenset((*self.state.documents, *self.paths.values()))

    @cached_property
    def citing(self) -> Mapping[tuple[str, str], int]:
        """How many rows of all documents cite each ticket, by its present key."""
        return Counter(
            self.name_now(ref)
            for page in self.pages
            for row in page.rows
            for ref in row.refs
        )

    @cached_property
    def titles(self) -> Mapping[str, int]:
        """How many rows of all documents have each title."""
        return Counter(row.text for page in self.pages for row in page.rows)

    @cached_property
    def uncited(self) -> Mapping[tuple[str, str | None], list[Ticket]]:
        """Tickets with marks of this state, by us, that no row cites: by title."""
        found: dict[tuple[str, str | None], list[Ticket]] = {}
        for name, tracker in self.trackers.items():
            for ticket in tracker.marked.tickets if tracker.marked else ():
                ours = ticket.marker and ticket.marker.state == self.state.id
                if not ours or ticket.author not in tracker.identities:
                    continue
                if (name, ticket.ref.key) not in self.citing:
                    title = ticket.fields.get(Field.TITLE)
                    found.setdefault((name, title), []).append(ticket)
        return found

    @cached_property
    def having(self) -> Mapping[tuple[str, str], ItemState]:
        """The item of the state that has each ticket, the owning one of several."""
        items = [item for _, item in self.items.values() if item.ref is not None]
        return {
            self.name_now(item.ref): item
            for item in sorted(items, key=lambda item: item.owns)
            if item.ref is not None
        }

    @cached_property
    def owners(self) -> Mapping[tuple[str, str], str | None]:
        """The key of the item that owns each ticket which rows cite, by its present key.

        Of several it is the one whose marker the ticket bears, else the one that has
        been there all the time. None where that cannot be told in this pass.
        """
        claims: dict[tuple[str, str], list[ItemState]] = {}
        for key in self.alignment.keys.values():
            item = self.items[key][1] if key in self.items else None
            if item is not None and item.owns and item.ref is not None:
                claims.setdefault(self.name_now(item.ref), []).append(item)
        return {name: self._owner(items) for name, items in claims.items()}

    def _owner(self, items: list[ItemState]) -> str | None:
        if len(items) == 1:
            return items[0].key
        shown = (self.ticket(item.ref) for item in items if item.ref is not None)
        ticket = next((one for one in shown if isinstance(one, Ticket)), None)
        if ticket is None:
            return None
        keys = {item.key for item in items}
        if ticket.marker is not None and ticket.marker.key in keys:
            return ticket.marker.key
        return min(items, key=lambda item: (item.vanished, item.key)).key

    def parent_of(self, page: Page) -> ParentTicket | None:
        """Return the ticket that was opened for the document itself, if one was."""
        for path in (page.path, self.former_path(page)):
            document = self.state.documents.get(path) if path else None
            if document is not None and document.parent is not None:
                return document.parent
        return None

    def former_path(self, page: Page) -> str | None:
        """Return where the rows of a document stood that is not there any more."""
        return self._former_paths.get(page.path)

    @cached_property
    def _former_paths(self) -> Mapping[str, str]:
        present = {page.path for page in self.pages}
        return {
            at.path: self.items[key][0]
            for at, key in self.alignment.keys.items()
            if key in self.items and self.items[key][0] not in present
        }

    def item(self, row: Row) -> ItemState | None:
        """Return the item that a row is, None for a new row."""
        key = self.alignment.keys.get(Address(row.path, row.line))
        return self.items[key][1] if key is not None and key in self.items else None

    def key(self, row: Row) -> str:
        """Return the row's key, a new one for a new row."""
        known = self.alignment.keys.get(Address(row.path, row.line))
        return known or fresh_key(self.salt, f"{row.path}:{row.line}")

    def sent(self, key: str) -> Intent | None:
        """Return the create of a key whose ticket was not found so far."""
        aside = None if key in self.items else self.state.settled.get(key)
        return self.state.intents.get(key) or aside

    def receiver_key(self, row: Row) -> str:
        """Return the key of a row that only receives another row's ticket's status.

        It follows from the state, the ticket and the place, since there is nothing
        that such a row could be matched by.
        """
        known = self.item(row)
        if known is not None and (not known.owns or known.ref in row.refs):
            return known.key
        name = "|".join(ref.key for ref in row.refs)
        return fresh_key(self.salt, f"{row.path}:{row.line}:{name}")

    def owners_beside(self, row: Row) -> tuple[str, ...]:
        """Return the owners that the row's document writes, as it writes them."""
        return self._owners.get(row.path, ())

    @cached_property
    def _owners(self) -> Mapping[str, tuple[str, ...]]:
        return {
            page.path: tuple(
                owner for row in page.rows if (owner := row.values.get(Field.OWNER))
            )
            for page in self.pages
        }

    def ticket(self, ref: TicketRef) -> Ticket | Absence | None:
        """Return a ticket as observed, None when it was not looked at."""
        tracker = self.trackers.get(ref.tracker)
        return tracker.tickets.get(ref.key) if tracker else None

    def name_now(self, ref: TicketRef) -> tuple[str, str]:
        """Return what a ticket is known by now: it may have moved since it was cited."""
        ticket = self.ticket(ref)
        return name_of(ticket.ref if isinstance(ticket, Ticket) else ref)

    def body_text(self, tracker: str, body: Body) -> str:
        """Write the block of a ticket's body."""
        markup = self.trackers[tracker].capabilities.markup
        return self.templates.get(tracker, plain_body)(body.quoted(markup))


def fresh_key(salt: str, name: str) -> str:
    """Return an 80-bit key in ``[0-9a-f]``; random because ``salt`` is."""
    return sha256(f"{salt}\n{name}".encode()).hexdigest()[:20]
