"""The port over the issues of one GitLab project."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Self

from pmsync.domain.errors import TrackerError, UsageError
from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.patching import gone, refusal, values
from pmsync.domain.ports import (
    Absence,
    Capabilities,
    Done,
    Draft,
    Listing,
    Lookup,
    Markup,
    Outcome,
    Patch,
    Refused,
    Unknown,
)
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.gitlab import mapping
from pmsync_adapters.gitlab.client import Client
from pmsync_adapters.gitlab.labels import words_of
from pmsync_adapters.gitlab.paging import PAGE, is_last, newest_first, written
from pmsync_adapters.gitlab.people import People
from pmsync_adapters.gitlab.project import Project, number_of
from pmsync_adapters.gitlab.watermarks import Watermark
from pmsync_adapters.http import DEADLINE, unsent


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
        self._words = words_of(settings)
        self._configured = settings.project
        self._client = Client(settings, deadline)
        self._project = Project(
            self._client, settings.name, settings.project, self._words
        )
        self._people = People(self._client, self._project.path)

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
        return [self._create(draft) for draft in drafts]

    def update(self, patch: Patch) -> Outcome:
        """Read the issue again; if it is still as observed, send the changes."""
        key = patch.ticket.ref.key
        if patch.ticket.read_only:
            return Refused(f"{key} is not in {self.project}")
        try:
            ticket = self._project.again(patch.ticket)
            assignee = self._assignee(values(patch).get(Field.OWNER))
        except TrackerError as error:
            return unsent(error)
        if ticket is None or ticket.id != patch.ticket.id or mapping.moved_to(ticket):
            return gone(patch)
        refused = refusal(patch, ticket)
        if refused is not None:
            return refused
        if patch.duplicate_of is not None:
            said = self._say(ticket, f"Closed as a duplicate of {patch.duplicate_of}.")
            if said is not None:
                return said
        params = mapping.changes(ticket, patch, assignee, self._words)
        if not params:
            return Done(ticket)
        return self._write("put", self._project.issue(ticket), params, ticket)

    def _create(self, draft: Draft) -> Outcome:
        if not mapping.title(draft.title):
            return Refused("a ticket needs a title")
        if any("," in label for label in draft.labels):
            return Refused("GitLab would make two labels of one with a comma")
        try:
            assignee = self._assignee(draft.fields.get(Field.OWNER))
        except TrackerError as error:
            return unsent(error)
        params = mapping.new_issue(
            draft,
            assignee,
            self._words,
            confidential=self._settings.fields.get("confidential") is True,
        )
        outcome = self._write("post", f"{self._project.path}/issues", params, None)
        status = Status(draft.fields.get(Field.STATUS) or Status.OPEN)
        if not isinstance(outcome, Done) or not status.terminal:
            return outcome
        # GitLab opens every issue open.
        path = self._project.issue(outcome.ticket)
        closed = self._write("put", path, {"state_event": "close"}, outcome.ticket)
        return closed if isinstance(closed, Done) else outcome

    def _write(
        self,
        verb: str,
        path: str,
        params: Mapping[str, object],
        before: Ticket | None,
    ) -> Outcome:
        answer = self._client.send(verb, path, self._project.ticket, params)
        if not isinstance(answer, Ticket):
            return answer
        return Done(self._project.written(answer, before))

    def _say(self, ticket: Ticket, text: str) -> Refused | Unknown | None:
        """Write a note; return what went wrong."""
        path = f"{self._project.issue(ticket)}/notes"
        body = {"body": mapping.harmless(text)}
        return self._client.send("post", path, lambda _: None, body)

    def _examined(self, tickets: Sequence[Ticket]) -> Sequence[Ticket]:
        """Learn who wrote to tickets that share a marker: one of them may be closed."""
        bearers = Counter(ticket.marker for ticket in tickets)
        return [
            self._project.examined(ticket) if bearers[ticket.marker] > 1 else ticket
            for ticket in tickets
        ]

    def _assignee(self, username: str | None) -> int | None:
        """Return a user's id; one who is not there is left out, as GitLab does."""
        return None if username is None else self._people.id_of(username)

    def _listing(
        self, tickets: Sequence[Ticket], *, complete: bool, watermark: str | None
    ) -> Listing:
        return Listing(tuple(tickets), complete, watermark, self._client.now)


def _parts(numbers: Iterable[int], size: int) -> Iterator[Sequence[int]]:
    kept = list(numbers)
    return (kept[start : start + size] for start in range(0, len(kept), size))
