"""One project's issues, read as tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from pmsync.domain.errors import TrackerError
from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.tracker_sites import TrackerSite
from pmsync_adapters.gitlab.client import Client, quoted
from pmsync_adapters.gitlab.history import touched
from pmsync_adapters.gitlab.labels import Words
from pmsync_adapters.gitlab.mapping import ticket_of
from pmsync_adapters.gitlab.moves import followed
from pmsync_adapters.gitlab.paging import PAGE
from pmsync_adapters.http import AnsweredError, NoAnswerError


class Project:
    """A project by its path or id; remembers which tickets only we have written."""

    def __init__(self, client: Client, name: str, project: str, words: Words) -> None:
        """``name`` is the configured name of the tracker."""
        self._client = client
        self._name = name
        self._project = project
        self._words = words
        self._untouched: dict[str, str] = {}
        """Versions of tickets, by id, that nobody but us has written to."""
        self.path = f"/projects/{quoted(project)}"
        """In the API."""

    @cached_property
    def me(self) -> str:
        """The user name that belongs to the token."""
        return self._client.get("/user", lambda user: _text(user, "username"), {})

    @cached_property
    def home(self) -> str:
        """The project's path, as documents cite it. Raises ``TrackerError``."""
        if not self._project.isdecimal():
            return self._project
        try:
            return self._client.look(
                self.path, lambda one: _text(one, "path_with_namespace"), {}
            )
        except AnsweredError as error:
            raise self._absent(error) from None

    def list(self, query: Mapping[str, object]) -> Sequence[Ticket]:
        """Return one page of tickets. Raises ``TrackerError``."""
        try:
            return self._client.look(f"{self.path}/issues", self._tickets, query)
        except AnsweredError as error:
            raise self._absent(error) from None

    def numbered(self, part: tuple[str, Sequence[int]]) -> Sequence[Ticket]:
        """Return the tickets with some numbers in the project with a path."""
        path, numbers = part
        query = {
            "iids[]": list(numbers),
            "scope": "all",
            "state": "all",
            "per_page": PAGE,
        }
        ours = path.casefold() == self.home.casefold()
        return self.list(query) if ours else self._elsewhere(path, query)

    def again(self, ticket: Ticket) -> Ticket | None:
        """Read a ticket of this project once more; None if it is not there."""
        try:
            return self._client.look(self.issue(ticket), self.ticket, {})
        except AnsweredError:
            return None

    def followed(self, ticket: Ticket) -> Ticket | None:
        """Return a ticket where it is now, None if that is hidden."""
        return followed(self._client, ticket, self.home, self._at)

    def left_behind(self, ticket: Ticket) -> Ticket:
        """Return what remains of a ticket that moved out of sight.

        It is closed, and that says nothing about the work.
        """
        fields = {**ticket.fields, Field.STATUS: Status.OPEN}
        return replace(ticket, fields=fields, read_only=True)

    def examined(self, ticket: Ticket) -> Ticket:
        """Ask who has written to a ticket, and remember it for this version."""
        if ticket.author != self.me or ticket.read_only:
            return replace(ticket, touched_by_others=True)
        if not touched(self._client, self.issue(ticket), self.me):
            self._untouched[ticket.id] = ticket.version
            return replace(ticket, touched_by_others=False)
        return replace(ticket, touched_by_others=True)

    def issue(self, ticket: Ticket) -> str:
        """Return the path of a ticket in the API."""
        return f"{self.path}/issues/{number_of(ticket)}"

    def ticket(self, issue: Any) -> Ticket:
        """Return an issue as a ticket; without evidence others have written to it."""
        site = TrackerSite(self._name, "gitlab", self._client.site, self.home)
        ticket = ticket_of(issue, site, self._words)
        untouched = self._untouched.get(ticket.id) == ticket.version
        return replace(ticket, touched_by_others=not untouched)

    def written(self, ticket: Ticket, before: Ticket | None) -> Ticket:
        """Return what a write of ours returned; others' marks on it stay."""
        if before is not None and before.touched_by_others:
            return ticket
        self._untouched[ticket.id] = ticket.version
        return replace(ticket, touched_by_others=False)

    def _elsewhere(self, path: str, query: Mapping[str, object]) -> Sequence[Ticket]:
        """Return tickets of another project of the site; none if it is hidden."""

        def parse(answer: Any) -> Sequence[Ticket]:
            found = [self._at(one, path) for one in _list(answer)]
            return [replace(ticket, read_only=True) for ticket in found]

        try:
            return self._client.look(f"/projects/{quoted(path)}/issues", parse, query)
        except AnsweredError:
            return ()

    def _tickets(self, answer: Any) -> Sequence[Ticket]:
        return [self.ticket(issue) for issue in _list(answer)]

    def _at(self, issue: Any, path: str) -> Ticket:
        site = TrackerSite(self._name, "gitlab", self._client.site, path)
        return ticket_of(issue, site, self._words)

    def _absent(self, error: AnsweredError) -> TrackerError:
        return TrackerError(
            f"{self._name}: there is no project {self._project} ({error.why})",
            hint="check url and project, and what the token may see",
        )


def number_of(ticket: Ticket) -> int:
    """Return what a ticket is called in its project."""
    return int(ticket.ref.key.rpartition("#")[2])


def _list(answer: Any) -> list[Any]:
    if isinstance(answer, list):
        return answer
    raise NoAnswerError("the answer is no list of issues")


def _text(answer: Any, name: str) -> str:
    if isinstance(answer, dict) and isinstance(answer.get(name), str):
        return str(answer[name])
    raise NoAnswerError(f"the answer has no {name}")
