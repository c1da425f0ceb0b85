"""Intents, lease and watermarks of the state as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pmsync.domain.item_json import pairs_from_json, pairs_to_json
from pmsync.domain.json_values import (
    flag,
    mapping,
    mapping_to_text,
    number,
    record,
    sequence,
    text,
    time,
    to_text,
)
from pmsync.domain.state import Intent, Lease, Watermark


def intents_to_text(intents: Mapping[str, Intent]) -> str:
    """Return intents by key as JSON, one on each line."""
    return mapping_to_text({key: _intent_to_json(i) for key, i in intents.items()})


def _intent_to_json(intent: Intent) -> dict[str, Any]:
    raw: dict[str, Any] = {
        "key": intent.key,
        "path": intent.path,
        "tracker": intent.tracker,
        "project": intent.project,
        "identity": intent.identity,
        "started": intent.started.isoformat(),
        "text": intent.text,
    }
    if intent.section is not None:
        raw["section"] = intent.section
    if intent.line:
        raw["line"] = intent.line
    if intent.parent:
        raw["parent"] = True
    if intent.first is not None:
        raw["first"] = intent.first.isoformat()
    if intent.sent:
        raw["sent"] = pairs_to_json(intent.sent)
    return raw


def lease_to_text(lease: Lease) -> str:
    """Return the lease as JSON."""
    raw = {
        "holder": lease.holder,
        "host": lease.host,
        "pid": lease.pid,
        "expires": lease.expires.isoformat(),
    }
    return to_text(raw)


def watermarks_to_text(watermarks: Mapping[str, Watermark]) -> str:
    """Return watermarks by tracker as JSON, one on each line."""
    marks = {name: _watermark_to_json(mark) for name, mark in watermarks.items()}
    return mapping_to_text(marks)


def _watermark_to_json(watermark: Watermark) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    if watermark.changed is not None:
        raw["changed"] = watermark.changed
    if watermark.verified is not None:
        raw["verified"] = watermark.verified.isoformat()
    if watermark.identities:
        raw["identities"] = watermark.identities
    return raw


_intent = record(
    Intent,
    {
        "key": text,
        "path": text,
        "tracker": text,
        "project": text,
        "identity": text,
        "started": time,
        "text": text,
    },
    {
        "section": text,
        "line": number,
        "parent": flag,
        "first": time,
        "sent": pairs_from_json,
    },
)
_watermark = record(
    Watermark, {}, {"changed": text, "verified": time, "identities": sequence(text)}
)

intents_from_json = mapping(_intent)
"""Read intents by key; raises ``ValueError``."""

lease_from_json = record(
    Lease, {"holder": text, "host": text, "pid": number, "expires": time}
)
"""Read a lease; raises ``ValueError``."""

watermarks_from_json = mapping(_watermark)
"""Read watermarks by tracker; raises ``ValueError``."""
