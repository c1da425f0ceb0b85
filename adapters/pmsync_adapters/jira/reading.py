"""What Jira shows, as tickets of one project seen by one account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from pmsync.domain.errors import TrackerError
from pmsync.domain.model import Ticket
from pmsync.domain.ports import Done, Outcome, Unknown
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.jira import queries
from pmsync_adapters.jira.client import Client, reading
from pmsync_adapters.jira.mapping import View, account_of
from pmsync_adapters.jira.statuses import StatusNames

Issue = Mapping[str, Any]
"""A ticket as Jira's JSON."""


class Reader:
    """Reads tickets; every method may raise ``TrackerError``."""

    def __init__(
        self,
        client: Client,
        settings: TrackerSettings,
        project: str,
        names: StatusNames,
    ) -> None:
        self._client = client
        self._settings = settings
        self._project = project
        self._names = names

    @cached_property
    def me(self) -> str:
        """The account that the token belongs to."""
        with reading(self._client.name):
            return account_of(self._client.myself, cloud=self._client.cloud)

    @cached_property
    def view(self) -> View:
        """How that account sees the project."""
        return View(
            tracker=self._settings.name,
            site=self._client.site,
            cloud=self._client.cloud,
            identity=self.me,
            project_ids=frozenset({self._project}),
            names=self._names,
            people=self._settings.owners,
        )

    def tickets(self, issues: Sequence[Issue]) -> tuple[Ticket, ...]:
        """Return issues as tickets."""
        tickets = tuple(map(self.view.ticket, issues))
        if not any(ticket.read_only for ticket in tickets):
            return tickets
        # Elsewhere, or here under a key that the project has now.
        ids = self.view.project_ids | {self._project_id}
        return tuple(map(replace(self.view, project_ids=ids).ticket, issues))

    def ticket(self, issue: Issue) -> Ticket:
        """Return one issue as a ticket."""
        return self.tickets([issue])[0]

    def result(self, id_: str) -> Outcome:
        """Return what became of a ticket that was written."""
        try:
            issue = queries.one(self._client, id_)
            if issue is None:
                return Unknown("it was written, but Jira does not show it")
            return Done(self.ticket(issue))
        except TrackerError as error:
            return Unknown(f"it was written, but cannot be read: {error.message}")

    def find_project(self) -> str:
        """Return the id of the project, whose key may change.

        Raises ``TrackerError`` when the account does not see it.
        """
        project = self._client.found(f"project/{self._project}")
        if project is None:
            raise TrackerError(
                f"{self._client.name}: there is no project {self._project} for this "
                "account",
                hint="check project, and the permission Browse projects",
            )
        with reading(self._client.name):
            return str(project["id"])

    @cached_property
    def _project_id(self) -> str:
        return self.find_project()
