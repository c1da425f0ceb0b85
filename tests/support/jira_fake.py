"""What the APIs of Jira Cloud and Data Center have in common, as a fake."""

from __future__ import annotations

import re
from abc import abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from support.jira_site import GONE, Issue, RefusedError, Site, Transition, User
from support.served import Answer, Fake

TOKEN = "ATATT3xFfGF0-0123456789"
EMAIL = "pmsync@example.com"
BASIC = b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
"""What Cloud is sent."""


class JiraFake(Fake):
    """One site with a project OPS, pmsync's account and a person."""

    version = 0

    def __init__(self, *, cloud: bool, step: timedelta) -> None:
        super().__init__()
        self.site = Site(cloud=cloud, step=step)
        self.me = self.site.user("pmsync", "Post-mortem Sync", EMAIL, TOKEN)
        self.person = self.site.user("alice", "Alice Wonder", "alice@example.com")
        self.ops = self.site.project("OPS")
        self.search_lag = timedelta()
        """How long a search does not see what was written."""
        self.unindexed: set[int] = set()
        """Tickets that a search does not see."""
        self.read_lag = timedelta()
        """How long a new ticket is not there."""
        self.after_page: Callable[[], None] | None = None
        """Called after each page of a search."""

    def now(self) -> datetime:
        return self.site.time

    def issue(self, key: str) -> Issue:
        """Return a ticket by its key or id."""
        found = self.site.find(key)
        assert found is not None, key
        return found

    def answer(
        self, method: str, url: str, headers: Mapping[str, str], body: Any
    ) -> Answer:
        with self.site.lock:
            answer = self._answered(method, url, headers, body)
            self.wrong += self.answer_mistakes(method, url, answer)
            return answer

    def _answered(
        self, method: str, url: str, headers: Mapping[str, str], body: Any
    ) -> Answer:
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = unquote(parts.path).split("/")[3:]
        try:
            if path[1:] == ["serverInfo"]:
                return Answer(200, self.server_info())
            user = self._user(headers)
            if path[:2] != ["2", "myself"] and path[0] != str(self.version):
                return Answer(404, {"errorMessages": ["Not Found"]})
            return self.routed(method, path[1:], query, user, body or {})
        except RefusedError as refused:
            return Answer(refused.status, refused.data)

    @abstractmethod
    def answer_mistakes(self, method: str, url: str, answer: Answer) -> list[str]:
        """Say what is wrong with an answer by what Atlassian describes."""

    @abstractmethod
    def server_info(self) -> dict[str, Any]:
        """Return what the site says of itself."""

    def routed(  # noqa: C901, PLR0912 # a table of requests
        self,
        method: str,
        path: list[str],
        query: Mapping[str, str],
        user: User,
        body: Any,
    ) -> Answer:
        """Carry out a request to one of the resources that both have."""
        match method, path:
            case "GET", ["myself"]:
                return Answer(200, self.person_json(user))
            case "GET", ["project", key]:
                project = self.site.at(key)
                if project is None or "browse" in self.site.denied:
                    raise RefusedError(
                        404, f"No project could be found with key '{key}'."
                    )
                return Answer(200, {"id": project.id, "key": project.key})
            case "GET", ["field"]:
                names = {n for p in self.site.projects for n in p.screen}
                for step in self.ops.transitions:
                    names |= step.screen.keys()
                known = [{"id": name, "name": name} for name in sorted(names)]
                return Answer(200, known)
            case "GET", ["issue", "createmeta", key, "issuetypes"]:
                return self._types(key)
            case "GET", ["issue", "createmeta", key, "issuetypes", type_]:
                return self._fields(key, type_, int(query.get("startAt", "0")))
            case "GET", ["issue", name]:
                return Answer(200, self.issue_json(self.seen(name), query, all_=True))
            case "PUT", ["issue", name]:
                issue = self._writable(name, "edit")
                self.site.edit(issue, user, body.get("fields") or {})
                return Answer(204)
            case "GET", ["issue", name, "transitions"]:
                issue = self.seen(name)
                steps = self.site.open_to(issue)
                if "transition" in self.site.denied:
                    steps = []
                shown = [self._transition(step, query) for step in steps]
                return Answer(200, {"expand": "transitions", "transitions": shown})
            case "POST", ["issue", name, "transitions"]:
                issue = self._writable(name, "transition")
                id_ = body["transition"]["id"]
                self.site.move_to(issue, user, id_, body.get("fields") or {})
                return Answer(204)
            case "POST", ["issue", name, "comment"]:
                issue = self._writable(name, "comment")
                self._check_comment(body.get("body"))
                said = self.site.comment(issue, user, body["body"])
                return Answer(201, {"id": said["id"], "body": said["body"]})
            case "POST", ["issueLink"]:
                inward = self._writable(body["inwardIssue"]["key"], "link")
                outward = self._writable(body["outwardIssue"]["key"], "link")
                if body["type"].get("name") not in ("Relates", "Duplicate"):
                    raise RefusedError(404, "No issue link type with that name found.")
                self.site.link(user, body["type"]["name"], inward, outward)
                return Answer(201)
            case "GET", ["user", "assignable", "search"]:
                return Answer(200, self._assignable(query))
            case _:
                raise RefusedError(404, "HTTP 404 Not Found")

    def seen(self, name: str) -> Issue:
        """Return a ticket as pmsync's account sees it."""
        issue = self.site.find(name)
        if issue is None or self.hidden(issue):
            raise RefusedError(404, GONE)
        return issue

    def hidden(self, issue: Issue) -> bool:
        """Tell whether a ticket is not shown, for good or for now."""
        early = self.site.time - issue.created < self.read_lag
        return "browse" in self.site.denied or early

    def person_json(self, user: User) -> dict[str, Any]:
        """Return an account; an e-mail may be hidden."""
        mail = {} if user.hides_email else {"emailAddress": user.email}
        named = (
            {"accountId": user.account, "accountType": "atlassian"}
            if self.site.cloud
            else {"name": user.name, "key": user.name}
        )
        shown = {"displayName": user.display, "active": user.active, "timeZone": "UTC"}
        return {"self": f"{self.url}/rest/api/user", **named, **shown, **mail}

    def issue_json(
        self, issue: Issue, query: Mapping[str, Any], *, all_: bool = False
    ) -> dict[str, Any]:
        """Return a ticket with the fields that were asked for."""
        wanted = query.get("fields") or ("*all" if all_ else "id")
        names = wanted.split(",") if isinstance(wanted, str) else wanted
        every = self._every_field(issue)
        fields = (
            every if "*all" in names else {n: v for n, v in every.items() if n in names}
        )
        shown: dict[str, Any] = {
            "expand": "",
            "id": str(issue.id),
            "key": issue.key,
            "self": f"{self.url}/rest/api/{self.version}/issue/{issue.id}",
            "fields": fields,
        }
        if "changelog" in (query.get("expand") or ""):
            shown["changelog"] = self.changelog(issue)
        asked = query.get("properties")
        if asked and self.site.cloud:
            keys = asked.split(",") if isinstance(asked, str) else asked
            shown["properties"] = {
                key: issue.properties[key] for key in keys if key in issue.properties
            }
        return shown

    @abstractmethod
    def changelog(self, issue: Issue) -> dict[str, Any]:
        """Return what was changed."""

    def entry(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Return one change."""
        return {
            "id": entry["id"],
            "author": self.person_json(entry["author"]),
            "created": written(entry["created"]),
            "items": [
                {name: value for name, value in item.items() if value is not None}
                for item in entry["items"]
            ],
        }

    def found(self, jql: str, user: User) -> list[Issue]:
        """Return the tickets that match, as far as the index knows them."""
        where, _, order = jql.partition(" ORDER BY ")
        if order not in ("", "created ASC, key ASC"):
            raise RefusedError(400, f"Error in the JQL Query: {order}")
        known = [
            issue
            for issue in self.site.issues.values()
            if self.site.time - issue.created >= self.search_lag
            and issue.id not in self.unindexed
            and "browse" not in self.site.denied
        ]
        matches = [self._clause(one, user) for one in _split(where, " AND ")]
        hits = [issue for issue in known if all(match(issue) for match in matches)]
        return sorted(hits, key=lambda issue: (issue.created, issue.id))

    def _clause(self, text: str, user: User) -> Callable[[Issue], bool]:
        text = text.strip()
        if text.startswith("(") and text.endswith(")"):
            either = [self._clause(one, user) for one in _split(text[1:-1], " OR ")]
            return lambda issue: any(match(issue) for match in either)
        if said := re.fullmatch(r'project = "(\w+)"', text):
            project = self.site.at(said[1])
            if project is None:
                why = f"The value '{said[1]}' does not exist for the field 'project'."
                raise RefusedError(400, why)
            return lambda issue: issue.project is project
        if text == "creator = currentUser()":
            return lambda issue: issue.creator is user
        if said := re.fullmatch(r'labels = "(\S+)"', text):
            return lambda issue: said[1] in issue.fields.get("labels", ())
        if said := re.fullmatch(r"(created|updated) >= -(\d+)m", text):
            start = self.site.time - timedelta(minutes=int(said[2]))
            return lambda issue: self._indexed(issue, said[1]) >= start
        if said := re.fullmatch(r"key in \(([\w, -]+)\)", text):
            names = {name.strip() for name in said[1].split(",")}
            return lambda issue: bool(names & {str(issue.id), *issue.keys})
        raise RefusedError(400, f"Error in the JQL Query: {text}")

    def _indexed(self, issue: Issue, field: str) -> datetime:
        if field == "created" or self.site.time - issue.updated >= self.search_lag:
            return issue.updated if field == "updated" else issue.created
        return issue.created

    def _user(self, headers: Mapping[str, str]) -> User:
        scheme, _, value = (headers.get("authorization") or "").partition(" ")
        name, token = "", value
        if scheme == "Basic":
            name, _, token = b64decode(value).decode().partition(":")
        for user in self.site.users:
            if user.token and user.token == token and self.admits(user, scheme, name):
                return user
        raise RefusedError(401, "Client must be authenticated to access this resource.")

    @abstractmethod
    def admits(self, user: User, scheme: str, name: str) -> bool:
        """Tell whether a login is one that this Jira takes."""

    def _writable(self, name: str, action: str) -> Issue:
        issue = self.seen(name)
        if action in self.site.denied:
            raise RefusedError(403, f"You do not have permission to {action} it.")
        if issue.project.archived:
            raise RefusedError(403, "The project is archived.")
        return issue

    @abstractmethod
    def _check_comment(self, body: object) -> None:
        """Refuse a comment of the wrong kind."""

    @abstractmethod
    def _types(self, key: str) -> Answer:
        """Return the issue types of a project."""

    @abstractmethod
    def _fields(self, key: str, type_: str, start: int) -> Answer:
        """Return the fields of an issue type."""

    def _transition(self, step: Transition, query: Mapping[str, str]) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": step.id,
            "name": f"To {step.to.name}",
            "to": self.state_json(step.to.id, step.to.name, step.to.category),
            "hasScreen": bool(step.screen),
        }
        if query.get("expand") == "transitions.fields":
            shown["fields"] = {
                name: {"key": name, **told} for name, told in step.screen.items()
            }
        return shown

    @staticmethod
    def state_json(id_: str, name: str, category: str) -> dict[str, Any]:
        number = {"new": 2, "indeterminate": 4, "done": 3}[category]
        about = {"id": number, "key": category, "name": category, "colorName": "grey"}
        return {"id": id_, "name": name, "description": "", "statusCategory": about}

    def _assignable(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        if self.site.at(query.get("project", "")) is None:
            raise RefusedError(404, "No project could be found.")
        if "accountId" in query:
            people = [u for u in self.site.users if u.account == query["accountId"]]
        else:
            text = query["query" if self.site.cloud else "username"].casefold()
            people = [
                user
                for user in self.site.users
                if user.active
                and any(word.startswith(text) for word in self._words(user))
            ]
        return [self.person_json(user) for user in people]

    def _words(self, user: User) -> list[str]:
        names = [user.display.casefold(), *user.display.casefold().split()]
        names.append(user.email.casefold())
        return names if self.site.cloud else [*names, user.name.casefold()]

    def _every_field(self, issue: Issue) -> dict[str, Any]:
        given = issue.fields
        parent, assignee = given.get("parent"), given.get("assignee")
        type_ = issue.type
        return {
            **{n: v for n, v in given.items() if n.startswith("customfield_")},
            "summary": given["summary"],
            "description": given.get("description"),
            "duedate": given.get("duedate"),
            "labels": list(given.get("labels", ())),
            "priority": {"name": given["priority"]} if "priority" in given else None,
            "assignee": self.person_json(assignee) if assignee else None,
            "creator": self.person_json(issue.creator),
            "created": written(issue.created),
            "updated": written(issue.updated),
            "status": self.state_json(
                issue.state.id, issue.state.name, issue.state.category
            ),
            "resolution": {"name": issue.resolution} if issue.resolution else None,
            "project": {"id": issue.project.id, "key": issue.project.key},
            "issuetype": {
                "id": type_.id,
                "name": type_.name,
                "subtask": type_.level < 0,
                **({"hierarchyLevel": type_.level} if self.site.cloud else {}),
            },
            **({"parent": {"id": str(parent.id), "key": parent.key}} if parent else {}),
            "issuelinks": [
                {
                    "id": "1",
                    "type": {"name": kind},
                    side: {"id": str(o.id), "key": o.key},
                }
                for kind, side, o in issue.links
            ],
            "comment": {
                "comments": [
                    {
                        "id": c["id"],
                        "author": self.person_json(c["author"]),
                        "body": c["body"],
                    }
                    for c in issue.comments[-20:]
                ],
                "total": len(issue.comments),
            },
        }


def written(time: datetime) -> str:
    """Return a time as Jira writes it, in the zone of its user."""
    local = time + timedelta(hours=10)
    return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03}+1000"


def _split(text: str, between: str) -> list[str]:
    """Split where no bracket is open."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and text.startswith(between, at):
            parts.append(text[start:at])
            start = at + len(between)
    return [*parts, text[start:]]
