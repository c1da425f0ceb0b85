"""One tracker, read once: what changed, what must be seen, and what time it is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from pmsync.app.settings import Ports, Settings
from pmsync.app.wanted import Seen, tickets_wanted
from pmsync.domain.errors import TrackerUnavailableError
from pmsync.domain.filing import left_alone
from pmsync.domain.model import Field, Ticket
from pmsync.domain.owners import Owners, fold
from pmsync.domain.ports import Absence, Listing, Lookup
from pmsync.domain.settling import MARGIN
from pmsync.domain.state import Intent, State, Watermark
from pmsync.domain.view import TrackerView

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


class Look:
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
        return late or self._settings.verify_now

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
        able = self._tracker.capabilities
        owners = Owners.of(configured, free=able.free_owners)
        if able.free_owners or Field.OWNER not in able.fields:
            return owners
        names = {
            owner
            for seen in rows
            if (owner := seen.row.values.get(Field.OWNER))
            and self._is_compared(seen, tickets)
        }
        unknown = sorted(name for name in names if not owners.knows(name))
        found = self._tracker.users(unknown) if unknown else {}
        users = {fold(name): user for name, user in found.items()}
        return replace(owners, users={**owners.users, **users})

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
