"""A document's items in the state as JSON; tens of thousands are read in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from pmsync.domain.json_values import (
    Reader,
    flag,
    lines,
    number,
    one_of,
    record,
    sequence,
    table,
    text,
    to_text,
)
from pmsync.domain.model import Column, Field, TicketRef
from pmsync.domain.state import (
    Closer,
    DocumentState,
    ItemState,
    Link,
    Loss,
    Pair,
    ParentTicket,
    PendingEdit,
    Stage,
)

_VALUES = len(PendingEdit._fields) - 1
"""How many values a pending edit has before its stage."""
_stage = one_of(Stage)
_tuple = tuple.__new__
"""Makes a pair; its own constructor does the same in three times the time."""

_Name = TypeVar("_Name", bound=StrEnum)
_Value = TypeVar("_Value")


def document_to_text(path: str, document: DocumentState) -> str:
    """Return one document as JSON, with one item on each line."""
    raw = {
        "path": path,
        "digest": document.digest,
        "incident_id": document.incident_id,
        "parent": _parent_to_json(document.parent) if document.parent else None,
    }
    head = to_text(_present(raw)).removesuffix("}")
    items = lines(to_text(_item_to_json(item)) for item in document.items)
    return f'{head}, "items": [{items}]}}'


def _parent_to_json(parent: ParentTicket) -> dict[str, Any]:
    ref = parent.ref
    raw = {
        "key": parent.key,
        "ref": {"tracker": ref.tracker, "key": ref.key, "url": ref.url},
        "ticket_id": parent.ticket_id,
        "link": None if parent.link is Link.UNWRITTEN else parent.link,
        "stage": None if parent.stage is Stage.WRITTEN else parent.stage,
    }
    return _present(raw)


def _item_to_json(item: ItemState) -> dict[str, Any]:
    """Return what differs from the defaults, in the order of the fields."""
    ref = item.ref
    raw = {
        "key": item.key,
        "text": item.text,
        "section": item.section,
        "line": item.line or None,
        "ref": ref and {"tracker": ref.tracker, "key": ref.key, "url": ref.url},
        "ticket_id": item.ticket_id,
        "link": None if item.link is Link.UNWRITTEN else item.link,
        "base": pairs_to_json(item.base) or None,
        "pending": _sorted({c: _shortest(e) for c, e in item.pending.items()}),
        "seen": _sorted(item.seen),
        "sent": pairs_to_json(item.sent) or None,
        "version": item.version,
        "closed_by": item.closed_by,
        "body": item.body,
        "owns": None if item.owns else False,
        "vanished": item.vanished or None,
        "loss": item.loss,
        "no_status": item.no_status or None,
        "former": item.former or None,
    }
    return _present(raw)


def _present(raw: Mapping[str, _Value | None]) -> dict[str, _Value]:
    return {name: value for name, value in raw.items() if value is not None}


def _sorted(values: Mapping[_Name, _Value]) -> dict[_Name, _Value] | None:
    return {name: values[name] for name in sorted(values)} if values else None


def pairs_to_json(pairs: Mapping[Field, Pair]) -> dict[str, str | Pair | None]:
    """Return the pairs of a base by field, in order."""
    return {name: _halves(pairs[name]) for name in sorted(pairs)}


def _halves(pair: Pair) -> str | Pair | None:
    """Return one value for two equal halves, which most are."""
    return pair.document if pair.document == pair.tracker else pair


def _shortest(edit: PendingEdit) -> PendingEdit | tuple[str | None, ...]:
    """Leave out the stage where it is the first one."""
    return edit[:-1] if edit.stage is Stage.WRITTEN else edit


def _value(raw: Any) -> str | None:
    return None if raw is None else text(raw)


def _pair(raw: Any) -> Pair:
    if raw is None or type(raw) is str:  # by far the most frequent
        return _tuple(Pair, (raw, raw))
    if type(raw) is not list or len(raw) != len(Pair._fields):
        raise ValueError("it is not a pair")
    return _tuple(Pair, (_value(raw[0]), _value(raw[1])))


def _pending_edit(raw: Any) -> PendingEdit:
    if type(raw) is not list or len(raw) not in (_VALUES, _VALUES + 1):
        raise ValueError("it is not a list of three values and perhaps a stage")
    before, to, ticket = map(_value, raw[:_VALUES])
    return PendingEdit(before, to, ticket, *map(_stage, raw[_VALUES:]))


def _named(names: type[_Name], value: Reader[_Value]) -> Reader[dict[_Name, _Value]]:
    by_name = {str(name): name for name in names}

    def read(raw: Any) -> dict[_Name, _Value]:
        for name in table(raw):
            if name not in by_name:
                raise ValueError(f"it names {ascii(name)[:40]}")
        return {by_name[name]: value(entry) for name, entry in raw.items()}

    return read


pairs_from_json = _named(Field, _pair)
"""Read the pairs of a base by field; raises ``ValueError``."""


def _located(path: str, **fields: Any) -> tuple[str, DocumentState]:
    return path, DocumentState(**fields)


_any_ref = record(TicketRef, {"tracker": text, "key": text, "url": text})


def _ref(raw: Any) -> TicketRef:
    # Nearly every item has one. What is not three texts is read for what is wrong.
    if type(raw) is dict and len(raw) == len(TicketRef._fields):
        tracker, key, url = raw.get("tracker"), raw.get("key"), raw.get("url")
        if type(tracker) is type(key) is type(url) is str:
            return TicketRef(tracker, key, url)
    return _any_ref(raw)


_item = record(
    ItemState,
    {"key": text, "text": text},
    {
        "section": text,
        "line": number,
        "ref": _ref,
        "ticket_id": text,
        "link": one_of(Link),
        "base": pairs_from_json,
        "pending": _named(Column, _pending_edit),
        "seen": _named(Field, _value),
        "sent": pairs_from_json,
        "version": text,
        "closed_by": one_of(Closer),
        "body": text,
        "owns": flag,
        "vanished": flag,
        "loss": one_of(Loss),
        "no_status": flag,
        "former": sequence(text),
    },
)

_parent = record(
    ParentTicket,
    {"key": text, "ref": _ref},
    {"ticket_id": text, "link": one_of(Link), "stage": one_of(Stage)},
)

document_from_json = record(
    _located,
    {"path": text, "items": sequence(_item)},
    {"digest": text, "incident_id": text, "parent": _parent},
)
"""Read path and state of one document; raises ``ValueError``."""
