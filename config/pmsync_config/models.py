"""The settings: every key of ``pmsync.toml``, its type and its default.

Frozen standard dataclasses that pydantic validates (``validate.py``): settings
made of defaults alone cost no pydantic import, and each default stands once.
The text under a key is its description in the JSON Schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pmsync.domain.model import Column, Form
from pmsync_config.addresses import read_listen
from pmsync_config.annotations import Between, ByType, Text
from pmsync_config.trackers import (
    STRICT,
    TRACKERS,
    Known,
    PathPattern,
    Tracker,
    TrackerName,
    Words,
)
from pmsync_config.values import (
    DURATION_PATTERN,
    Since,
    read_branch,
    read_date_format,
    read_duration,
    read_lease,
    read_schedule,
    read_since,
    read_state_name,
)

VERSION = 1
"""The version of the configuration that this program reads."""

Branch = Annotated[str, Text(read_branch)]
Duration = Annotated[timedelta, Text(read_duration, DURATION_PATTERN)]
Authoritative = Literal["merge", "document", "tracker"]


DOCUMENTS = tuple(
    f"{directory}/**/*.{suffix}"
    for directory in ("artifacts", "postmortems", "docs/postmortems", "incidents")
    for suffix in ("md", "markdown")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Per field, who is right: merge (both sides), document, or tracker."""

    __pydantic_config__: ClassVar = STRICT

    title: Authoritative = "merge"
    """Who is right about titles."""
    owner: Authoritative = "merge"
    """Who is right about owners."""
    due: Authoritative = "merge"
    """Who is right about due dates."""
    status: Authoritative = "merge"
    """Who is right about statuses."""
    priority: Authoritative = "merge"
    """Who is right about priorities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What an action item must be to take a route: all that is given, as globs."""

    __pydantic_config__: ClassVar = STRICT

    owner: Words | None = None
    """The owner as the document writes it."""
    section: Words | None = None
    """The heading over the item."""
    severity: Words | None = None
    """The post-mortem's severity."""
    path: PathPattern | None = None
    """The post-mortem's path from the repository's root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which tracker new tickets are opened in; the first route that matches wins."""

    __pydantic_config__: ClassVar = STRICT

    tracker: str
    """The name of a configured tracker."""
    match: Match = Match()
    """What the item must be; without it, the route takes everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """How much one run may do before it stops and asks."""

    __pydantic_config__: ClassVar = STRICT

    max_creates: Annotated[int, Between(1)] = 50
    """New tickets in one run; more, and none is opened."""
    max_changes: Annotated[int, Between(1)] = 20
    """Changed linked rows that are always allowed."""
    max_changes_percent: Annotated[int, Between(1, 100)] = 25
    """Share of the linked rows that may change beyond that number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSettings:
    """Where pmsync remembers what both sides last agreed on."""

    __pydantic_config__: ClassVar = STRICT

    store: Literal["auto", "git", "local", "file"] = "auto"
    """Files for the embedded tracker, else a git ref pushed to origin (auto)."""
    name: Annotated[str, Text(read_state_name)] = "default"
    """Tells apart several states in one repository."""
    ref: Branch | None = None
    """A branch that holds the state, for hosts that refuse other refs."""
    grace: Duration = timedelta(minutes=15)
    """How long a create without an answer is waited for before another attempt."""
    lease: Annotated[timedelta, Text(read_lease, DURATION_PATTERN)] = timedelta(
        minutes=15
    )
    """How long a run that died keeps others out; more than 60s."""
    settle: Duration = timedelta(minutes=2)
    """How long the run itself looks for the ticket of a create without an answer."""
    verify: Duration = timedelta(hours=24)
    """How often every linked ticket is read, to notice deleted and moved ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteBack:
    """How edited documents get into the repository."""

    __pydantic_config__: ClassVar = STRICT

    mode: Literal["none", "commit", "pull-request"] = "none"
    """Only the work tree (none), a commit, or a pull request."""
    branch: Branch = "pmsync/update"
    """The branch of the pull request."""
    skip_ci: bool = False
    """Whether commits ask hosts not to start pipelines ([skip ci])."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """What pmsync serve does."""

    __pydantic_config__: ClassVar = STRICT

    schedule: Annotated[str, Text(read_schedule, r"^\s*(\S+\s+){4}\S+\s*$")] = (
        "*/10 * * * *"
    )
    """When a pass is made, as a cron expression."""
    listen: Annotated[str, Text(read_listen, r":[0-9]{1,5}$")] = "127.0.0.1:8080"
    """Address of webhooks, health and metrics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of pmsync."""

    __pydantic_config__: ClassVar = STRICT

    version: Annotated[int, Between(1, VERSION)] = VERSION
    """Version of this file's format."""
    documents: tuple[PathPattern, ...] = DOCUMENTS
    """Globs of the post-mortems, from the repository's root."""
    branch: Branch | None = None
    """The tracked branch; origin's HEAD if left out."""
    forms: tuple[Form, ...] = (Form.TABLE, Form.CHECKLIST)
    """How action items may be written."""
    since: Annotated[Since, Text(read_since)] | None = None
    """Older post-mortems get no new tickets: a duration, a date, or none.
    Left out, it is none for the embedded tracker and 90d for the others."""
    ticket_column: Literal["column", "title"] = "column"
    """Where the link goes if a table has no ticket column: a column, or the title."""
    status_column: Literal["none", "add"] = "none"
    """Whether a status column is added to tables without one."""
    due_from_horizon: bool = True
    """Whether a section such as "Within 1 Week" gives a due date."""
    date_formats: tuple[Annotated[str, Text(read_date_format)], ...] = ()
    """Formats of dates that are ambiguous without, as in strptime."""
    parent: Literal["link", "create", "off"] = "link"
    """What happens with the post-mortem's own ticket, the parent of the others."""
    labels: tuple[Words, ...] = ("postmortem",)
    """Labels of every ticket that is opened."""
    authority: Authority = Authority()
    """Per field, who is right."""
    columns: Mapping[Column, tuple[Words, ...]] = field(default_factory=dict)
    """More words for the headers of columns."""
    statuses: Mapping[Known, tuple[Words, ...]] = field(default_factory=dict)
    """More words for a status; the first is the one to write."""
    owners: Mapping[Words, Mapping[str, Words]] = field(default_factory=dict)
    """Per owner, as documents write it, the account by tracker name or type."""
    trackers: Mapping[TrackerName, Annotated[Tracker, ByType(TRACKERS)]] = field(
        default_factory=dict
    )
    """The trackers by name. The first takes what no route takes."""
    routes: tuple[Route, ...] = ()
    """Which tracker new tickets are opened in."""
    guards: Guards = Guards()
    """How much one run may do."""
    state: StateSettings = StateSettings()
    """Where pmsync remembers what both sides last agreed on."""
    write_back: WriteBack = WriteBack()
    """How edited documents get into the repository."""
    daemon: Daemon = Daemon()
    """What pmsync serve does."""

    @property
    def default_tracker(self) -> str:
        """Name of the tracker that takes what no route takes: the file's first."""
        return next(iter(self.trackers))
