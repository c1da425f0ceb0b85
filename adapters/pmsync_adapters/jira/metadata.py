"""What a project wants of a new ticket: its type, the fields, and their shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pmsync.domain.errors import PermissionDeniedError, UsageError
from pmsync_adapters.jira import adf
from pmsync_adapters.jira.client import Client, reading
from pmsync_adapters.jira.statuses import folded

PAGE = 200
"""Entries of a page (spec: at most 200)."""
_GIVEN = frozenset({"project", "issuetype", "summary", "reporter"})
"""What every create has, or Jira fills in by itself."""
_CHOICES = {"option": "value", "priority": "name", "resolution": "name",
            "version": "name", "component": "name", "issuetype": "name",
            "securitylevel": "name", "group": "name"}  # fmt: skip
"""Types whose value is written as an object with its name (spec: JsonTypeBean)."""
_LONG_TEXT = ":textarea"


@dataclass(frozen=True, slots=True)
class CreateScreen:
    """What may and what must be given to a new ticket of the configured type."""

    type_id: str
    level: int | None
    """Place of the type in the hierarchy: 0 for a task, -1 for a sub-task; None where
    Jira does not tell."""
    fields: Mapping[str, Mapping[str, Any]] | None
    """By id; None where Jira does not tell, and everything is sent."""

    def takes(self, field: str) -> bool:
        """Tell whether a field can be set."""
        return self.fields is None or field in self.fields

    def missing(self, given: Mapping[str, Any]) -> list[str]:
        """Return the ids of required fields that are not given."""
        return [
            field
            for field, told in (self.fields or {}).items()
            if told.get("required")
            and not told.get("hasDefaultValue")
            and field not in given
            and field not in _GIVEN
        ]

    def choices(self, field: str) -> list[str]:
        """Return the names of the values that a field allows, if it lists them."""
        told = (self.fields or {}).get(field) or {}
        return names_of(told.get("allowedValues"))

    def called(self, field: str) -> str:
        """Return the name and the id of a field, for people."""
        told = (self.fields or {}).get(field) or {}
        return f"{told.get('name', field)} ({field})"


def create_screen(client: Client, project: str, issue_type: str) -> CreateScreen:
    """Ask what a new ticket needs.

    Raises ``UsageError`` when the project has no such type, ``TrackerError``.
    """
    with reading(client.name):
        return _screen(client, project, issue_type)


def _screen(client: Client, project: str, issue_type: str) -> CreateScreen:
    path = f"issue/createmeta/{project}/issuetypes"
    types = _all(client, path, "issueTypes")
    if types is None and client.cloud:
        raise PermissionDeniedError(
            f"tracker {client.name}: this account may not create issues in {project}",
            hint=f"check project, and the permission Create issues in {project}",
        )
    if types is None:
        # Data Center before 8.4 has no such resource; its refusals name the field.
        return CreateScreen("", None, None)
    wanted = folded(issue_type)
    by_name = {folded(one["name"]): one for one in types}
    found = by_name.get(wanted) or {one["id"]: one for one in types}.get(issue_type)
    if found is None:
        known = ", ".join(sorted(one["name"] for one in types)) or "none"
        raise UsageError(
            f"tracker {client.name}: {project} has no issue type {issue_type!r} for this "
            f"account; it has: {known}",
            hint=f"set issue_type in [trackers.{client.name}]",
        )
    fields = _all(client, f"{path}/{found['id']}", "fields")
    level = level_of(found)
    told = None if fields is None else {one["fieldId"]: one for one in fields}
    return CreateScreen(str(found["id"]), level, told)


def level_of(issue_type: Mapping[str, Any]) -> int:
    """Return the place of a type in the hierarchy; Data Center has but sub-tasks."""
    below = -1 if issue_type.get("subtask") else 0
    return int(issue_type.get("hierarchyLevel", below))


def shaped(value: object, told: Mapping[str, Any], *, cloud: bool) -> object:
    """Return a configured value as Jira wants it; what is an object already stays."""
    schema = told.get("schema") or {}
    kind = str(schema.get("type", ""))
    if kind == "array":
        items = value if isinstance(value, list | tuple) else [value]
        inner = {"schema": {**schema, "type": schema.get("items", "string")}}
        return [shaped(item, inner, cloud=cloud) for item in items]
    if not isinstance(value, str):
        return value
    if kind in _CHOICES:
        return {_CHOICES[kind]: value}
    if kind == "user":
        return {"accountId" if cloud else "name": value}
    if cloud and str(schema.get("custom", "")).endswith(_LONG_TEXT):
        return adf.document(adf.paragraph(value))
    return value


def names_of(allowed: object) -> list[str]:
    """Return the names of allowed values."""
    values = allowed if isinstance(allowed, list) else []
    names = (
        one.get("name", one.get("value")) for one in values if isinstance(one, dict)
    )
    return [str(name) for name in names if name]


def _all(client: Client, path: str, name: str) -> list[Mapping[str, Any]] | None:
    first = client.found(path, {"maxResults": PAGE})
    return None if first is None else [*_entries(client, path, name, first)]


def _entries(
    client: Client, path: str, name: str, page: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Read on while there is more; Data Center calls every list ``values``."""
    start = 0
    while True:
        entries = page.get(name, page.get("values")) or []
        yield from entries
        start += len(entries)
        if not entries or start >= page.get("total", 0):
            return
        page = client.get(path, {"maxResults": PAGE, "startAt": start})
