"""The port over the issues of one Jira project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Self

from pmsync.domain.errors import PmsyncError, UsageError
from pmsync.domain.model import Field, Ticket
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
from pmsync_adapters.http import DEADLINE, unsent
from pmsync_adapters.jira import queries
from pmsync_adapters.jira.client import Client
from pmsync_adapters.jira.drafting import DEFAULT_TYPE, Drafting
from pmsync_adapters.jira.metadata import CreateScreen, create_screen
from pmsync_adapters.jira.opening import Opening
from pmsync_adapters.jira.people import People
from pmsync_adapters.jira.reading import Reader
from pmsync_adapters.jira.sending import BATCH
from pmsync_adapters.jira.statuses import StatusNames
from pmsync_adapters.jira.transitions import Workflow
from pmsync_adapters.jira.updating import Updating
from pmsync_adapters.jira.values import TITLE_LIMIT, Values


class JiraTracker:
    """One project of one Jira, Cloud or Data Center, for the owner of one token."""

    def __init__(
        self, settings: TrackerSettings, *, deadline: float = DEADLINE
    ) -> None:
        """Raises ``UsageError`` for settings that name no Jira project."""
        if not settings.project:
            raise UsageError(
                f"tracker {settings.name}: Jira wants the key of a project"
            )
        self._settings = settings
        self._project = settings.project
        self._client = Client(settings, deadline=deadline)
        self._names = StatusNames(settings.statuses)
        self._reader = Reader(self._client, settings, self._project, self._names)
        self._workflow = Workflow(self._client, self._names, settings.fields)
        self._people = People(self._client, self._project)
        self._values = Values(
            self._client, self._people, lambda: self._screen.choices("priority")
        )
        self._updating = Updating(
            self._client, self._reader, self._values, self._workflow
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
        """The project's key."""
        return self._project

    @property
    def capabilities(self) -> Capabilities:
        """What Jira can hold.

        Raises ``TrackerError`` when a site of one's own does not say what it is.
        """
        cloud = self._client.cloud
        return Capabilities(
            fields=frozenset(Field),
            statuses=self._names.held,
            title_limit=TITLE_LIMIT,
            batch=BATCH if cloud else 1,
            concurrency=1 if cloud else self._settings.concurrency,
            parents=True,
            markup=Markup.PLAIN if cloud else Markup.WIKI,
        )

    def identity(self) -> str:
        """Return the account (Data Center: the user name) that the token belongs to."""
        return self._reader.me

    def fetch(self, lookups: Sequence[Lookup]) -> Mapping[str, Ticket | Absence]:
        """Read tickets by id, a hundred at a time.

        Jira answers for a deleted ticket as for a hidden one: it is not there.
        """
        asked = [look.id or look.key for look in lookups]
        tickets = self._reader.tickets(queries.by_id(self._client, asked))
        by_name = {name: t for t in tickets for name in (t.ref.key, t.id)}
        found: dict[str, Ticket | Absence] = {}
        for look in lookups:
            ticket = by_name.get(look.id or look.key)
            if ticket is None and look.id is None:
                # Known by a key alone, it may be there under another one.
                issue = queries.one(self._client, look.key)
                ticket = None if issue is None else self._reader.tickets([issue])[0]
            found[look.key] = ticket or Absence.INVISIBLE
        if found and not any(isinstance(one, Ticket) for one in found.values()):
            # Nothing at all: it may be the project that is out of sight.
            self._reader.find_project()
        return found

    def changed(self, watermark: str | None) -> Listing:
        """List the project's tickets that changed since; with None, those of ours."""
        known = _instant(watermark)
        if known is None:
            found = queries.search(self._client, queries.ours(self._project))
        else:
            start = known - queries.LAG
            found = queries.search_since(self._client, self._project, "updated", start)
        tickets, complete = self._reader.tickets(found.issues), found.complete
        now = self._client.now()
        seen = [ticket.updated_at for ticket in tickets]
        latest = max([*seen, known] if known else seen, default=now)
        # What is behind an incomplete list would never be seen.
        after = latest.astimezone(UTC).isoformat() if complete else watermark
        return Listing(tickets, complete, after, now)

    def marked(self, since: datetime | None) -> Listing:
        """List tickets that bear a marker: of any author since a time, else ours.

        Any author: an intent may have been sent with an earlier token.
        """
        if since is None:
            found = queries.search(self._client, queries.ours(self._project))
        else:
            found = queries.search_since(self._client, self._project, "created", since)
        tickets, complete = self._reader.tickets(found.issues), found.complete
        marked = tuple(
            ticket
            for ticket in tickets
            if ticket.marker and (since is None or ticket.created_at >= since)
        )
        return Listing(marked, complete, None, self._client.now())

    def users(self, names: Sequence[str]) -> Mapping[str, str]:
        """Find accounts by e-mail, name or id among those that can be assigned."""
        return self._people.named(names, self._reader.view)

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        """Open a ticket for each draft, fifty in a request on Cloud."""
        if not drafts:
            return []
        try:
            return self._opening.create(drafts)
        except PmsyncError as error:
            return [unsent(error)] * len(drafts)

    def update(self, patch: Patch) -> Outcome:
        """Read the ticket again; if it is still as observed, send the changes."""
        try:
            return self._updating.update(patch)
        except PmsyncError as error:
            return unsent(error)

    @cached_property
    def _screen(self) -> CreateScreen:
        type_ = self._settings.issue_type or DEFAULT_TYPE
        return create_screen(self._client, self._project, type_)

    @cached_property
    def _opening(self) -> Opening:
        drafting = Drafting(
            self._client, self._settings, self._project, self._screen, self._values
        )
        return Opening(self._client, self._reader, drafting, self._workflow)


def _instant(watermark: str | None) -> datetime | None:
    try:
        instant = datetime.fromisoformat(watermark) if watermark else None
    except ValueError:
        return None
    return instant if instant and instant.tzinfo else None
