"""GitHub's API on a port of this machine, with faults on demand."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from support import github_graphql
from support.github_pulls import Pulls
from support.github_rest import actor, rendered, timeline
from support.github_site import (
    Issue,
    MovedError,
    RefusedError,
    Repository,
    Site,
    User,
)
from support.request_validation import mistakes
from support.served import Answer, Fake, served

TOKEN = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
LIMIT = 5000


class GitHubFake(Fake):
    """The server's address, its site, and what it was sent."""

    def __init__(
        self,
        step: timedelta = timedelta(milliseconds=10),
        *,
        prefix: str = "",
        graphql: bool = True,
    ) -> None:
        """``prefix`` is ``/api/v3`` for a server of one's own."""
        super().__init__()
        self.site = Site(step)
        self.prefix = prefix
        self.has_graphql = graphql
        self.statuses: list[int] = []
        """Of the answers, in order."""
        self.list_lag = timedelta()
        """How long a new issue is missing from lists."""
        self.read_lag = timedelta()
        """How long a new issue answers 404."""
        self.tells_closer: bool | None = True
        """Whether lists tell who closed an issue; None where they leave it blank."""
        self.after_list: Callable[[], None] | None = None
        """Called after each page of a list."""
        self.installations: dict[str, str] = {}
        """Tokens that were given to an App, by installation."""
        self.token_life = timedelta(hours=1)
        self.me = self.site.user("pmsync-bot", "pmsync", TOKEN)
        self.person = self.site.user("alice", "Alice Wonder")
        self.repository = self.site.repository("example/payments")
        self.repository.people = {self.me: True, self.person: True}
        self.pulls = Pulls(self.repository, self.site.number)

    @property
    def url(self) -> str:
        """The base of the API."""
        return f"{self.origin}{self.prefix}"

    def now(self) -> datetime:
        return self.site.time

    def mistakes(self, method: str, url: str, body: Any) -> list[str]:
        path = url.removeprefix(self.prefix)
        graphql = method == "POST" and re.fullmatch("(/api)?/graphql", url)
        # What redirects lead to is GitHub's own, and described nowhere.
        if graphql or path.startswith("/repositories/"):
            return []
        return mistakes("github", method, path, body)

    def issue(self, key: str) -> Issue:
        """Return an issue by its reference."""
        name, _, number = key.rpartition("#")
        (found,) = [r for r in self.site.repositories.values() if r.name == name]
        return found.issues[int(number)]

    def answer(
        self, method: str, url: str, headers: Mapping[str, str], body: Any
    ) -> Answer:
        with self.site.lock:
            answer = self._answered(method, url, headers, body)
            self.statuses.append(answer.status)
            left = LIMIT - sum(status != 304 for status in self.statuses)
            reset = int(self.site.time.timestamp()) + 3600
            limits = {
                "x-ratelimit-limit": str(LIMIT),
                "x-ratelimit-remaining": str(max(0, left)),
                "x-ratelimit-reset": str(reset),
            }
            return replace(answer, headers={**answer.headers, **limits})

    def _answered(
        self, method: str, url: str, headers: Mapping[str, str], body: Any
    ) -> Answer:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if method == "POST" and re.fullmatch("(/api)?/graphql", url):
            if not self.has_graphql:
                return Answer(404, {"message": "Not Found"})
            try:
                user = self._owner(token)
            except RefusedError as refused:
                return _refused(refused)
            data = github_graphql.answer(
                self.site, user, body["query"], body["variables"]
            )
            return Answer(200, data)
        path = url.removeprefix(self.prefix)
        try:
            if scheme == "Bearer":
                return self._for_app(method, path)
            return self._routed(method, path, self._owner(token), headers, body or {})
        except RefusedError as refused:
            return _refused(refused)
        except MovedError as moved:
            # docs: Best practices: 301 for reads, 307 for writes, to be repeated there.
            status = 301 if method == "GET" else 307
            return Answer(
                status,
                {"message": "Moved Permanently"},
                {"location": f"{self.url}{moved.path}"},
            )

    def _owner(self, token: str) -> User:
        user = self.site.tokens.get(token)
        if user is None:
            raise RefusedError(401, "Bad credentials")
        return user

    def _for_app(self, method: str, path: str) -> Answer:
        """Answer the App itself, which signs with its key."""
        if method == "GET" and path == "/app":
            return Answer(200, {"slug": "pmsync-app", "id": 12})
        found = re.fullmatch(r"/app/installations/(\d+)/access_tokens", path)
        if found is None:
            raise RefusedError(401, "A JSON web token could not be decoded")
        bot = self.site.users.get("pmsync-app[bot]") or self.site.user(
            "pmsync-app[bot]", "pmsync"
        )
        self.repository.people[bot] = True
        token = f"ghs_{len(self.installations):036}"
        self.installations[token] = found[1]
        self.site.tokens[token] = bot
        ends = datetime.now().astimezone() + self.token_life
        return Answer(201, {"token": token, "expires_at": ends.isoformat()})

    def _routed(
        self, method: str, url: str, user: User, headers: Mapping[str, str], body: Any
    ) -> Answer:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        match method, [unquote(part) for part in parts.path.split("/")[1:]]:
            case "GET", ["user"]:
                if user.bot:
                    raise RefusedError(403, "Resource not accessible by integration")
                return Answer(200, actor(user, self.url))
            case "GET", ["search", "users"]:
                return Answer(200, self._search(query["q"]))
            case _, ["repos", owner, name, *rest]:
                renamed = self.site.renamed.get(f"{owner}/{name}".lower())
                if renamed is not None:
                    below = "/".join(["", *rest])
                    search = f"?{parts.query}" if parts.query else ""
                    raise MovedError(f"/repositories/{renamed.id}{below}{search}")
                repository = self.site.seen(f"{owner}/{name}", user)
                return self._inside(
                    method, rest, repository, user, query, headers, body
                )
            case "GET", ["repositories", id_, *rest]:
                repository = self.site.seen(id_, user)
                return self._inside(
                    method, rest, repository, user, query, headers, body
                )
        raise RefusedError(404, "Not Found")

    def _inside(
        self,
        method: str,
        rest: list[str],
        repository: Repository,
        user: User,
        query: dict[str, str],
        headers: Mapping[str, str],
        body: Any,
    ) -> Answer:
        about_pulls = self.pulls.answer(method, rest, user, query, body, self.url)
        if about_pulls is not None:
            return Answer(*about_pulls)
        match method, rest:
            case "GET", []:
                push = repository.people[user]
                return Answer(
                    200,
                    {
                        "id": repository.id,
                        "full_name": repository.name,
                        "archived": repository.archived,
                        "has_issues": repository.has_issues,
                        "permissions": {"push": push, "pull": True},
                    },
                )
            case "GET", ["assignees", login]:
                found = self.site.users.get(login.lower())
                if found is None or found not in repository.people or found.bot:
                    raise RefusedError(404, "Not Found")
                return Answer(204)
            case "GET", ["issues"]:
                return self._list(repository, query, headers)
            case "POST", ["issues"]:
                issue = self.site.create(repository, user, body)
                return Answer(201, rendered(issue, self.url))
            case _, ["issues", number, *below]:
                issue = self.site.issue(repository, int(number), user)
                if self.site.time - issue.created < self.read_lag:
                    raise RefusedError(404, "Not Found")
                return self._on_issue(method, below, issue, user, body)
        raise RefusedError(404, "Not Found")

    def _on_issue(
        self, method: str, below: list[str], issue: Issue, user: User, body: Any
    ) -> Answer:
        match method, below:
            case "GET", []:
                return Answer(200, rendered(issue, self.url))
            case "PATCH", []:
                return Answer(
                    200, rendered(self.site.edit(issue, user, body), self.url)
                )
            case "GET", ["timeline"]:
                return Answer(200, timeline(issue, self.url))
            case "POST", ["labels"]:
                self.site.label(issue, user, body["labels"])
                return Answer(200, rendered(issue, self.url)["labels"])
            case "DELETE", ["labels", name]:
                self.site.unlabel(issue, user, name)
                return Answer(200, rendered(issue, self.url)["labels"])
            case "POST", ["comments"]:
                self.site.comment(issue, user, body["body"])
                return Answer(201, {"body": body["body"]})
            case "POST", ["sub_issues"]:
                self.site.adopt(issue, user, body["sub_issue_id"])
                return Answer(201, rendered(issue, self.url))
        raise RefusedError(404, "Not Found")

    def _search(self, text: str) -> dict[str, Any]:
        """Find people; docs: Searching users, in:email and fullname."""
        name = re.search(r'fullname:"([^"]*)"', text)
        found = [
            user
            for user in self.site.users.values()
            if (name is not None and user.name.lower() == name[1].lower())
            or ("in:email" in text and text.split(maxsplit=1)[0].lower() == user.email)
        ]
        items = [actor(user, self.url) for user in found]
        return {"total_count": len(items), "incomplete_results": False, "items": items}

    def _list(
        self, repository: Repository, query: dict[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """List issues, pull requests among them (REST: "List repository issues")."""
        if not repository.has_issues:
            raise RefusedError(410, "Issues are disabled for this repo")
        shown = [
            issue
            for issue in repository.issues.values()
            if self.site.time - issue.created >= self.list_lag and _fits(issue, query)
        ]
        by = query.get("sort", "created")
        shown.sort(
            key=lambda issue: (getattr(issue, by).replace(microsecond=0), issue.id),
            reverse=query.get("direction", "desc") == "desc",
        )
        size = min(100, int(query.get("per_page", "30")))
        number = int(query.get("page", "1"))
        page = [
            rendered(i, self.url) for i in shown[(number - 1) * size : number * size]
        ]
        for one in page if not self.tells_closer else ():
            one["closed_by"] = None
            if self.tells_closer is False:
                del one["closed_by"]
        more = {}
        if number * size < len(shown):
            onward = urlencode({**query, "page": str(number + 1)})
            more["link"] = (
                f'<{self.url}/repositories/{repository.id}/issues?{onward}>; rel="next"'
            )
        if self.after_list is not None:
            self.after_list()
        digest = hashlib.sha256(json.dumps(page).encode()).hexdigest()
        etag = f'W/"{digest}"'
        if headers.get("if-none-match") == etag:
            return Answer(304, None, {"etag": etag})
        return Answer(200, page, {"etag": etag, **more})


def _refused(error: RefusedError) -> Answer:
    data: dict[str, object] = {
        "message": error.message,
        "documentation_url": "https://docs.github.com/rest",
        "status": str(error.status),
    }
    if error.errors:
        data["errors"] = error.errors
    return Answer(error.status, data)


def _fits(issue: Issue, query: dict[str, str]) -> bool:
    state, since = query.get("state", "open"), query.get("since")
    creator = query.get("creator")
    labels = {name.lower() for name in query.get("labels", "").split(",") if name}
    return (
        (state == "all" or (state == "closed") == (issue.closed is not None))
        and (creator is None or issue.author.login.lower() == creator.lower())
        and labels <= {name.lower() for name in issue.labels}
        and (
            since is None
            or issue.updated.replace(microsecond=0) >= datetime.fromisoformat(since)
        )
    )


@contextmanager
def github(
    step: timedelta = timedelta(milliseconds=10), **how: Any
) -> Iterator[GitHubFake]:
    """Serve a GitHub until the block ends; then nothing may have been wrong."""
    with served(GitHubFake(step, **how)) as fake:
        yield fake
