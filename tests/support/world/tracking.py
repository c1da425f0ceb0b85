"""A tracker as large ones are: lists lag, answers get lost, requests fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pmsync.domain.errors import RateLimitedError, TrackerUnavailableError
from pmsync.domain.model import Field, Status, Ticket, TicketRef
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
from support.world.chance import Chance, KilledError

SITE = "https://tracker.example"
NAME = "ops"
US = "pmsync"
CAPABILITIES = Capabilities(
    fields=frozenset({Field.TITLE, Field.OWNER, Field.STATUS}),
    statuses=frozenset(Status) - {Status.UNKNOWN},
    free_owners=True,
)
_YOUNG = timedelta(minutes=10)
"""So long a ticket may not be found by its id after it was created; services take
seconds, but runs here are minutes apart."""


class Service:
    """The tracker itself, with what its lists do not show yet."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.project = MemoryProject(
            "team/ops", capabilities=CAPABILITIES, clock=chance.now
        )
        self.visible_from: dict[str, datetime] = {}
        """By id: from when on lists show a ticket."""
        self.lease_checks: Callable[[], None] = lambda: None

    def delay(self, ticket: Ticket) -> None:
        """Decide when lists show a new ticket: mostly at once, rarely in minutes."""
        lag = 0.0
        if self.chance.fails("list lags a little", 0.2):
            lag = self.chance.between(1, 60)
        elif self.chance.fails("list lags for minutes", 0.1):
            lag = self.chance.between(60, 500)
        self.visible_from[ticket.id] = self.chance.now() + timedelta(seconds=lag)

    def shows(self, ticket: Ticket) -> bool:
        """Tell whether lists show a ticket by now."""
        return self.visible_from.get(ticket.id, self.chance.now()) <= self.chance.now()


class Connection:
    """The tracker as one run sees it."""

    def __init__(self, service: Service, meanwhile: Callable[[str], None]) -> None:
        self._service = service
        self._chance = service.chance
        self._inner = MemoryTracker(service.project, name=NAME, identity=US)
        self._meanwhile = meanwhile

    @property
    def name(self) -> str:
        return NAME

    @property
    def project(self) -> str:
        return self._inner.project

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    def identity(self) -> str:
        self._read("identity")
        return US

    def fetch(self, lookups: Sequence[Lookup]) -> Mapping[str, Ticket | Absence]:
        self._read("fetch")
        found = self._inner.fetch(lookups)
        return {key: self._found(one) for key, one in found.items()}

    def changed(self, watermark: str | None) -> Listing:
        self._read("changed")
        listing = self._inner.changed(watermark)
        shown = self._shown(listing)
        if len(shown.tickets) < len(listing.tickets):
            # What is late must be shown by a later list: the mark stays behind.
            return replace(shown, watermark=watermark)
        return shown

    def marked(self, since: datetime | None) -> Listing:
        self._read("marked")
        shown = self._shown(self._inner.marked(since))
        if self._chance.fails("incomplete list", 0.1):
            return replace(shown, tickets=shown.tickets[:-1], complete=False)
        return shown

    def users(self, names: Sequence[str]) -> Mapping[str, str]:
        self._read("users")
        return self._inner.users(names)

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        return [self._create(draft) for draft in drafts]

    def update(self, patch: Patch) -> Outcome:
        self._begin("update")
        if self._chance.fails("update not carried out, no answer", 0.03):
            return Unknown("502")
        outcome = self._inner.update(patch)
        self._chance.tell(f"  updated {patch.ticket.ref.key}: {type(outcome).__name__}")
        if self._chance.fails("killed after an update", 0.03):
            raise KilledError
        if self._chance.fails("update carried out, no answer", 0.03):
            return Unknown("the connection was lost")
        return _placed(outcome)

    def _create(self, draft: Draft) -> Outcome:
        self._begin("create")
        if self._chance.fails("create refused", 0.03):
            return Refused("422")
        if self._chance.fails("create limited", 0.03):
            return Refused("429", retry_after=self._chance.between(1, 90))
        if self._chance.fails("create not carried out, no answer", 0.06):
            return Unknown("502")
        (outcome,) = self._inner.create([draft])
        if isinstance(outcome, Done):
            self._chance.tell(f"  created {outcome.ticket.ref.key}: {draft.title}")
            self._service.delay(outcome.ticket)
        if self._chance.fails("killed after a create", 0.05):
            raise KilledError
        if self._chance.fails("create carried out, no answer", 0.08):
            return Unknown("the connection was lost")
        return _placed(outcome)

    def _begin(self, what: str) -> None:
        self._meanwhile(f"tracker.{what}")
        self._service.lease_checks()

    def _read(self, what: str) -> None:
        self._meanwhile(f"tracker.{what}")
        if self._chance.fails("tracker unreachable", 0.01):
            raise TrackerUnavailableError(f"{NAME}: 503")
        if self._chance.fails("tracker limits reads", 0.01):
            raise RateLimitedError(f"{NAME}: 429", retry_after=60)

    def _found(self, one: Ticket | Absence) -> Ticket | Absence:
        if isinstance(one, Ticket):
            young = self._chance.now() - one.created_at < _YOUNG
            if young and self._chance.fails("not found right after create", 0.5):
                return Absence.INVISIBLE
            return at_site(one)
        return one

    def _shown(self, listing: Listing) -> Listing:
        tickets = tuple(at_site(t) for t in listing.tickets if self._service.shows(t))
        return replace(listing, tickets=tickets)


def at_site(ticket: Ticket) -> Ticket:
    """Return a ticket with the address that documents link to."""
    project, _, number = ticket.ref.key.partition("#")
    url = f"{SITE}/{project}/issues/{number}"
    return replace(ticket, ref=TicketRef(NAME, ticket.ref.key, url))


def _placed(outcome: Outcome) -> Outcome:
    return Done(at_site(outcome.ticket)) if isinstance(outcome, Done) else outcome
