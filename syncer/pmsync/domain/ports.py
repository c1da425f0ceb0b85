"""What the core needs from the world; adapters implement these protocols.

A write to a tracker has exactly three results. ``Unknown`` means that the write may
have been carried out: it is never simply sent again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, runtime_checkable

from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.state import State


@dataclass(frozen=True, slots=True)
class Done:
    """The write was carried out; ``ticket`` is what the tracker returned."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Refused:
    """The write was certainly not carried out."""

    why: str
    whole_project: bool = False
    """True when every other write to the project would be refused as well."""
    stale: bool = False
    """True when the ticket is no longer what was observed: plan again."""
    retry_after: float | None = None
    """Seconds after which the same write may be accepted."""
    denied: bool = False
    """True when the token is not accepted or lacks a permission, which is named."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether the write was carried out."""

    why: str


Outcome = Done | Refused | Unknown


class Absence(StrEnum):
    """Why a ticket that was asked for was not shown."""

    DELETED = "deleted"
    """The tracker says that it existed and is gone, or its list is exact."""
    INVISIBLE = "invisible"
    """Not found: deleted, or the identity may not see it."""


class Lookup(NamedTuple):
    """A ticket to read: by its immutable id where it is known, else by its key."""

    key: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """An answer to a list request."""

    tickets: tuple[Ticket, ...]
    complete: bool
    """False when a page is missing: absence then means nothing."""
    watermark: str | None
    """Give it back to ``changed`` to see what changed after this listing."""
    time: datetime
    """The tracker's clock when it answered."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A ticket to be created."""

    marker: Marker
    title: str
    body: str
    """The text of pmsync's own block, without its delimiters; what comes from a document
    is quoted for the tracker's markup already."""
    fields: Mapping[Field, str | None] = field(default_factory=dict)
    """OWNER, DUE, STATUS, PRIORITY in the tracker's terms; title is above."""
    labels: frozenset[str] = frozenset()
    parent: str | None = None
    """Key of the parent ticket."""

    @property
    def status(self) -> Status:
        """The status that the ticket is to have."""
        return Status(self.fields.get(Field.STATUS) or Status.OPEN)


@dataclass(frozen=True, slots=True)
class Patch:
    """Changes to one ticket; only what is named is sent."""

    ticket: Ticket
    """As it was observed; the write is refused as stale if it differs now."""
    fields: Mapping[Field, str | None] = field(default_factory=dict)
    body: str | None = None
    """New text of pmsync's own block, None to leave it."""
    duplicate_of: str | None = None
    """Key of the ticket that this one is closed as a duplicate of."""


class Markup(StrEnum):
    """What a tracker reads in the text of a body."""

    PLAIN = "plain"
    """Nothing: text is text."""
    MARKDOWN = "markdown"
    """GitHub's or GitLab's, with mentions and references."""
    WIKI = "wiki"
    """Jira's wiki markup."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a tracker can hold; positive facts only."""

    fields: frozenset[Field] = frozenset({Field.TITLE, Field.STATUS})
    """Which fields it holds natively; the others are not merged."""
    statuses: frozenset[Status] = frozenset({Status.OPEN, Status.DONE})
    """Which statuses it can tell apart."""
    title_limit: int = 255
    """Longest title, in characters."""
    free_owners: bool = False
    """True when any text is an owner; else owners are looked up by ``users``."""
    exact_reads: bool = False
    """True when a read after a write always shows it: no waiting for an unknown."""
    batch: int = 1
    """How many drafts one ``create`` takes."""
    concurrency: int = 1
    """How many ``create`` calls may run side by side."""
    parents: bool = False
    """True when a ticket can be the child of another."""
    markup: Markup = Markup.PLAIN
    """How document text is quoted in ``Draft.body`` and ``Patch.body``."""


class Tracker(Protocol):
    """One project of one tracker, for one identity.

    Every method may raise ``TrackerError`` for reads. Writes report through
    ``Outcome`` and are sent at most once per call.
    """

    @property
    def name(self) -> str:
        """The configured name."""

    @property
    def project(self) -> str:
        """The configured project, recorded in intents."""

    @property
    def capabilities(self) -> Capabilities:
        """What this tracker can hold.

        Raises ``TrackerError`` where the tracker has to be asked for it, and cannot be.
        """

    def identity(self) -> str:
        """Who we are for this tracker, as ``Ticket.author`` would show us."""

    def fetch(self, lookups: Sequence[Lookup]) -> Mapping[str, Ticket | Absence]:
        """Read tickets by id, keyed by ``Lookup.key``.

        A ticket that moved comes back with its present ``ref`` (and id) under the
        key that was asked for.
        """

    def changed(self, watermark: str | None) -> Listing:
        """List tickets that changed since, all of ours with None; a lower bound."""

    def marked(self, since: datetime | None) -> Listing:
        """List tickets of any state that bear a marker, created since (None: ever)."""

    def users(self, names: Sequence[str]) -> Mapping[str, str]:
        """Find the tracker's users for names, handles or e-mails; unknown left out."""

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        """Send each draft once, in one or several requests; results in order."""

    def update(self, patch: Patch) -> Outcome:
        """Read the ticket again by id; if it is still as observed, send the changes."""


@runtime_checkable
class Located(Protocol):
    """A tracker whose project may be configured by another name than people use."""

    def home(self) -> str:
        """Return the project's name in citations; the tracker may be asked for it.

        Raises ``TrackerError``.
        """


class StateStore(Protocol):
    """Where the state is kept: read, and swap if nobody else wrote meanwhile."""

    def read(self) -> tuple[State | None, str]:
        """Return the state (None if there certainly is none) and its version.

        Raises ``StateUnavailableError`` when it cannot be told.
        """

    def compare_and_swap(self, version: str, state: State, message: str) -> str:
        """Write ``state`` if the version is still ``version``; return the new one.

        ``message`` says for people what was done. Raises ``StateChangedError`` when
        somebody else was faster, ``StateUnavailableError`` when it is not known or
        not possible.
        """


class Clock(Protocol):
    """Time: a wall clock for what people read, a monotonic one for the lease."""

    def now(self) -> datetime:
        """Return the present time, with its zone."""

    def monotonic(self) -> float:
        """Return seconds that never jump."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class Randomness(Protocol):
    """Where keys and run ids come from."""

    def token(self, bits: int) -> str:
        """Return a new random token of ``bits`` bits in ``[a-z0-9]``."""


class Machine(Protocol):
    """Where this run is at work; a dead holder on the same machine is taken over."""

    @property
    def host(self) -> str:
        """Name of the machine."""

    @property
    def pid(self) -> int:
        """Number of this process."""

    def alive(self, pid: int) -> bool:
        """Tell whether a process of this machine still runs."""
