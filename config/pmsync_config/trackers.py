"""The settings of a tracker, by its type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from pmsync.domain.model import Status
from pmsync_config.addresses import read_url
from pmsync_config.annotations import Between, Text
from pmsync_config.values import (
    project,
    read_path_pattern,
    read_tracker_name,
    read_words,
)

STRICT: dict[str, object] = {"extra": "forbid"}

Words = Annotated[str, Text(read_words)]
PathPattern = Annotated[str, Text(read_path_pattern)]
Url = Annotated[str, Text(read_url, "^https?://")]
TrackerName = Annotated[str, Text(read_tracker_name, "^[A-Za-z][A-Za-z0-9_-]*$")]
Known = Literal[
    Status.OPEN, Status.IN_PROGRESS, Status.BLOCKED, Status.DONE, Status.WONT_DO
]
Level = Literal["0", "1", "2", "3", "4"]
GitHubProject = Annotated[
    str,
    project(
        r"[A-Za-z0-9][A-Za-z0-9_-]*/(?!\.{1,2}$)[A-Za-z0-9._-]+",
        shape="owner/repository",
        example="example/payments",
    ),
]
GitLabProject = Annotated[
    str,
    project(
        r"[0-9]+|[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)+",
        shape="a project's path or id",
        example="group/payments",
    ),
]
JiraProject = Annotated[
    str, project("[A-Z][A-Z0-9_]*", shape="a project key", example="OPS")
]
Prefix = Annotated[
    str,
    project(
        "[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?", shape="a prefix of ids", example="bd"
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tracker:
    """What every tracker has."""

    __pydantic_config__: ClassVar = STRICT

    labels: tuple[Words, ...] = ()
    """Labels of the tickets opened here, besides the general ones."""
    statuses: Mapping[Known, Words] = field(default_factory=dict)
    """The tracker's own word for a status, where the usual one does not fit."""
    body: PathPattern | None = None
    """Jinja2 template of the ticket's text, from the repository's root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _RemoteTracker(_Tracker):
    """What every tracker behind a network has."""

    concurrency: Annotated[int, Between(1, 16)] = 1
    """How many requests may be under way at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHub(_RemoteTracker):
    """GitHub, github.com or Enterprise Server."""

    type: Literal["github"]
    """The kind of tracker."""
    project: GitHubProject
    """The repository, as owner/name."""
    url: Url = "https://api.github.com"
    """Base address of the API."""
    priorities: Mapping[Level, Words] = field(default_factory=dict)
    """The label that stands for a priority, from 0 (highest) to 4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitLab(_RemoteTracker):
    """GitLab, gitlab.com or self-managed."""

    type: Literal["gitlab"]
    """The kind of tracker."""
    project: GitLabProject
    """The project's path (group/subgroup/name) or its numeric id."""
    url: Url = "https://gitlab.com"
    """Address of the site."""
    confidential: bool = False
    """Whether new tickets are shown to members of the project only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jira(_RemoteTracker):
    """Jira, Cloud or Data Center."""

    type: Literal["jira"]
    """The kind of tracker."""
    project: JiraProject
    """The project's key."""
    url: Url
    """Address of the site."""
    issue_type: Words = "Task"
    """The type of the tickets opened here."""
    fields: Mapping[Words, object] = field(default_factory=dict)
    """Values for further fields, by field id, such as those the project requires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beads(_Tracker):
    """The issues of a Beads workspace, through the bd command."""

    type: Literal["beads"]
    """The kind of tracker."""
    project: Prefix | None = None
    """The prefix of its ids; the workspace's own if left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded(_Tracker):
    """Tickets in .pmsync/tickets.jsonl; needs nothing else."""

    type: Literal["embedded"]
    """The kind of tracker."""
    project: Prefix = "bd"
    """The prefix of its ids."""


Tracker = GitHub | GitLab | Jira | Beads | Embedded

TRACKERS: Mapping[str, type[Tracker]] = {
    "github": GitHub,
    "gitlab": GitLab,
    "jira": Jira,
    "beads": Beads,
    "embedded": Embedded,
}
