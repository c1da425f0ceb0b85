"""Values out of a record that nobody has checked.

Each function raises ``TypeError`` or ``ValueError`` naming the key that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

NORMAL = 2
"""The priority of an issue that says nothing."""

_PRIORITIES = range(5)
_PARENT = ("parent-child", "parent_child")
_SURROGATES = re.compile("[\ud800-\udfff]")


def text(values: Mapping[str, object], key: str) -> str:
    """Return a text, empty if there is none; half characters are replaced."""
    value = values.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{key} is not text")
    return _SURROGATES.sub("\ufffd", value)


def time(values: Mapping[str, object], key: str) -> datetime:
    """Return a moment; one without a zone is UTC."""
    written = text(values, key)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise ValueError(f"{key} {written!r} is not a time (RFC 3339)") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def day(values: Mapping[str, object], key: str) -> str | None:
    """Return a day in ISO 8601 as it is written, whatever its time zone."""
    if not text(values, key):
        return None
    return time(values, key).date().isoformat()


def priority(values: Mapping[str, object]) -> str:
    """Return ``0`` (highest) to ``4``."""
    value = values.get("priority", NORMAL)
    if (
        not isinstance(value, int)
        or isinstance(value, bool)
        or value not in _PRIORITIES
    ):
        raise ValueError(f"priority {value!r} is not a number from 0 to 4")
    return str(value)


def labels(values: Mapping[str, object]) -> list[str]:
    """Return the labels."""
    found = values.get("labels") or []
    if not isinstance(found, list) or not all(isinstance(x, str) for x in found):
        raise ValueError("labels is not a list of texts")
    return found


def parent(values: Mapping[str, object]) -> str | None:
    """Return the id of the parent."""
    if named := text(values, "parent"):
        return named
    dependencies = values.get("dependencies")
    for entry in dependencies if isinstance(dependencies, list) else []:
        if isinstance(entry, dict) and entry.get("type") in _PARENT:
            return text(entry, "depends_on_id") or None
    return None
