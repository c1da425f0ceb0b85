"""A plan in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from pmsync.app.report import Report
from pmsync.domain.changes import (
    AddColumn,
    AdoptTicket,
    Agree,
    Change,
    CloseDuplicate,
    Conflict,
    CreateTicket,
    LostTicket,
    Pending,
    Result,
    UpdateRow,
    UpdateTicket,
    Withheld,
)


@dataclass(slots=True)
class Summary:
    """How many of each; after a real run, how many were done."""

    create: int = 0
    """Tickets to open."""
    update: int = 0
    """Tickets to change, with those that this closes."""
    edit: int = 0
    """Rows to edit, with the links of new tickets."""
    column: int = 0
    """Columns to add to tables."""
    adopt: int = 0
    """Tickets that exist and become the rows' own."""
    close: int = 0
    """Tickets to close: because their row is finished, or as duplicates."""
    conflict: int = 0
    lost: int = 0
    """Linked tickets that the tracker did not show."""
    pending: int = 0
    withheld: int = 0
    failed: int = 0
    """Changes that were not carried out, documents that could not be read, and
    trackers that could not be asked."""
    skipped: int = 0
    """Rows that are not filed."""
    unchanged: int = 0
    """Rows that are in step."""
    closing: int = 0
    """Those of ``update`` that are in ``close``."""

    @property
    def effects(self) -> bool:
        """True when a document or a ticket would change."""
        return bool(self.create or self.update or self.edit or self.adopt or self.close)


def summarise(report: Report) -> Summary:
    """Count what a report holds."""
    summary = Summary(
        failed=len(report.unread) + len(report.failures),
        skipped=sum(report.plan.tally.skipped.values()),
        unchanged=report.plan.tally.unchanged,
    )
    for index, change in enumerate(report.plan.changes):
        done = report.done.get(index)
        if done is None or done.result is Result.DONE:
            _count(summary, change)
        else:
            _count_failed(summary, change, done.result)
    return summary


def _count_failed(summary: Summary, change: Change, result: Result) -> None:
    match change:
        case Conflict() | LostTicket() | Pending() | Withheld():
            # Nothing was to be done about these.
            _count(summary, change)
        case AddColumn():
            # It fails along with the rows that need it.
            pass
        case UpdateRow(ref=None) if result is Result.SKIPPED:
            # The link of a ticket that was not opened: one failure, not two.
            pass
        case _:
            summary.failed += 1


def _count(summary: Summary, change: Change) -> None:  # noqa: C901 one line each
    match change:
        case CreateTicket():
            summary.create += 1
        case UpdateTicket():
            summary.update += 1
            summary.close += change.closes
            summary.closing += change.closes
        case UpdateRow():
            summary.edit += 1
        case AddColumn():
            summary.column += 1
        case AdoptTicket():
            summary.adopt += 1
        case CloseDuplicate():
            summary.close += 1
        case Conflict():
            summary.conflict += 1
        case LostTicket():
            summary.lost += 1
        case Pending():
            summary.pending += 1
        case Withheld():
            summary.withheld += 1
        case Agree():
            pass


def last_line(summary: Summary, *, planned: bool) -> str:
    """Say it in one line: what is planned, or what was done."""
    s = summary
    parts = (
        (s.create, "to create" if planned else "created"),
        (s.update - s.closing, "to update" if planned else "updated"),
        (s.edit, f"{_plural(s.edit, 'row')} {'to edit' if planned else 'edited'}"),
        (
            s.column,
            f"{_plural(s.column, 'column')} {'to add' if planned else 'added'}",
        ),
        (s.adopt, "to adopt" if planned else "adopted"),
        (s.close, "to close" if planned else "closed"),
        (s.conflict, _plural(s.conflict, "conflict")),
        (s.lost, "lost"),
        (s.pending, "pending"),
        (s.withheld, "withheld"),
        (s.failed, "failed"),
    )
    said = ", ".join(f"{number} {what}" for number, what in parts if number)
    return f"{'Plan' if planned else 'Done'}: {said or 'nothing to do'}."


def _plural(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"
