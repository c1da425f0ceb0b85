"""Projects on the fakes of Jira that people use too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from pmsync.domain.block import BEGIN, END
from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.jira import JiraTracker, adf
from support.jira_cloud_fake import JiraCloudFake, jira_cloud
from support.jira_dc_fake import JiraDataCenterFake, jira_data_center
from support.jira_fake import EMAIL, TOKEN, JiraFake
from support.jira_site import BLOCKED, DOING, DONE, PRIORITIES, TODO

NAMES = {Status.BLOCKED: "Blocked"}
STATES = {
    Status.OPEN: TODO,
    Status.IN_PROGRESS: DOING,
    Status.BLOCKED: BLOCKED,
    Status.DONE: DONE,
    Status.WONT_DO: DONE,
}
_BLOCK = re.compile(f"{BEGIN}\n?(.*?)\n?{END}", re.DOTALL)


def connect(fake: JiraFake, *, deadline: float = 10.0, **settings: Any) -> JiraTracker:
    """Open the fake's project as pmsync does."""
    given = {
        "name": "jira",
        "type": "jira",
        "root": "",
        "url": fake.url,
        "project": "OPS",
        "token": lambda: TOKEN,
        "user": (lambda: EMAIL) if fake.site.cloud else None,
        "statuses": NAMES,
        "pause": lambda _seconds: None,
    }
    return JiraTracker(TrackerSettings(**{**given, **settings}), deadline=deadline)


def said(fake: JiraFake, text: str) -> object:
    """Return a text as that Jira keeps it."""
    return adf.document(adf.paragraph(text)) if fake.site.cloud else text


class _Place:
    """What people do to the tickets of a project."""

    fake: JiraFake

    def tracker(self) -> JiraTracker:
        return connect(self.fake)

    def edit(
        self,
        ticket: Ticket,
        fields: Mapping[Field, str | None],
        body: str | None = None,
    ) -> None:
        fake = self.fake
        issue, person = fake.issue(ticket.id), fake.person
        given: dict[str, Any] = {}
        for field, value in fields.items():
            match field:
                case Field.TITLE:
                    given["summary"] = value
                case Field.OWNER:
                    who = {"accountId": person.account, "name": person.name}
                    given["assignee"] = who if value else None
                case Field.DUE:
                    given["duedate"] = value
                case Field.PRIORITY:
                    given["priority"] = {"name": PRIORITIES[int(value or "2")]}
                case Field.STATUS:
                    status = Status(value or Status.OPEN)
                    declined = "Won't Do" if status is Status.WONT_DO else None
                    fake.site.enter(issue, person, STATES[status], declined)
        if body is not None:
            given["description"] = self.written(body)
        if given:
            fake.site.edit(issue, person, given)

    def label(self, ticket: Ticket, label: str) -> None:
        issue = self.fake.issue(ticket.id)
        labels = [*issue.fields["labels"], label]
        self.fake.site.edit(issue, self.fake.person, {"labels": labels})

    def written(self, body: str) -> object:
        """Return a body as a person's editor stores it."""
        raise NotImplementedError

    def delete(self, ticket: Ticket) -> None:
        self.fake.site.delete(self.fake.issue(ticket.id))

    def person(self) -> str:
        return self.fake.person.email


class JiraCloudPlace(_Place):
    """Jira Cloud, where a body is a tree and our block a panel."""

    def __init__(self, _root: Path) -> None:
        self._open = ExitStack()
        self.fake: JiraCloudFake = self._open.enter_context(
            jira_cloud(timedelta(seconds=1))
        )

    def written(self, body: str) -> object:
        nodes: list[dict[str, Any]] = []
        at = 0
        for block in _BLOCK.finditer(body):
            nodes += _paragraphs(body[at : block.start()].removesuffix("\n"))
            nodes.append(adf.panel(block[1]))
            at = block.end()
        nodes += _paragraphs(body[at:].removeprefix("\n") if nodes else body)
        return adf.document(*nodes)

    def close(self) -> None:
        self._open.close()


class JiraDataCenterPlace(_Place):
    """Jira Data Center, where a body is wiki markup."""

    def __init__(self, _root: Path) -> None:
        self._open = ExitStack()
        self.fake: JiraDataCenterFake = self._open.enter_context(
            jira_data_center(timedelta(seconds=1))
        )

    def written(self, body: str) -> object:
        text = body.replace(BEGIN, "{anchor:pmsync-begin}")
        text = text.replace(END, "{anchor:pmsync-end}")
        line = r"<!-- pmsync:v1 key=(\w+) state=(\w+) -->"
        return re.sub(line, r"{anchor:pmsync-v1-\1-\2}", text)

    def close(self) -> None:
        self._open.close()


def _paragraphs(text: str) -> list[dict[str, Any]]:
    return [adf.paragraph(line) for line in text.split("\n")] if text else []
