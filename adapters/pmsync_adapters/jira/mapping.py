"""Tickets of Jira as the core knows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from pmsync.domain.model import Field, Marker, Ticket, TicketRef
from pmsync_adapters.jira import adf, wiki
from pmsync_adapters.jira.client import reading
from pmsync_adapters.jira.statuses import Shown, StatusNames

FIELDS = (
    "summary", "status", "resolution", "assignee", "creator", "created", "updated",
    "duedate", "priority", "labels", "parent", "issuelinks", "project", "issuetype",
    "description", "comment",
)  # fmt: skip
PROPERTY = "pmsync"
"""The issue property that holds the marker on Jira Cloud."""
LINK = "Relates"
"""The type of link to a parent that cannot be one by its type; Jira comes with it."""

PRIORITIES: Mapping[str, tuple[str, ...]] = {
    "0": ("Highest", "Blocker", "Critical", "Urgent", "P0"),
    "1": ("High", "Critical", "Major", "P1"),
    "2": ("Medium", "Major", "Normal", "P2"),
    "3": ("Low", "Minor", "P3"),
    "4": ("Lowest", "Trivial", "P4"),
}
"""Jira's names for priorities by our level, the usual one first; a name is read as the
level that it was found at last."""

_LEVELS = {
    name.casefold(): level for level, names in PRIORITIES.items() for name in names
} | {"critical": "1", "major": "2"}


@dataclass(frozen=True, slots=True)
class View:
    """How one identity sees the tickets of one project."""

    tracker: str
    site: str
    cloud: bool
    identity: str
    project_ids: frozenset[str]
    """Keys and ids of the configured project."""
    names: StatusNames
    people: frozenset[str]
    """Accounts as the configuration writes them."""

    def ticket(self, issue: Mapping[str, Any]) -> Ticket:
        """Return a ticket. Raises ``TrackerUnavailableError`` if it is none."""
        with reading(self.tracker):
            return self._ticket(issue)

    def owner(self, user: Mapping[str, Any] | None) -> str | None:
        """Return how an account is written: as configured, else by its name.

        On Data Center that is the user name, on Cloud, which has none, the display name.
        """
        if user is None:
            return None
        shown = str(user["displayName"] if self.cloud else user["name"])
        spellings = {name.casefold(): name for name in self.people}
        known = (account_of(user, cloud=self.cloud), user.get("emailAddress"), shown)
        found = (spellings.get(str(name).casefold()) for name in known if name)
        return next((name for name in found if name), shown)

    def _ticket(self, issue: Mapping[str, Any]) -> Ticket:
        fields = issue["fields"]
        shown = shown_status(fields)
        raw = fields.get("description")
        status = self.names.meaning(shown)
        project = fields["project"]
        return Ticket(
            ref=TicketRef(
                self.tracker, issue["key"], f"{self.site}/browse/{issue['key']}"
            ),
            id=str(issue["id"]),
            version=_version(fields),
            fields=MappingProxyType(
                {
                    Field.TITLE: fields["summary"],
                    Field.OWNER: self.owner(fields.get("assignee")),
                    Field.DUE: fields.get("duedate"),
                    Field.STATUS: status,
                    Field.PRIORITY: _level(fields.get("priority")),
                }
            ),
            author=self._account(fields.get("creator")),
            created_at=datetime.fromisoformat(fields["created"]),
            updated_at=datetime.fromisoformat(fields["updated"]),
            closed_by=self._closer(issue) if status.terminal else None,
            marker=_property_marker(issue) if self.cloud else wiki.marker_of(raw),
            body=adf.text_of(raw) if self.cloud else wiki.text_of(raw),
            labels=frozenset(fields.get("labels") or ()),
            parent=_parent(fields),
            read_only=not self.project_ids & {str(project["id"]), project["key"]},
            touched_by_others=self._touched(issue),
        )

    def _account(self, user: Mapping[str, Any] | None) -> str | None:
        return account_of(user, cloud=self.cloud) if user else None

    def _closer(self, issue: Mapping[str, Any]) -> str | None:
        """Return who brought the ticket to its present status, None if not shown."""
        changes = [
            (datetime.fromisoformat(entry["created"]), entry)
            for entry in _histories(issue)
            if any(item.get("field") == "status" for item in entry["items"])
        ]
        if not changes:
            return None
        _, last = max(changes, key=lambda change: change[0])
        return self._account(last.get("author"))

    def _touched(self, issue: Mapping[str, Any]) -> bool:
        """Tell whether anyone else changed or said something, or may have.

        Jira cuts long lists of changes and comments; then nobody knows.
        """
        changelog = issue.get("changelog")
        comment = issue["fields"].get("comment")
        if changelog is None or comment is None:
            return True
        entries, comments = _histories(issue), comment["comments"]
        if changelog.get("total", 0) > len(entries):
            return True
        if comment.get("total", 0) > len(comments):
            return True
        authors = [entry.get("author") for entry in (*entries, *comments)]
        return any(self._account(author) != self.identity for author in authors)


def account_of(user: Mapping[str, Any], *, cloud: bool) -> str:
    """Return the lasting name of an account."""
    return str(user["accountId"] if cloud else user["name"])


def shown_status(fields: Mapping[str, Any]) -> Shown:
    """Return the status that an issue's fields show."""
    status, resolution = fields["status"], fields.get("resolution")
    return Shown(
        status["name"],
        status["statusCategory"]["key"],
        resolution["name"] if resolution else None,
    )


def marker_property(marker: Marker) -> dict[str, Any]:
    """Return the property that marks a ticket."""
    value = {"version": 1, "key": marker.key, "state": marker.state}
    return {"key": PROPERTY, "value": value}


def _property_marker(issue: Mapping[str, Any]) -> Marker | None:
    match (issue.get("properties") or {}).get(PROPERTY):
        case {"version": 1, "key": str(key), "state": str(state)}:
            return Marker(key, state)
        case _:
            return None


def _histories(issue: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    histories = (issue.get("changelog") or {}).get("histories")
    return list(histories or ())


def _level(priority: Mapping[str, Any] | None) -> str | None:
    return _LEVELS.get(str(priority["name"]).casefold()) if priority else None


def _parent(fields: Mapping[str, Any]) -> str | None:
    """Return the parent, else the ticket that stands in for one by a link."""
    if parent := fields.get("parent"):
        return str(parent["key"])
    for link in fields.get("issuelinks") or ():
        if link["type"]["name"] == LINK and link.get("inwardIssue"):
            return str(link["inwardIssue"]["key"])
    return None


def _version(fields: Mapping[str, Any]) -> str:
    """Return the time of the last change, and a digest for changes in one instant."""
    told = {name: fields.get(name) for name in FIELDS if name != "updated"}
    digest = sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return f"{fields['updated']} {digest[:12]}"
