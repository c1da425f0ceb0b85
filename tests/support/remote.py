"""Runs of the shipped engine against a tracker behind a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pmsync.app.report import Report
from pmsync.app.run import run_once
from pmsync.app.settings import Ports, Settings, Silent
from pmsync.domain.policy import Guards, Policy
from pmsync.domain.ports import Tracker
from pmsync.domain.tracker_sites import TrackerSite
from support.faults import Counting, FakeClock, KeptState
from support.folder import Folder

ROWS = 100
"""Rows of one document."""
HEAD = "| Action | Owner | Status | Ticket |\n|---|---|---|---|\n"


class ThisMachine:
    """Where the runs happen."""

    host = "ci"
    pid = 1

    def alive(self, pid: int) -> bool:
        return pid == self.pid


class Remote:
    """Documents, a state, and runs that each connect anew."""

    def __init__(
        self,
        documents: Mapping[str, str],
        site: TrackerSite,
        connect: Callable[[], Tracker],
    ) -> None:
        self.folder = Folder(documents)
        self.store = KeptState()
        self.clock = FakeClock()
        self._site = site
        self._connect = connect
        self._randomness = Counting()
        self.settings = Settings(
            policy=Policy(site.name, guards=Guards(max_creates=100_000)),
            sites=(site,),
            types={site.name: site.type},
            digest="configuration",
        )

    def run(self, **settings: Any) -> Report:
        """Make one pass."""
        self.folder.begin()
        ports = Ports(
            repository=self.folder,
            state=self.store,
            trackers={self._site.name: self._connect()},
            clock=self.clock,
            randomness=self._randomness,
            machine=ThisMachine(),
        )
        return run_once(
            ports,
            replace(self.settings, **settings),
            dry_run=False,
            progress=Silent(),
        )


def documents(rows: int, link: Callable[[int], str] | None = None) -> dict[str, str]:
    """Post-mortems with so many open action items, linked if there is a ``link``."""
    found: dict[str, str] = {}
    for start in range(1, rows + 1, ROWS):
        numbers = range(start, min(start + ROWS, rows + 1))
        lines = "".join(
            f"| Rotate key {n} | @alice.w | Open | {link(n) if link else ''} |\n"
            for n in numbers
        )
        text = f"# Outage {start}\n\n## Action Items\n\n{HEAD}{lines}"
        found[f"{start:06}.md"] = text
    return found
