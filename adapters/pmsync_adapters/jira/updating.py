"""Change tickets: read again, refuse what is not as observed, send what is different."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pmsync.domain.errors import TrackerError
from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.neutral import readable
from pmsync.domain.patching import gone, refusal, values
from pmsync.domain.ports import Done, Outcome, Patch, Refused, Unknown
from pmsync_adapters.jira import adf, queries, wiki
from pmsync_adapters.jira.client import Client
from pmsync_adapters.jira.mapping import shown_status
from pmsync_adapters.jira.reading import Issue, Reader
from pmsync_adapters.jira.steps import Step
from pmsync_adapters.jira.transitions import Goal, Workflow
from pmsync_adapters.jira.values import Values

Write = Callable[[], Refused | Unknown | None]


class Updating:
    """Changes to tickets of one project."""

    def __init__(
        self, client: Client, reader: Reader, values: Values, workflow: Workflow
    ) -> None:
        self._client = client
        self._reader = reader
        self._values = values
        self._workflow = workflow

    def update(self, patch: Patch) -> Outcome:
        """Send what a patch changes. Raises ``TrackerError`` before anything is sent."""
        writes = self._planned(patch)
        if not isinstance(writes, list):
            return writes
        for number, write in enumerate(writes):
            try:
                failure = write()
            except TrackerError as error:
                failure = Unknown(error.message)
            if isinstance(failure, Unknown) or (failure is not None and number == 0):
                return failure
            if failure is not None:
                # The rest was carried out: what the ticket shows now is the answer.
                break
        return self._reader.result(patch.ticket.id)

    def _planned(self, patch: Patch) -> Outcome | list[Write]:
        """Return the writes in their order, or what there is to say without any."""
        issue = queries.one(self._client, patch.ticket.id)
        if issue is None:
            return gone(patch)
        ticket = self._reader.ticket(issue)
        if ticket.read_only:
            return Refused(f"{ticket.ref.key} is not in the configured project")
        refused = refusal(patch, ticket)
        if refused is not None:
            return refused
        edits = self._edits(patch, issue)
        moves = self._moves(patch, issue, ticket)
        if isinstance(moves, Refused):
            return moves
        # A closed ticket may be locked: it is edited before, or after it is reopened.
        writes = [*moves, *edits] if ticket.status.terminal else [*edits, *moves]
        return writes or Done(ticket)

    def _edits(self, patch: Patch, issue: Issue) -> list[Write]:
        fields: dict[str, Any] = {}
        for field, value in values(patch).items():
            fields |= self._values.written(field, value)
        body = self._spliced(patch.body, issue["fields"].get("description"))
        if body is not None:
            fields["description"] = body
        if not fields:
            return []
        return [partial(self._put, issue, fields)]

    def _spliced(self, text: str | None, raw: object) -> object | None:
        """Return the new body; one without exactly one block of ours is left alone."""
        if text is None:
            return None
        if self._client.cloud:
            return adf.splice(raw, readable(text))
        return wiki.spliced(raw, readable(text))

    def _moves(
        self, patch: Patch, issue: Issue, ticket: Ticket
    ) -> list[Write] | Refused:
        status = values(patch).get(Field.STATUS)
        duplicate = patch.duplicate_of
        if (
            status is None
            or status == ticket.status
            or (duplicate and ticket.status.terminal)
        ):
            return []
        wanted = Status(status)
        goal = Goal((wanted,))
        if duplicate is not None:
            # Where nothing says "won't do", a comment does.
            goal = Goal((Status.WONT_DO, Status.DONE), duplicate=True)
        at = shown_status(issue["fields"]).name
        step = self._workflow.first(issue, at, goal)
        if isinstance(step, Refused):
            return step
        move = partial(self._walk, issue, at, goal, step)
        if duplicate is None:
            return [move]
        return [partial(self._comment, issue, duplicate), move]

    def _walk(
        self, issue: Issue, at: str, goal: Goal, step: Step
    ) -> Refused | Unknown | None:
        walked = self._workflow.walk(issue, at, goal, step)
        if isinstance(walked.failure, Refused) and walked.moved:
            return None
        return walked.failure

    def _put(self, issue: Issue, fields: Mapping[str, Any]) -> Refused | Unknown | None:
        outcome = self._client.put(f"issue/{issue['id']}", {"fields": fields})
        return outcome if isinstance(outcome, Refused | Unknown) else None

    def _comment(self, issue: Issue, survivor: str) -> Refused | Unknown | None:
        """Say which ticket goes on; a link would change that ticket, too."""
        text = (
            f"The same action item is {survivor}: {self._client.site}/browse/{survivor}"
        )
        body = adf.linked(text) if self._client.cloud else text
        outcome = self._client.post(f"issue/{issue['id']}/comment", {"body": body})
        return outcome if isinstance(outcome, Refused | Unknown) else None
