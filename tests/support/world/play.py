"""One seed: a world, everybody in it, and how it comes to rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from pmsync.app.exit_codes import ExitCode
from pmsync.app.report import Report
from pmsync.app.run import run_once
from pmsync.app.settings import Ports, Settings, Silent
from pmsync.domain.errors import StateUnavailableError
from pmsync.domain.model import Field, Status
from pmsync.domain.policy import Policy, Route
from pmsync.domain.ports import Capabilities
from pmsync.domain.state import State
from pmsync.domain.tracker_sites import TrackerSite
from pmsync_adapters.memory.project import EPOCH
from support.world.chance import Chance, Fault
from support.world.judge import Judge
from support.world.people import People
from support.world.processes import Process
from support.world.remote import Remote
from support.world.repositories import MAIN, Branch, Folder, Forge, Proposing
from support.world.rest import rest
from support.world.state import FILE, RefState
from support.world.trackers import Server, WorldTracker

HELD = frozenset({Field.TITLE, Field.OWNER, Field.STATUS})
ALL = frozenset(Status) - {Status.UNKNOWN}
ABLE = (
    Capabilities(HELD, ALL, free_owners=True),
    Capabilities(HELD, ALL, free_owners=True, batch=5),
    Capabilities(
        HELD, frozenset({Status.OPEN, Status.DONE, Status.WONT_DO}), free_owners=True
    ),
    Capabilities(HELD, ALL, free_owners=True, exact_reads=True, batch=20),
)
"""What trackers of the world can hold, and how they show it."""
MODES = ("folder", "branch", "proposal")
Wrong = Callable[[Ports], Ports]
"""Makes the ports of a wrong engine."""


class ProcessClock:
    """A machine's idea of the time."""

    def __init__(self, world: World, process: Process, skew: timedelta) -> None:
        self._world = world
        self._process = process
        self._skew = skew

    def now(self) -> datetime:
        return self._world.now + self._skew

    def monotonic(self) -> float:
        return (self._world.now - EPOCH).total_seconds()

    def sleep(self, seconds: float) -> None:
        world = self._world
        world.tell(self._process, f"sleeps {seconds:.0f} s")
        wakes = world.now + timedelta(seconds=seconds)
        if world.chance.happens(Fault.OTHERS_FIRST):
            self._process.pause(wakes)
        world.now = max(world.now, wakes)


class ProcessState:
    """The state store as one process has it."""

    def __init__(self, world: World, process: Process) -> None:
        self._world = world
        self._process = process
        self._store = RefState(world.remote)

    def read(self) -> tuple[State | None, str]:
        world = self._world
        world.enter(self._process, "state.read")
        if world.chance.happens(Fault.STATE_UNREAD):
            world.tell(self._process, "  the remote does not answer")
            raise StateUnavailableError("origin does not answer")
        found = self._store.read()
        world.leave(self._process)
        return found

    def compare_and_swap(self, version: str, state: State, message: str) -> str:
        world = self._world
        world.enter(self._process, f"state.swap {message.splitlines()[0]}")
        if world.chance.happens(Fault.STATE_UNWRITTEN):
            world.tell(self._process, "  not written")
            raise StateUnavailableError("origin does not take the state")
        new = self._store.compare_and_swap(version, state, message)
        data = world.remote.commits[new].tree[FILE]
        world.judge.swapped(self._process, state, data, message)
        if world.chance.happens(Fault.STATE_LOST_ANSWER):
            world.tell(self._process, "  written, answer lost")
            raise StateUnavailableError("nobody knows whether the state was taken")
        world.leave(self._process)
        return new


@dataclass
class Host:
    """A machine."""

    name: str
    skew: timedelta
    lasting: Process | None = None
    """The process that is started once and makes many runs: its last one."""
    pid: int = 0


class ProcessMachine:
    """The machine that one process is on."""

    def __init__(self, world: World, host: Host, pid: int) -> None:
        self.host = host.name
        self.pid = pid
        self._world = world

    def alive(self, pid: int) -> bool:
        return pid in self._world.pids


class Tokens:
    """Tokens that differ, and are the same whenever the seed is."""

    def __init__(self) -> None:
        self._count = count(1)

    def token(self, bits: int) -> str:
        return f"{next(self._count):0{bits // 4}x}"


class World:
    """Everything, and the order in which it happens."""

    identity = "pmsync"

    def __init__(self, seed: int, wrong: Wrong | None = None) -> None:
        self.seed = seed
        self.chance = chance = Chance(seed)
        self.trace: list[str] = []
        self.now = EPOCH
        self.remote = Remote()
        self.forge = Forge()
        self.judge = Judge(self)
        self.mode = chance.one(MODES)
        able = [chance.one(ABLE) for _ in range(1 + chance.odds(0.3))]
        self.servers = {
            name: Server(f"team/{name}", of, lambda: self.now, self._watch(name))
            for name, of in zip(("ops", "web"), able, strict=False)
        }
        routes = (Route("web", path="b*"),) if len(able) > 1 else ()
        self.settings = Settings(
            policy=Policy("ops", routes=routes),
            sites=tuple(
                TrackerSite(name, "github", "https://api.github.com", f"team/{name}")
                for name in self.servers
            ),
            types=dict.fromkeys(self.servers, "github"),
            digest="configuration",
        )
        self.pids: set[int] = set()
        """Numbers of processes that are alive."""
        self.processes: list[Process] = []
        self._wrong = wrong
        self._tokens = Tokens()
        self._numbers = count(1)
        self._hosts = [self._host(f"host{number}") for number in range(2)]
        self._files: Mapping[str, bytes] = {}
        self.people = People(self)
        self.say("world", f"{self.mode}; {'; '.join(map(_told, able))}")
        self.set_files(self.people.begin(), "person")

    # What the others look at

    @property
    def files(self) -> Mapping[str, bytes]:
        """The documents that people see."""
        if self.mode == "folder":
            return self._files
        commit = self.remote.at(MAIN)
        return commit.tree if commit else {}

    def set_files(self, files: Mapping[str, bytes], by: str) -> None:
        """Give the documents other bytes, in one commit where there are commits."""
        before = self.files
        if self.mode == "folder":
            self._files = dict(files)
        else:
            parent = self.remote.refs.get(MAIN)
            commit = self.remote.commit(files, parent, by, "Edit")
            self.remote.swap(MAIN, parent, commit.id)
        self.saw(before, by)

    def saw(self, before: Mapping[str, bytes], by: str) -> None:
        """Let the judge see that documents changed."""
        self.judge.documents(before, self.files, by)

    def server_of(self, link: str) -> Server | None:
        """Return the project that a ticket's key belongs to, or came from."""
        name = link.partition("#")[0].removeprefix("team/")
        if name in self.servers:
            return self.servers[name]
        return next((s for s in self.servers.values() if s.find(link)), None)

    def _watch(self, name: str) -> Callable[..., None]:
        return lambda *told: self.judge.ticket(self.servers[name], *told)

    # Calls of ports

    def enter(self, process: Process, what: str) -> None:
        """Begin a call: it may not even be sent, or only much later."""
        if process.dead:
            process.die()
        self.now += timedelta(seconds=0.3)
        self.tell(process, what)
        if self.chance.happens(Fault.KILLED_BEFORE):
            self.tell(process, "  KILLED before it")
            process.die()
        self._linger(process)

    def leave(self, process: Process, told: str = "") -> None:
        """End a call that was carried out: its answer may never be read."""
        if told:
            self.tell(process, f"  {told}")
        if self.chance.happens(Fault.KILLED_AFTER):
            self.tell(process, "  KILLED after it")
            process.die()
        if self.chance.happens(Fault.STOPPED):
            self.tell(process, "  is told to stop")
            process.stopping = True
        self._linger(process)

    def _linger(self, process: Process) -> None:
        chance = self.chance
        if chance.happens(Fault.SLOW):
            self.now += timedelta(seconds=chance.within(1, 120))
        if chance.happens(Fault.FROZEN):
            minutes = chance.within(1, 40)
            self.tell(process, f"  frozen for {minutes:.0f} minutes")
            process.pause(self.now + timedelta(minutes=minutes))
            self.tell(process, "  goes on")
        elif chance.happens(Fault.OTHERS_FIRST):
            process.pause()
            self.tell(process, "  goes on")

    def everything(self) -> object:
        """Return all that a run could have written."""
        return (
            {name: server.sent() for name, server in self.servers.items()},
            dict(self.remote.refs),
            dict(self.files),
            self.forge.opened,
        )

    def tell(self, process: Process, what: str) -> None:
        """Write down what a process does."""
        self.say(process.name, what)

    def say(self, who: str, what: str) -> None:
        """Write down what happens."""
        self.trace.append(f"{self.now:%d %H:%M:%S} {who:8} {what}")

    # Time and turns

    def advance(self, **delta: float) -> None:
        """Let time pass."""
        self.now += timedelta(**delta)

    def play(self) -> None:
        """Let everybody act, then come to rest; raises ``Broken``."""
        try:
            for _ in range(12 + self.chance.below(16)):
                self._turn()
            rest(self)
        finally:
            for process in self.processes:
                process.kill()

    def _turn(self) -> None:
        chance = self.chance
        self.now += timedelta(seconds=chance.within(0, 90))
        live = [p for p in self.processes if not p.over]
        awake = [p for p in live if p.wakes is None or p.wakes <= self.now]
        if awake and chance.odds(0.5):
            self.resume(chance.one(awake))
        elif len(live) < 3 and chance.odds(0.45):
            self.resume(self.start())
        else:
            self.people.act()

    def start(self, **settings: object) -> Process:
        """Start a run on some machine; it has not done anything yet."""
        host = self._place()
        number = next(self._numbers)
        lasting = host.lasting
        if lasting is not None and lasting.over and not lasting.dead:
            pid = host.pid
        else:
            pid = host.pid = number
        name = f"{host.name}-{number}"
        process = Process(name, lambda: self._run(process, host, pid, settings))
        host.lasting = process
        self.pids.add(pid)
        self.processes.append(process)
        return process

    def _place(self) -> Host:
        free = [h for h in self._hosts if h.lasting is None or h.lasting.over]
        if free and self.chance.odds(0.6):
            return self.chance.one(free)
        return self._host(f"ci{next(self._numbers)}")

    def _host(self, name: str) -> Host:
        skew = timedelta()
        # Where everything shows at once, tracker and runs are on one machine.
        apart = not any(s.capabilities.exact_reads for s in self.servers.values())
        if apart and self.chance.happens(Fault.SKEWED):
            skew = timedelta(minutes=self.chance.one((-1600, -20, -3, 3, 20, 1600)))
            self.say(name, f"its clock is wrong by {skew}")
        return Host(name, skew)

    def resume(self, process: Process) -> None:
        """Let a process move."""
        process.resume()
        if not process.over:
            return
        if process.dead:
            for host in self._hosts:
                if host.lasting is process:
                    self.pids.discard(host.pid)
        result = process.result
        told = (
            f"exit {result.exit_code}"
            if isinstance(result, Report)
            else f"{type(result).__name__}: {result}"
        )
        if not process.dead:
            self.tell(process, f"ends: {told}")

    def _run(
        self, process: Process, host: Host, pid: int, settings: Mapping[str, object]
    ) -> Report:
        moment = self.judge.moment
        repository = {"folder": Folder, "branch": Branch, "proposal": Proposing}
        ports = Ports(
            repository=repository[self.mode](self, process),
            state=ProcessState(self, process),
            trackers={
                name: WorldTracker(self, process, server, name)
                for name, server in self.servers.items()
            },
            clock=ProcessClock(self, process, host.skew),
            randomness=self._tokens,
            machine=ProcessMachine(self, host, pid),
        )
        if self._wrong is not None:
            ports = self._wrong(ports)
        dry_run = bool(settings.get("dry_run"))
        rest = {k: v for k, v in settings.items() if k != "dry_run"}
        report = run_once(
            ports,
            replace(self.settings, stopping=lambda: process.stopping, **rest),
            dry_run=dry_run,
            progress=Silent(),
        )
        if not dry_run and report.exit_code in (ExitCode.DONE, ExitCode.CONFLICT):
            self.judge.met(moment)
        return report


def _told(able: Capabilities) -> str:
    reads = "exact" if able.exact_reads else "lagging"
    return f"{reads} tracker, {len(able.statuses)} statuses, batch {able.batch}"
