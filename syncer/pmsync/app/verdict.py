"""What a pass comes to: its report, and how the command ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pmsync.app.exit_codes import ExitCode, exit_code_of, worst
from pmsync.app.planning import Planned, edited
from pmsync.app.report import DocumentDiff, Done, Report
from pmsync.app.settings import Settings
from pmsync.app.start import rebuilt
from pmsync.app.work import Work
from pmsync.domain.changes import (
    Awaits,
    Change,
    CloseDuplicate,
    Conflict,
    LostTicket,
    Pending,
    Plan,
    Result,
    Withheld,
)
from pmsync.domain.errors import PmsyncError, SafetyStopError
from pmsync.domain.guards import check, digest
from pmsync.domain.repository import UnreadDocument


def stop_of(planned: Planned, settings: Settings) -> SafetyStopError | None:
    """Return why a guard refuses the plan, None when it may be carried out."""
    try:
        check(planned.plan, planned.view, settings.digest, settings.overrides)
    except SafetyStopError as stop:
        return stop
    return None


def shown(planned: Planned, settings: Settings, *, dry_run: bool) -> Report:
    """Return a plan that is not carried out, with the documents as they would be."""
    diffs = []
    done: dict[int, Done] = {}
    for one in edited(planned.plan, planned.reading, settings):
        if one.after != one.before:
            diffs.append(DocumentDiff(one.path, one.before, one.after))
        for index, why in one.refused.items():
            done[index] = Done(Result.REFUSED, why)
    report = _report(planned, diffs, done, dry_run=dry_run)
    stop = stop_of(planned, settings) if planned.writes else None
    codes = {ExitCode.SAFETY_STOP} if stop else _codes(report)
    return replace(report, stop=stop, exit_code=worst(codes))


def carried_out(planned: Planned, work: Work) -> Report:
    """Return what was done of a plan."""
    report = _report(planned, work.diffs, work.done, work.failures)
    codes = _codes(report)
    if work.interrupted:
        codes.add(ExitCode.INTERRUPTED)
    by_hand = work.by_hand and bool(work.diffs)
    exit_code = worst(codes)
    return replace(report, address=work.address, by_hand=by_hand, exit_code=exit_code)


def not_begun(planned: Planned, *failures: PmsyncError, interrupted: bool) -> Report:
    """Return the report of a plan of which nothing was done."""
    report = replace(_report(planned, (), {}, failures), plan=Plan())
    codes = {exit_code_of(failure) for failure in failures}
    if interrupted:
        codes.add(ExitCode.INTERRUPTED)
    return replace(report, exit_code=worst(codes or {ExitCode.PART_FAILED}))


def together(reports: Sequence[Report]) -> Report:
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
    address = next((r.address for r in reversed(reports) if r.address), None)
    return replace(
        final,
        plan=merged,
        done=done,
        diffs=diffs,
        address=address,
        by_hand=any(report.by_hand for report in reports),
    )


def _report(
    planned: Planned,
    diffs: Sequence[DocumentDiff],
    done: dict[int, Done],
    failures: Sequence[PmsyncError] = (),
    *,
    dry_run: bool = False,
) -> Report:
    reading = planned.reading
    more = [rebuilt(dry_run=dry_run)] if planned.rebuild else []
    return Report(
        plan=planned.plan,
        digest=digest(planned.plan),
        diffs=tuple(diffs),
        done=done,
        unread=(*reading.unread, *_left_alone(planned)),
        failures=(*planned.observation.failures, *failures, *more),
        documents=reading.documents,
        dry_run=dry_run,
        basis=planned.basis,
    )


def _left_alone(planned: Planned) -> list[UnreadDocument]:
    """Return the documents with action items that this run may not write."""
    why = planned.reading.left_alone()
    known = planned.state.documents
    return [
        UnreadDocument(page.path, why[page.path])
        for page in planned.reading.pages
        if page.path in why and (page.rows or page.path in known)
    ]


def _codes(report: Report) -> set[ExitCode]:
    codes = {exit_code_of(failure) for failure in report.failures}
    if report.unread:
        codes.add(ExitCode.PART_FAILED)
    for index, change in enumerate(report.plan.changes):
        result = report.done.get(index)
        match change:
            case Conflict() | LostTicket() | Withheld():
                codes.add(ExitCode.CONFLICT)
            case Pending(awaits=Awaits.ANSWER) | CloseDuplicate():
                # Something did not go as it should, and somebody should know.
                codes.add(ExitCode.PART_FAILED)
            case Pending():
                pass
            case _ if result is not None and result.result is not Result.DONE:
                codes.add(ExitCode.PART_FAILED)
            case _:
                pass
    return codes
