"""One pass over one repository, in a thread of its own."""

from __future__ import annotations

import signal
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from pmsync.app.exit_codes import ExitCode
from pmsync.app.report import Report
from pmsync.app.run import run_once
from pmsync.app.settings import Silent
from pmsync.cli import installed
from pmsync.cli.forges import host_and_project
from pmsync.cli.plan_json import name_of
from pmsync.cli.wiring import Call, wire
from pmsync.daemon.hints import Hint
from pmsync.daemon.logs import LOG, about
from pmsync.domain.changes import Change
from pmsync.domain.errors import (
    LeaseHeldError,
    PmsyncError,
    SafetyStopError,
    UsageError,
)
from pmsync.domain.traffic import Traffic
from pmsync_config import Settings, load
from pmsync_config.trackers import Tracker


@dataclass(frozen=True, slots=True)
class Place:
    """A repository that the daemon keeps in step."""

    name: str
    """As it was named on the command line, without credentials."""
    directory: Path
    """Where it is; for a clone of the daemon's own, where that is kept."""
    address: str | None = None
    """Where the daemon's own clone comes from, None for a person's repository."""

    def root(self) -> Path:
        """Return the repository, cloned first where that has not been done.

        Raises ``RepositoryError``.
        """
        if self.address is None:
            return self.directory
        found: Path = _load("clone")(self.address, self.directory)
        return found


class Watch(NamedTuple):
    """What a repository's configuration asks of the daemon."""

    schedule: str
    """A cron expression."""
    trackers: frozenset[tuple[str, str]]
    """Type and project of each tracker."""
    origin: str
    """Path of the repository at its host, empty without one."""

    def concerns(self, hint: Hint) -> bool:
        """Tell whether a hint is about one of the trackers, or the documents."""
        if hint.number is None and hint.project.casefold() == self.origin:
            return True
        known = {(hint.source.value, name) for name in hint.names()}
        return not known.isdisjoint(self.trackers)


class Ending:
    """Says that the daemon is about to stop."""

    received: int | None = None

    def __call__(self) -> bool:
        """Tell whether to stop."""
        return self.received is not None

    def begin(self) -> None:
        """Let every pass end before its next write."""
        self.received = signal.SIGTERM


class Passed(NamedTuple):
    """What became of a pass."""

    result: str
    """``done``, ``conflict``, ``failed``, ``refused`` or ``busy``."""
    report: Report | None = None
    traffic: Mapping[str, Traffic] = MappingProxyType({})
    watch: Watch | None = None
    """None when the configuration could not be read."""


_RESULTS = {
    ExitCode.DONE: "done",
    ExitCode.CONFLICT: "conflict",
    ExitCode.SAFETY_STOP: "refused",
    ExitCode.LEASE_HELD: "busy",
}


def make_pass(place: Place, hints: Iterable[Hint], ending: Ending) -> Passed:
    """Bring the clone up to date and make one pass. Never raises for what went wrong."""
    start = time.monotonic()
    with about(repository=place.name, run=uuid.uuid4().hex[:12]):
        try:
            passed = _pass(place, frozenset(hints), ending)
        except PmsyncError as error:
            passed = _failed(error)
        except Exception:  # noqa: BLE001 the daemon outlives what nobody foresaw
            LOG.exception("the pass failed in a way that nobody foresaw")
            passed = Passed("failed")
        seconds = round(time.monotonic() - start, 3)
        LOG.info("a pass has ended", extra={"result": passed.result, "took": seconds})
    return passed


def _pass(place: Place, hints: frozenset[Hint], ending: Ending) -> Passed:
    root, freshen = place.root(), _load("freshen")
    freshen(root, None, ours=place.address is not None)
    branch = load(root).settings.branch
    if branch is not None:
        freshen(root, branch, ours=place.address is not None)
    configuration = load(root).settings
    watch = _watch(root, configuration)
    try:
        passed = _run(place, root, configuration, hints, ending)
    except PmsyncError as error:
        passed = _failed(error)
    return passed._replace(watch=watch)


def _failed(error: PmsyncError) -> Passed:
    if isinstance(error, LeaseHeldError):
        LOG.info("another run is at work", extra={"why": error.message})
        return Passed("busy")
    LOG.error("the pass failed", extra={"why": error.message, "hint": error.hint})
    return Passed("refused" if isinstance(error, SafetyStopError) else "failed")


def _run(
    place: Place,
    root: Path,
    configuration: Settings,
    hints: frozenset[Hint],
    ending: Ending,
) -> Passed:
    if place.address is not None and configuration.write_back.mode == "none":
        raise UsageError(
            "nobody would see what is written into a clone of the daemon's own",
            hint='set write_back.mode = "commit" or "pull-request" in its pmsync.toml',
        )
    call = Call(root=root, look_at=_tickets(hints, configuration.trackers))
    ports, settings = wire(call, ending)
    report = run_once(ports, settings, dry_run=False, progress=Silent())
    for index, change in enumerate(report.plan.changes):
        _log(change, report, index)
    for failure in report.failures:
        LOG.error("a part failed", extra={"why": failure.message, "hint": failure.hint})
    for unread in report.unread:
        LOG.warning("left out", extra={"document": unread.path, "why": unread.why})
    return Passed(_RESULTS.get(report.exit_code, "failed"), report, ports.traffic)


def _log(change: Change, report: Report, index: int) -> None:
    done = report.done.get(index)
    LOG.info(
        name_of(change),
        extra={
            "document": change.path,
            "line": change.line,
            "item": change.key,
            "tracker": change.tracker,
            "reason": change.reason,
            "outcome": done.result.value if done else None,
            "why": done.why if done else None,
            "ticket": done.ticket if done else None,
        },
    )


def _watch(root: Path, configuration: Settings) -> Watch:
    address: str | None = _load("address")(root)
    path = "" if address is None else host_and_project(address)[1]
    trackers = configuration.trackers.values()
    return Watch(
        configuration.daemon.schedule,
        frozenset((t.type, _project(t)) for t in trackers),
        path.casefold(),
    )


def _tickets(
    hints: frozenset[Hint], trackers: Mapping[str, Tracker]
) -> frozenset[tuple[str, str]]:
    """Return the tickets that hints are about, in the repository's own names."""
    return frozenset(
        (
            name,
            hint.number if tracker.type == "jira" else f"{hint.project}#{hint.number}",
        )
        for hint in hints
        if hint.number is not None
        for name, tracker in trackers.items()
        if tracker.type == hint.source.value and _project(tracker) in hint.names()
    )


def _project(tracker: Tracker) -> str:
    return (tracker.project or "").casefold()


def _load(name: str) -> Callable[..., Any]:
    loaded: Callable[..., Any] = installed.load(installed.REPOSITORIES, name)
    return loaded
