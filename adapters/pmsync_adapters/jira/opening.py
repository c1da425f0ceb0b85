"""Open tickets: send them, read them back, and do what a create cannot."""

from __future__ import annotations

from collections.abc import Sequence

from pmsync.domain.errors import TrackerError
from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.ports import Done, Draft, Outcome, Refused, Unknown
from pmsync_adapters.jira import queries
from pmsync_adapters.jira.client import Client, reading
from pmsync_adapters.jira.drafting import Drafting, Request
from pmsync_adapters.jira.mapping import LINK, shown_status
from pmsync_adapters.jira.metadata import level_of
from pmsync_adapters.jira.reading import Issue, Reader
from pmsync_adapters.jira.sending import BATCH, send
from pmsync_adapters.jira.steps import Step
from pmsync_adapters.jira.transitions import Goal, Workflow

_SHOWS = 3
"""How often a new ticket is looked for before it counts as not seen."""


class Opening:
    """New tickets of one project."""

    def __init__(
        self, client: Client, reader: Reader, drafting: Drafting, workflow: Workflow
    ) -> None:
        self._client = client
        self._reader = reader
        self._drafting = drafting
        self._workflow = workflow
        self._levels: dict[str, int | None] = {}
        """Place in the hierarchy of parents, by key; None for one that is not there."""

    def create(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """Open a ticket for each draft. Raises ``TrackerError`` before anything is sent."""
        planned = [self._request(draft) for draft in drafts]
        requests = [one for one in planned if isinstance(one, Request)]
        outcomes: list[Outcome] = []
        for start in range(0, len(requests), BATCH):
            outcomes += self._open(requests[start : start + BATCH])
        opened = iter(outcomes)
        return [next(opened) if isinstance(one, Request) else one for one in planned]

    def _request(self, draft: Draft) -> Request | Refused:
        level = None
        if draft.parent is not None:
            level = self._level(draft.parent)
            if level is None:
                return Refused(f"the parent {draft.parent} is not there")
        return self._drafting.request(draft, level)

    def _level(self, key: str) -> int | None:
        if key not in self._levels:
            issue = queries.one(self._client, key)
            with reading(self._client.name):
                self._levels[key] = (
                    None if issue is None else level_of(issue["fields"]["issuetype"])
                )
        return self._levels[key]

    def _open(self, requests: Sequence[Request]) -> list[Outcome]:
        sent = send(self._client, requests)
        ids = [one for one in sent if isinstance(one, str)]
        try:
            issues = self._shown(ids)
            shown = self._reader.tickets(list(issues.values()))
        except TrackerError as error:
            why = f"it was opened, but cannot be read: {error.message}"
            return [Unknown(why) if isinstance(one, str) else one for one in sent]
        # The order of an answer is not promised, but each ticket bears its marker.
        tickets = dict(zip(issues, shown, strict=True))
        by_key = {t.marker.key: id_ for id_, t in tickets.items() if t.marker}
        results: list[Outcome] = []
        for request, one in zip(requests, sent, strict=True):
            if not isinstance(one, str):
                results.append(one)
                continue
            id_ = by_key.get(request.draft.marker.key, one)
            if id_ in tickets:
                results.append(self._finished(request, issues[id_], tickets[id_]))
            else:
                results.append(Unknown("it was opened, but Jira does not show it yet"))
        return results

    def _shown(self, ids: Sequence[str]) -> dict[str, Issue]:
        """Read new tickets; one that is not shown yet is not gone."""
        issues: dict[str, Issue] = {}
        for number in range(_SHOWS):
            missing = [id_ for id_ in ids if id_ not in issues]
            if not missing:
                break
            if number:
                self._client.wait(float(number))
            issues.update((issue["id"], issue) for issue in self._read(missing))
        return issues

    def _read(self, ids: Sequence[str]) -> Sequence[Issue]:
        if self._client.cloud:
            return queries.by_id(self._client, ids)
        # A search there may not know them yet.
        found = (queries.one(self._client, id_) for id_ in ids)
        return [issue for issue in found if issue is not None]

    def _finished(self, request: Request, issue: Issue, ticket: Ticket) -> Outcome:
        """Do what a create cannot; what fails of it shows in the ticket returned."""
        status = request.draft.fields.get(Field.STATUS)
        wanted = Status(status or Status.OPEN)
        link = request.parent_link
        if link is None and (status is None or ticket.fields[Field.STATUS] == wanted):
            return Done(ticket)
        if link is not None:
            self._link(issue, link)
        if status is not None and ticket.fields[Field.STATUS] != wanted:
            goal = Goal((wanted,))
            at = shown_status(issue["fields"]).name
            try:
                step = self._workflow.first(issue, at, goal)
                if isinstance(step, Step):
                    self._workflow.walk(issue, at, goal, step)
            except TrackerError:
                # The ticket is there, as it is read below.
                pass
        result = self._reader.result(ticket.id)
        return result if isinstance(result, Done) else Done(ticket)

    def _link(self, issue: Issue, parent: str) -> None:
        """Link a parent that cannot be one by its type."""
        self._client.post(
            "issueLink",
            {
                "type": {"name": LINK},
                "inwardIssue": {"key": parent},
                "outwardIssue": {"key": issue["key"]},
            },
        )
