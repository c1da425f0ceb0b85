"""Jira Cloud's API v3, checked against Atlassian's own specification."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from support.jira_fake import JiraFake
from support.jira_site import Issue, RefusedError, User, adf_mistake
from support.request_validation import answer_mistakes, mistakes
from support.served import Answer, served

KIND = "/rest/api/2/myself"
"""Which kind of Jira it is has to be asked in a version that both have."""


class JiraCloudFake(JiraFake):
    """A site of Jira Cloud."""

    version = 3

    def __init__(self, step: timedelta) -> None:
        super().__init__(cloud=True, step=step)
        self.unordered = False
        """True to answer a bulk create in another order than it was asked."""

    def mistakes(self, method: str, url: str, body: Any) -> list[str]:
        return [] if url == KIND else mistakes("jira", method, url, body)

    def answer_mistakes(self, method: str, url: str, answer: Answer) -> list[str]:
        if url == KIND or answer.status >= 400 or answer.data is None:
            return []
        # The specification wants a colon in zones, and has none in its own examples.
        colon = re.sub(
            r'(T[\d:.]{12}[+-]\d\d)(\d\d")', r"\1:\2", json.dumps(answer.data)
        )
        status, data = answer.status, json.loads(colon)
        return answer_mistakes("jira", method, url, status, data)

    def server_info(self) -> dict[str, Any]:
        return {"baseUrl": self.url, "deploymentType": "Cloud", "version": "1001.0.0"}

    def admits(self, user: User, scheme: str, name: str) -> bool:
        return scheme == "Basic" and name == user.email

    def routed(
        self,
        method: str,
        path: list[str],
        query: Mapping[str, str],
        user: User,
        body: Any,
    ) -> Answer:
        match method, path:
            case "POST", ["issue", "bulk"]:
                return self._bulk(user, body["issueUpdates"])
            case "POST", ["issue", "bulkfetch"]:
                return self._bulk_fetch(body)
            case "GET", ["search", "jql"]:
                return self._search(query, user)
            case _, ["search"]:
                raise RefusedError(
                    410,
                    "The requested API has been removed. Please migrate to the "
                    "/rest/api/3/search/jql API.",
                )
            case _:
                return super().routed(method, path, query, user, body)

    def changelog(self, issue: Issue) -> dict[str, Any]:
        newest = list(reversed(issue.histories))[:40]
        return {
            "startAt": 0,
            "maxResults": len(newest),
            "total": len(issue.histories),
            "histories": [self.entry(entry) for entry in newest],
        }

    def _bulk(self, user: User, updates: list[Any]) -> Answer:
        if len(updates) > 50:
            raise RefusedError(400, "The limit for bulk create is 50.")
        issues, errors = [], []
        for number, update in enumerate(updates):
            try:
                issue = self.site.create(user, update, ours=user is self.me)
                self_ = f"{self.url}/rest/api/3/issue/{issue.id}"
                issues.append({"id": str(issue.id), "key": issue.key, "self": self_})
            except RefusedError as refused:
                errors.append(
                    {
                        "status": refused.status,
                        "elementErrors": refused.data,
                        "failedElementNumber": number,
                    }
                )
        if self.unordered:
            issues.reverse()
        return Answer(201 if issues else 400, {"issues": issues, "errors": errors})

    def _bulk_fetch(self, body: Mapping[str, Any]) -> Answer:
        names = body["issueIdsOrKeys"]
        if len(names) > 100:
            raise RefusedError(400, "The limit for bulk fetch is 100.")
        issues = {
            issue.id: issue
            for name in names
            if (issue := self.site.find(name)) is not None and not self.hidden(issue)
        }
        query = {**body, "expand": ",".join(body.get("expand", ()))}
        shown = [self.issue_json(issues[id_], query) for id_ in sorted(issues)]
        return Answer(200, {"issues": shown, "issueErrors": []})

    def _search(self, query: Mapping[str, str], user: User) -> Answer:
        jql = query.get("jql", "")
        if not re.search(r"project|key in|labels|creator", jql):
            raise RefusedError(400, "Unbounded JQL queries are not allowed here.")
        size = min(int(query.get("maxResults", "50")), 100)
        hits = self.found(jql, user)
        if token := query.get("nextPageToken"):
            after = int(token)
            hits = [issue for issue in hits if issue.id > after]
        page = [self.issue_json(issue, query) for issue in hits[:size]]
        answer: dict[str, Any] = {"issues": page, "isLast": len(hits) <= size}
        if len(hits) > size:
            answer["nextPageToken"] = str(hits[size - 1].id)
        if self.after_page is not None:
            self.after_page()
        return Answer(200, answer)

    def _check_comment(self, body: object) -> None:
        if body is None or adf_mistake(body) is not None:
            raise RefusedError(400, errors={"comment": "Comment body is not valid!"})

    def _types(self, key: str) -> Answer:
        project = self.site.at(key)
        if project is None or "create" in self.site.denied:
            raise RefusedError(404, f"No project could be found with key '{key}'.")
        types = [
            {
                "id": one.id,
                "name": one.name,
                "hierarchyLevel": one.level,
                "subtask": one.level < 0,
            }
            for one in project.types
        ]
        return Answer(200, {"issueTypes": types, "startAt": 0, "total": len(types)})

    def _fields(self, key: str, type_: str, start: int) -> Answer:  # noqa: ARG002
        project = self.site.at(key)
        assert project is not None
        fields = [
            {"fieldId": name, "key": name, **told}
            for name, told in project.screen.items()
        ]
        return Answer(
            200,
            {"fields": fields[start:][:7], "startAt": start, "total": len(fields)},
        )


@contextmanager
def jira_cloud(
    step: timedelta = timedelta(milliseconds=10),
) -> Iterator[JiraCloudFake]:
    """Serve a Jira Cloud until the block ends."""
    with served(JiraCloudFake(step)) as fake:
        yield fake
