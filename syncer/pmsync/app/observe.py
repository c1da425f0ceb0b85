"""Ask the trackers what the plan needs to know, and nothing more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from pmsync.app.read import Reading
from pmsync.app.settings import Ports, Settings
from pmsync.app.wanted import Seen, tickets_wanted
from pmsync.domain.alignment import Address, Alignment, Known, align
from pmsync.domain.errors import TrackerError, TrackerUnavailableError
from pmsync.domain.filing import left_alone
from pmsync.domain.model import Field, Ticket
from pmsync.domain.owners import Owners, fold
from pmsync.domain.ports import Absence, Listing, Lookup
from pmsync.domain.settling import MARGIN
from pmsync.domain.state import (
    Intent,
    Link,
    Pair,
    State,
    Watermark,
)
from pmsync.domain.view import TrackerView, View

CANARIES = 5
"""Of how many linked tickets one must be seen for a list to be believed."""
LONG = 50
"""Tickets in a list of changes that are worth remembering not to list again."""

PROMPT = timedelta(seconds=30)
"""How long an answer may take that tells the tracker's time."""
TRIES = 3
"""How often a tracker is asked for its time."""


class ServerTime(NamedTuple):
    """A tracker's clock, and ours when its answer was there."""

    time: datetime
    at: float
    """The monotonic clock."""
    ours: datetime


NOTHING = Pair(None, None)
"""The pair of a field that was never agreed."""


@dataclass(frozen=True, slots=True)
class Observation:
    """The view, and how far each tracker has now been read."""

    view: View
    watermarks: Mapping[str, Watermark]
    failures: tuple[TrackerError, ...]
    """Trackers that could not be read: their rows are left out of this pass."""
    times: Mapping[str, ServerTime]
    """The clocks of those trackers that told the time."""
    due: bool
    """True when a verification sweep was due and has been made, or a long list was
    read: it is written down."""
    skew: timedelta
    """How much the trackers' time is ahead of this machine's."""


def aligned(state: State, reading: Reading) -> Alignment:
    """Match the rows of all documents with the items and intents of the state.

    A document that is left alone says nothing about what became of its rows.
    """
    known = [
        Known(
            key=i.key,
            path=path,
            text=i.text,
            section=i.section,
            line=i.line,
            ref=i.ref,
            link=i.link,
            owns=i.owns,
            owner=i.base.get(Field.OWNER, NOTHING).document,
            due=i.base.get(Field.DUE, NOTHING).document,
            gone=i.vanished,
        )
        for path, document in state.documents.items()
        for i in document.items
    ]
    filed = {item.key for item in known}
    known += [
        Known(
            key=i.key,
            path=i.path,
            text=i.text,
            section=i.section,
            line=i.line,
            ref=None,
            link=Link.UNWRITTEN,
            gone=i.key not in state.intents,
            aside=i.key not in state.intents,
        )
        for i in {**state.settled, **state.intents}.values()
        if i.key not in filed and not i.parent
    ]
    pages = [page for page in reading.pages if page.writable]
    out = {one.path for one in reading.unread} | set(reading.left_alone())
    return align(pages, known, state.documents, frozenset(out))


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
    rows = [
        Seen(page, row, items.get(alignment.keys.get(Address(row.path, row.line), "")))
        for page in reading.pages
        for row in page.rows
    ]
    now = ports.clock.now()
    views: dict[str, TrackerView] = {}
    marks: dict[str, Watermark] = {}
    times: dict[str, ServerTime] = {}
    due = False
    failures: list[TrackerError] = []
    for name in sorted(_used(settings, state, rows)):
        try:
            waiting = _waiting(settings, state, alignment, rows, name)
            look = _Look(ports, settings, state, name, waiting, rebuild=rebuild)
            views[name], marks[name] = look.at(rows)
        except TrackerError as error:
            failures.append(error)
            continue
        due = due or look.due
        if look.time is not None:
            times[name] = look.time
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
        complete=not reading.unread,
        rebuild=rebuild,
        resolve=settings.resolve,
    )
    return Observation(view, marks, tuple(failures), times, due, _skew(times.values()))


def _waiting(
    settings: Settings,
    state: State,
    alignment: Alignment,
    rows: Sequence[Seen],
    name: str,
) -> list[Intent]:
    """Return the creates whose tickets must be looked for in this pass.

    One that was set aside is among them when its row would be filed again.
    """
    asked = {
        alignment.keys.get(Address(row.path, row.line))
        for page, row, item in (rows if state.settled else ())
        if item is None
        and not row.refs
        and page.writable
        and left_alone(page, row, settings.policy, name) is None
    }
    aside = [i for key, i in state.settled.items() if key in asked]
    return [i for i in (*state.intents.values(), *aside) if i.tracker == name]


def _skew(times: Collection[ServerTime]) -> timedelta:
    """Return the middle one: a single tracker's clock may be wrong, too."""
    ahead = sorted(seen.time - seen.ours for seen in times)
    return ahead[len(ahead) // 2] if ahead else timedelta()


def _used(settings: Settings, state: State, rows: Sequence[Seen]) -> frozenset[str]:
    """Return the trackers that any row, item or intent has to do with."""
    routed = {settings.policy.route(page, row) for page, row, _ in rows}
    cited = {ref.tracker for _, row, _ in rows for ref in row.refs}
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
        ports: Ports,
        settings: Settings,
        state: State,
        name: str,
        waiting: Sequence[Intent],
        *,
        rebuild: bool,
    ) -> None:
        """``waiting`` are the creates whose tickets must be looked for."""
        self._tracker = ports.trackers[name]
        self._clock = ports.clock
        self._settings = settings
        self._waiting = waiting
        self._doubted = [i for i in state.settled.values() if i.tracker == name]
        self._rebuild = rebuild
        self._mark = state.watermarks.get(name, Watermark())
        self._exact = self._tracker.capabilities.exact_reads
        mine = [
            (item, Lookup(item.ref.key, item.ticket_id))
            for document in state.documents.values()
            for item in document.items
            if item.ref is not None and item.ref.tracker == name and not item.vanished
        ]
        self._linked = {lookup.key: lookup for _, lookup in mine}
        self._canaries = {one.key: one for item, one in mine if item.loss is None}
        self.time: ServerTime | None = None
        self.due = False
        """True when what was learned is worth a write of the state."""

    def at(self, rows: Sequence[Seen]) -> tuple[TrackerView, Watermark]:
        """Return the tracker as it is, and the watermark after this look."""
        name = self._tracker.name
        # A lower bound: what changes while the rest is read is listed next time.
        listing = None if self._exact else self._timed(self._tracker.changed)
        now = listing.time if listing else self._clock.now()
        late = self._is_late(now)
        sweeps = late or self._exact
        tickets = self._tickets(rows, listing, sweeps=sweeps)
        marked = self._marked(tickets, late=late)
        identities = frozenset(self._mark.identities)
        if marked is not None:
            identities |= {self._tracker.identity()}
        view = TrackerView(
            name=name,
            project=self._tracker.project,
            capabilities=self._tracker.capabilities,
            owners=self._owners(rows, tickets),
            identities=identities,
            tickets=tickets,
            marked=marked,
            swept=sweeps,
        )
        mark = Watermark(
            listing.watermark if listing else self._mark.changed,
            now if late else self._mark.verified,
            tuple(sorted(identities)),
        )
        return view, mark

    def _timed(self, changed: Callable[[str | None], Listing]) -> Listing:
        listing = self._promptly(changed, self._mark.changed)
        for _ in range(TRIES - 1):
            if self.time is None:
                self._promptly(changed, listing.watermark)
        if self.time is None:
            raise TrackerUnavailableError(
                f"{self._tracker.name} answers too slowly to tell its time",
                hint="run pmsync again later; nothing was written",
            )
        # Every later pass would list all of it again, unless it does so anyway.
        advanced = listing.watermark != self._mark.changed
        self.due = advanced and len(listing.tickets) > LONG
        return listing

    def _promptly(
        self, changed: Callable[[str | None], Listing], watermark: str | None
    ) -> Listing:
        """List what changed; the time that it tells counts when it is still true.

        A machine may have slept between the answer and its being read. Its monotonic
        clock may have stood still then.
        """
        clock = self._clock
        steady, ours = clock.monotonic(), clock.now()
        listing = changed(watermark)
        at = ServerTime(listing.time, clock.monotonic(), clock.now())
        if max(timedelta(seconds=at.at - steady), at.ours - ours) <= PROMPT:
            self.time = at
        return listing

    def _is_late(self, now: datetime) -> bool:
        """Tell whether everything is looked at in this pass, once in a while.

        Where all shows at once, linked tickets are read by id in every pass anyway.
        """
        verified = self._mark.verified
        late = verified is None or not (
            timedelta() <= now - verified < self._settings.verify
        )
        linked = bool(self._linked) and not self._exact
        self.due = self.due or (late and (linked or bool(self._doubted)))
        return late or self._rebuild or self._settings.verify_now

    def _tickets(
        self, rows: Sequence[Seen], listing: Listing | None, *, sweeps: bool
    ) -> Mapping[str, Ticket | Absence]:
        names = {lookup.id: key for key, lookup in self._linked.items()}
        tickets: dict[str, Ticket | Absence] = {
            names.get(ticket.id, ticket.ref.key): ticket
            for ticket in (listing.tickets if listing else ())
        }
        wanted = tickets_wanted(rows, self._tracker.name, self._settings)
        if sweeps:
            missing = list({**wanted, **self._linked}.values())
        else:
            missing = [look for key, look in wanted.items() if key not in tickets]
        if missing:
            tickets.update(self._tracker.fetch(missing))
        return tickets

    def _marked(
        self, tickets: Mapping[str, Ticket | Absence], *, late: bool
    ) -> Listing | None:
        """List marked tickets when an unknown create, or a lost state, needs it."""
        if self._rebuild:
            return self._tracker.marked(None)
        looked_for = [*self._waiting, *(self._doubted if late else ())]
        if not looked_for:
            return None
        since = min(intent.earliest for intent in looked_for) - MARGIN
        # One that shows everything at once may do so by a clock that we never saw.
        listing = self._tracker.marked(None if self._exact else since)
        if not self._sees(tickets):
            # It may not show all that there is: absence then means nothing.
            return replace(listing, complete=False)
        return listing

    def _sees(self, tickets: Mapping[str, Ticket | Absence]) -> bool:
        """Tell whether our identity still sees tickets that it has seen before."""
        canaries = list(self._canaries.values())[:CANARIES]
        if not canaries or any(
            isinstance(tickets.get(key), Ticket) for key in self._canaries
        ):
            return True
        found = self._tracker.fetch(canaries)
        return any(isinstance(one, Ticket) for one in found.values())

    def _owners(
        self, rows: Sequence[Seen], tickets: Mapping[str, Ticket | Absence]
    ) -> Owners:
        configured = self._settings.owners.get(self._tracker.name, {})
        users = {fold(spelling): user for spelling, user in configured.items()}
        free = self._tracker.capabilities.free_owners
        holds = Field.OWNER in self._tracker.capabilities.fields
        if holds and not free:
            names = {
                owner
                for seen in rows
                if (owner := seen.row.values.get(Field.OWNER))
                and self._is_compared(seen, tickets)
            }
            unknown = sorted(name for name in names if fold(name) not in users)
            found = self._tracker.users(unknown) if unknown else {}
            users |= {fold(name): user for name, user in found.items()}
        spellings = {user: spelling for spelling, user in configured.items()}
        return Owners(users, spellings, free)

    def _is_compared(self, seen: Seen, tickets: Mapping[str, Ticket | Absence]) -> bool:
        """Tell whether the plan may need to know who a row's owner is here."""
        page, row, item = seen
        policy, name = self._settings.policy, self._tracker.name
        if row.skipped or not page.writable:
            return False
        if item is not None and item.ref is not None:
            pair, ticket = item.base.get(Field.OWNER), tickets.get(item.ref.key)
            shown = ticket.fields if isinstance(ticket, Ticket) else item.seen
            changed = (
                pair is None
                or pair.document != row.values.get(Field.OWNER)
                or pair.tracker != shown.get(Field.OWNER, pair.tracker)
            )
            return item.ref.tracker == name and item.owns and changed
        if row.refs:
            return len(row.refs) == 1 and row.refs[0].tracker == name
        filed = left_alone(page, row, policy, name) is None
        return filed and policy.route(page, row) == name
