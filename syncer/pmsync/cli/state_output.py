"""The state for people, as text and as JSON; described in docs/reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from pmsync.cli.terminal import Paint, safe, safe_json
from pmsync.domain.model import Column, TicketRef
from pmsync.domain.settling import WINDOW
from pmsync.domain.state import Intent, ItemState, Lease, Link, Loss, Stage, State

VERSION = 1
_STAGES = {
    Stage.WRITTEN: "was being written",
    Stage.PROPOSED: "waits to be merged or pushed",
    Stage.DECLINED: "was declined",
}
_LOST = {
    Loss.SUSPECTED: "its ticket was not seen once",
    Loss.CONFIRMED: "its ticket is gone",
}
_HOUR = 3600
_MINUTE = 60


def state_lines(
    state: State, lease: str, paint: Paint, *, verbose: bool
) -> Iterator[str]:
    """Show the state, the lease already in words; all fields with ``verbose``."""
    trackers = ", ".join(f"{n} ({kind})" for n, kind in state.trackers.items())
    yield f"{paint.bold('state')}     {safe(state.id)}, trackers {safe(trackers) or 'none'}"
    yield f"{paint.bold('lease')}     {safe(lease)}"
    for name, mark in state.watermarks.items():
        far = [f"changes up to {safe(mark.changed)}"] if mark.changed else []
        if mark.verified:
            far.append(f"every linked ticket at {_time(mark.verified)}")
        yield f"{paint.bold('read')}      {safe(name)}: {', '.join(far) or 'nothing'}"
    for intent in state.intents.values():
        yield f"{paint.yellow('waiting')}   {_intent(intent)}"
    refs = _refs(state)
    for intent in state.settled.values():
        yield f"{paint.bold('settled')}   {_settled(intent, refs.get(intent.key))}"
    for path, document in sorted(state.documents.items()):
        yield ""
        yield paint.bold(safe(path) or "(no document)")
        if document.parent is not None:
            yield f"  its own ticket  {safe(document.parent.ref.key)}"
        for item in document.items:
            yield from _item(item, paint, verbose=verbose)


def state_line(state: State) -> str:
    """Say in one line how much it is."""
    items = sum(len(document.items) for document in state.documents.values())
    aside = len(state.settled.keys() - _refs(state).keys())
    return (
        f"{items} {'item' if items == 1 else 'items'} in {len(state.documents)} "
        f"{'document' if len(state.documents) == 1 else 'documents'}, "
        f"{len(state.intents)} waiting" + (f", {aside} set aside" if aside else "")
    )


def lease_text(lease: Lease | None, now: datetime, length: timedelta) -> str:
    """Say who holds the lease and since when; ``length`` is the configured one."""
    if lease is None:
        return "none"
    until = _time(lease.expires)
    ended = " (over)" if lease.expires < now else ""
    return (
        f"held by {lease.host}, process {lease.pid}, renewed "
        f"{_ago(now - (lease.expires - length))}, until {until}{ended}"
    )


def state_json(state: State) -> str:
    """Write it as JSON."""
    refs = _refs(state)
    raw = {
        "version": VERSION,
        "state": state.id,
        "config": state.config,
        "trackers": dict(state.trackers),
        "lease": _lease_json(state.lease),
        "watermarks": {
            name: {
                "changed": mark.changed,
                "verified": mark.verified.isoformat() if mark.verified else None,
            }
            for name, mark in state.watermarks.items()
        },
        "intents": [_intent_json(intent) for intent in state.intents.values()],
        "settled": [
            _settled_json(intent, refs.get(intent.key))
            for intent in state.settled.values()
        ],
        "documents": [
            {
                "path": path,
                "incident_id": document.incident_id,
                "parent": document.parent.ref.full_name if document.parent else None,
                "items": [_item_json(item) for item in document.items],
            }
            for path, document in sorted(state.documents.items())
        ],
    }
    return safe_json(raw)


def _item(item: ItemState, paint: Paint, *, verbose: bool) -> Iterator[str]:
    notes = [
        _link(item),
        "" if item.owns else "only receives the status",
        "its row is gone" if item.vanished else "",
        _LOST[item.loss] if item.loss else "",
        "an update has no answer yet" if item.sent else "",
        *(
            f"{column} {_STAGES[edit.stage]}"
            for column, edit in item.pending.items()
            if column is not Column.TICKET
        ),
    ]
    key = paint.bold(safe(item.ref.key)) if item.ref else "(no ticket)"
    shown = ", ".join(filter(None, notes))
    yield f"  line {item.line}  {key}  {safe(item.text)}" + (
        f"  {paint.yellow(safe(shown))}" if shown else ""
    )
    if verbose:
        yield f"      key {safe(item.key)}"
        for field, (document, tracker) in item.base.items():
            sides = f"document {_value(document)}, ticket {_value(tracker)}"
            yield f"      {field}  {sides}"


def _link(item: ItemState) -> str:
    """Say how far the link has come, nothing where it stands in the document."""
    edit = item.pending.get(Column.TICKET)
    match item.link:
        case Link.LANDED:
            return ""
        case Link.UNLINKED:
            return "a person took its link out"
        case Link.UNWRITTEN if edit is not None:
            return f"its link {_STAGES[edit.stage]}"
        case Link.UNWRITTEN:
            return "its link is not written yet"


def _item_json(item: ItemState) -> dict[str, Any]:
    return {
        "line": item.line,
        "key": item.key,
        "title": item.text,
        "section": item.section,
        "ref": item.ref.full_name if item.ref else None,
        "ticket_id": item.ticket_id,
        "link": item.link.value,
        "owns": item.owns,
        "vanished": item.vanished,
        "loss": item.loss.value if item.loss else None,
        "pending": {c.value: edit.to for c, edit in item.pending.items()},
        "base": {
            f.value: {"document": pair.document, "tracker": pair.tracker}
            for f, pair in item.base.items()
        },
    }


def _intent(intent: Intent) -> str:
    where = f"{safe(intent.path)}:{intent.line}"
    return (
        f"{where}  {safe(intent.text)}  create in {safe(intent.project)} "
        f"({safe(intent.tracker)}) since {_time(intent.earliest)}"
    )


def _settled(intent: Intent, ref: TicketRef | None) -> str:
    """Say what became of a create, and how long a ticket of it may still show up."""
    until = _time(intent.started + WINDOW)
    if ref is None:
        return (
            f"{_intent(intent)}: set aside without a ticket, one may come until {until}"
        )
    return f"{_intent(intent)}: it is {safe(ref.key)}, a second may come until {until}"


def _refs(state: State) -> Mapping[str, TicketRef]:
    """Return the ticket of each key that has one."""
    found: dict[str, TicketRef] = {}
    for document in state.documents.values():
        found |= {item.key: item.ref for item in document.items if item.ref}
        if document.parent is not None:
            found[document.parent.key] = document.parent.ref
    return found


def _settled_json(intent: Intent, ref: TicketRef | None) -> dict[str, Any]:
    return {
        **_intent_json(intent),
        "ref": ref.full_name if ref else None,
        "until": (intent.started + WINDOW).isoformat(),
    }


def _intent_json(intent: Intent) -> dict[str, Any]:
    return {
        "path": intent.path,
        "line": intent.line,
        "key": intent.key,
        "title": intent.text,
        "tracker": intent.tracker,
        "project": intent.project,
        "started": intent.started.isoformat(),
    }


def _lease_json(lease: Lease | None) -> dict[str, Any] | None:
    if lease is None:
        return None
    return {
        "holder": lease.holder,
        "host": lease.host,
        "pid": lease.pid,
        "expires": lease.expires.isoformat(),
    }


def _value(value: str | None) -> str:
    return "(none)" if value is None else safe(value)


def _time(time: datetime) -> str:
    return time.isoformat(sep=" ", timespec="seconds")


def _ago(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min ago"
    return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE} min ago"
