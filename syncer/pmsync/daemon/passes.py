"""One pass over one repository, in a thread of its own."""

from __future__ import annotations

import signal
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import NamedTuple

from pmsync.app.exit_codes import ExitCode
from pmsync.app.report import Report
from pmsync.app.run import run_once
from pmsync.app.settings import Silent
from pmsync.cli.wiring import REPOSITORY_GROUP, Call, wire
from pmsync.daemon.hints import Hint
from pmsync.daemon.logs import LOG, about
from pmsync.domain.changes import Change
from pmsync.domain.errors import LeaseHeldError, PmsyncError
from pmsync.domain.traffic import Traffic
from pmsync_config import load
from pmsync_config.trackers import Tracker


@dataclass(frozen=True, slots=True)
class Place:
    """A repository that the daemon keeps in step."""

    name: str
    """As it was named on the command line."""
    root: Path
    ours: bool
    """True for a clone of the daemon's own."""


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
    report: Report | None
    traffic: Mapping[str, Traffic]


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
        except LeaseHeldError as error:
            LOG.info("another run is at work", extra={"why": error.message})
            passed = Passed("busy", None, {})
        except PmsyncError as error:
            LOG.error(
                "the pass failed", extra={"why": error.message, "hint": error.hint}
            )
            passed = Passed("failed", None, {})
        except Exception:  # noqa: BLE001 the daemon outlives what nobody foresaw
            LOG.exception("the pass failed in a way that nobody foresaw")
            passed = Passed("failed", None, {})
        seconds = round(time.monotonic() - start, 3)
        LOG.info("a pass has ended", extra={"result": passed.result, "took": seconds})
    return passed


def _pass(place: Place, hints: frozenset[Hint], ending: Ending) -> Passed:
    freshen = _freshen()
    freshen(place.root, None, ours=place.ours)
    configuration = load(place.root).settings
    if configuration.branch is not None:
        freshen(place.root, configuration.branch, ours=place.ours)
    call = Call(root=place.root, look_at=_tickets(hints, configuration.trackers))
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
        type(change).__name__,
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


def watched(place: Place) -> frozenset[tuple[str, str]]:
    """Return the type and project of each tracker of a repository."""
    trackers = load(place.root).settings.trackers
    return frozenset((t.type, _project(t)) for t in trackers.values())


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
        if (tracker.type, _project(tracker))
        == (hint.source.value, hint.project.casefold())
    )


def _project(tracker: Tracker) -> str:
    return (tracker.project or "").casefold()


def _freshen() -> Callable[..., None]:
    (found,) = entry_points(group=REPOSITORY_GROUP, name="freshen")
    freshen: Callable[..., None] = found.load()
    return freshen
