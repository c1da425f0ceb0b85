"""A report in the words of a job: lists, annotations and outputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pmsync.action.runner import Annotation
from pmsync.app.plan_markdown import plan_markdown
from pmsync.app.report import Report
from pmsync.cli.summary import summarise
from pmsync.domain.changes import Conflict, ForAPerson, LostTicket, Withheld
from pmsync.domain.neutral import neutral

NOT_COMMITTED = Annotation(
    "notice",
    "",
    1,
    "Not committed",
    "edited documents are in the work tree of this job only: let a later step commit "
    'them, or set write_back.mode to "commit" or "pull-request"',
)


def carried_out(report: Report) -> Report:
    """Return the report with what was carried out, and what waits for a person."""
    kept = tuple(
        change
        for index, change in enumerate(report.plan.changes)
        if isinstance(change, ForAPerson)
        or (index in report.done and report.done[index].result == "done")
    )
    return replace(report, plan=replace(report.plan, changes=kept))


def details(report: Report, projects: Mapping[str, str]) -> str:
    """Return the tables, and what could not be done."""
    table = plan_markdown(report.plan, projects).partition("\n\n")[2]
    failed = [failure.message for failure in report.failures]
    failed += [f"{unread.path}: {unread.why}" for unread in report.unread]
    if report.stop is not None:
        failed.append(report.stop.message)
    return f"{as_list(failed)}\n\n{table}".strip()


def as_list(texts: Iterable[str | None]) -> str:
    """Return texts as a list; none is cut, since its end says what to do."""
    return "\n".join(f"- {neutral(' '.join(each.split()))}" for each in texts if each)


def annotations_of(report: Report) -> list[Annotation]:
    """Return what a person should see beside a row: conflicts, losses, failures."""
    found = []
    for index, change in enumerate(report.plan.changes):
        done = report.done.get(index)
        match change:
            case Conflict():
                said = "warning", "Conflict", f"{change.reason}: {_sides(change)}"
            case LostTicket():
                said = "warning", "Lost", change.reason
            case Withheld():
                said = "warning", "Held back", change.reason
            case _ if done is not None and done.result in ("refused", "unknown"):
                said = "error", type(change).__name__, done.why or done.result
            case _:
                continue
        kind, title, text = said
        found.append(Annotation(kind, change.path, change.line, title, text))
    found += [Annotation("error", u.path, 1, "Left out", u.why) for u in report.unread]
    found += [Annotation("error", "", 1, "pmsync", f.message) for f in report.failures]
    return found


def _sides(change: Conflict) -> str:
    return "; ".join(
        f"{name}: {field.document!r} in the document, {field.tracker!r} in "
        f"{change.ref.key}"
        for name, field in change.fields.items()
    )


def more_annotations(hidden: int) -> str:
    """Say how many annotations the page of the run does not show."""
    return f"\n\n{hidden} more annotations are not shown." if hidden else ""


def outputs_of(report: Report) -> Mapping[str, str]:
    """Return the outputs of the step by their names in action.yml."""
    summary = summarise(report)
    return {
        "changed": str(summary.effects).lower(),
        "created": str(summary.create),
        "updated": str(summary.update),
        "closed": str(summary.close),
        "edited": str(summary.edit),
        "conflicts": str(summary.conflict),
        "failed": str(summary.failed),
        "address": report.address or "",
    }
