"""A GitHub in memory: what it keeps, shows to whom, refuses and drops.

Each behaviour names its source: the descriptions of GitHub's REST API (npm
@octokit/openapi), its GraphQL schema, or pages of docs.github.com.
"""

from __future__ import annotations

import base64
import html
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pmsync_adapters.memory.project import EPOCH

MOST_ASSIGNEES = 10
LONGEST_TITLE = 256
LONGEST_BODY = 65_536
_CODE = re.compile(r"<!--.*?-->|```.*?```|`[^`\n]*`", re.DOTALL)
_ACTS = re.compile(
    r"(?<![\w@/])@[a-z0-9][a-z0-9-]*(?:/[\w-]+)?|(?<!\w)(?:[\w-]+/[\w.-]+)?#[0-9]+"
    r"|\bGH-[0-9]+|\bhttps?://\S+|\bwww\.\S+",
    re.IGNORECASE,
)
"""Docs: Basic writing and formatting syntax, mentioning; Autolinked references."""


@dataclass(eq=False)
class User:
    """An account, or the bot of an App."""

    id: int
    login: str
    name: str
    email: str | None = None
    bot: bool = False


@dataclass(eq=False)
class Event:
    """Something that a timeline shows."""

    kind: str
    actor: User
    time: datetime


@dataclass(eq=False)
class Issue:
    """What is kept of an issue, or of a pull request."""

    id: int
    number: int
    repository: Repository
    author: User
    title: str
    body: str
    created: datetime
    updated: datetime
    closed: datetime | None = None
    reason: str | None = None
    closer: User | None = None
    labels: list[str] = field(default_factory=list)
    assignees: list[User] = field(default_factory=list)
    comments: list[tuple[User, str]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    editors: list[User] = field(default_factory=list)
    """Who changed the body."""
    parent: Issue | None = None
    duplicate_of: Issue | None = None
    pull_request: bool = False

    @property
    def node_id(self) -> str:
        return base64.b64encode(f"05:Issue{self.id}".encode()).decode()


@dataclass(eq=False)
class Repository:
    """A private repository."""

    id: int
    name: str
    """``owner/name``."""
    people: dict[User, bool] = field(default_factory=dict)
    """Who sees it, and whether they may push."""
    issues: dict[int, Issue] = field(default_factory=dict)
    archived: bool = False
    has_issues: bool = True
    labels: dict[str, str] = field(default_factory=dict)
    """By lower-case name: GitHub ignores the case."""
    next: int = 1


class RefusedError(Exception):
    """An answer from 400 on."""

    def __init__(
        self, status: int, message: str, errors: Iterable[object] = ()
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.errors = status, message, list(errors)


class MovedError(Exception):
    """An answer that leads to another address."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class Site:
    """Repositories and people; ``step`` is how far the clock goes with each write."""

    def __init__(self, step: timedelta) -> None:
        self.lock = threading.RLock()
        self.time = EPOCH
        self.step = step
        self.users: dict[str, User] = {}
        self.tokens: dict[str, User] = {}
        self.repositories: dict[int, Repository] = {}
        self.renamed: dict[str, Repository] = {}
        """By former name."""
        self.moved: dict[tuple[int, int], Issue] = {}
        self.deleted: set[tuple[int, int]] = set()
        self.acted: list[str] = []
        """Mentions and references that texts had."""
        self.sub_issues = True
        self.knows_duplicates: bool | None = True
        """False where the reason is refused, None where it is ignored."""
        self._ids = 100

    def number(self) -> int:
        self._ids += 1
        return self._ids

    def tick(self) -> datetime:
        self.time += self.step
        return self.time

    def user(self, login: str, name: str, token: str | None = None) -> User:
        user = User(self.number(), login, name, f"{login}@example.com")
        user.bot = login.endswith("[bot]")
        self.users[login.lower()] = user
        if token is not None:
            self.tokens[token] = user
        return user

    def repository(self, name: str) -> Repository:
        made = Repository(self.number(), name)
        self.repositories[made.id] = made
        return made

    def rename(self, repository: Repository, name: str) -> None:
        self.renamed[repository.name.lower()] = repository
        repository.name = name

    def seen(self, name: str, user: User) -> Repository:
        """Return a repository by name or id; it is hidden from strangers.

        docs: Troubleshooting the REST API: 404 for private resources that the token
        may not see.
        """
        for repository in self.repositories.values():
            if name.lower() == repository.name.lower() or name == str(repository.id):
                if user not in repository.people:
                    break
                return repository
        raise RefusedError(404, "Not Found")

    def issue(self, repository: Repository, number: int, user: User) -> Issue:
        """Return an issue; REST description of "Get an issue": 301, 410, 404."""
        at = (repository.id, number)
        if at in self.moved:
            there = self.moved[at]
            if user not in there.repository.people:
                raise RefusedError(404, "Not Found")
            raise MovedError(
                f"/repositories/{there.repository.id}/issues/{there.number}"
            )
        if at in self.deleted:
            raise RefusedError(410, "This issue was deleted")
        if number not in repository.issues:
            raise RefusedError(404, "Not Found")
        return repository.issues[number]

    def by_node(self, node_id: str, user: User) -> Issue | None:
        return next(
            (
                issue
                for repository in self.repositories.values()
                if user in repository.people
                for issue in repository.issues.values()
                if issue.node_id == node_id
            ),
            None,
        )

    def create(
        self, repository: Repository, user: User, given: Mapping[str, Any]
    ) -> Issue:
        """Open an issue.

        REST description of "Create an issue": labels and assignees of those who cannot
        push are dropped; 410 where issues are disabled.
        """
        self._may_write(repository)
        title = self._title(given.get("title"))
        body = self._body(given.get("body"))
        pushes = repository.people[user]
        assignees = self._assignees(repository, given.get("assignees") or [], pushes)
        now = self.tick()
        issue = Issue(
            self.number(), repository.next, repository, user, title, body, now, now
        )
        repository.next += 1
        repository.issues[issue.number] = issue
        if pushes:
            issue.labels = self._labels(repository, given.get("labels") or [])
            issue.assignees = assignees
        self._events(issue, user, "LabeledEvent", len(issue.labels))
        self._events(issue, user, "AssignedEvent", len(issue.assignees))
        self._acts(body)
        return issue

    def edit(self, issue: Issue, user: User, given: Mapping[str, Any]) -> Issue:
        """Change an issue; its author may, and those who can push."""
        repository = issue.repository
        self._may_write(repository)
        pushes = repository.people[user]
        if not pushes and issue.author is not user:
            raise RefusedError(403, "Must have push access to update an issue")
        title = self._title(given["title"]) if "title" in given else issue.title
        body = self._body(given["body"]) if "body" in given else issue.body
        named = given.get("assignees", [u.login for u in issue.assignees])
        assignees = self._assignees(repository, named, pushes)
        reason = self._reason(given)
        self.tick()
        before = (issue.title, issue.body, issue.closed, tuple(issue.assignees))
        if title != issue.title:
            self._events(issue, user, "RenamedTitleEvent")
        if body != issue.body:
            issue.editors.append(user)
            self._acts(body)
        issue.title, issue.body = title, body
        if pushes and assignees != issue.assignees:
            self._events(issue, user, "AssignedEvent")
            issue.assignees = assignees
        if pushes and "labels" in given:
            issue.labels = self._labels(repository, given["labels"])
        state = given.get("state")
        # "Ignored unless state is changed" (REST description of state_reason).
        if state == "closed" and issue.closed is None:
            issue.closed, issue.closer = self.time, user
            issue.reason = reason or "completed"
            self._events(issue, user, "ClosedEvent")
            self._duplicate(issue, given)
        elif state == "open" and issue.closed is not None:
            issue.closed = issue.closer = None
            issue.reason = "reopened"
            self._events(issue, user, "ReopenedEvent")
        after = (issue.title, issue.body, issue.closed, tuple(issue.assignees))
        if before != after:
            issue.updated = self.time
        return issue

    def label(self, issue: Issue, user: User, names: Iterable[str]) -> None:
        """Add labels (REST description of "Add labels to an issue")."""
        self._may_push(issue.repository, user)
        new = self._labels(issue.repository, names)
        issue.labels += [name for name in new if name not in issue.labels]
        issue.updated = self.tick()
        self._events(issue, user, "LabeledEvent")

    def unlabel(self, issue: Issue, user: User, name: str) -> None:
        """Remove one label; 404 where it is not borne."""
        self._may_push(issue.repository, user)
        borne = [one for one in issue.labels if one.lower() == name.lower()]
        if not borne:
            raise RefusedError(404, "Label does not exist")
        issue.labels.remove(borne[0])
        issue.updated = self.tick()
        self._events(issue, user, "UnlabeledEvent")

    def comment(self, issue: Issue, user: User, text: str) -> None:
        self._may_write(issue.repository)
        issue.comments.append((user, text))
        issue.updated = self.tick()
        self._events(issue, user, "IssueComment")

    def adopt(self, parent: Issue, user: User, serial: int) -> None:
        """Add a sub-issue (REST description of "Add sub-issue")."""
        if not self.sub_issues:
            raise RefusedError(404, "Not Found")
        self._may_push(parent.repository, user)
        child = next(
            (i for i in parent.repository.issues.values() if i.id == serial), None
        )
        if child is None:
            raise RefusedError(422, "The provided sub-issue does not exist")
        child.parent = parent
        self.tick()
        self._events(parent, user, "SubIssueAddedEvent")
        self._events(child, user, "ParentIssueAddedEvent")

    def transfer(self, issue: Issue, target: Repository, user: User) -> Issue:
        """Move an issue: it gets a new number and id there (docs: Transferring)."""
        source = (issue.repository.id, issue.number)
        del issue.repository.issues[issue.number]
        issue.repository, issue.number, issue.id = target, target.next, self.number()
        target.next += 1
        target.issues[issue.number] = issue
        issue.updated = self.tick()
        self.moved[source] = issue
        self._events(issue, user, "TransferredEvent")
        return issue

    def delete(self, issue: Issue) -> None:
        self.deleted.add((issue.repository.id, issue.number))
        del issue.repository.issues[issue.number]
        self.tick()

    def _reason(self, given: Mapping[str, Any]) -> str | None:
        reason = given.get("state_reason")
        if reason == "duplicate" and self.knows_duplicates is None:
            return None
        if reason == "duplicate" and not self.knows_duplicates:
            raise RefusedError(422, "Validation Failed", [{"field": "state_reason"}])
        return reason

    def _duplicate(self, issue: Issue, given: Mapping[str, Any]) -> None:
        if issue.reason == "duplicate":
            issue.duplicate_of = next(
                i
                for i in issue.repository.issues.values()
                if i.id == given["duplicate_issue_id"]
            )

    def _events(self, issue: Issue, user: User, kind: str, times: int = 1) -> None:
        issue.events += [Event(kind, user, self.time)] * times

    def _may_write(self, repository: Repository) -> None:
        if repository.archived:
            raise RefusedError(403, "Repository was archived so is read-only.")
        if not repository.has_issues:
            raise RefusedError(410, "Issues are disabled for this repo")

    def _may_push(self, repository: Repository, user: User) -> None:
        self._may_write(repository)
        if not repository.people[user]:
            raise RefusedError(403, "Must have push access")

    def _title(self, title: object) -> str:
        text = str(title or "").strip()
        if not text:
            raise _invalid("title", "missing_field")
        if len(text) > LONGEST_TITLE:
            raise _invalid("title", "title is too long (maximum is 256 characters)")
        return text

    def _body(self, body: object) -> str:
        text = str(body or "")
        if len(text) > LONGEST_BODY:
            raise _invalid("body", "body is too long (maximum is 65536 characters)")
        return text

    def _labels(self, repository: Repository, names: Iterable[str]) -> list[str]:
        """Return labels as they are called; those that are new are made."""
        found = []
        for name in names:
            if len(name) > 50:
                raise _invalid("name", "name is too long (maximum is 50 characters)")
            found.append(repository.labels.setdefault(name.lower(), name))
        return found

    def _assignees(
        self, repository: Repository, logins: Iterable[str], pushes: bool
    ) -> list[User]:
        if not pushes:
            return []
        found = []
        for login in logins:
            user = self.users.get(login.lower())
            if user is None or user not in repository.people or user.bot:
                raise _invalid("assignees", "invalid", login)
            found.append(user)
        return found[:MOST_ASSIGNEES]

    def _acts(self, body: str) -> None:
        """Notify and link; entities are read before (docs: Autolinked references)."""
        text = _CODE.sub(" ", html.unescape(body))
        self.acted += [found[0] for found in _ACTS.finditer(text)]


def _invalid(name: str, code: str, value: str | None = None) -> RefusedError:
    error = {"resource": "Issue", "field": name, "code": code, "value": value}
    return RefusedError(422, "Validation Failed", [error])
