"""Each tracker behind a network, served by its fake, for what all of them promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pmsync.domain.model import Field, Ticket
from pmsync.domain.ports import Tracker
from pmsync.domain.tracker_sites import TrackerSite
from support import (
    github_fake,
    github_place,
    gitlab_fake,
    gitlab_place,
    jira_fake,
    jira_place,
)
from support.grounds import GitHubGround, GitLabGround, Ground, JiraGround
from support.served import Fake


class Served(Protocol):
    """A place of a fake that is asked through the network."""

    @property
    def fake(self) -> Any:
        """What is served."""

    def edit(
        self,
        ticket: Ticket,
        fields: Mapping[Field, str | None],
        body: str | None = None,
    ) -> None:
        """Change a ticket as a person does."""

    def close(self) -> None:
        """End, and fail if a request was wrong."""


@dataclass(frozen=True)
class Kind:
    """How a tracker is served and opened."""

    serve: Callable[[Path], Served]
    opened: Callable[..., Tracker]
    type: str
    project: str
    secrets: tuple[str, ...]
    """What must never be told."""
    unknown: str
    """The path of a request that the vendor does not describe."""
    ground: Callable[[Any], Ground]


class Remote:
    """One of them, served."""

    def __init__(self, kind: Kind, folder: Path) -> None:
        self.kind = kind
        self.place = kind.serve(folder)
        self.fake: Fake = self.place.fake
        self.ground = kind.ground(self.fake)

    def connect(self, **settings: Any) -> Tracker:
        """Open the project as pmsync does; ``settings`` are other than usual."""
        return self.kind.opened(self.fake, **settings)

    @property
    def site(self) -> TrackerSite:
        """What documents may cite."""
        kind = self.kind
        return TrackerSite(kind.type, kind.type, self.fake.url, kind.project)

    def writes(self) -> int:
        """Count what could change something: questions may be posted, too."""
        asked = self.fake.count("POST", "/graphql$|/bulkfetch$|/search/jql$")
        told = ("POST", "PUT", "PATCH", "DELETE")
        return sum(map(self.fake.count, told)) - asked


KINDS = {
    "github": Kind(
        lambda _: github_place.GitHubPlace(),
        github_place.connect,
        "github",
        "example/payments",
        (github_fake.TOKEN,),
        "/repos/example/payments/issues?pages=1",
        GitHubGround,
    ),
    "gitlab": Kind(
        gitlab_place.GitLabPlace,
        gitlab_place.connect,
        "gitlab",
        "example/payments",
        (gitlab_fake.TOKEN,),
        "/api/v4/projects/1/issues?pages=1",
        GitLabGround,
    ),
    "jira": Kind(
        jira_place.JiraCloudPlace,
        jira_place.connect,
        "jira",
        "OPS",
        (jira_fake.TOKEN, jira_fake.BASIC),
        "/rest/api/3/project/OPS?pages=1",
        JiraGround,
    ),
    "jira-data-center": Kind(
        jira_place.JiraDataCenterPlace,
        jira_place.connect,
        "jira",
        "OPS",
        (jira_fake.TOKEN,),
        "/rest/api/2/project/OPS?pages=1",
        JiraGround,
    ),
}
