"""A GitLab in memory: what it keeps, shows to whom, refuses, drops and runs.

Each behaviour names its source: pages of docs.gitlab.com, or gitlabhq/gitlabhq.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pmsync_adapters.memory.project import EPOCH

GUEST, PLANNER, REPORTER = 10, 15, 20
"""Roles by their numbers (docs: Members API)."""
LAST_COUNTED = 10_000
"""Results up to which x-total is told (docs: REST API, pagination)."""
_COMMANDS = (
    "close|reopen|title|assign|unassign|reassign|label|labels|relabel|unlabel|confidential|due|remove_due_date|duplicate|move|clone|lock|unlock|"
    "todo|done|subscribe|unsubscribe|award|estimate|spend|milestone|weight|relate|zoom|promote|shrug|tableflip|cc|copy_metadata|create_merge_request"
)
"""Docs: GitLab quick actions."""
# lib/gitlab/quick_actions/extractor.rb: not in fenced or inline code, between HTML tags
# on lines of their own, or in ">>>" quotes; everywhere else, comments included.
_QUICK_ACTION = re.compile(
    r"^```.+?\n```$|`\n*.+?\n*`|^<[^>]+?>\n.+?\n</[^>]+?>$|^>>>.+?\n>>>$"
    rf"|^/(?P<name>{_COMMANDS})(?: (?P<arg>[^\n]*))?(?:\s*\n|$)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)


@dataclass
class User:
    """An account."""

    id: int
    username: str
    name: str
    email: str
    active: bool = True


@dataclass
class Issue:
    """What is kept of an issue."""

    id: int
    iid: int
    project: Project
    author: User
    title: str
    description: str
    created: datetime
    updated: datetime
    labels: set[str] = field(default_factory=set)
    assignees: list[User] = field(default_factory=list)
    due: str | None = None
    confidential: bool = False
    closed: datetime | None = None
    closer: User | None = None
    moved_to: int | None = None
    duplicate_of: Issue | None = None
    notes: list[tuple[User, str, bool]] = field(default_factory=list)
    """Author, text, and whether GitLab wrote it."""
    events: list[tuple[User, str]] = field(default_factory=list)
    """User, and ``label``, ``milestone`` or ``state``."""


@dataclass
class Project:
    """A private project."""

    id: int
    path: str
    roles: dict[int, int] = field(default_factory=dict)
    """By user id."""
    issues: dict[int, Issue] = field(default_factory=dict)
    archived: bool = False
    next: int = 1


class RefusedError(Exception):
    """An answer from 400 on."""

    def __init__(self, status: int, message: object) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class Site:
    """Projects and people; ``step`` is how far the clock goes with each write."""

    def __init__(self, step: timedelta = timedelta(milliseconds=10)) -> None:
        self.lock = threading.RLock()
        self.time = EPOCH
        self.step = step
        self.users: dict[str, User] = {}
        self.tokens: dict[str, User] = {}
        self.projects: dict[int, Project] = {}
        self.labels_made: set[str] = set()
        self.ran: list[str] = []
        """Quick actions that were executed."""
        self._ids = 100

    def number(self) -> int:
        """Return a new id, unique on the site."""
        self._ids += 1
        return self._ids

    def tick(self) -> datetime:
        """Let a little time pass."""
        self.time += self.step
        return self.time

    def user(self, username: str, name: str, token: str | None = None) -> User:
        """Register somebody."""
        user = User(self.number(), username, name, f"{username}@example.com")
        self.users[username] = user
        if token is not None:
            self.tokens[token] = user
        return user

    def project(self, path: str) -> Project:
        """Make a project."""
        made = Project(self.number(), path)
        self.projects[made.id] = made
        return made

    def seen(self, name: str, user: User) -> Project:
        """Return a project by id or path; one without a role is hidden."""
        for project in self.projects.values():
            named = name == str(project.id) or name.lower() == project.path.lower()
            if named and user.id in project.roles:
                return project
        # docs: Issues API: a private project answers 404 to those who are not members.
        raise RefusedError(404, "404 Project Not Found")

    def shown(self, project: Project, user: User) -> list[Issue]:
        """Return the issues that somebody sees (docs: Confidential issues)."""
        high = project.roles.get(user.id, 0) >= PLANNER
        return [
            issue
            for issue in project.issues.values()
            if not issue.confidential
            or high
            or user is issue.author
            or user in issue.assignees
        ]

    def issue(self, project: Project, iid: int, user: User) -> Issue:
        """Return one issue."""
        for issue in self.shown(project, user):
            if issue.iid == iid:
                return issue
        raise RefusedError(404, "404 Issue Not Found")

    def create(self, project: Project, user: User, given: Mapping[str, Any]) -> Issue:
        """Open an issue (docs: Issues API)."""
        self._may_write(project)
        if "title" not in given:
            raise RefusedError(400, {"error": "title is missing"})
        now = self.tick()
        issue = Issue(
            self.number(), project.next, project, user, "", "", created=now, updated=now
        )
        self._apply(issue, user, given)
        project.next += 1
        project.issues[issue.iid] = issue
        return issue

    def edit(self, issue: Issue, user: User, given: Mapping[str, Any]) -> Issue:
        """Change an issue; those without a role may change their own only."""
        self._may_write(issue.project)
        if issue.project.roles[user.id] < PLANNER and user is not issue.author:
            raise RefusedError(403, "403 Forbidden")
        if self._apply(issue, user, given):
            issue.updated = self.tick()
        return issue

    def comment(self, issue: Issue, user: User, text: str) -> bool:
        """Write a note; False when it was nothing but commands."""
        self._may_write(issue.project)
        rest = self._run(issue, user, _clean(text))
        if rest:
            issue.notes.append((user, rest, False))
        issue.updated = self.tick()
        return bool(rest)

    def delete(self, issue: Issue) -> None:
        """Delete an issue: owners may."""
        del issue.project.issues[issue.iid]

    def move(self, issue: Issue, project: Project, user: User) -> Issue:
        """Move an issue: a new one, and the old one closed (docs: Move an issue)."""
        now = self.tick()
        moved = Issue(
            self.number(),
            project.next,
            project,
            issue.author,
            issue.title,
            issue.description,
            created=issue.created,
            updated=now,
            labels=set(issue.labels),
            assignees=list(issue.assignees),
            due=issue.due,
            confidential=issue.confidential,
            notes=[*issue.notes, (user, "moved from elsewhere", True)],
        )
        project.next += 1
        project.issues[moved.iid] = moved
        issue.notes.append((user, "moved elsewhere", True))
        issue.closed, issue.closer, issue.moved_to = now, user, moved.id
        issue.updated = now
        return moved

    def by_id(self, id_: int, user: User) -> Issue | None:
        """Return an issue by its global id if it may be seen."""
        for project in self.projects.values():
            if user.id in project.roles:
                for issue in self.shown(project, user):
                    if issue.id == id_:
                        return issue
        return None

    def _may_write(self, project: Project) -> None:
        if project.archived:
            raise RefusedError(403, "403 Forbidden")

    def _apply(self, issue: Issue, user: User, given: Mapping[str, Any]) -> bool:
        """Change what was given and allowed; tell whether anything changed."""
        before = repr(_content(issue))
        title = _clean(str(given.get("title", issue.title))).strip()
        if not title:
            raise RefusedError(400, {"title": ["can't be blank"]})
        if len(title) > 255:
            raise RefusedError(
                400, {"title": ["is too long (maximum is 255 characters)"]}
            )
        if title != issue.title and issue.title:
            issue.notes.append((user, "changed title", True))
        issue.title = title
        if "description" in given:
            text = _clean(given["description"] or "")
            if issue.iid in issue.project.issues:
                issue.notes.append((user, "changed the description", True))
            issue.description = self._run(issue, user, text)
        # app/services/issuable_base_service.rb, filter_params: without the permission
        # these are taken out, and nobody is told.
        if issue.project.roles[user.id] >= PLANNER:
            self._metadata(issue, user, given)
        if given.get("confidential"):
            issue.confidential = True
        self._state(issue, user, given.get("state_event"))
        return repr(_content(issue)) != before

    def _metadata(self, issue: Issue, user: User, given: Mapping[str, Any]) -> None:
        before = set(issue.labels)
        if "labels" in given:
            issue.labels = set(_split(given["labels"]))
        for added in _split(given.get("add_labels", "")):
            # docs: Labels: of one scope an issue has one label.
            scope, colons, _ = added.rpartition("::")
            if colons:
                issue.labels = {
                    one for one in issue.labels if one.rpartition("::")[0] != scope
                }
            issue.labels.add(added)
        issue.labels -= set(_split(given.get("remove_labels", "")))
        self.labels_made |= issue.labels
        if issue.labels != before:
            issue.events.append((user, "label"))
        if "assignee_ids" in given:
            known = {u.id: u for u in self.users.values()}
            issue.assignees = [
                known[id_]
                for id_ in given["assignee_ids"]
                if id_ in known and id_ in issue.project.roles
            ]
            issue.notes.append((user, "assigned", True))
        if "due_date" in given:
            issue.due = given["due_date"] or None
            issue.notes.append((user, "changed due date", True))

    def _state(self, issue: Issue, user: User, event: str | None) -> None:
        if event == "close" and issue.closed is None:
            issue.closed, issue.closer = self.time, user
            issue.events.append((user, "state"))
        elif event == "reopen" and issue.closed is not None:
            issue.closed = issue.closer = None
            issue.events.append((user, "state"))

    def _run(self, issue: Issue, user: User, text: str) -> str:
        """Execute the commands in a text, and return what is left of it."""

        def command(found: re.Match[str]) -> str:
            name = found["name"]
            if name is None:
                return found[0]
            self.ran.append(found[0].strip())
            match name.lower():
                case "close":
                    self._state(issue, user, "close")
                case "confidential":
                    issue.confidential = True
                case _:
                    pass
            return ""

        return _QUICK_ACTION.sub(command, text.replace("\r", "")).rstrip()


def _content(issue: Issue) -> dict[str, object]:
    return {k: v for k, v in vars(issue).items() if k not in ("project", "updated")}


def _split(labels: object) -> list[str]:
    if not isinstance(labels, str):
        # lib/api/issues.rb: labels are one text; since 13 an array is taken, too.
        raise RefusedError(400, {"error": "labels is invalid"})
    return [label.strip() for label in labels.split(",") if label.strip()]


def _clean(text: str) -> str:
    if "\x00" in text:
        # lib/gitlab/middleware/handle_malformed_strings.rb
        raise RefusedError(400, {"error": "Bad Request"})
    return text


def stamp(time: datetime) -> str:
    """Return a time as GitLab shows it."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Render = Callable[[Issue], dict[str, object]]


def renderer(url: str) -> Render:
    """Return what shows an issue (lib/api/entities/issue.rb and issue_basic.rb)."""

    def person(user: User) -> dict[str, object]:
        return {
            "id": user.id,
            "username": user.username,
            "name": user.name,
            "state": "active" if user.active else "blocked",
            "avatar_url": f"{url}/avatar.png",
            "web_url": f"{url}/{user.username}",
        }

    def render(issue: Issue) -> dict[str, object]:
        path = issue.project.path
        api = f"{url}/api/v4/projects/{issue.project.id}/issues/{issue.iid}"
        twin = issue.duplicate_of
        people = [person(user) for user in issue.assignees]
        return {
            "id": issue.id,
            "iid": issue.iid,
            "project_id": issue.project.id,
            "title": issue.title,
            "description": issue.description,
            "state": "opened" if issue.closed is None else "closed",
            "created_at": stamp(issue.created),
            "updated_at": stamp(issue.updated),
            "closed_at": issue.closed and stamp(issue.closed),
            "closed_by": issue.closer and person(issue.closer),
            "labels": sorted(issue.labels),
            "milestone": None,
            "assignees": people,
            "assignee": people[0] if people else None,
            "author": person(issue.author),
            "type": "ISSUE",
            "user_notes_count": sum(not system for _, _, system in issue.notes),
            "merge_requests_count": 0,
            "upvotes": 0,
            "downvotes": 0,
            "due_date": issue.due,
            "confidential": issue.confidential,
            "discussion_locked": None,
            "issue_type": "issue",
            "web_url": f"{url}/{path}/-/issues/{issue.iid}",
            "time_stats": {
                "time_estimate": 0,
                "total_time_spent": 0,
                "human_time_estimate": None,
                "human_total_time_spent": None,
            },
            "references": {
                "short": f"#{issue.iid}",
                "relative": f"#{issue.iid}",
                "full": f"{path}#{issue.iid}",
            },
            "severity": "UNKNOWN",
            "moved_to_id": issue.moved_to,
            "_links": {
                "self": api,
                "notes": f"{api}/notes",
                "project": f"{url}/api/v4/projects/{issue.project.id}",
                "closed_as_duplicate_of": twin
                and f"{url}/api/v4/projects/{twin.project.id}/issues/{twin.iid}",
            },
        }

    return render
