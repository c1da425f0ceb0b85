"""The port over the issues of one GitLab project."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, Self

from pmsync.domain.errors import (
    AuthenticationError,
    PermissionDeniedError,
    RateLimitedError,
    TrackerError,
    UsageError,
)
from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.patching import stale, values
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
from pmsync.domain.references import TrackerSite
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.gitlab import mapping
from pmsync_adapters.gitlab.client import Client, quoted
from pmsync_adapters.gitlab.history import touched
from pmsync_adapters.gitlab.labels import words_of
from pmsync_adapters.gitlab.moves import followed
from pmsync_adapters.gitlab.paging import PAGE, is_last, newest_first, written
from pmsync_adapters.gitlab.people import People
from pmsync_adapters.gitlab.watermarks import Watermark
from pmsync_adapters.http import DEADLINE, AnsweredError, NoAnswerError


class GitLabTracker:
    """One project of one GitLab, for the owner of one token."""

    def __init__(
        self, settings: TrackerSettings, *, deadline: float = DEADLINE
    ) -> None:
        """Raises ``UsageError`` for what GitLab cannot hold."""
        if not settings.project:
            raise UsageError(f"tracker {settings.name}: GitLab wants a project")
        self._settings = settings
        self._words = words_of(settings)
        self._client = Client(settings, deadline)
        self._name, self._configured = settings.name, settings.project
        self._project = f"/projects/{quoted(settings.project)}"
        self._people = People(self._client, self._project)
        self._untouched: dict[str, str] = {}
        """Versions of tickets, by id, that nobody but this tracker has written."""

    @classmethod
    def from_settings(cls, settings: TrackerSettings) -> Self:
        """Return the tracker; nothing is read or sent yet."""
        return cls(settings)

    @property
    def name(self) -> str:
        """The configured name."""
        return self._name

    @property
    def project(self) -> str:
        """The configured path or id."""
        return self._configured

    @property
    def capabilities(self) -> Capabilities:
        """What GitLab can hold; a create takes as many drafts as go side by side."""
        return Capabilities(
            fields=frozenset(Field),
            statuses=frozenset(Status) - {Status.UNKNOWN},
            title_limit=mapping.TITLE_LIMIT,
            batch=self._settings.concurrency,
            markup=Markup.MARKDOWN,
        )

    def identity(self) -> str:
        """Return the user name that belongs to the token."""
        return self._me

    def fetch(self, lookups: Sequence[Lookup]) -> Mapping[str, Ticket | Absence]:
        """Read tickets by number, a hundred at a time, and check their ids.

        GitLab answers for a deleted ticket as for a hidden one: it is not there.
        """
        found: dict[str, Ticket | Absence] = {
            lookup.key: Absence.INVISIBLE for lookup in lookups
        }
        asked: dict[str, dict[int, Lookup]] = defaultdict(dict)
        for lookup in lookups:
            project, _, number = lookup.key.rpartition("#")
            if project and number.isdecimal():
                asked[project][int(number)] = lookup
        parts = [
            (project, part)
            for project, wanted in asked.items()
            for part in batched(wanted, PAGE)
        ]
        answers = self._client.side_by_side(self._numbered, parts)
        for (project, _), tickets in zip(parts, answers, strict=True):
            for ticket in tickets:
                meant = asked[project].get(number_of(ticket))
                if meant is not None and meant.id in (None, ticket.id):
                    here = self._followed(ticket)
                    found[meant.key] = here or Absence.INVISIBLE
        return found

    def changed(self, watermark: str | None) -> Listing:
        """List what changed since; with None, what we created.

        Tickets that moved away are left out: only a look-up can follow them.
        """
        known = Watermark.read(watermark)
        query = known.query() if known else {"author_username": self._me}
        tickets: dict[str, Ticket] = {}
        page: Sequence[Ticket] = ()
        for page in newest_first(self._list, "updated", query):
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
            query: Mapping[str, object] = {"author_username": self._me}
        else:
            query = {"created_after": written(since)}
        tickets: dict[str, Ticket] = {}
        page: Sequence[Ticket] = ()
        for page in newest_first(self._list, "created", query):
            tickets.update((ticket.id, ticket) for ticket in page if ticket.marker)
        marked = [self._followed(t) or _left_behind(t) for t in tickets.values()]
        return self._listing(
            self._examined(marked), complete=is_last(page), watermark=None
        )

    def users(self, names: Sequence[str]) -> Mapping[str, str]:
        """Find members by handle, name or e-mail, and other users by handle."""
        return self._people.find(names)

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        """Open an issue for each draft, side by side."""
        return self._client.side_by_side(self._create, drafts)

    def update(self, patch: Patch) -> Outcome:
        """Read the issue again; if it is still as observed, send the changes."""
        try:
            ticket = self._again(patch.ticket)
            assignee = self._assignee(values(patch).get(Field.OWNER))
        except TrackerError as error:
            return _unsent(error)
        key = patch.ticket.ref.key
        if ticket is None or ticket.id != patch.ticket.id or mapping.moved_to(ticket):
            return Refused(f"{key} is gone", stale=True)
        if patch.ticket.read_only:
            return Refused(f"{key} is not in {self.project}")
        if stale(patch, ticket):
            return Refused(f"{key} was changed meanwhile", stale=True)
        if not mapping.title(values(patch).get(Field.TITLE, "a title") or ""):
            return Refused("a ticket needs a title")
        if patch.duplicate_of is not None:
            said = self._say(ticket, f"Closed as a duplicate of {patch.duplicate_of}.")
            if said is not None:
                return said
        params = mapping.changes(ticket, patch, assignee, self._words)
        if not params:
            return Done(ticket)
        return self._write("put", f"/issues/{number_of(ticket)}", params, ticket)

    def _create(self, draft: Draft) -> Outcome:
        if not mapping.title(draft.title):
            return Refused("a ticket needs a title")
        if any("," in label for label in draft.labels):
            return Refused("GitLab would make two labels of one with a comma")
        try:
            assignee = self._assignee(draft.fields.get(Field.OWNER))
        except TrackerError as error:
            return _unsent(error)
        params = mapping.new_issue(
            draft,
            assignee,
            self._words,
            confidential=self._settings.fields.get("confidential") is True,
        )
        outcome = self._write("post", "/issues", params, None)
        status = Status(draft.fields.get(Field.STATUS) or Status.OPEN)
        if not isinstance(outcome, Done) or not status.terminal:
            return outcome
        # GitLab opens every issue open.
        number = number_of(outcome.ticket)
        close = {"state_event": "close"}
        closed = self._write("put", f"/issues/{number}", close, outcome.ticket)
        return closed if isinstance(closed, Done) else outcome

    def _write(
        self,
        verb: str,
        path: str,
        params: Mapping[str, object],
        before: Ticket | None,
    ) -> Outcome:
        answer = self._client.send(verb, self._project + path, self._ticket, params)
        if not isinstance(answer, Ticket):
            return answer
        if before is None or not before.touched_by_others:
            self._untouched[answer.id] = answer.version
            answer = replace(answer, touched_by_others=False)
        return Done(answer)

    def _say(self, ticket: Ticket, text: str) -> Refused | Unknown | None:
        """Write a note; return what went wrong."""
        path = f"{self._project}/issues/{number_of(ticket)}/notes"
        body = {"body": mapping.harmless(text)}
        return self._client.send("post", path, lambda _: None, body)

    def _again(self, ticket: Ticket) -> Ticket | None:
        path = f"{self._project}/issues/{number_of(ticket)}"
        try:
            return self._client.get(path, self._ticket, {})
        except AnsweredError:
            return None

    def _list(self, query: Mapping[str, object]) -> Sequence[Ticket]:
        path = f"{self._project}/issues"
        try:
            return self._client.get(path, self._tickets, query)
        except AnsweredError as error:
            raise self._absent(error) from None

    def _numbered(self, part: tuple[str, Sequence[int]]) -> Sequence[Ticket]:
        """Return the tickets with some numbers in one project."""
        project, numbers = part
        query = {
            "iids[]": list(numbers),
            "scope": "all",
            "state": "all",
            "per_page": PAGE,
        }
        ours = project.casefold() == self._home.project.casefold()
        return self._list(query) if ours else self._elsewhere(project, query)

    def _elsewhere(self, path: str, query: Mapping[str, object]) -> Sequence[Ticket]:
        """Return tickets that moved to another project of the site; none if hidden."""

        def parse(answer: Any) -> Sequence[Ticket]:
            if not isinstance(answer, list):
                raise NoAnswerError("the answer is no list of issues")
            return [replace(self._at(one, path), read_only=True) for one in answer]

        try:
            return self._client.get(f"/projects/{quoted(path)}/issues", parse, query)
        except AnsweredError:
            return ()

    def _followed(self, ticket: Ticket) -> Ticket | None:
        return followed(self._client, ticket, self._home.project, self._at)

    def _examined(self, tickets: Sequence[Ticket]) -> Sequence[Ticket]:
        """Learn who wrote to tickets that share a marker: one of them may be closed."""
        bearers = Counter(ticket.marker for ticket in tickets)
        return [
            replace(ticket, touched_by_others=self._touched(ticket))
            if bearers[ticket.marker] > 1
            else ticket
            for ticket in tickets
        ]

    def _touched(self, ticket: Ticket) -> bool:
        if ticket.author != self._me or ticket.read_only:
            return True
        issue = f"{self._project}/issues/{number_of(ticket)}"
        return touched(self._client, issue, self._me)

    def _assignee(self, username: str | None) -> int | None:
        """Return a user's id; one who is not there is left out, as GitLab does."""
        return None if username is None else self._people.id_of(username)

    def _listing(
        self, tickets: Sequence[Ticket], *, complete: bool, watermark: str | None
    ) -> Listing:
        return Listing(tuple(tickets), complete, watermark, self._client.now)

    def _tickets(self, answer: Any) -> Sequence[Ticket]:
        if not isinstance(answer, list):
            raise NoAnswerError("the answer is no list of issues")
        return [self._ticket(issue) for issue in answer]

    def _ticket(self, issue: Any) -> Ticket:
        ticket = mapping.ticket_of(issue, self._home, self._words)
        untouched = self._untouched.get(ticket.id) == ticket.version
        return replace(ticket, touched_by_others=not untouched)

    def _at(self, issue: Any, path: str) -> Ticket:
        site = replace(self._home, project=path)
        return mapping.ticket_of(issue, site, self._words)

    @cached_property
    def _me(self) -> str:
        return self._client.get("/user", lambda user: _text(user, "username"), {})

    @cached_property
    def _home(self) -> TrackerSite:
        """The project by its path, as documents cite it."""
        path = self.project
        if path.isdecimal():
            path = self._project_path()
        return TrackerSite(self.name, "gitlab", self._client.site, path)

    def _project_path(self) -> str:
        try:
            return self._client.get(
                self._project, lambda one: _text(one, "path_with_namespace"), {}
            )
        except AnsweredError as error:
            raise self._absent(error) from None

    def _absent(self, error: AnsweredError) -> TrackerError:
        return TrackerError(
            f"{self.name}: there is no project {self.project} ({error.why})",
            hint="check url and project, and what the token may see",
        )


def batched(items: Iterable[int], size: int) -> Iterator[Sequence[int]]:
    """Return parts of at most so many."""
    kept = list(items)
    return (kept[start : start + size] for start in range(0, len(kept), size))


def number_of(ticket: Ticket) -> int:
    """Return what a ticket is called in its project."""
    return int(ticket.ref.key.rpartition("#")[2])


def _text(answer: Any, name: str) -> str:
    if isinstance(answer, dict) and isinstance(answer.get(name), str):
        return str(answer[name])
    raise NoAnswerError(f"the answer has no {name}")


def _left_behind(ticket: Ticket) -> Ticket:
    """Return what remains of a ticket that moved out of sight: closed says nothing."""
    fields = {**ticket.fields, Field.STATUS: Status.OPEN}
    return replace(ticket, fields=fields, read_only=True)


def _unsent(error: TrackerError) -> Refused:
    """Return what it means for a write that it could not be prepared."""
    return Refused(
        error.message,
        whole_project=isinstance(error, (AuthenticationError, PermissionDeniedError)),
        retry_after=error.retry_after if isinstance(error, RateLimitedError) else None,
        denied=isinstance(error, (AuthenticationError, PermissionDeniedError)),
    )
