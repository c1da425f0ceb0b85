"""What must hold in every world after every step, seen from outside the engine.

The judge watches documents and tickets themselves. It knows of each value whether a
person wrote it, and since when the other side has shown it; it never asks the engine's
own state whether a write was right.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.ports import Capabilities, Patch
from pmsync.domain.state import State
from support.world.documents import Row, outside, rows, without_column

if TYPE_CHECKING:
    from support.world.play import World
    from support.world.processes import Process
    from support.world.trackers import Server

FIELDS = (Field.TITLE, Field.OWNER, Field.STATUS)
WORDS = {
    None: Status.OPEN,
    "Open": Status.OPEN,
    "In Progress": Status.IN_PROGRESS,
    "Blocked": Status.BLOCKED,
    "Done": Status.DONE,
    "Won't Do": Status.WONT_DO,
    "maybe": Status.UNKNOWN,
}
"""Every word for a status that a document of the world may hold."""
SECRET = "hunter2-0123456789"
"""Stands in descriptions of tickets, which no state, message or log may repeat."""


class Broken(BaseException):
    """A promise does not hold. No engine can catch it."""


class Cell(NamedTuple):
    """One value that stood somewhere, from a moment on."""

    value: str | None
    person: bool
    """Whether a person wrote it."""
    moment: int
    shown: int
    """When it came to stand there; later than that, when an older commit came back."""


class Holding(NamedTuple):
    """Who has the lease, and until when."""

    process: Process
    until: datetime


class Judge:
    """Watches one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.moment = 0
        self.cells: dict[tuple[str, Field], list[Cell]] = defaultdict(list)
        """What each row has shown."""
        self.values: dict[tuple[str, Field], list[Cell]] = defaultdict(list)
        """What each ticket has shown, by its first key."""
        self.first: dict[str, str] = {}
        """First key of a ticket by each of its ids."""
        self._named: dict[str, str] = {}
        """First key of a ticket by each that it ever had, also once it is deleted."""
        self.opened: dict[str, str] = {}
        """Title with which pmsync opened a ticket, by its first key."""
        self._markers: list[Marker | None] = []
        self.titled: dict[str, set[str]] = defaultdict(set)
        """Rows that ever had a title."""
        self.citing: dict[str, set[str]] = defaultdict(set)
        """Rows that ever cited a ticket, by its first key."""
        self.copies: dict[str, str] = {}
        """Rows that a person made of others: nothing in them is newly written."""
        self.pasted: dict[str, int] = {}
        """Rows whose link a person wrote, and no run has met yet: when."""
        self._seen = 0
        """When the last run began that has come to its end."""
        self._put_back: set[tuple[str, Field, int]] = set()
        """Cells in which a person put back what stood there, before any run had seen
        pmsync's edit stand: it cannot be told from one that has not come."""
        self.unlinked: set[str] = set()
        """Rows that a person took the link out of."""
        self.unsure: dict[str, Process | None] = {}
        """Tickets whose opening no state has recorded: by whom, None if for good."""
        self.lease: Holding | None = None
        self.requests: Counter[str] = Counter()
        """How often each process has asked a tracker."""

    def may_write(self, process: Process, what: str) -> None:
        """I5: every write is sent under a lease that is valid then."""
        held = self.lease
        if held is None or held.process is not process:
            holder = held.process.name if held else "nobody"
            raise Broken(f"I5: {what} without the lease, which {holder} has")
        if held.until <= self._world.now:
            raise Broken(f"I5: {what} after the lease had run out at {held.until}")

    def asked(self, process: Process) -> None:
        """Count a request."""
        self.requests[process.name] += 1

    def swapped(self, process: Process, state: State, data: bytes, said: str) -> None:
        """Learn of a state that was written."""
        if SECRET in said or SECRET.encode() in data:
            raise Broken("I7: the state repeats what a ticket's description says")
        until = self._world.now + self._world.settings.lease
        self.lease = None if state.lease is None else Holding(process, until)
        for key, by in list(self.unsure.items()):
            if by is process:
                del self.unsure[key]

    def documents(
        self, before: Mapping[str, bytes], after: Mapping[str, bytes], by: str
    ) -> None:
        """Learn what became of the documents that people see."""
        self.moment += 1
        person = by != "pmsync"
        if not person:
            self._outside(before, after)
        old, new = rows(before), rows(after)
        for name, row in new.items():
            known = old.get(name)
            for field in FIELDS:
                self._cell(field, known, row, person=person)
            self.titled[row.values["title"] or ""].add(name)
            self._link(known, row, person=person)

    def ticket(
        self,
        server: Server,
        actor: str,
        action: str,
        before: Ticket | None,
        after: Ticket,
    ) -> None:
        """Learn what became of a ticket."""
        self.moment += 1
        person = actor != self._world.identity
        key = self.first.get(_id(server, before) if before else "", after.ref.key)
        self.first[_id(server, after)] = self._named[after.ref.key] = key
        if action == "create" and not person:
            self.opened[key] = after.fields[Field.TITLE] or ""
            self._markers.append(after.marker)
        for field in FIELDS:
            value = after.fields.get(field)
            if before is not None and before.fields.get(field) == value:
                continue
            if before is not None and not person:
                self._told_to_ticket(server, key, field, value)
            cell = Cell(value, person, self.moment, self.moment)
            self.values[key, field].append(cell)

    def unsettled(self, server: Server, patch: Patch) -> None:
        """Learn of an update that nobody answered.

        Where a person had just written the very value, nobody can tell whose it is: it
        counts as brought over.
        """
        key = self.first[_id(server, patch.ticket)]
        for field, value in patch.fields.items():
            history = self.values[key, field]
            if history and history[-1].value == value:
                history[-1] = history[-1]._replace(person=False)

    def unanswered(self, key: str, process: Process | None) -> None:
        """Learn that a ticket was opened and that no state records it yet."""
        self.unsure[key] = process

    def met(self, moment: int) -> None:
        """Learn that a run that began at a moment has come to its end."""
        self._seen = max(self._seen, moment)
        for name, since in list(self.pasted.items()):
            if since < moment:
                del self.pasted[name]

    def second(self) -> int:
        """Return how many tickets were opened beside another of the same item."""
        return len(self._markers) - len(set(self._markers))

    def _outside(self, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
        """I3: nothing but cells of action items differs."""
        if before.keys() != after.keys():
            raise Broken("I3: a document appeared or vanished")
        for path, data in after.items():
            was = before[path]
            if was != data and outside(was) != outside(without_column(data, was)):
                raise Broken(f"I3: {path} differs outside of its cells")

    def _cell(self, field: Field, known: Row | None, row: Row, *, person: bool) -> None:
        value = row.values.get(field.value)
        if known is not None and known.values.get(field.value) == value:
            return
        if known is not None and not person:
            self._told_to_row(field, known, row)
        if known is None and row.name in self.copies:
            self.cells[row.name, field] = list(self.cells[self.copies[row.name], field])
            return
        blank = known is None and value is None
        history = self.cells[row.name, field]
        if history and person and _meaning(history[-1].value) == _meaning(value):
            # Another word for the same says nothing new: it counts from when that was.
            history.append(history[-1]._replace(value=value, shown=self.moment))
            return
        ours = max((n for n, cell in enumerate(history) if not cell.person), default=0)
        # Whatever people wrote since, no run has seen that either.
        if (
            person
            and ours > 0
            and history[ours].moment >= self._seen
            and _meaning(history[ours - 1].value) == _meaning(value)
        ):
            self._put_back.add((row.name, field, self.moment))
        history.append(Cell(value, person and not blank, self.moment, self.moment))

    def restored(self) -> None:
        """Learn that an older commit was put back: its values are from their own time."""
        for history in self.cells.values():
            now = history[-1]
            if now.moment == self.moment:
                earlier = (one for one in history[-2::-1] if one.value == now.value)
                history[-1] = next(earlier, now)._replace(shown=self.moment)

    def _link(self, known: Row | None, row: Row, *, person: bool) -> None:
        if row.link is not None:
            key = self.key(row.link)
            self.citing[key].add(row.name)
        before = known.link if known else None
        if before == row.link:
            return
        if person:
            if row.link is not None:
                self.pasted[row.name] = self.moment
            elif before is not None:
                self.unlinked.add(row.name)
            return
        if before is not None and row.link and self.key(before) == self.key(row.link):
            return  # It moved, and the link follows it.
        if row.link is None or before is not None:
            raise Broken(f"I2: the link of {row.name} went from {before} to {row.link}")
        title = self.opened.get(self.key(row.link))
        if self._world.people.alike or title is None:
            return
        if row.name not in self.kin(title):
            raise Broken(f"I1: {row.name} was given {row.link}, opened for {title!r}")

    def _told_to_row(self, field: Field, known: Row, row: Row) -> None:
        """I2: what pmsync replaces in a row was not a person's, or its ticket had it."""
        history = self.cells[row.name, field]
        if not history[-1].person or self._first_meeting(field, row.name, history[-1]):
            return
        if (row.name, field, history[-1].moment) in self._put_back:
            return
        link = row.link or known.link
        key = self.key(link) if link else ""
        if any(
            self.cells[name, field][-1] is history[-1]
            for name in self.citing[key] - {row.name}
        ):
            return  # It stands in a copy of the row.
        shown = self.values[key, field]
        if _meaning(history[-1].value) == Status.UNKNOWN and (
            shown and shown[-1].moment > history[-1].moment
        ):
            return  # Nobody can send it; it stays until its ticket changes.
        if not _told(history, shown, lambda a, b: self.same(field, a, b, link or "")):
            raise Broken(
                f"I2: {row.name} {field.value} {history[-1].value!r} was replaced by "
                f"{row.values.get(field.value)!r}, and no ticket ever had it"
            )

    def _first_meeting(self, field: Field, name: str, cell: Cell) -> bool:
        """Tell whether a link that a person wrote is met: blanks and status follow it.

        Of a row and its copy nobody can tell which one is new. A blank status says
        nothing that could be lost: it follows the ticket in either of them.
        """
        if name in self.pasted:
            return field is Field.STATUS or cell.value is None
        copied = any(self.copies.get(other) == name for other in self.pasted)
        return copied and field is Field.STATUS and cell.value is None

    def _told_to_ticket(
        self, server: Server, key: str, field: Field, value: str | None
    ) -> None:
        """I2: what pmsync replaces in a ticket was not a person's, or a row had it."""
        history = self.values[key, field]
        if not history[-1].person:
            return
        able = server.capabilities
        told = any(
            _told(
                history,
                self.cells[name, field],
                lambda shown, written: same(field, written, shown, able),
            )
            for name in self.citing[key]
        )
        if not told:
            raise Broken(
                f"I2: {key} {field.value} {history[-1].value!r} was replaced by "
                f"{value!r}, and no row ever had it"
            )

    def kin(self, title: str) -> frozenset[str]:
        """Return the rows that nobody can tell apart from those with a title."""
        names, found = set(self.titled[title]), set[str]()
        while names != found:
            found = set(names)
            for bearing in self.titled.values():
                if bearing & names:
                    names |= bearing
        return frozenset(names)

    def key(self, link: str) -> str:
        """Return the first key of the ticket that a link leads to."""
        server = self._world.server_of(link)
        ticket = server.find(link) if server else None
        if server and ticket:
            return self.first[_id(server, ticket)]
        return self._named.get(link, link)

    def same(
        self, field: Field, written: str | None, shown: str | None, link: str
    ) -> bool:
        """Tell whether a row and the ticket that it cites show the same."""
        server = self._world.server_of(link)
        able = server.capabilities if server else Capabilities()
        return same(field, written, shown, able)


def same(
    field: Field, written: str | None, shown: str | None, able: Capabilities
) -> bool:
    """Tell whether a row and a ticket show the same, as far as each can."""
    match field:
        case Field.STATUS:
            status = WORDS[written]
            held = status if status in able.statuses else _nearest(status)
            return shown in (status, held)
        case Field.OWNER:
            return (written or "").removeprefix("@") == (shown or "")
        case _:
            return written == shown


def _id(server: Server, ticket: Ticket) -> str:
    return f"{server.name}:{ticket.id}"


def _nearest(status: Status) -> Status:
    return Status.DONE if status.terminal else Status.OPEN


def _told(
    history: Sequence[Cell],
    other: Sequence[Cell],
    alike: Callable[[str | None, str | None], bool],
) -> bool:
    """Tell whether the other side has shown what stands here, or ever since.

    Whoever writes what stood there when pmsync last brought it over, or brought it
    here, has changed nothing. So it is also after an older commit came back meanwhile:
    what it holds is from its own time, and says nothing of what was brought over since.
    """
    now = history[-1]
    if any(alike(now.value, seen.value) for seen in _since(other, now.moment)):
        return True
    for cell in sorted(history, key=lambda cell: cell.moment, reverse=True):
        brought = (
            seen.moment > cell.moment and not seen.person
            for seen in other
            if alike(cell.value, seen.value)
        )
        if not cell.person or any(brought):
            return _meaning(cell.value) == _meaning(now.value)
    return False


def _meaning(value: str | None) -> str | None:
    """Return what a value says: a blank status and an open one say the same."""
    return WORDS.get(value, value)


def _since(history: Sequence[Cell], moment: int) -> Iterator[Cell]:
    """Return what was there at a moment and later."""
    before = [cell for cell in history if cell.shown <= moment]
    yield from before[-1:]
    yield from (cell for cell in history if cell.shown > moment)
