"""Between the issues that ``bd`` shows and pmsync's tickets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from pmsync.domain.block import enclose, splice
from pmsync.domain.model import Field, Status, Ticket, TicketRef
from pmsync.domain.patching import values as patched
from pmsync.domain.ports import Draft, Patch
from pmsync_adapters.beads.fields import fields_of, one_line, title, with_newlines
from pmsync_adapters.beads.metadata import IDENTITY, entry_of, marker_of
from pmsync_adapters.beads.statuses import Words, reason_of, status_of
from pmsync_adapters.beads.values import NORMAL, labels, parent, text, time

Issue = Mapping[str, object]

_SAID = ("title", "description", "status", "close_reason", "assignee", "notes")
"""What people change, beside priority, due date and comments."""


def ticket_of(issue: Issue, tracker: str, words: Words) -> Ticket:
    """Return the ticket of an issue; raises ``ValueError`` or ``TypeError``."""
    id_ = text(issue, "id")
    status = status_of(issue, words)
    ours = as_we_wrote(issue)
    return Ticket(
        ref=TicketRef(tracker, id_, f"bd://{id_}"),
        id=id_,
        version=f"{text(issue, 'updated_at')} {digest_of(issue)}",
        fields=fields_of(issue, status),
        author=text(issue, "created_by") or None,
        created_at=time(issue, "created_at"),
        updated_at=time(issue, "updated_at"),
        # bd does not show who closed an issue; what nobody has changed since we
        # closed it is closed by us.
        closed_by=IDENTITY if status.terminal and ours else None,
        marker=marker_of(issue),
        body=text(issue, "description").rstrip("\n"),
        labels=frozenset(labels(issue)),
        parent=parent(issue),
        touched_by_others=not ours,
    )


def new_issue(draft: Draft, words: Words) -> dict[str, object]:
    """Return what a new issue is to show before it is given a status."""
    fields = {
        Field.STATUS: Status.OPEN,
        **draft.fields,
        Field.TITLE: draft.title,
    }
    issue: dict[str, object] = {"description": enclose(with_newlines(draft.body))}
    for field, value in fields.items():
        issue |= shown(field, value, words)
    return issue


def changes(issue: Issue, patch: Patch, words: Words) -> dict[str, object]:
    """Return what a patch changes in an issue, empty if it shows it all already."""
    wanted: dict[str, object] = {}
    for field, value in patched(patch).items():
        if field is Field.STATUS and status_of(issue, words) == value:
            continue
        wanted |= shown(field, value, words)
    if patch.duplicate_of is not None:
        wanted["close_reason"] = f"Duplicate of {patch.duplicate_of}"
    if patch.body is not None:
        # A body whose delimiters are gone belongs to people alone.
        body = splice(
            text(issue, "description").rstrip("\n"), with_newlines(patch.body)
        )
        wanted |= {} if body is None else {"description": body}
    return {k: v for k, v in wanted.items() if _plain(issue, k) != _value(k, v)}


def shown(field: Field, value: str | None, words: Words) -> dict[str, object]:
    """Return the keys that show a field's value."""
    match field:
        case Field.TITLE:
            return {"title": title(value)}
        case Field.OWNER:
            return {"assignee": one_line(value)}
        case Field.DUE:
            return {"due_at": value or ""}
        case Field.PRIORITY:
            return {"priority": NORMAL if value is None else int(value)}
        case Field.STATUS:
            status = Status(value or Status.OPEN)
            if status.terminal:
                return {"status": "closed", "close_reason": reason_of(status, words)}
            return {"status": words.get(status, status.value), "close_reason": ""}


def entry(marker: Mapping[str, object], issue: Issue) -> dict[str, object]:
    """Return our entry in the metadata of an issue that is as we write it now."""
    return {**marker, "wrote": digest_of(issue)}


def as_we_wrote(issue: Issue) -> bool:
    """Tell whether nobody has changed an issue since we wrote it."""
    return entry_of(issue).get("wrote") == digest_of(issue)


def digest_of(issue: Issue) -> str:
    """Return a digest of what people can change in an issue."""
    said = [_plain(issue, key) for key in (*_SAID, "due_at", "priority")]
    said.append(issue.get("comment_count") or 0)
    return sha256(json.dumps(said).encode()).hexdigest()[:12]


def _plain(issue: Issue, key: str) -> object:
    """Return a value in the form in which two ways of showing it are equal."""
    return _value(key, issue.get(key))


def _value(key: str, value: object) -> object:
    match key:
        case "due_at":
            return str(value or "")[:10]
        case "priority":
            return NORMAL if value is None else value
        case "status":
            return value or "open"
        case _:
            return str(value or "").strip()
