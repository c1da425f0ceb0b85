"""What an entry point hands to a run: the ports, the rules, and what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from pmsync.app.basis import Saved
from pmsync.document.edits import Style
from pmsync.document.vocabulary import DEFAULT, Vocabulary
from pmsync.domain.body import Body
from pmsync.domain.guards import Overrides
from pmsync.domain.policy import Policy
from pmsync.domain.ports import Clock, Machine, Randomness, StateStore, Tracker
from pmsync.domain.repository import Repository
from pmsync.domain.tracker_sites import TrackerSite
from pmsync.domain.traffic import Traffic
from pmsync.domain.view import Resolve


class Progress(Protocol):
    """Shown while a run works."""

    def step(self, what: str, total: int) -> None:
        """Begin a step of ``total`` parts."""

    def advance(self, parts: int = 1) -> None:
        """Say that some parts of the step are done."""


class Silent:
    """Shows nothing."""

    def step(self, what: str, total: int) -> None:
        """Show nothing."""

    def advance(self, parts: int = 1) -> None:
        """Show nothing."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The world."""

    repository: Repository
    state: StateStore
    trackers: Mapping[str, Tracker]
    clock: Clock
    randomness: Randomness
    machine: Machine
    traffic: Mapping[str, Traffic] = field(default_factory=dict)
    """What each tracker was asked, by its configured name."""


def _everything(_path: str, _tracker: str | None) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Settings:
    """The rules of a run."""

    policy: Policy
    sites: tuple[TrackerSite, ...]
    types: Mapping[str, str]
    """Type of each configured tracker."""
    digest: str
    """Of the configuration."""
    vocabulary: Vocabulary = DEFAULT
    style: Style = field(default_factory=Style)
    owners: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By tracker: spelling in documents to the tracker's user."""
    templates: Mapping[str, Callable[[Body], str]] = field(default_factory=dict)
    """By tracker: the body template."""
    selected: Callable[[str, str | None], bool] = _everything
    """Whether effects on a path (and tracker) are asked for."""
    resolve: Resolve | None = None
    """The one row that the run is about, and the side that a person takes."""
    saved: Saved | None = None
    """A plan that was shown before: nothing else may be carried out."""
    to_be_saved: bool = False
    """True when a plan that is only shown shall be carried out later as it is."""
    overrides: Overrides = field(default_factory=Overrides)
    lease: timedelta = timedelta(minutes=15)
    settle: timedelta = timedelta(minutes=2)
    verify: timedelta = timedelta(hours=24)
    verify_now: bool = False
    look_at: frozenset[tuple[str, str]] = frozenset()
    """Tickets (tracker, key) that are read by id whatever the list of changes shows."""
    stopping: Callable[[], bool] = lambda: False
    """Asked before every write; True ends the run without another one."""
