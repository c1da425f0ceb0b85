"""What lies in the project of a fake, and what others do to all of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from support.github_fake import GitHubFake
from support.gitlab_fake import GitLabFake
from support.gitlab_site import REPORTER
from support.jira_fake import JiraFake


class Ground(Protocol):
    """A project, seen from behind the server."""

    creates: str
    """Pattern of the paths that tickets are opened at."""
    edits: tuple[str, str]
    """Method and pattern of the paths by which they are changed."""
    lists: str
    """Pattern of the paths that they are listed at."""
    duplicate: str
    """What a ticket shows that was closed as the duplicate of the first one."""
    link: bytes
    """What stands in every ticket's address and in no other text."""

    def there(self) -> int:
        """Count the tickets."""

    def closed(self) -> list[str]:
        """Return how each ticket was closed that is not open."""

    def lag(self, late: timedelta) -> None:
        """Let lists show new tickets so late."""

    def move_first(self) -> str:
        """Move the first ticket to another project; return its path there."""

    def delete_first(self) -> None:
        """Delete the first ticket."""

    def empty(self) -> None:
        """Let all tickets be gone."""

    def hide(self) -> None:
        """Take from us the right to see anything."""


class GitHubGround:
    """One repository."""

    creates = r"/issues$"
    edits = "PATCH", r"/issues/\d+$"
    lists = r"/repos/example/payments/issues\?"
    duplicate = "duplicate of 2"
    link = b"/issues/"

    def __init__(self, fake: GitHubFake) -> None:
        self._fake = fake

    def there(self) -> int:
        return len(self._fake.repository.issues)

    def closed(self) -> list[str]:
        issues = self._fake.repository.issues.values()
        return [
            f"{one.reason} of {one.duplicate_of.number if one.duplicate_of else None}"
            for one in issues
            if one.closed is not None
        ]

    def lag(self, late: timedelta) -> None:
        self._fake.list_lag = late

    def move_first(self) -> str:
        fake = self._fake
        other = fake.site.repository("example/other")
        other.people = dict(fake.repository.people)
        fake.site.transfer(fake.repository.issues[1], other, fake.person)
        return "example/other/issues/1"

    def delete_first(self) -> None:
        self._fake.site.delete(self._fake.repository.issues[1])

    def empty(self) -> None:
        self._fake.repository.issues.clear()

    def hide(self) -> None:
        self._fake.repository.people.clear()


class GitLabGround:
    """One project."""

    creates = r"/issues$"
    edits = "PUT", r"/issues/\d+$"
    lists = r"/api/v4/projects/.*/issues\?"
    duplicate = "status::wont do"
    link = b"/-/issues/"

    def __init__(self, fake: GitLabFake) -> None:
        self._fake = fake

    def there(self) -> int:
        return len(self._fake.project.issues)

    def closed(self) -> list[str]:
        issues = self._fake.project.issues.values()
        return [", ".join(one.labels) for one in issues if one.closed is not None]

    def lag(self, late: timedelta) -> None:
        self._fake.list_lag = late

    def move_first(self) -> str:
        fake = self._fake
        other = fake.site.project("example/other")
        other.roles = {fake.me.id: REPORTER}
        fake.site.move(fake.project.issues[1], other, fake.person)
        return "example/other/-/issues/1"

    def delete_first(self) -> None:
        self._fake.site.delete(self._fake.project.issues[1])

    def empty(self) -> None:
        self._fake.project.issues.clear()

    def hide(self) -> None:
        self._fake.project.roles.clear()


class JiraGround:
    """One project, Cloud or Data Center."""

    creates = r"/issue(/bulk)?$"
    edits = "PUT", r"/issue/\d+(\?|$)"
    lists = r"/rest/api/\d/search"
    duplicate = "Duplicate"
    link = b"/browse/"

    def __init__(self, fake: JiraFake) -> None:
        self._fake = fake

    def there(self) -> int:
        return len(self._fake.site.issues)

    def closed(self) -> list[str]:
        issues = self._fake.site.issues.values()
        return [str(i.resolution) for i in issues if i.state.category == "done"]

    def lag(self, late: timedelta) -> None:
        self._fake.search_lag = late

    def move_first(self) -> str:
        site = self._fake.site
        site.move(next(iter(site.issues.values())), site.project("SEC"))
        return "browse/SEC-1"

    def delete_first(self) -> None:
        site = self._fake.site
        site.delete(next(iter(site.issues.values())))

    def empty(self) -> None:
        self._fake.site.issues.clear()

    def hide(self) -> None:
        self._fake.site.denied = {"browse"}
