"""Settings into ports: the only place where adapters are chosen and opened."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from pmsync.app.settings import Ports, Settings
from pmsync.cli import installed
from pmsync.cli.discover import Selection, find_root, named_paths
from pmsync.cli.forges import open_forge
from pmsync.cli.reading import site_of, vocabulary_of
from pmsync.cli.rules import owners_of, policy_of, style_of, templates_of
from pmsync.cli.stores import in_git, open_store
from pmsync.cli.trackers import open_trackers
from pmsync.cli.world import SystemClock, SystemRandomness, ThisMachine
from pmsync.domain.errors import UsageError
from pmsync.domain.guards import Overrides
from pmsync.domain.ports import Located, Tracker
from pmsync.domain.repository import Repository
from pmsync.domain.settings import RepositoryFactory, RepositorySettings
from pmsync.domain.tracker_sites import TrackerSite
from pmsync.domain.traffic import Traffic
from pmsync_config import Loaded, load
from pmsync_config import Settings as Configuration


@dataclass(frozen=True, slots=True)
class Call:
    """What a command line asks of a run."""

    paths: tuple[Path, ...] = ()
    config: Path | None = None
    only: str | None = None
    tracker: str | None = None
    max_creates: int | None = None
    overrides: Overrides = field(default_factory=Overrides)
    verify: bool = False
    effects: bool = True
    """False for a run that only looks."""
    proposed: bool = False
    """True to look at what is checked out as if it were merged."""
    root: Path | None = None
    """The repository, None for the one that the present directory belongs to."""
    look_at: frozenset[tuple[str, str]] = frozenset()
    """Tickets (tracker, key) that somebody says have changed."""


class Stopping(Protocol):
    """Knows whether the run was asked to stop."""

    received: int | None
    """The signal that asks, None as long as none does."""

    def __call__(self) -> bool:
        """Tell whether to stop. The run asks before each write."""


def wire(call: Call, stop: Stopping) -> tuple[Ports, Settings]:
    """Read the configuration and open everything that a run needs.

    Raises ``UsageError`` for what is not configured right or not installed, and
    ``TrackerError`` when a project is configured by its number and cannot be asked.
    """
    root = call.root or find_root(Path.cwd())
    loaded = load(root, call.config)
    _refuse_unknown(call.tracker, loaded.settings)
    selected = Selection(named_paths(call.paths, root), call.only, call.tracker)
    ports = _ports(call, root, loaded.settings, selected.paths, stop)
    return ports, _settings(call, root, loaded, selected, ports, stop)


def _refuse_unknown(tracker: str | None, configuration: Configuration) -> None:
    if tracker is not None and tracker not in configuration.trackers:
        known = ", ".join(configuration.trackers)
        raise UsageError(
            f"there is no tracker {tracker!r}", hint=f"configured are: {known}"
        )


def _ports(
    call: Call,
    root: Path,
    configuration: Configuration,
    paths: tuple[str, ...],
    stop: Stopping,
) -> Ports:
    clock = SystemClock(lambda: stop.received is not None)
    traffic = {name: Traffic() for name in configuration.trackers}
    return Ports(
        repository=_repository(root, configuration, paths, call),
        state=open_store(root, configuration),
        trackers=open_trackers(configuration, root, clock.sleep, traffic),
        clock=clock,
        randomness=SystemRandomness(),
        machine=ThisMachine(),
        traffic=traffic,
    )


def _settings(
    call: Call,
    root: Path,
    loaded: Loaded,
    selected: Selection,
    ports: Ports,
    stop: Stopping,
) -> Settings:
    configuration = loaded.settings
    today = ports.clock.now().date()
    return Settings(
        policy=policy_of(configuration, today, call.max_creates),
        sites=tuple(
            _site(site_of(name, tracker), ports.trackers[name])
            for name, tracker in configuration.trackers.items()
        ),
        types={name: t.type for name, t in configuration.trackers.items()},
        digest=loaded.digest,
        vocabulary=vocabulary_of(configuration),
        style=style_of(configuration),
        owners=owners_of(configuration),
        templates=templates_of(configuration, root),
        selected=selected,
        overrides=call.overrides,
        lease=configuration.state.lease,
        settle=configuration.state.settle,
        verify=configuration.state.verify,
        verify_now=call.verify,
        look_at=call.look_at,
        stopping=stop,
    )


def _site(site: TrackerSite, tracker: Tracker) -> TrackerSite:
    """Return the site with the project's name in citations."""
    if not isinstance(tracker, Located):
        return site
    return replace(site, project=tracker.home())


def _repository(
    root: Path, configuration: Configuration, paths: tuple[str, ...], call: Call
) -> Repository:
    factory: RepositoryFactory = installed.load(installed.REPOSITORIES, "git")
    write_back = configuration.write_back
    return factory(
        RepositorySettings(
            root=str(root),
            documents=configuration.documents,
            paths=paths,
            follows=in_git(root, configuration),
            branch=configuration.branch,
            mode=write_back.mode,
            proposal_branch=write_back.branch,
            skip_ci=write_back.skip_ci,
            forge=lambda address: open_forge(address, configuration, os.environ),
            effects=call.effects,
            proposed=call.proposed,
        )
    )
