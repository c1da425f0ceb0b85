"""The embedded tracker: Beads' export format in ``.pmsync/tickets.jsonl``.

It needs nothing installed. People may edit the file by hand; whatever pmsync does not
change keeps its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Self

from pmsync.domain.errors import TrackerError, TransientError, UsageError
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
)
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.beads import mapping, records
from pmsync_adapters.beads.fields import TITLE_LIMIT
from pmsync_adapters.beads.ids import new_id
from pmsync_adapters.beads.metadata import IDENTITY, sealed
from pmsync_adapters.beads.records import Line
from pmsync_adapters.beads.statuses import refuse_unusable
from pmsync_adapters.beads.ticket_file import TicketFile

CAPABILITIES = Capabilities(
    fields=frozenset(Field),
    statuses=frozenset(Status) - {Status.UNKNOWN},
    title_limit=TITLE_LIMIT,
    free_owners=True,
    exact_reads=True,
    batch=50,
    parents=True,
)
_PREFIX = re.compile(r"[A-Za-z0-9][\w-]*", re.ASCII)
_RETRY = 10.0
"""Seconds after which a file that was busy may be free."""


class EmbeddedTracker:
    """The tickets of one repository, in one file of it."""

    def __init__(
        self,
        root: Path,
        *,
        name: str = "embedded",
        prefix: str = "bd",
        kind: str = "task",
        words: Mapping[Status, str] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``kind`` is the type of new issues; ``words`` are configured statuses."""
        self._file = TicketFile(root)
        self._name = name
        self._prefix = prefix
        self._kind = kind
        self._words = dict(words or {})
        self._now = now
        self._known: dict[Line, Ticket] = {}

    @classmethod
    def from_settings(cls, settings: TrackerSettings) -> Self:
        """Return the tracker of a repository; raises ``UsageError``."""
        prefix = settings.project or "bd"
        if not _PREFIX.fullmatch(prefix):
            raise UsageError(
                f"tracker {settings.name}: {prefix!r} cannot begin an id",
                hint='use letters, digits, - and _, as in project = "bd"',
            )
        refuse_unusable(settings.name, settings.statuses)
        return cls(
            Path(settings.root),
            name=settings.name,
            prefix=prefix,
            kind=settings.issue_type or "task",
            words=settings.statuses,
        )

    @property
    def name(self) -> str:
        """The configured name."""
        return self._name

    @property
    def project(self) -> str:
        """The prefix of new ids."""
        return self._prefix

    @property
    def capabilities(self) -> Capabilities:
        """What Beads' format can hold."""
        return CAPABILITIES

    def identity(self) -> str:
        """What stands in ``created_by``."""
        return IDENTITY

    def fetch(self, lookups: Sequence[Lookup]) -> Mapping[str, Ticket | Absence]:
        """Read tickets; one that is not in the file is deleted."""
        present = self._all(self._file.read())
        return {
            lookup.key: present.get(lookup.id or lookup.key, Absence.DELETED)
            for lookup in lookups
        }

    def changed(self, watermark: str | None) -> Listing:
        """List nothing if the file is as it was, else all tickets."""
        data = self._file.read()
        digest = sha256(data).hexdigest()
        tickets = () if digest == watermark else tuple(self._all(data).values())
        return Listing(tickets, complete=True, watermark=digest, time=self._now())

    def marked(self, since: datetime | None) -> Listing:
        """List the tickets that bear a marker, to the second of their creation."""
        data = self._file.read()
        first = None if since is None else since.replace(microsecond=0)
        tickets = tuple(
            ticket
            for ticket in self._all(data).values()
            if ticket.marker is not None
            and (first is None or ticket.created_at >= first)
        )
        watermark = sha256(data).hexdigest()
        return Listing(tickets, complete=True, watermark=watermark, time=self._now())

    def users(self, names: Sequence[str]) -> Mapping[str, str]:
        """Return every name as itself: any text is an owner."""
        return {name: name for name in names}

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        """Append all tickets in one replacement of the file."""
        try:
            return self._file.rewrite(lambda data: self._created(data, drafts))
        except TrackerError as error:
            return [_refused(error)] * len(drafts)

    def update(self, patch: Patch) -> Outcome:
        """Change the ticket's line, if what is replaced is still as observed."""
        try:
            return self._file.rewrite(lambda data: self._updated(data, patch))
        except TrackerError as error:
            return _refused(error)

    def _all(self, data: bytes) -> dict[str, Ticket]:
        return self._tickets(records.load(data, self._file.name))

    def _created(
        self, data: bytes, drafts: Sequence[Draft]
    ) -> tuple[bytes, Sequence[Outcome]]:
        lines = records.load(data, self._file.name)
        tickets = self._tickets(lines)
        by_marker = {t.marker: t for t in tickets.values() if t.marker is not None}
        taken = {line.id for line in lines}
        outcomes: list[Outcome] = []
        for draft in drafts:
            if draft.marker in by_marker:
                # Another run was faster: the file is exact, so there is never a second.
                outcomes.append(Done(by_marker[draft.marker]))
            elif not draft.title.strip():
                outcomes.append(Refused("a ticket needs a title"))
            elif draft.parent is not None and draft.parent not in tickets:
                outcomes.append(Refused(f"the parent {draft.parent} is not there"))
            else:
                if draft.parent is not None:
                    at = _index(lines, draft.parent)
                    lines[at] = _as_epic(lines[at])
                id_ = new_id(self._prefix, repr(draft.marker), taken, len(taken))
                new = mapping.record(draft, id_, self._now(), self._kind, self._words)
                ticket = self._ticket(records.add(lines, new))
                taken.add(id_)
                tickets[id_] = by_marker[draft.marker] = ticket
                outcomes.append(Done(ticket))
        return records.store(lines), outcomes

    def _updated(self, data: bytes, patch: Patch) -> tuple[bytes, Outcome]:
        lines = records.load(data, self._file.name)
        ticket = self._tickets(lines).get(patch.ticket.id)
        if ticket is None:
            return data, gone(patch)
        refused = refusal(patch, ticket)
        if refused is not None:
            return data, refused
        at = _index(lines, ticket.id)
        changes = mapping.changes(lines[at], patch, self._now(), self._words)
        lines[at] = records.change(lines[at], changes)
        return records.store(lines), Done(self._ticket(lines[at]))

    def _tickets(self, lines: Sequence[Line]) -> dict[str, Ticket]:
        """Read all tickets by id; of two lines with one id the last counts."""
        known, self._known = self._known, {}
        tickets: dict[str, Ticket] = {}
        for number, line in enumerate(lines, start=1):
            tickets.pop(line.id, None)
            if not mapping.is_ticket(line):
                continue
            try:
                ticket = known.get(line) or self._ticket(line)
            except (ValueError, TypeError, RecursionError) as error:
                raise records.malformed(self._file.name, number, str(error)) from error
            tickets[line.id] = self._known[line] = ticket
        return tickets

    def _ticket(self, line: Line) -> Ticket:
        return mapping.ticket_of(line, self._name, self._words)


def _index(lines: Sequence[Line], id_: str) -> int:
    """Return where an issue stands; of two lines with one id the last counts."""
    return max(at for at, line in enumerate(lines) if line.id == id_)


def _as_epic(line: Line) -> Line:
    """Make a parent an epic, if it is a plain task of ours."""
    ours = line.values.get("created_by") == IDENTITY
    if not ours or line.values.get("issue_type") != "task":
        return line
    return records.change(line, sealed(line.values, {"issue_type": "epic"}))


def _refused(error: TrackerError) -> Refused:
    """Return what an unreadable or unwritable file means for a write."""
    hint = f"; {error.hint}" if error.hint else ""
    retry = _RETRY if isinstance(error, TransientError) else None
    return Refused(f"{error.message}{hint}", whole_project=True, retry_after=retry)
