"""Hosts of pull requests on this machine, and what people do there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from pmsync.domain.repository import Forge
from pmsync.domain.settings import TrackerSettings
from support import github_fake, gitlab_fake
from support.github_pulls import Pull
from support.repositories import git


class Place(Protocol):
    """A host with one repository, ``example/payments``."""

    name: str
    """As ``pmsync.forges`` has it."""
    url: str

    def serve(self, repository: Path) -> None:
        """Know the branches of a bare repository."""

    def merge(self, id_: str) -> None: ...
    def close(self, id_: str) -> None: ...
    def forbid(self) -> None:
        """Let nobody open pull requests."""

    def fork(self, branch: str) -> None:
        """Let a stranger propose a branch of the same name from a fork."""

    def text(self, id_: str) -> str: ...
    def open(self) -> list[str]:
        """Return the ids of the open ones."""

    def say(self, id_: str, text: str) -> None:
        """Let a person comment."""

    def comments(self, id_: str) -> list[tuple[bool, str]]:
        """Return the comments, and whether each is of pmsync."""


class GitHub:
    """GitHub's."""

    name = "github"
    token = github_fake.TOKEN

    def __init__(self, fake: github_fake.GitHubFake) -> None:
        self.fake = fake
        self.url = fake.url

    def serve(self, repository: Path) -> None:
        self.fake.pulls.tip = lambda branch: tip(repository, branch)

    def merge(self, id_: str) -> None:
        pull = self._pull(id_)
        pull.is_open, pull.merged = False, True

    def close(self, id_: str) -> None:
        self._pull(id_).is_open = False

    def forbid(self) -> None:
        self.fake.pulls.may_open = False

    def fork(self, branch: str) -> None:
        # A fork's are told apart by the owner in ``head``.
        given = {"head": f"stranger:{branch}", "base": "main", "title": "x"}
        self.fake.pulls.open(self.fake.person, given)

    def text(self, id_: str) -> str:
        return self._pull(id_).body

    def open(self) -> list[str]:
        return [str(one.number) for one in self.fake.pulls.all if one.is_open]

    def say(self, id_: str, text: str) -> None:
        self.fake.pulls.say(self._pull(id_), self.fake.person, text)

    def comments(self, id_: str) -> list[tuple[bool, str]]:
        return [(c.author is self.fake.me, c.text) for c in self._pull(id_).comments]

    def _pull(self, id_: str) -> Pull:
        found = self.fake.pulls.of(id_)
        assert found is not None
        return found


class GitLab:
    """GitLab's."""

    name = "gitlab"
    token = gitlab_fake.TOKEN

    def __init__(self, fake: gitlab_fake.GitLabFake) -> None:
        self.fake = fake
        self.url = fake.url

    def serve(self, repository: Path) -> None:
        self.fake.merge_requests.tip = lambda branch: tip(repository, branch)

    def merge(self, id_: str) -> None:
        self.fake.merge_requests.of(id_).state = "merged"

    def close(self, id_: str) -> None:
        self.fake.merge_requests.of(id_).state = "closed"

    def forbid(self) -> None:
        self.fake.merge_requests.may_open = False

    def fork(self, branch: str) -> None:
        given = {"source_branch": branch, "target_branch": "main", "title": "x"}
        self.fake.merge_requests.open(given, source=999)

    def text(self, id_: str) -> str:
        return self.fake.merge_requests.of(id_).description

    def open(self) -> list[str]:
        every = self.fake.merge_requests.all
        return [str(one.iid) for one in every if one.state == "opened"]

    def say(self, id_: str, text: str) -> None:
        requests = self.fake.merge_requests
        requests.say(requests.of(id_), self.fake.person, text)

    def comments(self, id_: str) -> list[tuple[bool, str]]:
        notes = self.fake.merge_requests.of(id_).notes
        return [(note.author is self.fake.me, note.text) for note in notes]


@contextmanager
def _github() -> Iterator[GitHub]:
    with github_fake.github() as fake:
        yield GitHub(fake)


@contextmanager
def _gitlab() -> Iterator[GitLab]:
    with gitlab_fake.gitlab() as fake:
        yield GitLab(fake)


PLACES = {"github": _github, "gitlab": _gitlab}


def connect(place: GitHub | GitLab) -> Forge:
    """Open the host as pmsync does."""
    (found,) = entry_points(group="pmsync.forges", name=place.name)
    settings = TrackerSettings(
        name="origin",
        type=place.name,
        root="",
        url=place.url,
        project="example/payments",
        token=lambda: place.token,
        pause=lambda _seconds: None,
    )
    forge: Forge = found.load()(settings)
    return forge


def tip(repository: Path, branch: str) -> str:
    """Return the commit of a branch, blank without one."""
    form = "--format=%(objectname)"
    return git(repository, "for-each-ref", form, f"refs/heads/{branch}").strip()
