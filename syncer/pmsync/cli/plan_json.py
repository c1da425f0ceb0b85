"""A plan, or what became of it, as JSON. Its form is described in docs/reference."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pmsync.app.report import Report
from pmsync.cli.summary import Summary, summarise
from pmsync.cli.terminal import safe_json
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
    UpdateRow,
    UpdateTicket,
    Withheld,
)

VERSION = 1


def to_json(report: Report) -> str:
    """Write a report as JSON."""
    created = created_keys(report)
    document = {
        "version": VERSION,
        "digest": report.digest,
        "address": report.address,
        "changes": [
            _change(report, index, change, created)
            for index, change in enumerate(report.plan.changes)
        ],
        "summary": _summary(summarise(report)),
        "not_filed": [
            {"reason": reason, "rows": rows}
            for reason, rows in sorted(report.plan.tally.skipped.items())
        ],
        "notes": [note._asdict() for note in report.plan.notes],
        "problems": list(_problems(report)),
    }
    return safe_json(document)


def ref_name(change: Change, created: Mapping[str, str]) -> str | None:
    """Return ``tracker:key`` of a change's ticket, None while there is none.

    ``created`` are the tickets that this run opened, by the items' keys.
    """
    key = key_of(change, created)
    return f"{change.tracker}:{key}" if key else None


def key_of(change: Change, created: Mapping[str, str]) -> str | None:
    """Return the key of a change's ticket, None while there is none."""
    match change:
        case UpdateTicket() | AdoptTicket() | CloseDuplicate():
            return change.ticket.ref.key
        case UpdateRow(ref=None) | CreateTicket():
            return created.get(change.key)
        case UpdateRow(ref=ref) | Agree(ref=ref) | Conflict(ref=ref):
            return ref.key if ref else None
        case LostTicket():
            return change.ref.key
        case AddColumn() | Pending() | Withheld():
            return None


def name_of(change: Change) -> str:
    """Return a change's name: ``create_ticket``."""
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", type(change).__name__).lower()


def created_keys(report: Report) -> Mapping[str, str]:
    """Return the keys of the tickets that were opened, by the items' keys."""
    return {
        report.plan.changes[index].key: done.ticket
        for index, done in report.done.items()
        if done.ticket is not None
    }


def _change(
    report: Report, index: int, change: Change, created: Mapping[str, str]
) -> dict[str, object]:
    entry: dict[str, object] = {
        "change": name_of(change),
        "path": change.path,
        "line": change.line,
        "tracker": change.tracker,
        "key": change.key,
        "ref": ref_name(change, created),
        "fields": {name: value._asdict() for name, value in change.fields.items()},
        "reason": change.reason,
    }
    done = report.done.get(index)
    if done is not None:
        entry["outcome"] = done.result
        if done.why is not None:
            entry["why"] = done.why
    return entry


def _summary(summary: Summary) -> dict[str, int]:
    return {
        "create": summary.create,
        "update": summary.update,
        "edit": summary.edit,
        "adopt": summary.adopt,
        "conflict": summary.conflict,
        "lost": summary.lost,
        "failed": summary.failed,
        "close": summary.close,
        "pending": summary.pending,
        "withheld": summary.withheld,
        "skipped": summary.skipped,
        "unchanged": summary.unchanged,
    }


def _problems(report: Report) -> Iterator[dict[str, object]]:
    """Yield what is wrong: with rows, with whole documents, and with the world."""
    for document in report.documents:
        for problem in document.problems:
            yield {
                "path": document.path,
                "line": problem.line,
                "code": problem.code,
                "message": problem.message,
            }
    for unread in report.unread:
        yield {"path": unread.path, "line": None, "code": None, "message": unread.why}
    stop = (report.stop,) if report.stop else ()
    for failure in (*report.failures, *stop):
        yield {"path": None, "line": None, "code": None, "message": failure.message}
