"""GitLab's API on a port of this machine, with faults on demand."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from jsonschema import Draft7Validator

from support.gitlab_merge_requests import MergeRequests
from support.gitlab_requests import mistakes
from support.gitlab_site import (
    LAST_COUNTED,
    Issue,
    Project,
    RefusedError,
    Site,
    User,
    renderer,
)
from support.served import Answer, Fake, served

TOKEN = "glpat-0123456789abcdefghij"


class GitLabFake(Fake):
    """The server's address, its site, and what it was sent."""

    def __init__(self, step: timedelta = timedelta(milliseconds=10)) -> None:
        super().__init__()
        self.site = Site(step)
        self.list_lag = timedelta()
        """How long a new issue is missing from lists."""
        self.read_lag = timedelta()
        """How long a new issue answers 404."""
        self.after_list: Callable[[], None] | None = None
        """Called after each page of a list."""
        self._schema = _schema()
        me = self.site.user("pmsync-bot", "pmsync", TOKEN)
        self.me = me
        self.person = self.site.user("alice.w", "Alice Wonder")
        self.project = self.site.project("example/payments")
        self.project.roles = {me.id: 20, self.person.id: 50}
        self.merge_requests = MergeRequests(self.project, self.site.number)

    def now(self) -> datetime:
        return self.site.time

    def mistakes(self, method: str, url: str, body: Any) -> list[str]:
        return mistakes(method, url, body)

    def issue(self, key: str) -> Issue:
        """Return an issue by its reference."""
        path, _, iid = key.rpartition("#")
        (project,) = [p for p in self.site.projects.values() if p.path == path]
        return project.issues[int(iid)]

    def answer(
        self, method: str, url: str, headers: Mapping[str, str], body: Any
    ) -> Answer:
        token = headers.get("authorization", "").removeprefix("Bearer ")
        with self.site.lock:
            user = self.site.tokens.get(token)
            if user is None:
                return Answer(401, {"message": "401 Unauthorized"})
            try:
                answer = self._routed(method, url, user, body or {})
            except RefusedError as refused:
                said = refused.message
                known = isinstance(said, dict) and "error" in said
                return Answer(refused.status, said if known else {"message": said})
            self._validate(answer.data)
            return answer

    def _routed(self, method: str, url: str, user: User, body: Any) -> Answer:
        parts = urlsplit(url)
        query = {
            k: v if k.endswith("[]") else v[0] for k, v in parse_qs(parts.query).items()
        }
        path = parts.path.removeprefix("/api/v4/").split("/")
        match method, path:
            case "GET", ["user"]:
                return Answer(200, _person(user, self.url))
            case "GET", ["users"]:
                name = query["username"].lower()
                found = [
                    u for u in self.site.users.values() if u.username.lower() == name
                ]
                return Answer(200, [_person(u, self.url) for u in found])
            case "GET", ["", "api", "graphql"]:
                return Answer(200, self._graphql(query["query"], user))
            case _, ["projects", name, *rest]:
                project = self.site.seen(unquote(name), user)
                return self._in_project(method, rest, project, user, query, body)
        raise RefusedError(404, "404 Not Found")

    def _in_project(
        self,
        method: str,
        rest: list[str],
        project: Project,
        user: User,
        query: dict[str, Any],
        body: Any,
    ) -> Answer:
        render = renderer(self.url)
        match method, rest:
            case "GET", []:
                return Answer(
                    200, {"id": project.id, "path_with_namespace": project.path}
                )
            case "GET", ["members", "all"]:
                return Answer(200, self._members(project, query))
            case _, ["merge_requests", *below]:
                told = self.merge_requests.answer(
                    method, below, user, query, body, self.url
                )
                return Answer(*told)
            case "GET", ["issues"]:
                return self._list(project, user, query)
            case "POST", ["issues"]:
                return Answer(201, render(self.site.create(project, user, body)))
            case _, ["issues", iid, *below]:
                issue = self.site.issue(project, int(iid), user)
                if self.site.time - issue.created < self.read_lag:
                    raise RefusedError(404, "404 Issue Not Found")
                return self._on_issue(method, below, issue, user, body)
        raise RefusedError(404, "404 Not Found")

    def _on_issue(
        self, method: str, below: list[str], issue: Issue, user: User, body: Any
    ) -> Answer:
        render = renderer(self.url)
        match method, below:
            case "GET", []:
                return Answer(200, render(issue))
            case "PUT", []:
                return Answer(200, render(self.site.edit(issue, user, body)))
            case "GET", ["notes"]:
                notes = [
                    {"body": text, "system": system, "author": _person(who, self.url)}
                    for who, text, system in issue.notes
                ]
                return Answer(200, notes)
            case "POST", ["notes"]:
                if not self.site.comment(issue, user, body["body"]):
                    return Answer(202, {"commands_changes": {}})
                return Answer(201, {"body": body["body"]})
            case "GET", [kind]:
                events = [
                    {"user": _person(who, self.url)}
                    for who, what in issue.events
                    if kind == f"resource_{what}_events"
                ]
                return Answer(200, events)
        raise RefusedError(404, "404 Not Found")

    def _members(self, project: Project, query: dict[str, Any]) -> list[object]:
        wanted = query.get("query", "").lower()
        return [
            _person(user, self.url)
            for user in self.site.users.values()
            if user.id in project.roles
            and (
                wanted in user.username.lower()
                or wanted in user.name.lower()
                or wanted == user.email.lower()
            )
        ][: int(query["per_page"])]

    def _list(self, project: Project, user: User, query: dict[str, Any]) -> Answer:
        shown = [
            issue
            for issue in self.site.shown(project, user)
            if self.site.time - issue.created >= self.list_lag and _fits(issue, query)
        ]
        by = (
            "created"
            if query.get("order_by", "created_at") == "created_at"
            else "updated"
        )
        shown.sort(
            key=lambda issue: (getattr(issue, by), issue.id),
            reverse=query.get("sort", "desc") == "desc",
        )
        size, number = int(query.get("per_page", "20")), int(query.get("page", "1"))
        render = renderer(self.url)
        page = [render(i) for i in shown[(number - 1) * size : number * size]]
        headers = {"x-per-page": str(size), "x-page": str(number)}
        if len(shown) <= LAST_COUNTED:
            headers["x-total"] = str(len(shown))
        if self.after_list is not None:
            self.after_list()
        return Answer(200, page, headers)

    def _graphql(self, text: str, user: User) -> object:
        (id_,) = re.findall(r"/Issue/([0-9]+)", text)
        issue = self.site.by_id(int(id_), user)
        if issue is None:
            return {"data": {"issue": None}}
        return {"data": {"issue": {"reference": f"{issue.project.path}#{issue.iid}"}}}

    def _validate(self, data: object) -> None:
        if self._schema is None:
            return
        for one in data if isinstance(data, list) else [data]:
            if isinstance(one, dict) and "iid" in one and "severity" in one:
                self.wrong += [e.message for e in self._schema.iter_errors(one)][:3]


def _person(user: User, url: str) -> dict[str, object]:
    return {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "state": "active" if user.active else "blocked",
        "web_url": f"{url}/{user.username}",
    }


def _fits(issue: Issue, query: dict[str, Any]) -> bool:
    """Tell whether a list shows an issue; the bounds are part of it."""
    iids = query.get("iids[]")
    author = query.get("author_username")
    state = query.get("state", "all")
    return (
        (iids is None or str(issue.iid) in iids)
        and (author is None or issue.author.username == author)
        and (state == "all" or (state == "closed") == (issue.closed is not None))
        and _within(issue.created, query, "created")
        and _within(issue.updated, query, "updated")
    )


def _within(time: datetime, query: dict[str, Any], name: str) -> bool:
    after, before = query.get(f"{name}_after"), query.get(f"{name}_before")
    return (after is None or time >= datetime.fromisoformat(after)) and (
        before is None or time <= datetime.fromisoformat(before)
    )


def _schema() -> Any:
    """GitLab's own schema of an issue, where the specifications are at hand."""
    folder = os.environ.get("PMSYNC_SPECS")
    if folder is None:
        return None
    text = (Path(folder) / "gitlab-issue.schema.json").read_text(encoding="utf-8")
    return Draft7Validator(json.loads(text))


@contextmanager
def gitlab(step: timedelta = timedelta(milliseconds=10)) -> Iterator[GitLabFake]:
    """Serve a GitLab until the block ends; then nothing may have been wrong."""
    with served(GitLabFake(step)) as fake:
        yield fake
