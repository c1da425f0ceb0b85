"""New issues and changed ones of one project."""

from __future__ import annotations

from collections.abc import Mapping

from pmsync.domain.errors import TrackerError
from pmsync.domain.model import Field, Ticket
from pmsync.domain.patching import gone, refusal, values
from pmsync.domain.ports import Done, Draft, Outcome, Patch, Refused, Unknown
from pmsync_adapters.gitlab import mapping
from pmsync_adapters.gitlab.client import Client
from pmsync_adapters.gitlab.labels import Words
from pmsync_adapters.gitlab.people import People
from pmsync_adapters.gitlab.project import Project
from pmsync_adapters.http import unsent


class Writer:
    """Writes to the issues of a project."""

    def __init__(
        self,
        client: Client,
        project: Project,
        people: People,
        words: Words,
        *,
        confidential: bool,
    ) -> None:
        """With ``confidential`` new issues are shown to members alone."""
        self._client = client
        self._project = project
        self._people = people
        self._words = words
        self._confidential = confidential

    def open(self, draft: Draft) -> Outcome:
        """Open an issue, with its marker in the same request."""
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
            confidential=self._confidential,
        )
        outcome = self._write("post", f"{self._project.path}/issues", params, None)
        if not isinstance(outcome, Done) or not draft.status.terminal:
            return outcome
        # GitLab opens every issue open.
        path = self._project.issue(outcome.ticket)
        closed = self._write("put", path, {"state_event": "close"}, outcome.ticket)
        return closed if isinstance(closed, Done) else outcome

    def change(self, patch: Patch) -> Outcome:
        """Read the issue again; if it is still as observed, send the changes."""
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

    def _assignee(self, username: str | None) -> int | None:
        """Return a user's id; one who is not there is left out, as GitLab does."""
        return None if username is None else self._people.id_of(username)
