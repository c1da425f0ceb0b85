"""A project on the fake GitLab that people use too."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.gitlab.tracker import GitLabTracker
from support.gitlab_fake import TOKEN, GitLabFake, gitlab

LABELS = {
    Status.IN_PROGRESS: "status::in progress",
    Status.BLOCKED: "status::blocked",
    Status.WONT_DO: "status::wont do",
}


def connect(
    fake: GitLabFake, *, deadline: float = 10.0, **settings: Any
) -> GitLabTracker:
    """Open the fake's project as pmsync does."""
    given = {
        "name": "gitlab",
        "type": "gitlab",
        "root": "",
        "url": fake.url,
        "project": fake.project.path,
        "token": lambda: TOKEN,
        "pause": lambda _seconds: None,
    }
    return GitLabTracker(TrackerSettings(**{**given, **settings}), deadline=deadline)


class GitLabPlace:
    """A private project, with one person beside us."""

    def __init__(self, _root: Path, concurrency: int = 1) -> None:
        self._open = ExitStack()
        self.fake = self._open.enter_context(gitlab(timedelta(seconds=1)))
        self._concurrency = concurrency

    def tracker(self) -> GitLabTracker:
        return connect(self.fake, concurrency=self._concurrency)

    def edit(
        self,
        ticket: Ticket,
        fields: Mapping[Field, str | None],
        body: str | None = None,
    ) -> None:
        issue, person = self.fake.issue(ticket.ref.key), self.fake.person
        given: dict[str, Any] = {}
        for field, value in fields.items():
            match field:
                case Field.TITLE:
                    given["title"] = value
                case Field.OWNER:
                    owner = self.fake.site.users.get(value or "")
                    given["assignee_ids"] = [owner.id] if owner else [0]
                case Field.DUE:
                    given["due_date"] = value or ""
                case Field.PRIORITY:
                    given["add_labels"] = f"priority::{value}"
                case Field.STATUS:
                    status = Status(value or Status.OPEN)
                    given["state_event"] = "close" if status.terminal else "reopen"
                    given["add_labels"] = LABELS.get(status, "")
        if body is not None:
            given["description"] = body
        self.fake.site.edit(issue, person, given)

    def label(self, ticket: Ticket, label: str) -> None:
        issue = self.fake.issue(ticket.ref.key)
        self.fake.site.edit(issue, self.fake.person, {"add_labels": label})

    def delete(self, ticket: Ticket) -> None:
        self.fake.site.delete(self.fake.issue(ticket.ref.key))

    def person(self) -> str:
        return "alice.w@example.com"

    def close(self) -> None:
        self._open.close()
