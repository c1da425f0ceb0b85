"""One pass: read, observe, plan, guard, take the lease, apply. Twice the same is once.

The plan is made without the lease and without a write. An empty one ends the run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pmsync.app import edit
from pmsync.app.apply import apply
from pmsync.app.basis import Basis, basis_of, refuse_if_moved
from pmsync.app.exit_codes import ExitCode, worst
from pmsync.app.lease import Held, refuse_if_held
from pmsync.app.observe import Observation, observe
from pmsync.app.read import Reading, read_all
from pmsync.app.report import DocumentDiff, Done, Report
from pmsync.app.settings import Ports, Progress, Settings
from pmsync.app.work import Work
from pmsync.domain.changes import (
    Change,
    Conflict,
    LostTicket,
    Pending,
    Plan,
    Result,
    Withheld,
)
from pmsync.domain.errors import (
    AuthenticationError,
    PermissionDeniedError,
    SafetyStopError,
    StateChangedError,
    StateError,
)
from pmsync.domain.guards import check, digest
from pmsync.domain.ledger import Ledger
from pmsync.domain.linked import remembers
from pmsync.domain.moved import recognised
from pmsync.domain.planner import plan
from pmsync.domain.ports import SourceDocument
from pmsync.domain.state import Loss, State

ROUNDS = 3
"""How often a plan is made anew because something moved meanwhile."""


@dataclass(frozen=True, slots=True)
class _Planned:
    """A plan and everything that it was made from."""

    state: State
    version: str
    reading: Reading
    observation: Observation
    plan: Plan
    rebuild: bool
    basis: Basis


def run_once(
    ports: Ports, settings: Settings, *, dry_run: bool, progress: Progress
) -> Report:
    """Make one pass; with ``dry_run`` only plan it.

    Raises ``SafetyStopError``, ``LeaseHeldError``, ``StateUnavailableError`` and
    ``AuthenticationError`` before anything is written.
    """
    reports: list[Report] = []
    for _ in range(ROUNDS):
        planned = _plan(ports, settings, progress)
        if dry_run:
            return _shown(planned, settings, dry_run=True)
        if settings.saved is not None:
            refuse_if_moved(settings.saved, planned.basis, planned.plan)
        if not _writes(planned):
            reports.append(_shown(planned, settings, dry_run=False))
            break
        try:
            report, again = _carry_out(ports, settings, planned, progress)
        except StateChangedError as error:
            report, again = _failed(planned, error), True
        reports.append(report)
        # A saved plan is carried out as it is, or not at all.
        if not again or settings.saved is not None:
            break
    return _together(reports)


def _plan(ports: Ports, settings: Settings, progress: Progress) -> _Planned:
    stored, version = ports.state.read()
    progress.step("Reading documents", 1)
    reading = read_all(
        ports.repository.documents(), settings.vocabulary, settings.sites
    )
    progress.advance()
    state, rebuild = _start(ports, settings, stored)
    reading = replace(reading, pages=recognised(reading.pages, state))
    _refuse_other_types(state, settings)
    progress.step("Asking trackers", 1)
    saved = settings.saved
    salt = saved.basis.salt if saved else ports.randomness.token(128)
    observation = observe(ports, settings, state, reading, salt, rebuild=rebuild)
    progress.advance()
    made = plan(observation.view)
    tip = ports.repository.tip()
    basis = basis_of(observation.view, made, stored, tip, settings.digest)
    return _Planned(state, version, reading, observation, made, rebuild, basis)


def _start(
    ports: Ports, settings: Settings, stored: State | None
) -> tuple[State, bool]:
    """Return the state to plan with, and whether it has to be rebuilt.

    No state is a first run only if no tracker shows a ticket of ours.
    """
    if stored is not None:
        return stored, False
    ids = {
        ticket.marker.state
        for name in sorted(settings.types)
        for ticket in ports.trackers[name].marked(None).tickets
        if ticket.marker is not None
    }
    if len(ids) > 1:
        raise SafetyStopError(
            f"the state is gone, and tickets bear the marks of {len(ids)} others",
            hint="restore the state, or give each repository a project of its own",
        )
    if ids:
        return State(ids.pop()), True
    saved = settings.saved
    return State(saved.basis.state if saved else ports.randomness.token(80)), False


def _refuse_other_types(state: State, settings: Settings) -> None:
    for name, type_ in state.trackers.items():
        configured = settings.types.get(name)
        if configured is not None and configured != type_:
            raise SafetyStopError(
                f"tracker {name} is configured as {configured}, but its tickets were "
                f"opened in {type_}",
                hint="give the new tracker another name",
            )


def _writes(planned: _Planned) -> bool:
    """Tell whether a run would write anything, if only the state."""
    return planned.rebuild or any(
        _writes_one(change, planned) for change in planned.plan.changes
    )


def _writes_one(change: Change, planned: _Planned) -> bool:
    match change:
        case Conflict():
            known = planned.observation.view.items.get(change.key)
            return known is not None and not remembers(known[1], change)
        case Pending() | Withheld():
            return False
        case LostTicket():
            known = planned.observation.view.items.get(change.key)
            return known is not None and known[1].loss is not Loss.CONFIRMED
        case _:
            return True


def _carry_out(
    ports: Ports, settings: Settings, planned: _Planned, progress: Progress
) -> tuple[Report, bool]:
    refuse_if_held(planned.state, ports)
    stop = _stop(planned, settings)
    if stop is not None:
        raise stop
    held = Held(ports, settings, planned.version, ports.randomness.token(80))
    held.swap(planned.state, "pmsync: take the lease")
    ports.repository.refresh()
    if _moved(ports, planned.reading):
        held.release(planned.state, "pmsync: release the lease, documents moved")
        if settings.saved is not None:
            raise SafetyStopError("nothing was written: documents changed meanwhile")
        return _failed(planned, None), True
    observation = planned.observation
    work = Work(
        ports=ports,
        settings=settings,
        reading=planned.reading,
        observation=observation,
        plan=planned.plan,
        held=held,
        progress=progress,
        ledger=Ledger(observation.view),
        pages=planned.reading.pages,
    )
    apply(work)
    report = _report(planned, tuple(work.diffs), work.done)
    report = replace(report, failures=(*report.failures, *work.failures))
    codes = {_code(report, planned)}
    if work.interrupted:
        codes.add(ExitCode.INTERRUPTED)
    return replace(report, exit_code=worst(codes)), work.again


def _stop(planned: _Planned, settings: Settings) -> SafetyStopError | None:
    """Return why a guard refuses the plan, None when it may be carried out."""
    if planned.rebuild:
        return None
    view = planned.observation.view
    try:
        check(planned.plan, view, settings.digest, settings.overrides)
    except SafetyStopError as stop:
        return stop
    return None


def _moved(ports: Ports, reading: Reading) -> bool:
    """Tell whether a document changed between the plan and the lease."""
    now = {
        one.path: one.data
        for one in ports.repository.documents()
        if isinstance(one, SourceDocument)
    }
    return any(now.get(path) != one.data for path, one in reading.sources.items())


def _shown(planned: _Planned, settings: Settings, *, dry_run: bool) -> Report:
    """Return a plan that is not carried out, with the documents as they would be."""
    diffs = []
    done: dict[int, Done] = {}
    for path, edits in edit.edits_of(planned.plan.changes).items():
        edited = edit.edit_document(path, edits, {}, planned.reading, settings)
        if edited.after != edited.before:
            diffs.append(DocumentDiff(path, edited.before, edited.after))
        for index, why in edited.refused.items():
            done[index] = Done(Result.REFUSED, why)
    report = _report(planned, tuple(diffs), done, dry_run=dry_run)
    stop = _stop(planned, settings) if _writes(planned) else None
    code = ExitCode.SAFETY_STOP if stop else _code(report, planned)
    return replace(report, stop=stop, exit_code=code)


def _report(
    planned: _Planned,
    diffs: tuple[DocumentDiff, ...],
    done: dict[int, Done],
    *,
    dry_run: bool = False,
) -> Report:
    return Report(
        plan=planned.plan,
        digest=digest(planned.plan),
        diffs=diffs,
        done=done,
        unread=planned.reading.unread,
        failures=planned.observation.failures,
        documents=planned.reading.documents,
        dry_run=dry_run,
        basis=planned.basis,
    )


def _failed(planned: _Planned, error: StateError | None) -> Report:
    return Report(
        Plan(),
        digest(planned.plan),
        unread=planned.reading.unread,
        failures=(error,) if error else (),
        documents=planned.reading.documents,
        exit_code=ExitCode.PART_FAILED,
    )


def _code(report: Report, planned: _Planned) -> ExitCode:
    codes = {ExitCode.SAFETY_STOP} if planned.rebuild else set()
    if report.unread or report.failures:
        codes.add(ExitCode.PART_FAILED)
    denied = (AuthenticationError, PermissionDeniedError)
    if any(isinstance(failure, denied) for failure in report.failures):
        codes.add(ExitCode.USAGE)
    for index, change in enumerate(report.plan.changes):
        result = report.done.get(index)
        match change:
            case Conflict() | LostTicket() | Withheld():
                codes.add(ExitCode.CONFLICT)
            case Pending():
                codes.add(ExitCode.PART_FAILED)
            case _ if result is not None and result.result is not Result.DONE:
                codes.add(ExitCode.PART_FAILED)
            case _:
                pass
    return worst(codes)


def _together(reports: list[Report]) -> Report:
    """Return one report of all rounds; what a later round did over is done."""
    if len(reports) == 1:
        return reports[0]
    changes: list[Change] = []
    done: dict[int, Done] = {}
    for report in reports:
        last = report is reports[-1]
        for index, change in enumerate(report.plan.changes):
            result = report.done.get(index)
            if last or (result is not None and result.result is Result.DONE):
                if result is not None:
                    done[len(changes)] = result
                changes.append(change)
    final = reports[-1]
    merged = replace(final.plan, changes=tuple(changes))
    diffs = tuple(diff for report in reports for diff in report.diffs)
    return replace(final, plan=merged, done=done, diffs=diffs)
