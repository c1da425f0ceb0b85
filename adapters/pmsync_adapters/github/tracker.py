"""The port over the issues of one GitHub repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Self

from pmsync.domain.errors import UsageError
from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.ports import (
    Absence,
    Capabilities,
    Draft,
    Listing,
    Lookup,
    Markup,
    Outcome,
    Patch,
)
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.github.words import (
    LABEL_LIMIT,
    TITLE_LIMIT,
    Words,
    is_github_com,
)

if TYPE_CHECKING:
    from pmsync_adapters.github.repository import Repository

URL = "https://api.github.com"

_CAPABILITIES = Capabilities(
    fields=frozenset({Field.TITLE, Field.OWNER, Field.STATUS}),
    statuses=frozenset(Status) - {Status.UNKNOWN},
    title_limit=TITLE_LIMIT,
    parents=True,
    markup=Markup.MARKDOWN,
)


class GitHubTracker:
    """One repository, for one token or one installation of an App.

    A due date stands in the body: GitHub's issues have none of their own.
    """

    def __init__(
        self, settings: TrackerSettings, *, deadline: float | None = None
    ) -> None:
        """``deadline`` is how many seconds a request may take, None for the usual.

        Raises ``UsageError`` for what GitHub cannot hold.
        """
        self._deadline = deadline
        self._settings = replace(settings, url=(settings.url or URL).rstrip("/"))
        self._words = Words.of(settings)
        _check(settings, self._words)
        fields = _CAPABILITIES.fields
        if self._words.priorities:
            fields |= {Field.PRIORITY}
        # github.com wants one write after the other (docs: Best practices).
        paced = is_github_com(self._settings.url or "")
        self._capabilities = replace(
            _CAPABILITIES,
            fields=fields,
            concurrency=1 if paced else max(1, settings.concurrency),
        )

    @classmethod
    def from_settings(cls, settings: TrackerSettings) -> Self:
        """Return the tracker of a repository; nothing is read or sent yet."""
        return cls(settings)

    @property
    def name(self) -> str:
        """The configured name."""
        return self._settings.name

    @property
    def project(self) -> str:
        """The configured ``owner/name``."""
        return self._settings.project or ""

    @property
    def capabilities(self) -> Capabilities:
        """What GitHub can hold here."""
        return self._capabilities

    def identity(self) -> str:
        """The login of the token, or of the App, as authors are shown."""
        return self._repository.identity()

    def fetch(self, lookups: Sequence[Lookup]) -> Mapping[str, Ticket | Absence]:
        """Read tickets, a hundred in a request where the server has GraphQL.

        Deleted is only what the server says is gone (410); a moved issue is shown at
        its new place.
        """
        return self._repository.fetch(lookups)

    def changed(self, watermark: str | None) -> Listing:
        """List what changed; one request, answered 304 when nothing did."""
        return self._repository.changed(watermark)

    def marked(self, since: datetime | None) -> Listing:
        """List our issues that bear a marker, to the second of their creation."""
        return self._repository.marked(since)

    def users(self, names: Sequence[str]) -> Mapping[str, str]:
        """Find those who can be assigned here, by handle, name or e-mail."""
        return self._repository.users(names)

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        """Open an issue for each draft; the marker is in the same request."""
        return [self._repository.create(draft) for draft in drafts]

    def update(self, patch: Patch) -> Outcome:
        """Read the issue by its id; if it is as observed, send what is to change."""
        return self._repository.update(patch)

    @cached_property
    def _repository(self) -> Repository:
        from pmsync_adapters.github.repository import Repository  # noqa: PLC0415 slow

        return Repository(self._settings, self._words, self._deadline)


def _check(settings: TrackerSettings, words: Words) -> None:
    """Raise ``UsageError`` for what GitHub cannot hold."""
    if settings.project is None or settings.project.count("/") != 1:
        raise UsageError(
            f"tracker {settings.name}: GitHub wants a project",
            hint='set it to the repository: project = "owner/name"',
        )
    labels = (*settings.labels, *words.labels)
    long = sorted(label for label in labels if len(label) > LABEL_LIMIT)
    if long:
        raise UsageError(
            f"tracker {settings.name}: the label {long[0]!r} is longer than the "
            f"{LABEL_LIMIT} characters that GitHub takes",
            hint="choose a shorter one",
        )
