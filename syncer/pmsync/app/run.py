"""One pass: read, observe, plan, guard, take the lease, apply. Twice the same is once.

The plan is made without the lease and without a write. An empty one ends the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pmsync.app.apply import apply
from pmsync.app.basis import refuse_if_moved
from pmsync.app.lease import Held, refuse_if_held
from pmsync.app.planning import Planned, make_plan
from pmsync.app.read import Reading
from pmsync.app.report import Report
from pmsync.app.settings import Ports, Progress, Settings
from pmsync.app.verdict import carried_out, not_begun, shown, stop_of, together
from pmsync.app.work import Work
from pmsync.domain.errors import (
    PmsyncError,
    SafetyStopError,
    StateChangedError,
    StateError,
)
from pmsync.domain.ledger import Ledger
from pmsync.domain.repository import SourceDocument

ROUNDS = 3
"""How often a plan is made anew because something moved meanwhile."""


def run_once(
    ports: Ports, settings: Settings, *, dry_run: bool, progress: Progress
) -> Report:
    """Make one pass; with ``dry_run`` only plan it.

    Raises ``PmsyncError`` only before anything is written: ``SafetyStopError``,
    ``LeaseHeldError``, ``StateError``, ``RepositoryError`` or ``TrackerError``.
    """
    reports: list[Report] = []
    for number in range(ROUNDS):
        try:
            if number and not dry_run:
                ports.repository.refresh()
            planned = make_plan(ports, settings, progress, dry_run=dry_run)
            if settings.saved is not None and not dry_run:
                refuse_if_moved(settings.saved, planned.basis, planned.plan)
            if dry_run or not planned.writes:
                reports.append(shown(planned, settings, dry_run=dry_run))
                break
            report, again = _carry_out(ports, settings, planned, progress)
        except PmsyncError as error:
            if not reports:
                raise
            reports.append(not_begun(planned, error, interrupted=False))
            break
        if report is not None:
            reports.append(report)
        # A saved plan is carried out as it is, or not at all.
        if not again or settings.saved is not None:
            break
    if not reports:
        moved = StateChangedError(
            f"documents or state were changed by others in each of {ROUNDS} tries",
            hint="run pmsync again",
        )
        return not_begun(planned, moved, interrupted=False)
    return together(reports)


def _carry_out(
    ports: Ports, settings: Settings, planned: Planned, progress: Progress
) -> tuple[Report | None, bool]:
    """Return what was done, None if nothing was, and whether to plan again."""
    skew = planned.observation.skew
    refuse_if_held(planned.state, ports, skew)
    stop = stop_of(planned, settings)
    if stop is not None:
        raise stop
    # Before the lease, since that is a write already; under it, since only then
    # nobody else brings documents forward.
    ports.repository.refresh()
    if settings.stopping():
        return not_begun(planned, interrupted=True), False
    held = Held(ports, settings, planned.version, ports.randomness.token(80), skew)
    try:
        held.swap(planned.state, "pmsync: take the lease")
    except StateChangedError:
        return None, True
    with _released_on_error(held, planned):
        ports.repository.refresh()
        moved = _moved(ports, planned.reading)
    if moved:
        held.release(planned.state, "pmsync: release the lease, documents moved")
        if settings.saved is not None:
            raise SafetyStopError("nothing was written: documents changed meanwhile")
        return None, True
    work = Work(
        ports=ports,
        settings=settings,
        planned=planned,
        held=held,
        progress=progress,
        ledger=Ledger(planned.view),
        pages=planned.reading.pages,
    )
    try:
        apply(work)
    except StateError as error:
        # The lease may be somebody else's by now: nothing more is sent.
        work.failures.append(error)
        return carried_out(planned, work), False
    return carried_out(planned, work), work.again and not work.interrupted


@contextmanager
def _released_on_error(held: Held, planned: Planned) -> Iterator[None]:
    try:
        yield
    except PmsyncError:
        held.release(planned.state, "pmsync: release the lease, nothing was done")
        raise


def _moved(ports: Ports, reading: Reading) -> bool:
    """Tell whether a document changed between the plan and the lease."""
    now = {
        one.path: (one.data, one.left_alone)
        for one in ports.repository.documents()
        if isinstance(one, SourceDocument)
    }
    then = {path: (one.data, one.left_alone) for path, one in reading.sources.items()}
    return any(now.get(path) != source for path, source in then.items())
