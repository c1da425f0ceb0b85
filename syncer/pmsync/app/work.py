"""A plan at work: what its parts share while it is carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from pmsync.app.lease import LEAST, Held
from pmsync.app.observe import Observation
from pmsync.app.planning import Planned
from pmsync.app.read import Reading
from pmsync.app.report import DocumentDiff, Done
from pmsync.app.settings import Ports, Progress, Settings
from pmsync.domain.alignment import Address
from pmsync.domain.changes import Change, Plan, Result
from pmsync.domain.errors import (
    PermissionDeniedError,
    PmsyncError,
    StateUnavailableError,
    TrackerError,
)
from pmsync.domain.ledger import Ledger
from pmsync.domain.model import TicketRef
from pmsync.domain.ports import Refused
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import State
from pmsync.domain.view import View

RENEWALS = 3
"""How often a lease is renewed for one write: a machine may freeze with it."""
STOPPED = "the run was stopped"


@dataclass
class Work:
    """One plan, being carried out under the lease."""

    ports: Ports
    settings: Settings
    planned: Planned
    held: Held
    progress: Progress
    ledger: Ledger
    pages: tuple[Page, ...]
    """As last read."""
    refs: dict[str, TicketRef] = field(default_factory=dict)
    """Tickets that were opened or adopted, by the item's key."""
    done: dict[int, Done] = field(default_factory=dict)
    """By index into the plan's changes."""
    diffs: list[DocumentDiff] = field(default_factory=list)
    failures: list[PmsyncError] = field(default_factory=list)
    """What went wrong beside single changes."""
    closed: dict[str, str] = field(default_factory=dict)
    """Trackers that take no more writes in this run, and why."""
    identities: dict[str, str] = field(default_factory=dict)
    """Who we are for each tracker that was written to."""
    address: str | None = None
    """Of the commit or the pull request."""
    by_hand: bool = False
    """True when a person has to commit and push the edited documents."""
    again: bool = False
    """True when something moved meanwhile: a further pass is needed."""
    interrupted: bool = False
    _told: set[int] = field(default_factory=set)
    """Changes that the state's history speaks of already."""

    @property
    def run(self) -> str:
        """Id of this run."""
        return self.held.holder

    @property
    def plan(self) -> Plan:
        """What is carried out."""
        return self.planned.plan

    @property
    def reading(self) -> Reading:
        """The documents that the plan speaks of."""
        return self.planned.reading

    @property
    def observation(self) -> Observation:
        """What the trackers showed."""
        return self.planned.observation

    @property
    def view(self) -> View:
        """What the plan was made from."""
        return self.observation.view

    @cached_property
    def rows(self) -> Mapping[Address, Row]:
        """The rows that the plan speaks of."""
        pages = self.reading.pages
        return {Address(r.path, r.line): r for page in pages for r in page.rows}

    def row(self, change: Change) -> Row:
        """Return the row of a change."""
        return self.rows[Address(change.path, change.line)]

    def why_not(self, tracker: str) -> str | None:
        """Say why nothing more may be sent to a tracker, None if one write may begin.

        Who we are for it is asked once, before the first one. Raises
        ``StateChangedError`` when the lease was lost.
        """
        if tracker not in self.closed and tracker not in self.identities:
            try:
                self.identities[tracker] = self.ports.trackers[tracker].identity()
            except TrackerError as error:
                self.failures.append(error)
                self.closed[tracker] = error.message
        if tracker in self.closed:
            return self.closed[tracker]
        return None if self.may_send() else STOPPED

    def time(self, tracker: str) -> datetime:
        """Return a tracker's own time as far as it is known, else ours."""
        clock = self.ports.clock
        seen = self.observation.times.get(tracker)
        if seen is None:
            return clock.now() + (self.observation.skew or timedelta())
        return seen.time + timedelta(seconds=clock.monotonic() - seen.at)

    def may_send(self) -> bool:
        """Tell whether one more write may begin; renew the lease when it runs out.

        Raises ``StateChangedError`` when the lease was lost, and
        ``StateUnavailableError`` when it cannot be held long enough.
        """
        if self.interrupted or self.settings.stopping():
            self.interrupted = True
            return False
        for _ in range(RENEWALS):
            if self.held.left() > 0:
                return True
            self.record("renew the lease")
        raise StateUnavailableError(
            "the lease runs out sooner than it is renewed",
            hint="take a longer state.lease, or look why the remote is slow",
        )

    def may_wait(self, seconds: float) -> bool:
        """Tell whether a tracker may be waited for; the lease is kept meanwhile.

        Raises ``StateChangedError`` when the lease was lost.
        """
        if seconds >= self.settings.lease.total_seconds() - LEAST:
            return False
        if seconds >= self.held.left():
            self.record("renew the lease")
        return True

    def refused(self, tracker: str, outcome: Refused) -> None:
        """Close a tracker when a refusal speaks for all further writes to it."""
        if outcome.denied and tracker not in self.closed:
            self.failures.append(
                PermissionDeniedError(
                    f"{tracker}: {outcome.why}",
                    hint="give the token what it lacks, then run pmsync again",
                )
            )
        if outcome.denied or outcome.whole_project or outcome.retry_after is not None:
            self.closed.setdefault(tracker, outcome.why)

    def record(self, what: str) -> None:
        """Write down what is known so far, and keep the lease."""
        self.held.swap(self._state(), self._message(what))

    def release(self) -> None:
        """Write down the result and give the lease back."""
        state = self._state()
        if not self.interrupted:
            marks = {**state.watermarks, **self.observation.watermarks}
            for name, mark in marks.items():
                known = {*mark.identities, *self._now(name)}
                marks[name] = replace(mark, identities=tuple(sorted(known)))
            config = self.settings.digest
            state = replace(state, config=config, watermarks=marks)
        self.held.release(state, self._message("done"))

    def _now(self, tracker: str) -> Sequence[str]:
        return [self.identities[tracker]] if tracker in self.identities else []

    def _state(self) -> State:
        state = self.ledger.state(self.pages)
        used = {name: self.settings.types[name] for name in self.view.trackers}
        return replace(state, trackers={**state.trackers, **used})

    def _message(self, what: str) -> str:
        """Say for people what was done since: the state's history is an audit."""
        told = {i for i, done in self.done.items() if done.result is Result.DONE}
        lines = [self._told_of(index) for index in sorted(told - self._told)]
        self._told |= told
        return "\n".join([f"pmsync: {what}", "", *lines]).rstrip()

    def _told_of(self, index: int) -> str:
        """Name one change and its ticket."""
        change = self.plan.changes[index]
        known = getattr(change, "ref", None) or self.refs.get(change.key)
        ticket = self.done[index].ticket or (known.key if known else "")
        name = f"{type(change).__name__} {change.path}:{change.line} {ticket}"
        return name.rstrip()
