"""The issues of a Beads workspace, through its ``bd`` command.

The files of the workspace are never written: ``bd`` rewrites them from its database,
and what somebody else wrote there would be lost (gastownhall/beads#3931).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from pmsync.domain.errors import TrackerError, TrackerUnavailableError, UsageError
from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.patching import gone, refusal
from pmsync.domain.ports import (
    Absence,
    Capabilities,
    Done,
    Draft,
    Listing,
    Lookup,
    Outcome,
    Patch,
    Refused,
    Unknown,
)
from pmsync.domain.settings import TrackerSettings
from pmsync.domain.traffic import Traffic
from pmsync_adapters.beads import bd_issues
from pmsync_adapters.beads.bd_writing import Writer
from pmsync_adapters.beads.command import Bd, BdError, BdTimeoutError
from pmsync_adapters.beads.fields import TITLE_LIMIT
from pmsync_adapters.beads.ids import ID
from pmsync_adapters.beads.metadata import IDENTITY
from pmsync_adapters.beads.statuses import Words, is_deleted, refuse_unusable

CAPABILITIES = Capabilities(
    fields=frozenset(Field),
    statuses=frozenset(Status) - {Status.UNKNOWN},
    title_limit=TITLE_LIMIT,
    free_owners=True,
    exact_reads=True,
    parents=True,
)
_EVERYTHING = ("list", "--all", "--limit=0", "--flat")
_ABSENT = re.compile(r"\bno issues? found|not found", re.IGNORECASE)
_MOST_NAMED = 50
"""From so many tickets on the whole list is asked for: one process in any case."""


class BdTracker:
    """One workspace, for the actor ``pmsync``."""

    def __init__(
        self,
        root: Path,
        *,
        name: str = "beads",
        prefix: str | None = None,
        kind: str = "task",
        words: Words | None = None,
        traffic: Traffic | None = None,
    ) -> None:
        """``kind`` is the type of new issues; ``words`` are configured statuses."""
        self._bd = Bd(root, traffic or Traffic())
        self._name = name
        self._prefix = prefix
        self._writer = Writer(self._bd, kind)
        self._words = dict(words or {})
        self._usable = False

    @classmethod
    def from_settings(cls, settings: TrackerSettings) -> Self:
        """Return the tracker of a repository; raises ``UsageError``."""
        refuse_unusable(settings.name, settings.statuses)
        if commas := sorted(label for label in settings.labels if "," in label):
            raise UsageError(
                f"tracker {settings.name}: the label {commas[0]!r} has a comma, which "
                "divides labels for bd",
                hint="choose another label",
            )
        return cls(
            Path(settings.root),
            name=settings.name,
            prefix=settings.project,
            kind=settings.issue_type or "task",
            words=settings.statuses,
            traffic=settings.traffic,
        )

    @property
    def name(self) -> str:
        """The configured name."""
        return self._name

    @property
    def project(self) -> str:
        """The configured prefix, empty for the workspace's own."""
        return self._prefix or ""

    @property
    def capabilities(self) -> Capabilities:
        """What Beads can hold."""
        return CAPABILITIES

    def identity(self) -> str:
        """The actor; raises ``UsageError`` when there is no ``bd`` to act for it."""
        self._check()
        return IDENTITY

    def fetch(self, lookups: Sequence[Lookup]) -> Mapping[str, Ticket | Absence]:
        """Read tickets; one that the workspace does not show is deleted."""
        if not lookups:
            return {}
        wanted = {lookup.key: lookup.id or lookup.key for lookup in lookups}
        present = self._named({id_ for id_ in wanted.values() if ID.fullmatch(id_)})
        return {k: present.get(id_, Absence.DELETED) for k, id_ in wanted.items()}

    def changed(self, watermark: str | None) -> Listing:
        """List all tickets, or none when nothing is as new as the watermark."""
        tickets = self._all(*_EVERYTHING)
        latest = max((ticket.version for ticket in tickets.values()), default="")
        mark = f"{len(tickets)} {latest}"
        shown = () if mark == watermark else tuple(tickets.values())
        return Listing(shown, complete=True, watermark=mark, time=datetime.now(UTC))

    def marked(self, since: datetime | None) -> Listing:
        """List the tickets that bear a marker, to the second of their creation."""
        first = None if since is None else since.replace(microsecond=0)
        tickets = tuple(
            ticket
            for ticket in self._all(*_EVERYTHING, "--has-metadata-key=pmsync").values()
            if ticket.marker is not None
            and (first is None or ticket.created_at >= first)
        )
        now = datetime.now(UTC)
        return Listing(tickets, complete=True, watermark=None, time=now)

    def users(self, names: Sequence[str]) -> Mapping[str, str]:
        """Return every name as itself: any text is an owner."""
        return {name: name for name in names}

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        """Open a ticket for each draft."""
        return [self._create(draft) for draft in drafts]

    def update(self, patch: Patch) -> Outcome:
        """Read the ticket again; if it is still as observed, send the changes."""
        try:
            issue = self._issue(patch.ticket.id)
            if issue is None:
                return gone(patch)
            ticket = self._ticket(issue)
            refused = refusal(patch, ticket)
            if refused is not None:
                return refused
            changed = bd_issues.changes(issue, patch, self._words)
            if changed:
                self._check()
                self._writer.change(issue, changed)
            return self._now(ticket.id)
        except TrackerError as error:
            return Refused(error.message)
        except BdTimeoutError as error:
            return Unknown(str(error))
        except BdError as error:
            return Refused(f"bd: {error}")

    def _create(self, draft: Draft) -> Outcome:
        if not draft.title.strip():
            return Refused("a ticket needs a title")
        self._check()
        issue = bd_issues.new_issue(draft, self._words)
        try:
            id_ = self._writer.open(draft, issue)
            if id_ is None:
                return self._found_out(draft, "it did not say what it created")
            outcome = self._now(id_)
            if isinstance(outcome, Done):
                return outcome
            return self._found_out(draft, f"{id_} was created and is not shown")
        except (BdError, TrackerError) as error:
            return self._found_out(draft, str(error))

    def _found_out(self, draft: Draft, why: str) -> Outcome:
        """Look what became of a create that failed; the workspace is exact."""
        try:
            listing = self.marked(None)
        except TrackerError:
            return Unknown(why)
        for ticket in listing.tickets:
            if ticket.marker == draft.marker:
                return Done(ticket)
        return Refused(f"bd: {why}")

    def _now(self, id_: str) -> Outcome:
        issue = self._issue(id_)
        if issue is None:
            return Unknown(f"{id_} was written and is not shown")
        return Done(self._ticket(issue))

    def _issue(self, id_: str) -> Mapping[str, object] | None:
        found = self._bd.read(*_EVERYTHING, f"--id={id_}")
        return next((one for one in found if one.get("id") == id_), None)

    def _named(self, ids: set[str]) -> dict[str, Ticket]:
        """Return the tickets with these ids; lists leave out some kinds of issues."""
        if not ids:
            return {}
        few = len(ids) <= _MOST_NAMED
        named = (f"--id={','.join(sorted(ids))}",) if few else ()
        present = self._all(*_EVERYTHING, *named)
        for id_ in sorted(ids - present.keys()):
            ticket = self._shown(id_)
            present |= {} if ticket is None else {id_: ticket}
        return present

    def _shown(self, id_: str) -> Ticket | None:
        """Return one ticket, None only if ``bd`` says that there is none."""
        try:
            found = self._bd.run(["show", id_])
        except BdError as error:
            if _ABSENT.search(str(error)):
                return None
            raise TrackerUnavailableError(f"bd show: {error}") from error
        issue = next((one for one in found if one.get("id") == id_), None)
        return None if issue is None or is_deleted(issue) else self._ticket(issue)

    def _all(self, *arguments: str) -> dict[str, Ticket]:
        found = self._bd.read(*arguments)
        tickets = (self._ticket(one) for one in found if not is_deleted(one))
        return {ticket.id: ticket for ticket in tickets}

    def _ticket(self, issue: Mapping[str, object]) -> Ticket:
        try:
            return bd_issues.ticket_of(issue, self._name, self._words)
        except (ValueError, TypeError, RecursionError) as error:
            raise TrackerError(f"bd: {issue.get('id')}: {error}") from error

    def _check(self) -> None:
        """Make sure, once before a write, that ``bd`` is Beads."""
        if not self._usable:
            self._bd.version()
            self._usable = True
