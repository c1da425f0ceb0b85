"""A world in memory in which anything can fail, and runs of the shipped engine in it.

Every call of a port is a step: a run can be killed before or after each of them, and
the next run starts from what is left. A fault of a tracker is a function that is given
the real call and decides whether it is made and what is answered.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pmsync.app.exit_codes import ExitCode
from pmsync.app.report import Report
from pmsync.app.run import run_once
from pmsync.app.settings import Ports, Settings, Silent
from pmsync.domain.errors import StateChangedError, StateUnavailableError
from pmsync.domain.model import Field, Status, Ticket, TicketRef
from pmsync.domain.policy import Policy
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
from pmsync.domain.repository import Published
from pmsync.domain.state import State
from pmsync.domain.state_json import from_json, to_json
from pmsync.domain.tracker_sites import TrackerSite
from pmsync_adapters.memory import MemoryProject, MemoryTracker
from pmsync_adapters.memory.project import EPOCH
from support.capabilities import LISTS
from support.folder import Folder

SITE = "https://tracker.example"
HEAD = "| Action | Owner | Status | Ticket |\n|---|---|---|---|\n"
Fault = Callable[[Callable[[], Any]], Any]
"""Is given the real call; returns or raises what the engine gets."""


class Killed(BaseException):
    """The process is gone: nobody catches this, and nothing is cleaned up."""


def document(*rows: str, title: str = "Outage") -> str:
    """A post-mortem with one action item for each title."""
    body = "".join(f"| {row} | | Open | |\n" for row in rows)
    return f"# {title}\n\n## Action Items\n\n{HEAD}{body}"


def lost(act: Callable[[], Any]) -> Any:
    """Carry out creates; the answers are lost."""
    return [Unknown("connection dropped") for _ in act()]


def lost_update(act: Callable[[], Any]) -> Any:
    """Carry out an update; the answer is lost."""
    act()
    return Unknown("connection dropped")


def never(_act: Callable[[], Any]) -> Any:
    """Carry out nothing, and give no answer either."""
    return [Unknown("502 from a proxy")]


def dies_before(_act: Callable[[], Any]) -> Any:
    """End the process before the request is sent."""
    raise Killed


def dies_after(act: Callable[[], Any]) -> Any:
    """End the process after the server has done its part."""
    act()
    raise Killed


def refuses(why: str, **how: Any) -> Fault:
    """Refuse one create."""
    return lambda _act: [Refused(why, **how)]


def raises(error: Exception) -> Fault:
    """Fail with an error."""

    def fault(_act: Callable[[], Any]) -> Any:
        raise error

    return fault


class FakeClock:
    """The true time, and this machine's idea of it."""

    def __init__(self) -> None:
        self.true = EPOCH
        self.skew = timedelta()
        self.asleep = timedelta()
        """How long the machine slept, which its monotonic clock does not count."""
        self.slept: list[float] = []

    def advance(self, **delta: float) -> None:
        """Let time pass."""
        self.true += timedelta(**delta)

    def server(self) -> datetime:
        """The time of every tracker."""
        return self.true

    def now(self) -> datetime:
        return self.true + self.skew

    def monotonic(self) -> float:
        return (self.true - EPOCH - self.asleep).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds=seconds)


class Steps:
    """Every call of a port in order; one may be the last thing that a run does."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.before: int | None = None
        """Number of the call before which the process ends, from 1."""
        self.after: int | None = None
        """The same for the end after a call."""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Make one call."""
        self.calls.append(name)
        number = len(self.calls)
        if number == self.before:
            raise Killed
        yield
        if number == self.after:
            raise Killed


class KeptState:
    """A state store that keeps bytes, and what was said about each of them."""

    def __init__(self) -> None:
        self.kept: list[tuple[bytes, str]] = []
        self.unavailable: str | None = None
        """Why it can be read and not written."""

    @property
    def state(self) -> State:
        """The state as it is now."""
        return from_json(self.kept[-1][0], "state")

    def lose(self) -> None:
        """Lose everything."""
        self.kept.clear()

    def read(self) -> tuple[State | None, str]:
        return (self.state if self.kept else None), str(len(self.kept))

    def compare_and_swap(self, version: str, state: State, message: str) -> str:
        if self.unavailable is not None:
            raise StateUnavailableError(self.unavailable)
        if version != str(len(self.kept)):
            raise StateChangedError("the state was written by another run")
        self.kept.append((to_json(state), message))
        return str(len(self.kept))


class FaultyTracker:
    """A tracker in memory whose answers can be lost, late, or refused."""

    def __init__(self, world: World, name: str, identity: str) -> None:
        self._world = world
        self._inner = MemoryTracker(world.projects[name], name=name, identity=identity)

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
        return self._call("identity", self._inner.identity)

    def fetch(self, lookups: Sequence[Lookup]) -> Mapping[str, Ticket | Absence]:
        def act() -> Mapping[str, Ticket | Absence]:
            found = self._inner.fetch(lookups)
            return {key: self._seen(key, one) for key, one in found.items()}

        return self._call("fetch", act)

    def changed(self, watermark: str | None) -> Listing:
        def act() -> Listing:
            listing = self._inner.changed(watermark)
            shown = self._shown(listing)
            late = len(shown.tickets) < len(listing.tickets)
            return replace(shown, watermark=watermark) if late else shown

        return self._call("changed", act)

    def marked(self, since: datetime | None) -> Listing:
        return self._call("marked", lambda: self._shown(self._inner.marked(since)))

    def users(self, names: Sequence[str]) -> Mapping[str, str]:
        return self._call("users", lambda: self._inner.users(names))

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        return self._call(
            "create", lambda: [_placed(one) for one in self._inner.create(drafts)]
        )

    def update(self, patch: Patch) -> Outcome:
        return self._call("update", lambda: _placed(self._inner.update(patch)))

    def _call(self, what: str, act: Callable[[], Any]) -> Any:
        with self._world.steps.step(f"{self.name}.{what}"):
            waiting = self._world.faults[f"{self.name}.{what}"]
            return waiting.popleft()(act) if waiting else act()

    def _shown(self, listing: Listing) -> Listing:
        """Leave out what the list does not show yet."""
        young = self._world.clock.server() - self._world.lag
        tickets = tuple(
            _at_site(ticket)
            for ticket in listing.tickets
            if ticket.created_at <= young and ticket.ref.key not in self._world.hidden
        )
        return replace(listing, tickets=tickets)

    def _seen(self, key: str, one: Ticket | Absence) -> Ticket | Absence:
        if key in self._world.hidden:
            return Absence.INVISIBLE
        return _at_site(one) if isinstance(one, Ticket) else one


def _at_site(ticket: Ticket) -> Ticket:
    project, _, number = ticket.ref.key.partition("#")
    url = f"{SITE}/{project}/issues/{number}"
    return replace(ticket, ref=TicketRef(ticket.ref.tracker, ticket.ref.key, url))


def _placed(outcome: Outcome) -> Outcome:
    return Done(_at_site(outcome.ticket)) if isinstance(outcome, Done) else outcome


class SteppingState:
    """The state store as one run sees it."""

    def __init__(self, world: World) -> None:
        self._world = world

    def read(self) -> tuple[State | None, str]:
        with self._world.steps.step("state.read"):
            return self._world.store.read()

    def compare_and_swap(self, version: str, state: State, message: str) -> str:
        with self._world.steps.step("state.swap"):
            return self._world.store.compare_and_swap(version, state, message)


class SteppingFolder:
    """The documents as one run sees them."""

    def __init__(self, world: World) -> None:
        self._steps = world.steps
        self._inner = world.folder
        self._inner.begin()
        self.lands_at_once = world.folder.lands_at_once
        self.proposes = world.folder.proposes
        self.declined = world.folder.declined
        self.permalink = world.folder.permalink
        self.tip = world.folder.tip

    def refresh(self) -> None:
        with self._steps.step("folder.refresh"):
            self._inner.refresh()

    def documents(self) -> Any:
        with self._steps.step("folder.documents"):
            return self._inner.documents()

    def replace(self, path: str, expected: bytes, data: bytes) -> None:
        with self._steps.step("folder.replace"):
            self._inner.replace(path, expected, data)

    def publish(self, publication: Any) -> Published:
        with self._steps.step("folder.publish"):
            return self._inner.publish(publication)


class Machine:
    """One of the machines that runs happen on."""

    def __init__(self, world: World, host: str, pid: int) -> None:
        self.host = host
        self.pid = pid
        self._world = world

    def alive(self, pid: int) -> bool:
        return pid not in self._world.dead


class Counting:
    """Tokens that differ, and are the same in every test."""

    def __init__(self) -> None:
        self._given = 0

    def token(self, bits: int) -> str:
        self._given += 1
        return f"{self._given:0{bits // 4}x}"


class World:
    """People, trackers, documents, a state, and time; runs come and go."""

    def __init__(
        self,
        documents: Mapping[str, str] | None = None,
        *,
        trackers: Sequence[str] = ("ops",),
        capabilities: Capabilities = LISTS,
        mode: str = "none",
    ) -> None:
        self.clock = FakeClock()
        self.folder = Folder(documents or {"a.md": document("Rotate keys")}, mode)
        self.store = KeptState()
        self.projects = {
            name: MemoryProject(
                f"team/{name}", capabilities=capabilities, clock=self.clock.server
            )
            for name in trackers
        }
        self.identity = "pmsync"
        self.host = "ci"
        self.lag = timedelta()
        """How long lists do not show a new ticket."""
        self.hidden: set[str] = set()
        """Keys of tickets that the identity may not see."""
        self.faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        """By call (``ops.create``): what happens to the next ones."""
        self.dead: set[int] = set()
        self.steps = Steps()
        self.settings = Settings(
            policy=Policy(trackers[0]),
            sites=tuple(
                TrackerSite(name, "github", SITE, f"team/{name}") for name in trackers
            ),
            types=dict.fromkeys(trackers, "github"),
            digest="configuration",
        )
        self._pid = 0
        self._randomness = Counting()

    @property
    def project(self) -> MemoryProject:
        """The project of the first tracker."""
        return next(iter(self.projects.values()))

    def on(self, call: str, *faults: Fault) -> None:
        """Let the next calls fail."""
        self.faults[call if "." in call else f"ops.{call}"].extend(faults)

    def run(
        self,
        *,
        dry_run: bool = False,
        before: int | None = None,
        after: int | None = None,
        **settings: Any,
    ) -> Report:
        """Make one pass in a process of its own; it may be killed on its way."""
        self._pid += 1
        self.steps = Steps()
        self.steps.before, self.steps.after = before, after
        ports = Ports(
            repository=SteppingFolder(self),
            state=SteppingState(self),
            trackers={n: FaultyTracker(self, n, self.identity) for n in self.projects},
            clock=self.clock,
            randomness=self._randomness,
            machine=Machine(self, self.host, self._pid),
        )
        try:
            return run_once(
                ports,
                replace(self.settings, **settings),
                dry_run=dry_run,
                progress=Silent(),
            )
        except Killed:
            self.dead.add(self._pid)
            raise

    def key(self, title: str) -> str:
        """Return the key of the only ticket of this title."""
        (found,) = (
            ticket.ref.key
            for project in self.projects.values()
            for ticket in project.since(0)
            if ticket.fields[Field.TITLE] == title
        )
        return found

    def open_tickets(self) -> Counter[str | None]:
        """How many open tickets of each title there are."""
        return Counter(
            ticket.fields[Field.TITLE]
            for project in self.projects.values()
            for ticket in project.since(0)
            if not Status(ticket.fields[Field.STATUS] or Status.OPEN).terminal
        )

    def sent(self, action: str | None = None) -> int:
        """How many writes of ours all trackers have accepted."""
        return sum(
            write.actor.startswith("pmsync") and action in (None, write.action)
            for project in self.projects.values()
            for write in project.journal
        )

    def everything(self) -> tuple[int, int, Mapping[str, bytes]]:
        """All that a run could have written."""
        return self.sent(), len(self.store.kept), dict(self.folder.files)


def assert_settles(world: World, *titles: str, minutes: float = 20) -> None:
    """One more run without faults converges, and the one after it writes nothing.

    After that each of the titles has one open ticket, which its document cites.
    """
    world.faults.clear()
    world.clock.advance(minutes=minutes)
    world.run()
    before = world.everything()

    last = world.run()

    assert last.exit_code is ExitCode.DONE, last
    assert world.everything() == before
    assert world.open_tickets() == Counter(titles)
    cited = "".join(data.decode() for data in world.folder.files.values())
    assert cited.count(SITE) == len(titles)
