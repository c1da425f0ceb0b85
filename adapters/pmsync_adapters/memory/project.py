"""The tickets of one project, as a server holds them, and what people do to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from pmsync.domain.model import Field, Marker, Status, Ticket, TicketRef
from pmsync.domain.ports import Capabilities

HOLDS_ALL = Capabilities(
    fields=frozenset(Field),
    statuses=frozenset(Status) - {Status.UNKNOWN},
    free_owners=True,
    exact_reads=True,
    batch=20,
    parents=True,
)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
PERSON = "alice"


class Write(NamedTuple):
    """One accepted write, whoever made it."""

    time: datetime
    actor: str
    action: str
    """``create``, ``edit``, ``comment``, ``delete`` or ``move``."""
    key: str
    """The ticket's key before the write."""
    marker: Marker | None
    fields: Mapping[Field, str | None]
    """The values as they were stored, for ``create`` and ``edit``."""


@dataclass(slots=True)
class _Kept:
    ticket: Ticket
    changed: int
    """Number of the last write."""
    actors: set[str] = field(default_factory=set)


class MemoryProject:
    """One project with its tickets, its journal and its clock.

    It stores what trackers store: titles trimmed, on one line and cut, line ends as
    line feeds, a status that it does not know as the nearest one, fields that it does
    not hold not at all. Without a clock, each write takes one second.
    """

    def __init__(
        self,
        name: str = "demo",
        *,
        capabilities: Capabilities = HOLDS_ALL,
        clock: Callable[[], datetime] | None = None,
        users: Mapping[str, str] | None = None,
    ) -> None:
        """``users`` maps names, handles and e-mails to the accounts that they mean."""
        self.name = name
        self.capabilities = capabilities
        self.users = dict(users or {})
        self.journal: list[Write] = []
        self.deleted: set[str] = set()
        """Ids and keys of tickets that are gone."""
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._current: dict[str, str] = {}
        """From every id and key that a ticket ever had to its present id."""

    def now(self) -> datetime:
        """Return the server's time."""
        if self._clock is not None:
            return self._clock()
        return EPOCH + timedelta(seconds=len(self.journal))

    def find(self, name: str, viewer: str | None = None) -> Ticket | None:
        """Return the ticket that an id or key leads to, as ``viewer`` sees it."""
        kept = self._kept.get(self._current.get(name, ""))
        if kept is None:
            return None
        return replace(kept.ticket, touched_by_others=bool(kept.actors - {viewer}))

    def since(self, write: int, viewer: str | None = None) -> tuple[Ticket, ...]:
        """Return the project's tickets that were written after the given write."""
        found = (
            self.find(id_, viewer)
            for id_, kept in self._kept.items()
            if kept.changed > write
        )
        return tuple(t for t in found if t is not None and not t.read_only)

    def create(
        self,
        actor: str,
        fields: Mapping[Field, str | None],
        *,
        body: str = "",
        marker: Marker | None = None,
        labels: frozenset[str] = frozenset(),
        parent: str | None = None,
    ) -> Ticket:
        """Open a ticket."""
        id_ = str(len(self._current) + 1)
        given = {Field.STATUS: Status.OPEN, **fields}
        ticket = Ticket(
            ref=self._ref(self.name, id_),
            id=id_,
            version="",
            fields=MappingProxyType(
                {f: self._stored(f, given.get(f)) for f in self.capabilities.fields}
            ),
            author=actor,
            created_at=self.now(),
            updated_at=self.now(),
            marker=marker,
            body=_lines(body),
            labels=labels,
            parent=parent if self.capabilities.parents else None,
        )
        ticket = replace(ticket, closed_by=actor if ticket.status.terminal else None)
        return self._write(actor, "create", ticket.ref.key, ticket, ticket.fields)

    def edit(
        self,
        name: str,
        fields: Mapping[Field, str | None],
        *,
        body: str | None = None,
        actor: str = PERSON,
    ) -> Ticket:
        """Change values, and the whole body where it is given."""
        before = self._get(name)
        stored = {
            f: self._stored(f, value)
            for f, value in fields.items()
            if f in self.capabilities.fields
        }
        after = replace(
            before,
            fields=MappingProxyType({**before.fields, **stored}),
            body=before.body if body is None else _lines(body),
        )
        if after.status.terminal != before.status.terminal:
            after = replace(after, closed_by=actor if after.status.terminal else None)
        return self._write(actor, "edit", before.ref.key, after, stored)

    def close(
        self, name: str, status: Status = Status.DONE, *, actor: str = PERSON
    ) -> Ticket:
        """Close a ticket as a person would."""
        return self.edit(name, {Field.STATUS: status}, actor=actor)

    def reopen(self, name: str, *, actor: str = PERSON) -> Ticket:
        """Reopen a ticket as a person would."""
        return self.edit(name, {Field.STATUS: Status.OPEN}, actor=actor)

    def comment(self, name: str, *, actor: str = PERSON) -> Ticket:
        """Say something below a ticket."""
        ticket = self._get(name)
        return self._write(actor, "comment", ticket.ref.key, ticket)

    def unmark(self, name: str, *, actor: str = PERSON) -> Ticket:
        """Take the marker out, as a person who writes the description anew does."""
        ticket = self._get(name)
        after = replace(ticket, marker=None, body="Ours.")
        return self._write(actor, "edit", ticket.ref.key, after)

    def delete(self, name: str, *, actor: str = PERSON) -> None:
        """Delete a ticket for good."""
        ticket = self._get(name)
        self._write(actor, "delete", ticket.ref.key, ticket)
        self.deleted |= {n for n, id_ in self._current.items() if id_ == ticket.id}
        del self._kept[ticket.id]

    def move(self, name: str, project: str, *, actor: str = PERSON) -> Ticket:
        """Move a ticket to another project: it gets a new id and a new key there."""
        before = self._get(name)
        id_ = str(len(self._current) + 1)
        kept = self._kept.pop(before.id)
        after = replace(
            before, id=id_, ref=self._ref(project, id_), read_only=project != self.name
        )
        for known in [n for n, i in self._current.items() if i == before.id]:
            self._current[known] = id_
        self._kept[id_] = kept
        return self._write(actor, "move", before.ref.key, after)

    def _get(self, name: str) -> Ticket:
        return self._kept[self._current[name]].ticket

    def _write(
        self,
        actor: str,
        action: str,
        key: str,
        ticket: Ticket,
        fields: Mapping[Field, str | None] = MappingProxyType({}),
    ) -> Ticket:
        now = self.now()
        self.journal.append(Write(now, actor, action, key, ticket.marker, fields))
        number = len(self.journal)
        after = replace(ticket, version=str(number), updated_at=now)
        kept = self._kept.setdefault(ticket.id, _Kept(after, number))
        kept.ticket, kept.changed = after, number
        kept.actors.add(actor)
        self._current[ticket.id] = self._current[ticket.ref.key] = ticket.id
        return after

    def _stored(self, field: Field, value: str | None) -> str | None:
        if value is None:
            return None
        match field:
            case Field.TITLE:
                line = " ".join(value.split())
                return line[: self.capabilities.title_limit].rstrip()
            case Field.STATUS:
                status = Status(value)
                if status in self.capabilities.statuses:
                    return status
                return Status.DONE if status.terminal else Status.OPEN
            case Field.OWNER if not self.capabilities.free_owners:
                return value if value in self.users.values() else None
            case Field.OWNER | Field.DUE | Field.PRIORITY:
                return value.strip() or None

    @staticmethod
    def _ref(project: str, number: str) -> TicketRef:
        return TicketRef("", f"{project}#{number}", f"memory://{project}/{number}")


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
