"""Runs of the shipped engine: on several machines, overlapping, frozen and killed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pmsync.app.report import Report
from pmsync.app.run import run_once
from pmsync.app.settings import Ports, Settings, Silent
from pmsync.domain.errors import PmsyncError
from pmsync.domain.policy import Policy
from pmsync.domain.ports import Repository, StateStore
from pmsync.domain.references import TrackerSite
from pmsync.domain.state_json import from_json
from support.world.chance import Chance, KilledError
from support.world.host import Host, SharedState, Worktree
from support.world.people import People
from support.world.tracking import NAME, SITE, Connection, Service

HOSTS = ("ci-1", "ci-2", "daemon")


@dataclass
class Variant:
    """How a run reaches its ports; planted faults are put in here."""

    tracker: Callable[[Any], Any] = lambda tracker: tracker
    state: Callable[[Any], Any] = lambda state: state


SOUND = Variant()


class Clock:
    """One machine's idea of the time."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self.slept = timedelta()
        """What the machine was frozen for, and its monotonic clock does not count."""

    def now(self) -> datetime:
        return self._runner.chance.now() + self._runner.skew

    def monotonic(self) -> float:
        chance = self._runner.chance
        return (chance.now() - self._runner.started - self.slept).total_seconds()

    def sleep(self, seconds: float) -> None:
        self._runner.chance.pass_time(seconds)
        self._runner.meanwhile("clock.sleep")


class Machine:
    """Where a run is at work."""

    def __init__(self, runners: Runners, host: str, pid: int) -> None:
        self._runners = runners
        self.host = host
        self.pid = pid
        self.boot = host

    def alive(self, pid: int) -> bool:
        return pid not in self._runners.dead


class Runner:
    """One run: its machine, its clock, and what happens to it."""

    def __init__(self, runners: Runners, depth: int) -> None:
        self.runners = runners
        self.chance = runners.chance
        self.depth = depth
        self.started = self.chance.now()
        self.clock = Clock(self)
        self.frozen = False
        self.skew = timedelta()
        if self.chance.fails("clock is wrong", 0.2):
            self.skew = timedelta(seconds=self.chance.between(-86_400, 86_400))
        self.number = runners.next_number()
        self.machine = Machine(runners, self.chance.one(HOSTS), self.number)

    def meanwhile(self, call: str) -> None:
        """Let time pass, others act, and this run be frozen or killed."""
        chance = self.chance
        chance.pass_time(chance.between(0.02, 1.5))
        if chance.quiet:
            return
        if chance.fails("killed before a call", 0.006):
            raise KilledError
        if chance.fails("slow", 0.01):
            chance.pass_time(chance.between(10, 120))
        if chance.fails("frozen", 0.004):
            seconds = chance.between(60, 1800)
            chance.pass_time(seconds)
            self.frozen = True
            if chance.happens(0.5):
                self.clock.slept += timedelta(seconds=seconds)
        if chance.fails("person acts in between", 0.02):
            self.runners.people.act()
        if self.depth == 0 and chance.fails("another run in between", 0.015):
            chance.tell(f"  (within {call})")
            before = chance.now()
            self.runners.run(depth=1)
            # Who waited in a call as long as that may find the lease gone: F17.
            self.frozen |= chance.now() - before > timedelta(minutes=10)


class Runners:
    """Everyone who runs pmsync."""

    def __init__(
        self, chance: Chance, host: Host, service: Service, people: People
    ) -> None:
        self.chance = chance
        self.host = host
        self.service = service
        self.people = people
        self.variant = SOUND
        self.dead: set[int] = set()
        self.unleased: list[str] = []
        """Writes by runs that did not hold the lease."""
        self.requests = 0
        self._number = 0
        self.settings = Settings(
            policy=Policy(NAME),
            sites=(TrackerSite(NAME, "github", SITE, "team/ops"),),
            types={NAME: "github"},
            digest="configuration",
        )

    def next_number(self) -> int:
        """Number a run; it is its process id, too."""
        self._number += 1
        return self._number

    def run(
        self, *, depth: int = 0, dry_run: bool = False, verify: bool = False
    ) -> Report | None:
        """Make one pass; None when it was killed or ended with an error."""
        runner = Runner(self, depth)
        self.chance.tell(f"run {runner.number} on {runner.machine.host} begins")
        meanwhile = self._counting(runner)
        connection = Connection(self.service, meanwhile)
        before, self.service.lease_checks = (
            self.service.lease_checks,
            lambda: self._check_lease(runner),
        )
        repository: Repository = Worktree(self.host, self.chance, meanwhile)
        state: StateStore = SharedState(self.host, self.chance, meanwhile)
        ports = Ports(
            repository=repository,
            state=self.variant.state(state),
            trackers={NAME: self.variant.tracker(connection)},
            clock=runner.clock,
            randomness=self.chance,
            machine=runner.machine,
        )
        settings = replace(self.settings, verify_now=verify)
        try:
            report = run_once(ports, settings, dry_run=dry_run, progress=Silent())
        except KilledError:
            self.chance.tell(f"run {runner.number} was killed")
            self.dead.add(runner.number)
            return None
        except PmsyncError as error:
            kind = type(error).__name__
            self.chance.tell(f"run {runner.number} ended: {kind}: {error.message}")
            return None
        finally:
            self.service.lease_checks = before
        self.chance.tell(f"run {runner.number} ended: exit {int(report.exit_code)}")
        return report

    def _counting(self, runner: Runner) -> Callable[[str], None]:
        def meanwhile(call: str) -> None:
            self.requests += call.startswith("tracker.")
            runner.meanwhile(call)

        return meanwhile

    def _check_lease(self, runner: Runner) -> None:
        """Note a write without a lease; a frozen machine cannot know better."""
        kept = self.host.kept
        lease = from_json(kept[-1], "state").lease if kept else None
        if runner.frozen or (lease is not None and lease.pid == runner.number):
            return
        self.unleased.append(f"run {runner.number}")
