"""The tickets of a Jira, as its server holds them, and what people do to them.

What it refuses, and with which words, is what Atlassian documents: "The Jira Cloud
platform REST API" (v3), "Jira Data Center REST API 8.20", "Atlassian Document Format",
"Edit a field's configuration", "JQL fields".
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
"""The site's clock is years away from that of this machine, so that none is mixed up."""
GONE = "Issue does not exist or you do not have permission to see it."
_OFF_SCREEN = (
    "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."
)


class RefusedError(Exception):
    """The site says no."""

    def __init__(
        self, status: int, *messages: str, errors: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, messages, errors)
        self.status = status
        self.data = {"errorMessages": list(messages), "errors": dict(errors or {})}


@dataclass
class User:
    account: str
    name: str
    """User name of Data Center."""
    display: str
    email: str
    token: str = ""
    hides_email: bool = False
    active: bool = True


@dataclass
class Type:
    id: str
    name: str
    level: int = 0


@dataclass
class State:
    """A status of the workflow."""

    id: str
    name: str
    category: str


@dataclass
class Transition:
    id: str
    to: State
    origins: set[str] | None = None
    """Names of the statuses that it leads away from; None for all."""
    screen: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Issue:
    id: int
    key: str
    project: Project
    type: Type
    creator: User
    created: datetime
    updated: datetime
    state: State
    fields: dict[str, Any]
    """summary, description, assignee, duedate, priority, labels, parent, custom ones"""
    resolution: str | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    histories: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    links: list[tuple[str, str, Issue]] = field(default_factory=list)
    """Type, side (``inwardIssue``), other ticket."""
    keys: set[str] = field(default_factory=set)
    """All that it ever had."""


@dataclass
class Project:
    id: str
    key: str
    types: list[Type]
    screen: dict[str, dict[str, Any]]
    """Fields that can be set on creation and in edits, by id, as createmeta tells."""
    transitions: list[Transition]
    initial: State
    number: int = 0
    archived: bool = False
    old_keys: set[str] = field(default_factory=set)


PRIORITIES = ("Highest", "High", "Medium", "Low", "Lowest")
RESOLUTIONS = ("Done", "Won't Do", "Duplicate", "Cannot Reproduce")
TODO = State("10000", "To Do", "new")
DOING = State("10001", "In Progress", "indeterminate")
BLOCKED = State("10002", "Blocked", "indeterminate")
DONE = State("10003", "Done", "done")


def about(name: str, kind: str, **more: Any) -> dict[str, Any]:
    """Return what createmeta tells of a field."""
    schema = {"type": kind, **more.pop("schema", {})}
    return {
        "name": name,
        "schema": schema,
        "required": False,
        "hasDefaultValue": False,
        "operations": ["set"],
        **more,
    }


def choices(*names: str, by: str = "name") -> list[dict[str, str]]:
    """Return allowed values."""
    return [{"id": str(n), by: name} for n, name in enumerate(names, 1)]


def usual_screen() -> dict[str, dict[str, Any]]:
    """The fields of a project as it comes."""
    return {
        "summary": about("Summary", "string", required=True),
        "project": about("Project", "project", required=True),
        "issuetype": about("Issue Type", "issuetype", required=True),
        "reporter": about("Reporter", "user", required=True),
        "description": about("Description", "string"),
        "assignee": about("Assignee", "user"),
        "duedate": about("Due date", "date"),
        "priority": about(
            "Priority",
            "priority",
            hasDefaultValue=True,
            allowedValues=choices(*PRIORITIES),
        ),
        "labels": about("Labels", "array", schema={"items": "string"}),
        "parent": about("Parent", "issuelink"),
    }


def resolution_screen(*names: str, required: bool = False) -> dict[str, dict[str, Any]]:
    """A screen that asks how it was resolved."""
    told = about(
        "Resolution", "resolution", required=required, allowedValues=choices(*names)
    )
    return {"resolution": told}


def anywhere(*states: State) -> list[Transition]:
    """A workflow in which every status leads to every other."""
    return [
        Transition(
            str(11 + 10 * n),
            state,
            screen=resolution_screen(*RESOLUTIONS) if state.category == "done" else {},
        )
        for n, state in enumerate(states)
    ]


class Site:
    """One Jira with its users, projects and clock."""

    def __init__(self, *, cloud: bool, step: timedelta) -> None:
        self.cloud = cloud
        self.time = EPOCH
        self.lock = threading.RLock()
        self.users: list[User] = []
        self.projects: list[Project] = []
        self.issues: dict[int, Issue] = {}
        self.denied: set[str] = set()
        """What pmsync's account may not do: browse, create, edit, transition, comment,
        link."""
        self.sends: list[tuple[str, str]] = []
        """What people were told: a ticket's key, and what happened."""
        self._step = step
        self._last = 10_000

    def tick(self) -> datetime:
        """Let time pass for a write."""
        self.time += self._step
        return self.time

    def user(self, name: str, display: str, email: str, token: str = "") -> User:
        user = User(f"5b10a2844c20165700ed{len(self.users):04}", name, display, email)
        user.token = token
        self.users.append(user)
        return user

    def project(self, key: str) -> Project:
        types = [Type("1", "Task"), Type("2", "Sub-task", -1), Type("3", "Epic", 1)]
        number = str(10_000 + len(self.projects))
        flow = anywhere(TODO, DOING, BLOCKED, DONE)
        made = Project(number, key, types, usual_screen(), flow, TODO)
        self.projects.append(made)
        return made

    def at(self, name: str) -> Project | None:
        """Return the project of a key, or of one that it had."""
        for project in self.projects:
            if name in {project.key, project.id, *project.old_keys}:
                return project
        return None

    def find(self, name: str) -> Issue | None:
        """Return the ticket of an id, or of any key that it ever had."""
        for issue in self.issues.values():
            if name == str(issue.id) or name.upper() in issue.keys:
                return issue
        return None

    def create(self, user: User, body: Mapping[str, Any], *, ours: bool) -> Issue:
        """Open a ticket."""
        given = dict(body.get("fields") or {})
        project = self.at((given.pop("project", None) or {}).get("key", ""))
        if project is None or (ours and {"create", "browse"} & self.denied):
            why = "You do not have permission to create issues in this project."
            raise RefusedError(400, errors={"project": why})
        if project.archived:
            raise RefusedError(400, errors={"project": "The project is archived."})
        type_ = self._type(project, given.pop("issuetype", None) or {})
        self._check(project, given, type_)
        for name, told in project.screen.items():
            fixed = name in ("project", "issuetype", "reporter")
            wanted = told["required"] and not (fixed or told["hasDefaultValue"])
            if wanted and given.get(name) in (None, ""):
                raise RefusedError(400, errors={name: f"{told['name']} is required."})
        if type_.level < 0 and "parent" not in given:
            why = "Issue type is a sub-task but parent issue key or id not specified."
            raise RefusedError(400, errors={"issuetype": why})
        if "priority" in project.screen:
            given.setdefault("priority", {"name": "Medium"})
        self._last += 1
        project.number += 1
        key = f"{project.key}-{project.number}"
        now = self.tick()
        issue = Issue(
            self._last, key, project, type_, user, now, now, project.initial, {}
        )
        issue.keys.add(key)
        issue.fields = self._stored(given)
        for one in body.get("properties") or ():
            issue.properties[one["key"]] = one["value"]
        self.issues[issue.id] = issue
        return issue

    def edit(self, issue: Issue, user: User, given: Mapping[str, Any]) -> None:
        """Change fields."""
        self._check(issue.project, given, issue.type)
        items = [
            {"field": name, "fieldtype": "jira", "from": None, "to": None}
            for name, value in self._stored(given).items()
            if issue.fields.get(name) != value
        ]
        issue.fields.update(self._stored(given))
        if items:
            self.changed(issue, user, items)

    def move_to(
        self, issue: Issue, user: User, transition: str, given: Mapping[str, Any]
    ) -> None:
        """Make a transition."""
        for one in self.open_to(issue):
            if one.id == transition:
                break
        else:
            why = (
                "It seems that you have tried to perform an illegal workflow operation."
            )
            raise RefusedError(400, why)
        for name in given:
            if name not in one.screen:
                raise RefusedError(400, errors={name: _OFF_SCREEN.format(name)})
        for name, told in one.screen.items():
            if told["required"] and name not in given:
                raise RefusedError(400, errors={name: f"{told['name']} is required."})
        resolution = (given.get("resolution") or {}).get("name")
        allowed = one.screen.get("resolution", {}).get("allowedValues", ())
        if resolution is not None and resolution not in {a["name"] for a in allowed}:
            why = "The resolution is not valid."
            raise RefusedError(400, errors={"resolution": why})
        self.enter(issue, user, one.to, resolution)

    def enter(
        self, issue: Issue, user: User, state: State, resolution: str | None = None
    ) -> None:
        """Put a ticket into a status; a closed one has a resolution."""
        before, issue.state = issue.state, state
        issue.resolution = (resolution or "Done") if state.category == "done" else None
        item = {
            "field": "status",
            "fieldtype": "jira",
            "fieldId": "status",
            "from": before.id,
            "fromString": before.name,
            "to": state.id,
            "toString": state.name,
        }
        self.changed(issue, user, [item])

    def open_to(self, issue: Issue) -> list[Transition]:
        """Return the transitions that a ticket can make."""
        return [
            one
            for one in issue.project.transitions
            if issue.state.name != one.to.name
            and (one.origins is None or issue.state.name in one.origins)
        ]

    def comment(self, issue: Issue, user: User, body: object) -> dict[str, Any]:
        """Say something below a ticket."""
        said = {"id": str(len(issue.comments) + 1), "author": user, "body": body}
        issue.comments.append(said)
        issue.updated = self.tick()
        self.sends.append((issue.key, "comment"))
        return said

    def link(self, user: User, kind: str, inward: Issue, outward: Issue) -> None:
        """Link two tickets; each shows the other, and both were changed."""
        inward.links.append((kind, "outwardIssue", outward))
        outward.links.append((kind, "inwardIssue", inward))
        for issue in (inward, outward):
            item = {"field": "Link", "fieldtype": "jira", "from": None, "to": None}
            self.changed(issue, user, [item])

    def delete(self, issue: Issue) -> None:
        """Delete a ticket for good."""
        del self.issues[issue.id]

    def move(self, issue: Issue, project: Project) -> None:
        """Move a ticket to another project: it keeps its id and gets a new key."""
        project.number += 1
        issue.project = project
        issue.key = f"{project.key}-{project.number}"
        issue.keys.add(issue.key)
        issue.updated = self.tick()

    def changed(self, issue: Issue, user: User, items: list[dict[str, Any]]) -> None:
        """Write down a change."""
        issue.updated = self.tick()
        number = str(10_000 + sum(len(i.histories) for i in self.issues.values()))
        entry = {"id": number, "author": user, "created": issue.updated, "items": items}
        issue.histories.append(entry)
        self.sends.append((issue.key, ",".join(str(i["field"]) for i in items)))

    def account(self, told: Mapping[str, Any]) -> User:
        """Return who is meant by a user object."""
        by = "accountId" if self.cloud else "name"
        for user in self.users:
            name = user.account if self.cloud else user.name
            if told.get(by) == name and user.active:
                return user
        why = f"User '{told.get(by)}' does not exist or cannot be assigned issues."
        raise RefusedError(400, errors={"assignee": why})

    def _type(self, project: Project, told: Mapping[str, Any]) -> Type:
        for type_ in project.types:
            if told in ({"id": type_.id}, {"name": type_.name}):
                return type_
        why = "The issue type selected is invalid."
        raise RefusedError(400, errors={"issuetype": why})

    def _check(self, project: Project, given: Mapping[str, Any], type_: Type) -> None:
        for name, value in given.items():
            told = project.screen.get(name)
            if told is None:
                raise RefusedError(400, errors={name: _OFF_SCREEN.format(name)})
            why = self._mistake(name, value, told, type_)
            if why is not None:
                raise RefusedError(400, errors={name: why})

    def _mistake(  # noqa: C901, PLR0912 # a table of fields
        self, name: str, value: Any, told: Mapping[str, Any], type_: Type
    ) -> str | None:
        match name:
            case "summary":
                return _summary_mistake(value)
            case "description":
                return adf_mistake(value) if self.cloud else _text_mistake(value)
            case "labels":
                if not all(isinstance(v, str) for v in value):
                    return "data was not a string array"
                if any(re.search(r"\s", v) for v in value):
                    return "The label contains spaces which is invalid."
            case "duedate":
                if value is not None and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                    return "Error parsing date string. Use yyyy-MM-dd."
            case "priority":
                allowed = {a["name"] for a in told.get("allowedValues", ())}
                if not isinstance(value, dict) or value.get("name") not in allowed:
                    return "The priority selected is invalid."
            case "assignee":
                if value is not None:
                    self.account(value)
            case "parent":
                parent = self.find(value.get("key", ""))
                if parent is None:
                    return "Could not find issue by id or key."
                if parent.type.level != type_.level + 1:
                    return "Given parent work item does not belong to appropriate hierarchy."
            case _:
                return _custom_mistake(value, told, cloud=self.cloud)
        return None

    def _stored(self, given: Mapping[str, Any]) -> dict[str, Any]:
        stored = dict(given)
        if stored.get("assignee") is not None:
            stored["assignee"] = self.account(stored["assignee"])
        if "parent" in stored:
            stored["parent"] = self.find(stored["parent"]["key"])
        if "priority" in stored:
            stored["priority"] = stored["priority"]["name"]
        if "labels" in stored:
            stored["labels"] = sorted(set(stored["labels"]))
        if "summary" in stored:
            stored["summary"] = stored["summary"].strip()
        return stored


def _summary_mistake(value: Any) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return "You must specify a summary of the issue."
    if "\n" in value or "\r" in value:
        return "The summary is invalid because it contains newline characters."
    if len(value.encode("utf-16-le")) // 2 > 255:
        return "Summary must be less than 255 characters."
    return None


def _text_mistake(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        return "Operation value must be a string"
    if value is not None and len(value) > 32_767:
        return "The entered text is too long. It exceeds the allowed limit."
    return None


def _custom_mistake(value: Any, told: Mapping[str, Any], *, cloud: bool) -> str | None:
    schema = told["schema"]
    match schema["type"]:
        case "option":
            allowed = {a["value"] for a in told.get("allowedValues", ())}
            if not isinstance(value, dict) or value.get("value") not in allowed:
                return "Specify a valid 'id' or 'name' for it"
        case "string" if cloud and str(schema.get("custom", "")).endswith(":textarea"):
            return adf_mistake(value)
        case "string":
            return _text_mistake(value)
        case "number":
            if not isinstance(value, int | float):
                return "Operation value must be a number"
    return None


BLOCKS = {"paragraph", "heading", "bulletList", "orderedList", "rule", "panel",
          "blockquote", "codeBlock", "table", "mediaSingle", "mediaGroup", "expand",
          "blockCard", "taskList", "decisionList", "layoutSection", "extension"}  # fmt: skip
IN_PANEL = {"paragraph", "heading", "bulletList", "orderedList", "blockCard", "rule"}
INLINE = {"text", "hardBreak", "mention", "emoji", "inlineCard", "date", "status"}


def adf_mistake(value: Any) -> str | None:
    """Say why a body is no document of Jira's, None if it is one."""
    if value is None:
        return None
    wrong = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
    if not isinstance(value, dict) or value.get("type") != "doc":
        return wrong
    if value.get("version") != 1 or not isinstance(value.get("content"), list):
        return wrong
    if not all(_node_is_right(node, BLOCKS) for node in value["content"]):
        return "INVALID_INPUT"
    return None


def _node_is_right(node: Any, allowed: set[str] | None) -> bool:
    if not isinstance(node, dict) or not isinstance(node.get("type"), str):
        return False
    kind = node["type"]
    if allowed is not None and kind not in allowed:
        return False
    if kind == "text":
        return isinstance(node.get("text"), str) and node["text"] != ""
    inner = {"paragraph": INLINE, "heading": INLINE, "panel": IN_PANEL}.get(kind)
    return all(_node_is_right(child, inner) for child in node.get("content", ()))
