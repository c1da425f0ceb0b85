"""Ask the trackers what the plan needs to know, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pmsync.app.read import Reading
from pmsync.app.settings import Ports, Settings
from pmsync.domain.alignment import Address, Alignment, Known, align
from pmsync.domain.errors import TrackerError
from pmsync.domain.model import Field, Ticket
from pmsync.domain.owners import Owners, fold
from pmsync.domain.ports import Absence, Listing, Lookup, Tracker
from pmsync.domain.rows import Page, Row
from pmsync.domain.settling import MARGIN
from pmsync.domain.state import ItemState, Link, State, Watermark
from pmsync.domain.view import TrackerView, View


@dataclass(frozen=True, slots=True)
class Observation:
    """The view, and how far each tracker has now been read."""

    view: View
    watermarks: Mapping[str, Watermark]
    failures: tuple[TrackerError, ...]
    """Trackers that could not be read: their rows are left out of this pass."""


def aligned(state: State, reading: Reading) -> Alignment:
    """Match the rows of all documents with the items and intents of the state."""
    known = [
        Known(i.key, path, i.text, i.section, i.line, i.ref, i.link, i.owns)
        for path, document in state.documents.items()
        for i in document.items
    ]
    filed = {item.key for item in known}
    known += [
        Known(i.key, i.path, i.text, i.section, i.line, None, Link.UNWRITTEN)
        for i in state.intents.values()
        if i.key not in filed
    ]
    unread = frozenset(one.path for one in reading.unread)
    return align(reading.pages, known, state.documents, unread)


def observe(
    ports: Ports,
    settings: Settings,
    state: State,
    reading: Reading,
    salt: str,
    *,
    rebuild: bool = False,
) -> Observation:
    """Read what is needed from each tracker that the documents or the state use."""
    alignment = aligned(state, reading)
    items = {i.key: i for d in state.documents.values() for i in d.items}
    rows = [(page, row) for page in reading.pages for row in page.rows]
    seen = [
        (row, items.get(alignment.keys.get(Address(row.path, row.line), "")))
        for _, row in rows
    ]
    used = _used(settings, state, rows)
    now = ports.clock.now()
    views: dict[str, TrackerView] = {}
    marks: dict[str, Watermark] = {}
    failures: list[TrackerError] = []
    for name in sorted(used):
        look = _Look(ports.trackers[name], settings, state, now, rebuild=rebuild)
        try:
            views[name], marks[name] = look.at(seen)
        except TrackerError as error:
            failures.append(error)
    view = View(
        state=state,
        pages=reading.pages,
        alignment=alignment,
        trackers=views,
        policy=settings.policy,
        now=now,
        salt=salt,
        selected=settings.selected,
        permalink=ports.repository.permalink,
        templates=settings.templates,
        rebuild=rebuild,
        resolve=settings.resolve,
    )
    return Observation(view, marks, tuple(failures))


def _used(
    settings: Settings, state: State, rows: list[tuple[Page, Row]]
) -> frozenset[str]:
    """Return the trackers that any row, item or intent has to do with."""
    routed = {settings.policy.route(page, row) for page, row in rows}
    cited = {ref.tracker for _, row in rows for ref in row.refs}
    linked = {
        item.ref.tracker
        for document in state.documents.values()
        for item in document.items
        if item.ref is not None
    }
    intended = {intent.tracker for intent in state.intents.values()}
    return frozenset((routed | cited | linked | intended) & settings.types.keys())


class _Look:
    """One tracker, read once."""

    def __init__(
        self,
        tracker: Tracker,
        settings: Settings,
        state: State,
        now: datetime,
        *,
        rebuild: bool,
    ) -> None:
        self._tracker = tracker
        self._settings = settings
        self._state = state
        self._now = now
        self._rebuild = rebuild
        self._mark = state.watermarks.get(tracker.name, Watermark())

    def at(
        self, rows: list[tuple[Row, ItemState | None]]
    ) -> tuple[TrackerView, Watermark]:
        """Return the tracker as it is, and the watermark after this look."""
        name = self._tracker.name
        intents = [i for i in self._state.intents.values() if i.tracker == name]
        new = [row for row, item in rows if item is None and not row.refs]
        marked = self._marked([intent.started for intent in intents])
        identities = frozenset(self._mark.identities)
        if marked is not None or new:
            identities |= {self._tracker.identity()}
        tickets, mark = self._tickets(rows)
        view = TrackerView(
            name=name,
            project=self._tracker.project,
            capabilities=self._tracker.capabilities,
            owners=self._owners(rows),
            identities=identities,
            tickets=tickets,
            marked=marked,
        )
        return view, Watermark(mark.changed, mark.verified, tuple(sorted(identities)))

    def _marked(self, started: list[datetime]) -> Listing | None:
        """List marked tickets when an unknown create, or a lost state, needs it."""
        if self._rebuild:
            return self._tracker.marked(None)
        if started:
            return self._tracker.marked(min(started) - MARGIN)
        return None

    def _tickets(
        self, rows: list[tuple[Row, ItemState | None]]
    ) -> tuple[Mapping[str, Ticket | Absence], Watermark]:
        name, mark = self._tracker.name, self._mark
        linked = {
            item.ref.key: Lookup(item.ref.key, item.ticket_id)
            for document in self._state.documents.values()
            for item in document.items
            if item.ref is not None and item.ref.tracker == name and not item.vanished
        }
        wanted = _wanted(rows, name)
        if self._sweeps():
            lookups = list({**wanted, **linked}.values())
            found = self._tracker.fetch(lookups) if lookups else {}
            return found, Watermark(mark.changed, self._now)
        listing = self._tracker.changed(mark.changed)
        known = {lookup.id: key for key, lookup in linked.items()}
        tickets: dict[str, Ticket | Absence] = {
            known.get(ticket.id, ticket.ref.key): ticket for ticket in listing.tickets
        }
        missing = [look for key, look in wanted.items() if key not in tickets]
        if missing:
            tickets.update(self._tracker.fetch(missing))
        return tickets, Watermark(listing.watermark, mark.verified)

    def _sweeps(self) -> bool:
        """Tell whether every linked ticket is read by id in this pass."""
        if self._tracker.capabilities.exact_reads or self._settings.verify_now:
            return True
        verified = self._mark.verified
        due = verified is None or self._now - verified >= self._settings.verify
        return due or self._mark.changed is None

    def _owners(self, rows: list[tuple[Row, ItemState | None]]) -> Owners:
        configured = self._settings.owners.get(self._tracker.name, {})
        users = {fold(spelling): user for spelling, user in configured.items()}
        free = self._tracker.capabilities.free_owners
        holds = Field.OWNER in self._tracker.capabilities.fields
        if holds and not free:
            names = {
                owner
                for row, item in rows
                if (owner := row.values.get(Field.OWNER)) and _owner_matters(row, item)
            }
            unknown = sorted(name for name in names if fold(name) not in users)
            found = self._tracker.users(unknown) if unknown else {}
            users |= {fold(name): user for name, user in found.items()}
        spellings = {user: spelling for spelling, user in configured.items()}
        return Owners(users, spellings, free)


def _wanted(rows: list[tuple[Row, ItemState | None]], name: str) -> dict[str, Lookup]:
    """Return the tickets that must be read whatever the list of changes shows."""
    wanted: dict[str, Lookup] = {}
    for row, item in rows:
        for ref in row.refs if len(row.refs) == 1 else ():
            if ref.tracker == name and (item is None or item.ref != ref):
                wanted[ref.key] = Lookup(ref.key)
        own = item.ref if item else None
        if item and own and own.tracker == name and _may_be_planned(row, item):
            wanted[own.key] = Lookup(own.key, item.ticket_id)
    return wanted


def _may_be_planned(row: Row, item: ItemState) -> bool:
    """Tell whether the plan needs a ticket that did not change, too."""
    unlinked = not row.refs and item.link is Link.LANDED
    return (
        item.vanished
        or item.loss is not None
        or unlinked
        or _document_changed(row, item)
    )


def _document_changed(row: Row, item: ItemState) -> bool:
    return any(
        field not in item.base or item.base[field].document != value
        for field, value in row.values.items()
    )


def _owner_matters(row: Row, item: ItemState | None) -> bool:
    pair = item.base.get(Field.OWNER) if item else None
    return pair is None or pair.document != row.values.get(Field.OWNER)
