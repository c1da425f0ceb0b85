"""Trackers whose lists lag, whose answers get lost, and which people use too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from pmsync.domain.errors import (
    AuthenticationError,
    RateLimitedError,
    TrackerUnavailableError,
)
from pmsync.domain.model import Field, Ticket, TicketRef
from pmsync.domain.ports import (
    Absence,
    Capabilities,
    Done,
    Draft,
    Listing,
    Lookup,
    Outcome,
    Patch,
    Refused,
    Unknown,
)
from pmsync_adapters.memory import MemoryProject, MemoryTracker
from support.world.chance import Fault

if TYPE_CHECKING:
    from support.world.play import World
    from support.world.processes import Process

T = TypeVar("T")
Watch = Callable[[str, str, Ticket | None, Ticket], None]
"""Is told of every write: who, what, the ticket before and after."""
YOUNG = timedelta(seconds=20)
"""How long a new ticket may not be found by its id."""


class Server(MemoryProject):
    """One project, with what its visitors do not see yet, or may not."""

    def __init__(
        self,
        name: str,
        capabilities: Capabilities,
        clock: Callable[[], datetime],
        watch: Watch,
    ) -> None:
        super().__init__(name, capabilities=capabilities, clock=clock)
        self.visible: dict[str, datetime] = {}
        """From when on lists show a ticket, by its id."""
        self.missing: set[str] = set()
        """Ids that are not found while they are young."""
        self.hidden = False
        """True when pmsync may not see the project any more."""
        self.archived = False
        self._watch = watch

    def number_of(self, ticket: Ticket) -> int:
        """Return the number of the write that changed a ticket last."""
        return self._kept[ticket.id].changed

    def sent(self) -> int:
        """Return how many writes pmsync has made here."""
        return sum(write.actor == "pmsync" for write in self.journal)

    def all(self) -> Sequence[Ticket]:
        """Return every ticket that there is, also those that moved away."""
        return [kept.ticket for kept in self._kept.values()]

    def _write(
        self,
        actor: str,
        action: str,
        key: str,
        ticket: Ticket,
        fields: Mapping[Field, str | None] = {},
    ) -> Ticket:
        known = self._kept.get(ticket.id)
        before = None if known is None or action == "create" else known.ticket
        after = super()._write(actor, action, key, ticket, fields)
        self._watch(actor, action, before, after)
        return after

    @staticmethod
    def _ref(project: str, number: str) -> TicketRef:
        url = f"https://github.com/{project}/issues/{number}"
        return TicketRef("", f"{project}#{number}", url)


class WorldTracker:
    """One tracker as one process sees it."""

    def __init__(
        self, world: World, process: Process, server: Server, name: str
    ) -> None:
        self._world = world
        self._process = process
        self._server = server
        self._inner = MemoryTracker(server, name=name, identity=world.identity)

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def project(self) -> str:
        return self._inner.project

    @property
    def capabilities(self) -> Capabilities:
        return self._inner.capabilities

    def identity(self) -> str:
        return self._read("identity", self._inner.identity)

    def fetch(self, lookups: Sequence[Lookup]) -> Mapping[str, Ticket | Absence]:
        def act() -> Mapping[str, Ticket | Absence]:
            found = self._inner.fetch(lookups)
            return {key: self._seen(one) for key, one in found.items()}

        return self._read(f"fetch {' '.join(each.key for each in lookups)}", act)

    def changed(self, watermark: str | None) -> Listing:
        return self._read(
            "changed", lambda: self._shown(self._inner.changed(watermark), watermark)
        )

    def marked(self, since: datetime | None) -> Listing:
        return self._read(
            "marked", lambda: self._shown(self._inner.marked(since), None)
        )

    def users(self, names: Sequence[str]) -> Mapping[str, str]:
        return self._read("users", lambda: self._inner.users(names))

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        what = f"create {', '.join(draft.title for draft in drafts)}"
        self._world.judge.may_write(self._process, f"{self.name}.{what}")
        self._enter(what)
        outcomes = self._create(drafts)
        self._leave(_told(outcomes))
        return outcomes

    def update(self, patch: Patch) -> Outcome:
        sent = {field.value: value for field, value in patch.fields.items()}
        close = f" duplicate of {patch.duplicate_of}" if patch.duplicate_of else ""
        what = f"update {patch.ticket.ref.key} {sent or ''}{close}"
        self._world.judge.may_write(self._process, f"{self.name}.{what}")
        self._enter(what)
        outcome = self._update(patch)
        self._leave(_told([outcome]))
        return outcome

    def _create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        chance = self._world.chance
        refused = self._refused()
        if refused is not None:
            return [refused] * len(drafts)
        if chance.happens(Fault.QUOTA):
            return [Refused("the quota is used up", whole_project=True)] * len(drafts)
        if chance.happens(Fault.CREATE_NEVER):
            return [Unknown("502 from a proxy")] * len(drafts)
        if chance.happens(Fault.CREATE_LIMITED):
            wait = chance.within(1, 1500)
            return [Refused("too many requests", retry_after=wait)] * len(drafts)
        if chance.happens(Fault.CREATE_REFUSED):
            return [Refused("422: a field is not valid"), *self._carry_out(drafts[1:])]
        if len(drafts) > 1 and chance.happens(Fault.CREATE_PART):
            part = chance.below(len(drafts))
            return [*self._lost(drafts[:part]), *_dropped(drafts[part:])]
        if chance.happens(Fault.CREATE_LOST):
            return self._lost(drafts)
        return self._carry_out(drafts)

    def _carry_out(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        outcomes = self._inner.create(drafts) if drafts else []
        for outcome in outcomes:
            if isinstance(outcome, Done):
                self._appears(outcome.ticket)
                key = outcome.ticket.ref.key
                self._world.judge.unanswered(key, self._process)
        return outcomes

    def _lost(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        """Carry out creates of which the process never learns."""
        for outcome in self._carry_out(drafts):
            if isinstance(outcome, Done):
                self._world.judge.unanswered(outcome.ticket.ref.key, None)
        return _dropped(drafts)

    def _appears(self, ticket: Ticket) -> None:
        """Draw when lists show a new ticket, and whether it is found by its id."""
        if self.capabilities.exact_reads:
            return
        chance, server = self._world.chance, self._server
        seconds = chance.within(0, 1)
        if chance.happens(Fault.LIST_LATE):
            seconds = chance.within(10, 500)
        if chance.happens(Fault.LIST_TOO_LATE):
            seconds = chance.within(500, 3600)
        server.visible[ticket.id] = server.now() + timedelta(seconds=seconds)
        if chance.happens(Fault.YOUNG_404):
            server.missing.add(ticket.id)

    def _update(self, patch: Patch) -> Outcome:
        chance = self._world.chance
        refused = self._refused()
        if refused is not None:
            return refused
        if chance.happens(Fault.UPDATE_NEVER):
            return Unknown("502 from a proxy")
        if chance.happens(Fault.UPDATE_REFUSED):
            return Refused("422: a field is not valid")
        if chance.happens(Fault.UPDATE_LIMITED):
            wait = chance.within(1, 1500)
            return Refused("too many requests", retry_after=wait)
        outcome = self._inner.update(patch)
        if chance.happens(Fault.UPDATE_LOST):
            self._world.judge.unsettled(self._server, patch)
            return Unknown("connection dropped")
        return outcome

    def _refused(self) -> Outcome | None:
        if self._server.hidden:
            return Refused("404", denied=True)
        if self._server.archived:
            return Refused("403: the project is archived", whole_project=True)
        return None

    def _read(self, what: str, act: Callable[[], T]) -> T:
        self._enter(what)
        self._world.judge.asked(self._process)
        chance = self._world.chance
        if chance.happens(Fault.UNAVAILABLE):
            self._world.tell(self._process, "  503")
            raise TrackerUnavailableError(f"{self.name}: 503")
        if chance.happens(Fault.LIMITED):
            self._world.tell(self._process, "  429")
            raise RateLimitedError(f"{self.name}: 429", retry_after=60.0)
        if chance.happens(Fault.UNAUTHORISED):
            self._world.tell(self._process, "  401")
            raise AuthenticationError(f"{self.name}: 401")
        answer = act()
        self._leave()
        return answer

    def _enter(self, what: str) -> None:
        self._world.enter(self._process, f"{self.name}.{what}")

    def _leave(self, told: str = "") -> None:
        self._world.leave(self._process, told)

    def _shown(self, listing: Listing, watermark: str | None) -> Listing:
        """Leave out what the list does not show yet; it comes with a later one."""
        if self._server.hidden:
            return replace(listing, tickets=(), watermark=watermark)
        now = self._server.now()
        seen = tuple(t for t in listing.tickets if self._is_visible(t, now))
        if len(seen) < len(listing.tickets):
            late = [t for t in listing.tickets if not self._is_visible(t, now)]
            first = min(self._server.number_of(ticket) for ticket in late)
            listing = replace(listing, watermark=str(first - 1))
        if self._world.chance.happens(Fault.LIST_CUT):
            self._world.tell(self._process, "  a page is missing")
            return replace(
                listing,
                tickets=seen[: len(seen) // 2],
                complete=False,
                watermark=watermark,
            )
        return replace(listing, tickets=seen)

    def _is_visible(self, ticket: Ticket, now: datetime) -> bool:
        return self._server.visible.get(ticket.id, now) <= now

    def _seen(self, one: Ticket | Absence) -> Ticket | Absence:
        if self._server.hidden:
            return Absence.INVISIBLE
        young = (
            isinstance(one, Ticket)
            and one.id in self._server.missing
            and self._server.now() < one.created_at + YOUNG
        )
        return Absence.INVISIBLE if young else one


def _dropped(drafts: Sequence[Draft]) -> Sequence[Outcome]:
    return [Unknown("connection dropped")] * len(drafts)


def _told(outcomes: Sequence[Outcome]) -> str:
    return ", ".join(
        outcome.ticket.ref.key if isinstance(outcome, Done) else str(outcome)
        for outcome in outcomes
    )
