"""Between Beads' records and pmsync's tickets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from pmsync.domain.block import enclose, splice
from pmsync.domain.model import Field, Status, Ticket, TicketRef
from pmsync.domain.patching import values as patched
from pmsync.domain.ports import Draft, Patch
from pmsync_adapters.beads.fields import fields_of, one_line, title, with_newlines
from pmsync_adapters.beads.metadata import (
    IDENTITY,
    as_we_wrote,
    marked,
    marker_of,
    sealed,
)
from pmsync_adapters.beads.records import Line
from pmsync_adapters.beads.statuses import Words, is_deleted, status_changes, status_of
from pmsync_adapters.beads.values import (
    NORMAL,
    day,
    labels,
    parent,
    text,
    time,
)


def is_ticket(line: Line) -> bool:
    """Tell whether a line holds an issue that has not been deleted."""
    return bool(line.id) and not is_deleted(line.values)


def ticket_of(line: Line, tracker: str, words: Words) -> Ticket:
    """Return the ticket of a line that holds one.

    Raises ``ValueError`` or ``TypeError`` saying what is wrong.
    """
    values = line.values
    id_ = line.id
    status = status_of(values, words)
    marker = marker_of(values)
    closer = text(values, "closed_by_session") or None
    return Ticket(
        ref=TicketRef(tracker, id_, f"bd://{id_}"),
        id=id_,
        version=line.digest,
        fields=fields_of(values, status),
        author=text(values, "created_by") or None,
        created_at=time(values, "created_at"),
        updated_at=time(values, "updated_at"),
        closed_by=closer if status.terminal else None,
        marker=marker,
        body=text(values, "description"),
        labels=frozenset(labels(values)),
        parent=parent(values),
        touched_by_others=marker is None or not as_we_wrote(values),
    )


def record(
    draft: Draft, id_: str, now: datetime, kind: str, words: Words
) -> dict[str, object]:
    """Return a new issue."""
    stamp = _stamp(now)
    fields = {
        Field.STATUS: Status.OPEN,
        Field.PRIORITY: None,
        **draft.fields,
        Field.TITLE: draft.title,
    }
    values: dict[str, object] = {
        "_type": "issue",
        "id": id_,
        "description": enclose(with_newlines(draft.body)),
        "issue_type": kind,
        "created_at": stamp,
        "created_by": IDENTITY,
        "updated_at": stamp,
        "labels": sorted(draft.labels) or None,
        "dependency_count": 0,
        "dependent_count": 0,
        "comment_count": 0,
    }
    for field, value in fields.items():
        values |= _changes(field, value, values, stamp, words)
    if draft.parent is not None:
        values |= {
            "parent": draft.parent,
            "dependencies": [_child(id_, draft.parent, stamp)],
        }
    return marked(values, draft.marker)


def changes(line: Line, patch: Patch, now: datetime, words: Words) -> dict[str, object]:
    """Return what a patch changes in an issue, empty if it shows it all already."""
    stamp = _stamp(now)
    changed: dict[str, object] = {}
    for field, value in patched(patch).items():
        changed |= _changes(field, value, line.values, stamp, words)
    if patch.duplicate_of is not None:
        changed["close_reason"] = f"Duplicate of {patch.duplicate_of}"
    if patch.body is not None:
        # A body whose delimiters are gone belongs to people alone.
        body = splice(text(line.values, "description"), with_newlines(patch.body))
        changed |= {} if body is None else {"description": body}
    changed = {k: v for k, v in changed.items() if line.values.get(k) != v}
    return changed and sealed(line.values, {**changed, "updated_at": stamp})


def _changes(
    field: Field,
    value: str | None,
    values: Mapping[str, object],
    stamp: str,
    words: Words,
) -> dict[str, object]:
    """Return the keys that hold a field's value; None takes a key out."""
    match field:
        case Field.TITLE:
            return {"title": title(value)}
        case Field.OWNER:
            return {"assignee": one_line(value) or None}
        case Field.DUE:
            if value == day(values, "due_at"):
                return {}
            due = None if value is None else f"{date.fromisoformat(value)}T00:00:00Z"
            return {"due_at": due}
        case Field.PRIORITY:
            # Beads knows no issue without one.
            return {"priority": NORMAL if value is None else int(value)}
        case Field.STATUS:
            return status_changes(Status(value or Status.OPEN), values, stamp, words)


def _child(id_: str, parent: str, stamp: str) -> dict[str, object]:
    return {
        "issue_id": id_,
        "depends_on_id": parent,
        "type": "parent-child",
        "created_at": stamp,
        "created_by": IDENTITY,
        "metadata": "{}",
    }


def _stamp(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
