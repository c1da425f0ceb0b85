"""Values of our fields as Jira takes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pmsync.domain.model import Field
from pmsync_adapters.jira.client import Client
from pmsync_adapters.jira.mapping import PRIORITIES
from pmsync_adapters.jira.people import People

TITLE_LIMIT = 255
"""Units of UTF-16, in which Jira counts."""


class Values:
    """How the values of one project are written."""

    def __init__(
        self, client: Client, people: People, priorities: Callable[[], Sequence[str]]
    ) -> None:
        """``priorities`` names those that the project has, nothing if not known."""
        self._client = client
        self._people = people
        self._priorities = priorities

    def written(self, field: Field, value: str | None) -> dict[str, Any]:
        """Return a value by Jira's field; nothing for what Jira cannot hold.

        Raises ``TrackerError``.
        """
        match field:
            case Field.TITLE:
                return {"summary": one_line(value or "")}
            case Field.OWNER:
                return self._assignee(value)
            case Field.DUE:
                return {"duedate": value}
            case Field.PRIORITY:
                return self._priority(value)
            case Field.STATUS:
                # A status is reached by transitions.
                return {}

    def _assignee(self, owner: str | None) -> dict[str, Any]:
        if owner is None:
            return {"assignee": None}
        account = self._people.account(owner)
        if account is None:
            return {}
        return {"assignee": {"accountId" if self._client.cloud else "name": account}}

    def _priority(self, level: str | None) -> dict[str, Any]:
        names = PRIORITIES.get(level or "", ())
        if not names:
            return {}
        allowed = {name.casefold(): name for name in self._priorities()}
        if not allowed:
            return {"priority": {"name": names[0]}}
        has = (allowed.get(name.casefold()) for name in names)
        return next(({"priority": {"name": name}} for name in has if name), {})


def one_line(title: str) -> str:
    """Return a title as Jira takes it: one line, no longer than the limit."""
    line = " ".join(title.split())
    if len(line) * 2 <= TITLE_LIMIT:
        return line
    units = line.encode("utf-16-le", "replace")[: TITLE_LIMIT * 2]
    return units.decode("utf-16-le", errors="ignore").rstrip()


def label(text: str) -> str:
    """Return a label as Jira takes it: without spaces."""
    return "-".join(text.split())
