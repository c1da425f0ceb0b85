"""Between Beads' records and pmsync's tickets."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256

from pmsync.domain.block import enclose, splice
from pmsync.domain.model import Field, Marker, Status, Ticket, TicketRef
from pmsync.domain.patching import values as patched
from pmsync.domain.ports import Draft, Patch
from pmsync_adapters.beads.json_text import Inside
from pmsync_adapters.beads.records import Line

IDENTITY = "pmsync"
"""Who creates and closes tickets here, in ``created_by`` and ``closed_by_session``."""
TITLE_LIMIT = 500

_TOMBSTONE = "tombstone"
"""The status of a deleted issue in files of earlier versions of Beads."""
_NORMAL = 2
_PRIORITIES = range(5)
_STATUSES = {
    "open": Status.OPEN,
    # Always there: nobody works on it, and nothing is in its way.
    "pinned": Status.OPEN,
    "in_progress": Status.IN_PROGRESS,
    # Claimed by a worker.
    "hooked": Status.IN_PROGRESS,
    "blocked": Status.BLOCKED,
    # Put off, which documents call blocked too.
    "deferred": Status.BLOCKED,
}
_REASONS = {Status.DONE: "Completed", Status.WONT_DO: "Won't do"}
_NOT_DONE = re.compile(
    r"(?:clos(?:ed|ing) as )?(?:wo(?:n['\u2019]?|ul)t[ -]?(?:do|fix)|will not (?:do|fix)"
    r"|not[ _-]planned|not doing|duplicates?|dupe|obsoleted?|superseded"
    r"|cancell?ed|abandoned|rejected|declined|invalid)\b",
    re.IGNORECASE,
)
"""Beginnings of a reason that say that nothing was done. Beads itself looks for some
of these anywhere; at the beginning they cannot belong to what was done."""
_PARENT = ("parent-child", "parent_child")
_SURROGATES = re.compile("[\ud800-\udfff]")
_MARKER = 1
"""Version of our entry in ``metadata``."""

Words = Mapping[Status, str]
"""The configured word for a status: of the status itself, or of a closing reason."""


def is_ticket(line: Line) -> bool:
    """Tell whether a line holds an issue that has not been deleted."""
    return bool(line.id) and line.values.get("status") != _TOMBSTONE


def ticket_of(line: Line, tracker: str, words: Words) -> Ticket:
    """Return the ticket of a line that holds one.

    A due date counts as it is written, whatever its time zone. Raises ``ValueError``
    or ``TypeError`` saying what is wrong.
    """
    values = line.values
    id_ = line.id
    status = status_of(values, words)
    marker = _marker(values)
    return Ticket(
        ref=TicketRef(tracker, id_, f"bd://{id_}"),
        id=id_,
        version=line.digest,
        fields={
            Field.TITLE: " ".join(_text(values, "title").split()),
            Field.OWNER: _text(values, "assignee").strip() or None,
            Field.DUE: _day(values, "due_at"),
            Field.STATUS: status,
            Field.PRIORITY: _priority(values),
        },
        author=_text(values, "created_by") or None,
        created_at=_time(values, "created_at"),
        updated_at=_time(values, "updated_at"),
        closed_by=(_text(values, "closed_by_session") or None)
        if status.terminal
        else None,
        marker=marker,
        body=_text(values, "description"),
        labels=frozenset(_labels(values)),
        parent=_parent(values),
        touched_by_others=marker is None or not _as_we_wrote(values),
    )


def status_of(values: Mapping[str, object], words: Words) -> Status:
    """Return what an issue's status and closing reason mean."""
    word = _text(values, "status") or "open"
    if word == "closed":
        reason = _text(values, "close_reason").strip()
        for status in _REASONS:
            if reason == words.get(status):
                return status
        return Status.WONT_DO if _NOT_DONE.match(reason) else Status.DONE
    for status, configured in words.items():
        if word == configured and not status.terminal:
            return status
    if word not in _STATUSES:
        known = ", ".join([*_STATUSES, "closed"])
        raise ValueError(f"status {word!r} is none of {known}")
    return _STATUSES[word]


def record(
    draft: Draft, id_: str, now: datetime, kind: str, words: Words
) -> dict[str, object]:
    """Return a new issue."""
    stamp = _stamp(now)
    entry: dict[str, object] = {
        "v": _MARKER,
        "key": draft.marker.key,
        "state": draft.marker.state,
    }
    fields = {
        Field.STATUS: Status.OPEN,
        Field.PRIORITY: None,
        **draft.fields,
        Field.TITLE: draft.title,
    }
    values: dict[str, object] = {
        "_type": "issue",
        "id": id_,
        "description": enclose(_lines(draft.body)),
        "issue_type": kind,
        "created_at": stamp,
        "created_by": IDENTITY,
        "updated_at": stamp,
        "metadata": {"pmsync": entry},
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
    entry["wrote"] = _content({k: v for k, v in values.items() if v is not None})
    return values


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
        body = splice(_text(line.values, "description"), _lines(patch.body))
        changed |= {} if body is None else {"description": body}
    changed = {k: v for k, v in changed.items() if line.values.get(k) != v}
    return changed and sealed(line, {**changed, "updated_at": stamp})


def sealed(line: Line, changed: Mapping[str, object]) -> dict[str, object]:
    """Add to the changes our note that we wrote them, if all before was ours too."""
    if not _as_we_wrote(line.values):
        return dict(changed)
    after = {k: v for k, v in {**line.values, **changed}.items() if v is not None}
    entry = {**_entry(line.values), "wrote": _content(after)}
    return {**changed, "metadata": Inside({"pmsync": entry})}


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
            return {"title": " ".join((value or "").split())[:TITLE_LIMIT].rstrip()}
        case Field.OWNER:
            return {"assignee": " ".join((value or "").split()) or None}
        case Field.DUE:
            if value == _day(values, "due_at"):
                return {}
            return {
                "due_at": None
                if value is None
                else f"{date.fromisoformat(value)}T00:00:00Z"
            }
        case Field.PRIORITY:
            # Beads knows no issue without one.
            return {"priority": _NORMAL if value is None else int(value)}
        case Field.STATUS:
            return _status(Status(value or Status.OPEN), values, stamp, words)


def _status(
    status: Status, values: Mapping[str, object], stamp: str, words: Words
) -> dict[str, object]:
    if "status" in values and status is status_of(values, words):
        return {}
    if not status.terminal:
        return {
            "status": words.get(status, status.value),
            "closed_at": None,
            "close_reason": None,
            "closed_by_session": None,
        }
    reason: dict[str, object] = {"close_reason": words.get(status, _REASONS[status])}
    if values.get("status") == "closed":
        return reason
    return {
        "status": "closed",
        "closed_at": stamp,
        **reason,
        "closed_by_session": IDENTITY,
    }


def _child(id_: str, parent: str, stamp: str) -> dict[str, object]:
    return {
        "issue_id": id_,
        "depends_on_id": parent,
        "type": "parent-child",
        "created_at": stamp,
        "created_by": IDENTITY,
        "metadata": "{}",
    }


def _entry(values: Mapping[str, object]) -> Mapping[str, object]:
    """Return our entry in the metadata, empty if there is none."""
    metadata = values.get("metadata")
    entry = metadata.get("pmsync") if isinstance(metadata, dict) else None
    return entry if isinstance(entry, dict) else {}


def _marker(values: Mapping[str, object]) -> Marker | None:
    entry = _entry(values)
    version, key, state = entry.get("v"), entry.get("key"), entry.get("state")
    if isinstance(version, int) and version > _MARKER:
        raise ValueError(f"written by a newer pmsync (metadata version {version})")
    if not isinstance(key, str) or not isinstance(state, str):
        return None
    return Marker(key, state)


def _as_we_wrote(values: Mapping[str, object]) -> bool:
    return _entry(values).get("wrote") == _content(values)


def _content(values: Mapping[str, object]) -> str:
    """Return a digest of what an issue says, but for this digest."""
    entry = {k: v for k, v in _entry(values).items() if k != "wrote"}
    metadata = values.get("metadata")
    if isinstance(metadata, dict):
        values = {**values, "metadata": {**metadata, "pmsync": entry}}
    return sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]


def _text(values: Mapping[str, object], key: str) -> str:
    value = values.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{key} is not text")
    return _SURROGATES.sub("\ufffd", value)


def _time(values: Mapping[str, object], key: str) -> datetime:
    """Return a moment; one without a zone is UTC."""
    text = _text(values, key)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{key} {text!r} is not a time (RFC 3339)") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(values: Mapping[str, object], key: str) -> str | None:
    if not _text(values, key):
        return None
    return _time(values, key).date().isoformat()


def _priority(values: Mapping[str, object]) -> str:
    value = values.get("priority", _NORMAL)
    if (
        not isinstance(value, int)
        or isinstance(value, bool)
        or value not in _PRIORITIES
    ):
        raise ValueError(f"priority {value!r} is not a number from 0 to 4")
    return str(value)


def _labels(values: Mapping[str, object]) -> list[str]:
    labels = values.get("labels") or []
    if not isinstance(labels, list) or not all(isinstance(x, str) for x in labels):
        raise ValueError("labels is not a list of texts")
    return labels


def _parent(values: Mapping[str, object]) -> str | None:
    if parent := _text(values, "parent"):
        return parent
    dependencies = values.get("dependencies")
    for entry in dependencies if isinstance(dependencies, list) else []:
        if isinstance(entry, dict) and entry.get("type") in _PARENT:
            return _text(entry, "depends_on_id") or None
    return None


def _stamp(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
