"""Where the contract of trackers is tried: a place for each entry point.

A new adapter adds its place to ``PLACES``; a test fails while it is missing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.ports import Capabilities, Tracker
from pmsync_adapters.beads.embedded import EmbeddedTracker
from pmsync_adapters.memory import MemoryProject, MemoryTracker
from pmsync_adapters.memory.project import EPOCH, HOLDS_ALL
from support import beads, emulated, jira820
from support.beads import BdPlace
from support.emulated import EmulatedPlace
from support.github_place import PLACES as GITHUB
from support.gitlab_place import GitLabPlace
from support.jira820 import Jira820Place
from support.jira_place import JiraCloudPlace, JiraDataCenterPlace


class Ticking:
    """A clock that goes on by a second whenever it is read."""

    def __init__(self) -> None:
        self._reads = 0

    def __call__(self) -> datetime:
        self._reads += 1
        return EPOCH + timedelta(seconds=self._reads)


class Place(Protocol):
    """A tracker's project that people use too."""

    def tracker(self) -> Tracker:
        """Connect anew; all connections of a place show the same tickets."""

    def edit(
        self,
        ticket: Ticket,
        fields: Mapping[Field, str | None],
        body: str | None = None,
    ) -> None:
        """Change a ticket as a person does."""

    def label(self, ticket: Ticket, label: str) -> None:
        """Put a label on a ticket as a person does."""

    def delete(self, ticket: Ticket) -> None:
        """Delete a ticket as a person does."""

    def person(self) -> str:
        """Return a name, handle or e-mail that the tracker knows as a user."""

    def close(self) -> None:
        """Give back what the place needs, and fail if it saw what it must not."""


class MemoryPlace:
    """The reference, with whatever it is told that it can hold."""

    def __init__(self, capabilities: Capabilities = HOLDS_ALL) -> None:
        self._project = MemoryProject(
            capabilities=capabilities,
            clock=Ticking(),
            users={"Alice": "alice", "alice@example.com": "alice"},
        )

    def tracker(self) -> Tracker:
        return MemoryTracker(self._project)

    def edit(
        self,
        ticket: Ticket,
        fields: Mapping[Field, str | None],
        body: str | None = None,
    ) -> None:
        self._project.edit(ticket.id, fields, body=body)

    def label(self, ticket: Ticket, label: str) -> None:
        kept = self._project._kept[ticket.id]
        kept.ticket = replace(kept.ticket, labels=kept.ticket.labels | {label})

    def delete(self, ticket: Ticket) -> None:
        self._project.delete(ticket.id)

    def person(self) -> str:
        return "alice@example.com"

    def close(self) -> None:
        """Nothing is held."""


class EmbeddedPlace:
    """A directory whose file of tickets people edit with an editor."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._clock = Ticking()

    def tracker(self) -> Tracker:
        return EmbeddedTracker(self._root, now=self._clock)

    def edit(
        self,
        ticket: Ticket,
        fields: Mapping[Field, str | None],
        body: str | None = None,
    ) -> None:
        values: dict[str, object] = {}
        for field, value in fields.items():
            match field:
                case Field.TITLE:
                    values["title"] = value
                case Field.OWNER:
                    values["assignee"] = value or ""
                case Field.DUE:
                    values["due_at"] = value or ""
                case Field.PRIORITY:
                    values["priority"] = int(value or 2)
                case Field.STATUS:
                    closed = Status(value or "open").terminal
                    values["status"] = "closed" if closed else value
                    values["close_reason"] = (
                        "Not planned" if value == Status.WONT_DO else ""
                    )
                    values["closed_by_session"] = ""
        if body is not None:
            values["description"] = body
        self._rewrite(ticket, values)

    def label(self, ticket: Ticket, label: str) -> None:
        self._rewrite(ticket, {"labels": [*sorted(ticket.labels), label]})

    def delete(self, ticket: Ticket) -> None:
        self._rewrite(ticket, None)

    def person(self) -> str:
        return "Alice"

    def close(self) -> None:
        """Nothing is held."""

    def _rewrite(self, ticket: Ticket, values: dict[str, object] | None) -> None:
        file = self._root / ".pmsync" / "tickets.jsonl"
        lines = []
        for line in file.read_text(encoding="utf-8").split("\n"):
            record = json.loads(line) if line else {}
            if record.get("id") != ticket.id:
                lines.append(line)
            elif values is not None:
                lines.append(json.dumps(record | values))
        file.write_text("\n".join(lines), encoding="utf-8")


POOR = Capabilities(title_limit=40)
"""A tracker that holds a title and whether it is done, and has lists that lag."""

PLACES: dict[str, Callable[[Path], Place]] = {
    "memory": lambda _: MemoryPlace(),
    "memory-poor": lambda _: MemoryPlace(POOR),
    "embedded": EmbeddedPlace,
    "beads": BdPlace,
    **GITHUB,
    "github-emulate": EmulatedPlace,
    "gitlab": GitLabPlace,
    "gitlab-parallel": lambda root: GitLabPlace(root, concurrency=4),
    "jira": JiraCloudPlace,
    "jira-data-center": JiraDataCenterPlace,
    "jira-820": Jira820Place,
}
"""By entry point; what follows a hyphen is a variant."""

FULL = {
    "beads": beads.installed,
    "github-emulate": emulated.installed,
    "jira-820": jira820.installed,
}
"""Places that need more than Python and git, and whether that is there."""
