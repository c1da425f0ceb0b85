"""What each change of a plan does, by a short name: equal names do the same."""

from __future__ import annotations

from hashlib import sha256

from pmsync.domain.changes import (
    AddColumn,
    Change,
    CloseDuplicate,
    CreateTicket,
    UpdateRow,
    UpdateTicket,
)


def effect(change: Change) -> str:
    """Return a digest of everything that a change does, with the texts that it sends."""
    common = (
        type(change).__name__,
        change.path,
        change.line,
        change.key,
        change.tracker,
        sorted((name, *map(_plain, value)) for name, value in change.fields.items()),
        _own(change),
    )
    return sha256(repr(common).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _own(change: Change) -> tuple[object, ...]:
    match change:
        case CreateTicket():
            draft = change.draft
            fields = sorted((f.value, _plain(v)) for f, v in draft.fields.items())
            texts = (draft.title, draft.body, draft.marker.key, draft.marker.state)
            labels = sorted(draft.labels)
            kin = (draft.parent, change.child_of, change.instead_of)
            return (*texts, fields, labels, kin)
        case UpdateTicket():
            sent = sorted((f.value, _plain(v)) for f, v in change.send.items())
            return (change.ticket.id, sent, change.body)
        case UpdateRow():
            values = sorted((c.value, _plain(v)) for c, v in change.values.items())
            return (change.ref and change.ref.key, values)
        case AddColumn():
            return (change.column.value,)
        case CloseDuplicate():
            return (change.ticket.id, change.survivor.key)
        case _:
            return ()


def _plain(value: str | None) -> str | None:
    return None if value is None else str(value)
