"""Jira Data Center's API v2, checked against a table of what it knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from support.jira_dc_requests import mistakes
from support.jira_fake import JiraFake
from support.jira_site import Issue, RefusedError, User
from support.served import Answer, served


class JiraDataCenterFake(JiraFake):
    """A Jira on a machine of its owners."""

    version = 2

    def __init__(self, step: timedelta) -> None:
        super().__init__(cloud=False, step=step)
        self.knows_createmeta = True
        """False before 8.4."""

    def mistakes(self, method: str, url: str, body: Any) -> list[str]:
        return mistakes(method, url, body)

    def answer_mistakes(self, method: str, url: str, answer: Answer) -> list[str]:  # noqa: ARG002
        return []

    def server_info(self) -> dict[str, Any]:
        return {"baseUrl": self.url, "deploymentType": "Server", "version": "9.12.0"}

    def admits(self, user: User, scheme: str, name: str) -> bool:
        return scheme == "Bearer" or (scheme == "Basic" and name == user.name)

    def routed(
        self,
        method: str,
        path: list[str],
        query: Mapping[str, str],
        user: User,
        body: Any,
    ) -> Answer:
        match method, path:
            case "POST", ["issue"]:
                issue = self.site.create(user, body, ours=user is self.me)
                self_ = f"{self.url}/rest/api/2/issue/{issue.id}"
                return Answer(
                    201, {"id": str(issue.id), "key": issue.key, "self": self_}
                )
            case "GET", ["search"]:
                return self._search(query, user)
            case _:
                return super().routed(method, path, query, user, body)

    def changelog(self, issue: Issue) -> dict[str, Any]:
        entries = [self.entry(entry) for entry in issue.histories]
        return {
            "startAt": 0,
            "maxResults": len(entries),
            "total": len(entries),
            "histories": entries,
        }

    def _search(self, query: Mapping[str, str], user: User) -> Answer:
        hits = self.found(query.get("jql", ""), user)
        start, size = int(query.get("startAt", "0")), int(query.get("maxResults", "50"))
        page = [self.issue_json(hit, query) for hit in hits[start : start + size]]
        answer = {
            "startAt": start,
            "maxResults": size,
            "total": len(hits),
            "issues": page,
        }
        if self.after_page is not None:
            self.after_page()
        return Answer(200, answer)

    def _check_comment(self, body: object) -> None:
        if not isinstance(body, str) or not body.strip():
            raise RefusedError(
                400, errors={"comment": "Comment body can not be empty!"}
            )

    def _types(self, key: str) -> Answer:
        project = self.site.at(key)
        if project is None or not self.knows_createmeta or "create" in self.site.denied:
            raise RefusedError(404, f"No project could be found with key '{key}'.")
        types = [
            {"id": one.id, "name": one.name, "subtask": one.level < 0}
            for one in project.types
        ]
        return Answer(200, {"values": types, "startAt": 0, "total": len(types)})

    def _fields(self, key: str, type_: str, start: int) -> Answer:
        project = self.site.at(key)
        assert project is not None
        below = type_ == "2"
        fields = [
            {"fieldId": name, **told}
            for name, told in project.screen.items()
            if name != "parent" or below
        ]
        return Answer(
            200, {"values": fields[start:][:7], "startAt": start, "total": len(fields)}
        )


@contextmanager
def jira_data_center(
    step: timedelta = timedelta(milliseconds=10),
) -> Iterator[JiraDataCenterFake]:
    """Serve a Jira Data Center until the block ends."""
    with served(JiraDataCenterFake(step)) as fake:
        yield fake
