"""The port over the issues of one GitLab project."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Self

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
    Refused,
)
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.gitlab import mapping
from pmsync_adapters.gitlab.client import Client
from pmsync_adapters.gitlab.labels import words_of
from pmsync_adapters.gitlab.paging import PAGE, is_last, newest_first, written
from pmsync_adapters.gitlab.people import People
from pmsync_adapters.gitlab.project import Project, number_of
from pmsync_adapters.gitlab.watermarks import Watermark
from pmsync_adapters.gitlab.writing import Writer
from pmsync_adapters.http import DEADLINE


class GitLabTracker:
    """One project of one GitLab, for the owner of one token."""

    def __init__(
        self, settings: TrackerSettings, *, deadline: float = DEADLINE
    ) -> None:
        """``deadline`` is how many seconds a request may take.

        Raises ``UsageError`` for what GitLab cannot hold.
        """
        if not settings.project:
            raise UsageError(f"tracker {settings.name}: GitLab wants a project")
        self._settings = settings
        words = words_of(settings)
        self._configured = settings.project
        self._client = Client(settings, deadline)
        self._project = Project(self._client, settings.name, settings.project, words)
        self._people = People(self._client, self._project.path)
        self._writer = Writer(
            self._client,
            self._project,
            self._people,
            words,
            confidential=settings.fields.get("confidential") is True,
        )

    @classmethod
    def from_settings(cls, settings: TrackerSettings) -> Self:
        """Return the tracker; nothing is read or sent yet."""
        return cls(settings)

    @property
    def name(self) -> str:
        """The configured name."""
        return self._settings.name

    @property
    def project(self) -> str:
        """The configured path or id."""
        return self._configured

    @property
    def capabilities(self) -> Capabilities:
        """What GitLab can hold."""
        return Capabilities(
            fields=frozenset(Field),
            statuses=frozenset(Status) - {Status.UNKNOWN},
            title_limit=mapping.TITLE_LIMIT,
            concurrency=self._settings.concurrency,
            markup=Markup.MARKDOWN,
        )

    def home(self) -> str:
        """Return the project's path, as documents cite it; a number is looked up.

        Raises ``TrackerError``.
        """
        return self._project.home

    def identity(self) -> str:
        """Return the user name that belongs to the token."""
        return self._project.me

    def fetch(self, lookups: Sequence[Lookup]) -> Mapping[str, Ticket | Absence]:
        """Read tickets by number, a hundred at a time, and check their ids.

        GitLab answers for a deleted ticket as for a hidden one: it is not there.
        """
        found: dict[str, Ticket | Absence] = {
            lookup.key: Absence.INVISIBLE for lookup in lookups
        }
        asked: dict[str, dict[int, Lookup]] = defaultdict(dict)
        for lookup in lookups:
            path, _, number = lookup.key.rpartition("#")
            if path and number.isdecimal():
                asked[path][int(number)] = lookup
        parts = [
            (path, part)
            for path, wanted in asked.items()
            for part in _parts(wanted, PAGE)
        ]
        answers = self._client.side_by_side(self._project.numbered, parts)
        for (path, _), tickets in zip(parts, answers, strict=True):
            for ticket in tickets:
                meant = asked[path].get(number_of(ticket))
                if meant is not None and meant.id in (None, ticket.id):
                    here = self._project.followed(ticket)
                    found[meant.key] = here or Absence.INVISIBLE
        return found

    def changed(self, watermark: str | None) -> Listing:
        """List what changed since; with None, what we created.

        Tickets that moved away are left out: only a look-up follows them.
        """
        known = Watermark.read(watermark)
        query = known.query() if known else {"author_username": self._project.me}
        tickets: dict[str, Ticket] = {}
        page: Sequence[Ticket] = ()
        for page in newest_first(self._project.list, "updated", query):
            if known and not tickets and known.covers(page):
                return self._listing((), complete=True, watermark=watermark)
            tickets.update((t.id, t) for t in page if t.id not in tickets)
        complete = is_last(page)
        after = Watermark.of(list(tickets.values()), known, self._client.now)
        return self._listing(
            [ticket for ticket in tickets.values() if not mapping.moved_to(ticket)],
            complete=complete,
            # What is behind an incomplete list would never be seen.
            watermark=str(after) if complete else watermark,
        )

    def marked(self, since: datetime | None) -> Listing:
        """List tickets that bear a marker, of any author since a time, else our own.

        Any author: an intent may have been sent with an earlier token.
        """
        if since is None:
            query: Mapping[str, object] = {"author_username": self._project.me}
        else:
            query = {"created_after": written(since)}
        tickets: dict[str, Ticket] = {}
        page: Sequence[Ticket] = ()
        for page in newest_first(self._project.list, "created", query):
            tickets.update((ticket.id, ticket) for ticket in page if ticket.marker)
        marked = [
            self._project.followed(ticket) or self._project.left_behind(ticket)
            for ticket in tickets.values()
        ]
        return self._listing(
            self._examined(marked), complete=is_last(page), watermark=None
        )

    def users(self, names: Sequence[str]) -> Mapping[str, str]:
        """Find members by handle, name or e-mail, and other users by handle."""
        return self._people.find(names)

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        """Open an issue for each draft."""
        return [self._writer.open(draft) for draft in drafts]

    def update(self, patch: Patch) -> Outcome:
        """Read the issue again; if it is still as observed, send the changes."""
        if patch.ticket.read_only:
            return Refused(f"{patch.ticket.ref.key} is not in {self.project}")
        return self._writer.change(patch)

    def _examined(self, tickets: Sequence[Ticket]) -> Sequence[Ticket]:
        """Learn who wrote to tickets that share a marker: one of them may be closed."""
        bearers = Counter(ticket.marker for ticket in tickets)
        return [
            self._project.examined(ticket) if bearers[ticket.marker] > 1 else ticket
            for ticket in tickets
        ]

    def _listing(
        self, tickets: Sequence[Ticket], *, complete: bool, watermark: str | None
    ) -> Listing:
        return Listing(tuple(tickets), complete, watermark, self._client.now)


def _parts(numbers: Iterable[int], size: int) -> Iterator[Sequence[int]]:
    kept = list(numbers)
    return (kept[start : start + size] for start in range(0, len(kept), size))
