"""A plan at work: what its parts share while it is carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from pmsync.app.lease import Held
from pmsync.app.observe import Observation
from pmsync.app.read import Reading
from pmsync.app.report import DocumentDiff, Done
from pmsync.app.settings import Ports, Progress, Settings
from pmsync.domain.alignment import Address
from pmsync.domain.changes import Change, Plan, Result
from pmsync.domain.errors import PmsyncError
from pmsync.domain.ledger import Ledger
from pmsync.domain.model import TicketRef
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import State
from pmsync.domain.view import View


@dataclass
class Work:
    """One plan, being carried out under the lease."""

    ports: Ports
    settings: Settings
    reading: Reading
    observation: Observation
    plan: Plan
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
    again: bool = False
    """True when something moved meanwhile: a further pass is needed."""
    interrupted: bool = False

    @property
    def run(self) -> str:
        """Id of this run."""
        return self.held.holder

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

    def may_send(self) -> bool:
        """Tell whether one more write may begin; renew the lease when it runs out.

        Raises ``StateChangedError`` when the lease was lost.
        """
        if self.interrupted or self.settings.stopping():
            self.interrupted = True
            return False
        if self.held.left() <= 0:
            self.record("renew the lease")
        return True

    def record(self, what: str) -> None:
        """Write down what is known so far, and keep the lease."""
        self.held.swap(self._state(), self._message(what))

    def release(self) -> None:
        """Write down the result and give the lease back."""
        state = self._state()
        if not self.interrupted:
            marks = {**state.watermarks, **self.observation.watermarks}
            config = self.settings.digest
            state = replace(state, config=config, watermarks=marks)
        self.held.release(state, self._message("done"))

    def _state(self) -> State:
        state = self.ledger.state(self.pages)
        used = {name: self.settings.types[name] for name in self.view.trackers}
        return replace(state, trackers={**state.trackers, **used})

    def _message(self, what: str) -> str:
        """Say for people what was done so far: the state's history is an audit."""
        lines = [
            f"{type(change).__name__} {change.path}:{change.line} {done.ticket or ''}"
            for index, done in sorted(self.done.items())
            if done.result is Result.DONE
            for change in (self.plan.changes[index],)
        ]
        return "\n".join([f"pmsync: {what}", "", *map(str.rstrip, lines)]).rstrip()
