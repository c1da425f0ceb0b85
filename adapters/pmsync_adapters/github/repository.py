"""One repository as the port shows it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pmsync.domain.errors import TrackerError
from pmsync.domain.model import Ticket
from pmsync.domain.patching import refusal
from pmsync.domain.ports import (
    Absence,
    Done,
    Draft,
    Listing,
    Lookup,
    Outcome,
    Patch,
    Refused,
)
from pmsync.domain.settings import TrackerSettings
from pmsync.domain.tracker_sites import TrackerSite
from pmsync_adapters.github.access import BOT
from pmsync_adapters.github.client import Client
from pmsync_adapters.github.issues import Issue
from pmsync_adapters.github.listing import Lister, Pages, mark_of
from pmsync_adapters.github.mapping import ticket_of
from pmsync_adapters.github.people import People
from pmsync_adapters.github.reading import Reader
from pmsync_adapters.github.words import Words
from pmsync_adapters.github.writing import Writer
from pmsync_adapters.http import DEADLINE, unsent


@dataclass(frozen=True, slots=True)
class _Home:
    """The repository itself."""

    name: str
    """As it is called now; a rename leaves the old name leading to it."""
    archived: bool


class Repository:
    """Reads and writes the issues of the configured repository."""

    def __init__(
        self,
        settings: TrackerSettings,
        words: Words,
        deadline: float | None,
    ) -> None:
        self._project = settings.project or ""
        self._words = words
        self._labels = settings.labels
        self._site = TrackerSite(
            settings.name, "github", settings.url or "", self._project
        )
        self._client = Client(settings, deadline or DEADLINE)
        self._reader = Reader(self._client)
        self._lister = Lister(self._client, self._project)
        self._people = People(self._client, self._reader, self._project)
        self._lock = threading.Lock()
        self._known: _Home | None = None
        self._writer = Writer(self._client, words)

    def identity(self) -> str:
        """Who we are. Raises ``TrackerError``."""
        return self._client.identity()

    def fetch(self, lookups: Sequence[Lookup]) -> Mapping[str, Ticket | Absence]:
        """Read issues by id, else by key. Raises ``TrackerError``."""
        found = self._reader.find(lookups)
        return {
            key: self._ticket(one) if isinstance(one, Issue) else one
            for key, one in found.items()
        }

    def changed(self, watermark: str | None) -> Listing:
        """List what changed since. Raises ``TrackerError``."""
        known = mark_of(watermark)
        pages, mark = self._lister.changed(known, self._ours)
        if known is None and pages.issues:
            # A first look also learns whether the repository is archived; later only
            # reads by id do, so that a look at a list is one request.
            _ = self._home
        return self._listing(pages, str(mark))

    def marked(self, since: datetime | None) -> Listing:
        """List our issues with a marker. Raises ``TrackerError``."""
        first = None if since is None else since.replace(microsecond=0)
        identity = self._client.identity()
        pages = self._lister.since(first, self._by(identity))
        kept = tuple(
            one
            for one in pages.issues
            if one.author == identity and (first is None or one.created >= first)
        )
        listing = self._listing(pages._replace(issues=kept), None)
        marked = tuple(t for t in listing.tickets if t.marker is not None)
        return replace(listing, tickets=marked)

    def users(self, names: Sequence[str]) -> Mapping[str, str]:
        """Find logins. Raises ``TrackerError``."""
        return self._people.find(names)

    def create(self, draft: Draft) -> Outcome:
        """Open one issue."""
        refused = self._closed()
        if refused is not None:
            return refused
        opened = self._writer.open(self._home.name, draft)
        return Done(self._ticket(opened)) if isinstance(opened, Issue) else opened

    def update(self, patch: Patch) -> Outcome:
        """Change one issue if it is still as observed."""
        refused = self._closed()
        if refused is not None:
            return refused
        key = patch.ticket.ref.key
        try:
            issue = self._reader.find([Lookup(key, patch.ticket.id)])[key]
        except TrackerError as error:
            return unsent(error)
        if isinstance(issue, Absence):
            return Refused(f"{key} is not there", stale=True)
        ticket = self._ticket(issue)
        if ticket.pull_request or ticket.read_only:
            where = "a pull request" if ticket.pull_request else "elsewhere"
            return Refused(f"{key} is {where}: {ticket.ref.key}")
        refused = refusal(patch, ticket)
        if refused is not None:
            return refused
        changed = self._writer.change(issue, patch)
        return Done(self._ticket(changed)) if isinstance(changed, Issue) else changed

    @property
    def _home(self) -> _Home:
        """The repository as it is; asked for once. Raises ``TrackerError``."""
        with self._lock:
            if self._known is None:
                self._known = self._asked()
            return self._known

    def _asked(self) -> _Home:
        path = f"/repos/{self._project}"
        data: Any = self._client.get(path).data
        name = data.get("full_name") if isinstance(data, dict) else None
        if not isinstance(name, str):
            raise TrackerError(f"{self._site.name}: {path} shows no repository")
        return _Home(name, bool(data.get("archived")))

    def _ours(self) -> Mapping[str, str]:
        """What narrows a list, which need not be complete, to our issues."""
        by = self._by(self._client.identity())
        return by or ({"labels": min(self._labels)} if self._labels else {})

    @staticmethod
    def _by(identity: str) -> Mapping[str, str]:
        """Return what narrows a list to an author's issues and misses none.

        Whether the list takes an App's login is not documented.
        """
        return {} if identity.endswith(BOT) else {"creator": identity}

    def _closed(self) -> Refused | None:
        """Say why nothing can be written, None if it can be tried."""
        try:
            home = self._home
        except TrackerError as error:
            return unsent(error)
        if home.archived:
            return Refused(
                f"{home.name} is archived: GitHub lets nobody write there",
                whole_project=True,
            )
        return None

    def _listing(self, pages: Pages, watermark: str | None) -> Listing:
        issues = list(pages.issues)
        untold = [Lookup(one.key, one.id) for one in issues if not one.tells_closer]
        told = self._reader.find(untold) if untold else {}
        issues = [
            other if isinstance(other := told.get(one.key), Issue) else one
            for one in issues
        ]
        tickets = tuple(map(self._ticket, issues))
        return Listing(tickets, pages.complete, watermark, pages.time)

    def _ticket(self, issue: Issue) -> Ticket:
        home = self._is_home(issue.repository)
        archived = home and self._known is not None and self._known.archived
        return ticket_of(issue, self._site, self._words, home=home, archived=archived)

    def _is_home(self, repository: str) -> bool:
        named = repository.casefold()
        return named == self._project.casefold() or named == self._home.name.casefold()
