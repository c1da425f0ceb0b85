"""A repository on the fake GitHub that people use too."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.github.tracker import GitHubTracker
from support.github_fake import TOKEN, GitHubFake, github

LABELS = {Status.IN_PROGRESS: "status: in progress", Status.BLOCKED: "status: blocked"}


def connect(
    fake: GitHubFake, *, deadline: float = 10.0, **settings: Any
) -> GitHubTracker:
    """Open the fake's repository as pmsync does."""
    given = {
        "name": "github",
        "type": "github",
        "root": "",
        "url": fake.url,
        "project": fake.repository.name,
        "token": lambda: TOKEN,
        "pause": lambda _seconds: None,
    }
    return GitHubTracker(TrackerSettings(**{**given, **settings}), deadline=deadline)


class GitHubPlace:
    """A private repository, with one person beside us."""

    def __init__(
        self, *, how: Mapping[str, Any] | None = None, **settings: Any
    ) -> None:
        """``how`` the server is, and with which ``settings`` it is opened."""
        self._open = ExitStack()
        self.fake = self._open.enter_context(
            github(timedelta(seconds=1), **(how or {}))
        )
        self._settings = settings

    def tracker(self) -> GitHubTracker:
        return connect(self.fake, **self._settings)

    def edit(
        self,
        ticket: Ticket,
        fields: Mapping[Field, str | None],
        body: str | None = None,
    ) -> None:
        site, person = self.fake.site, self.fake.person
        issue = self.fake.issue(ticket.ref.key)
        given: dict[str, Any] = {}
        for field, value in fields.items():
            match field:
                case Field.TITLE:
                    given["title"] = value
                case Field.OWNER:
                    given["assignees"] = [value] if value else []
                case Field.STATUS:
                    status = Status(value or Status.OPEN)
                    given["state"] = "closed" if status.terminal else "open"
                    if status is Status.WONT_DO:
                        given["state_reason"] = "not_planned"
                    if status in LABELS:
                        site.label(issue, person, [LABELS[status]])
                case Field.PRIORITY:
                    site.label(issue, person, [f"P{value}"])
                case Field.DUE:
                    pass
        if body is not None:
            given["body"] = body
        site.edit(issue, person, given)

    def label(self, ticket: Ticket, label: str) -> None:
        self.fake.site.label(self.fake.issue(ticket.ref.key), self.fake.person, [label])

    def delete(self, ticket: Ticket) -> None:
        self.fake.site.delete(self.fake.issue(ticket.ref.key))

    def person(self) -> str:
        return "alice@example.com"

    def close(self) -> None:
        self._open.close()


PRIORITIES = {str(level): f"P{level}" for level in range(5)}

PLACES = {
    "github": lambda _root: GitHubPlace(),
    "github-server": lambda _root: GitHubPlace(
        how={"prefix": "/api/v3"}, concurrency=4, priorities=PRIORITIES
    ),
    "github-without-graphql": lambda _root: GitHubPlace(how={"graphql": False}),
}
"""On github.com's addresses; on those of Enterprise Server, with labels for
priorities; and with REST alone."""
