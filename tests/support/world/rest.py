"""How a world comes to rest, and what must be true then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pmsync.app.report import Report
from pmsync.domain.changes import Change, Conflict
from pmsync.domain.errors import PmsyncError, SafetyStopError
from pmsync.domain.guards import Overrides
from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.state import ItemState
from support.world.documents import Row, rows
from support.world.judge import FIELDS, WORDS, Broken
from support.world.state import RefState

if TYPE_CHECKING:
    from support.world.play import World
    from support.world.processes import Process

PASSES = 9
"""After how many passes without faults a world must be at rest."""
SWEEPS = 3
"""How many of them are a day apart, so that every ticket is looked at by its id."""


def rest(world: World) -> None:
    """Let runs and people come to their end, and look at what is left."""
    world.chance.calm = True
    _end(world)
    for server in world.servers.values():
        server.hidden = server.archived = False
    world.say("world", "nothing goes wrong any more")
    world.advance(hours=4)
    _shown_is_done(world)
    report = _passes(world)
    _nothing_written(world)
    Verdict(world, report).give()


def _end(world: World) -> None:
    """Let every run that is under way end."""
    while live := [process for process in world.processes if not process.over]:
        process = min(live, key=lambda each: each.wakes or world.now)
        world.now = max(world.now, process.wakes or world.now)
        world.resume(process)


def _pass(world: World, **settings: object) -> Process:
    process = world.start(**settings)
    world.resume(process)
    assert process.over
    return process


def _shown_is_done(world: World) -> None:
    """Q3: a dry run writes nothing, and the run after it does what it showed."""
    before = world.everything()
    shown = _pass(world, dry_run=True).result
    if world.everything() != before:
        raise Broken("Q3: a dry run wrote something")
    done = _pass(world).result
    if isinstance(shown, Report) and isinstance(done, Report) and shown.stop is None:
        told, did = _effects(shown), _effects(done)
        if told != did:
            raise Broken(f"Q3: shown {told - did}, done {did - told}")
    _person_after(world, done)


def _effects(report: Report) -> set[str]:
    return {_effect(change) for change in report.plan.changes}


def _effect(change: Change) -> str:
    fields = {name: value.to for name, value in change.fields.items()}
    return f"{type(change).__name__} {change.path}:{change.line} {fields}"


def _person_after(world: World, result: Report | PmsyncError | None) -> None:
    """Do what people do about a result: override a guard, merge a pull request."""
    if isinstance(result, SafetyStopError) and " add " in f"{result.hint} ":
        shown = _pass(world, dry_run=True).result
        assert isinstance(shown, Report)
        name = shown.digest
        world.say("people", f"override the guards for {name}")
        _pass(world, overrides=Overrides(name, name, name))
    for deed in (world.people.merge, world.people.delete_branch):
        told = deed()
        if told is not None:
            world.say("people", f"{deed.__name__}: {told}")


def _passes(world: World) -> Report:
    """Q1: make passes until one writes nothing."""
    for number in range(PASSES):
        if number < SWEEPS:
            world.advance(hours=26)
        else:
            world.advance(minutes=10)
        before = world.everything()
        result = _pass(world).result
        wrote = world.everything() != before
        _person_after(world, result)
        if not wrote and number >= SWEEPS:
            if not isinstance(result, Report):
                raise Broken(f"Q1: the last pass ended with {result}")
            return result
    raise Broken(f"Q1: {PASSES} passes without faults, and each of them wrote")


def _nothing_written(world: World) -> None:
    world.advance(minutes=10)
    before = world.everything()
    process = _pass(world)
    if world.everything() != before:
        raise Broken("Q1: a pass wrote nothing, and the one after it did")
    asked = world.judge.requests[process.name]
    result = process.result
    state, _ = RefState(world.remote).read()
    quiet = isinstance(result, Report) and not (
        result.plan.changes or result.plan.notes
    )
    # Without a state every pass is a first one: it looks for tickets of a lost state.
    if quiet and state is not None and not state.intents and asked > len(world.servers):
        raise Broken(f"Q1: a pass in which nothing was to do asked {asked} times")


class Verdict:
    """What stands in documents and tickets at the end."""

    def __init__(self, world: World, report: Report) -> None:
        self._world = world
        self._judge = world.judge
        self._report = report
        self._rows = rows(world.files)
        self._told = _told(report)
        state, _ = RefState(world.remote).read()
        self._items: dict[str, list[ItemState]] = defaultdict(list)
        for document in state.documents.values() if state else ():
            for item in document.items:
                if item.ref is not None and item.owns:
                    self._items[item.ref.key].append(item)

    def give(self) -> None:
        """Raise ``Broken`` for the first promise that does not hold."""
        self._one_ticket_per_key()
        self._one_ticket_per_row()
        sharing: dict[str, list[Row]] = defaultdict(list)
        for row in self._rows.values():
            if row.link is None:
                self._has_no_ticket(row)
            else:
                sharing[row.link].append(row)
        for link, citing in sharing.items():
            self._in_step(link, citing)

    def _one_ticket_per_key(self) -> None:
        """I1: of all tickets with one marker at most one is open."""
        found: dict[Marker, list[str]] = defaultdict(list)
        for ticket in self._open():
            if ticket.marker is not None and not ticket.touched_by_others:
                found[ticket.marker].append(ticket.ref.key)
        for keys in found.values():
            if len(keys) > 1:
                raise Broken(f"I1: {' and '.join(keys)} are open for one item")

    def _one_ticket_per_row(self) -> None:
        """I1: no row has two open tickets that pmsync opened, whatever their keys."""
        judge = self._judge
        if self._world.people.alike:
            return
        found: dict[frozenset[str], list[str]] = defaultdict(list)
        for ticket in self._open():
            title = judge.opened.get(self._first(ticket))
            if title is not None:
                found[judge.kin(title)].append(ticket.ref.key)
        for names, keys in found.items():
            if len(keys) > len(names) and not names & judge.unlinked:
                raise Broken(f"I1: {' and '.join(keys)} are open for {sorted(names)}")

    def _open(self) -> Iterator[Ticket]:
        for server in self._world.servers.values():
            for ticket in server.all():
                seen = server.find(ticket.id, self._world.identity)
                assert seen is not None
                if seen.read_only:
                    continue  # Another project's by now.
                if not Status(seen.fields[Field.STATUS] or Status.OPEN).terminal:
                    yield seen

    def _first(self, ticket: Ticket) -> str:
        return self._judge.key(ticket.ref.key)

    def _has_no_ticket(self, row: Row) -> None:
        status = WORDS[row.values["status"]]
        filed = not status.terminal and status is not Status.UNKNOWN
        if filed and "*" not in self._told.get((row.path, row.line), ()):
            raise Broken(f"{row.name} has no ticket, and nobody is told why")

    def _in_step(self, link: str, citing: list[Row]) -> None:
        """Q2: row and ticket show the same, or a person was told that they do not."""
        server = self._world.server_of(link)
        ticket = server.find(link) if server else None
        if ticket is None:
            for row in citing:
                if "*" not in self._told.get((row.path, row.line), ()):
                    raise Broken(f"Q2: {link} is gone, and {row.name} says nothing")
            return
        if ticket.read_only:
            return
        wrong = {row.name: list(self._differing(row, ticket)) for row in citing}
        if len(citing) == 1 and not self._is_owned_elsewhere(citing[0], ticket):
            (differing,) = wrong.values()
            if differing:
                raise Broken(f"Q2: {link} and its row differ: {differing}")
            return
        if len(citing) > 1 and all(wrong.values()):
            raise Broken(f"Q2: {link} is in step with none of its rows: {wrong}")
        for differing in wrong.values():
            if any(told.startswith("status") for told in differing):
                raise Broken(f"Q2: {link} and a row that shares it: {differing}")

    def _is_owned_elsewhere(self, row: Row, ticket: Ticket) -> bool:
        """Tell whether a person was asked about the row that the ticket belongs to.

        They took its link out: until they say what that means, a copy only receives.
        """
        had = self._judge.citing[self._first(ticket)] & self._judge.unlinked
        return any(
            "*" in self._told.get((other.path, other.line), ())
            for name, other in self._rows.items()
            if name in had and name != row.name and other.link is None
        )

    def _differing(self, row: Row, ticket: Ticket) -> Iterator[str]:
        for field in FIELDS:
            written, shown = row.values.get(field.value), ticket.fields.get(field)
            if self._judge.same(field, written, shown, row.link or ""):
                continue
            told = self._told.get((row.path, row.line), set())
            strange = field is Field.STATUS and WORDS[written] is Status.UNKNOWN
            if {field.value, "*"} & told or strange:
                continue
            if self._kept(field, ticket):
                continue
            yield f"{field.value} {written!r} and {shown!r}"

    def _kept(self, field: Field, ticket: Ticket) -> bool:
        """Tell whether the two first met with values that differ, which was said once.

        A copy of a row only receives the status until the other rows are gone: it meets
        the ticket as its own then.
        """
        first = self._first(ticket)
        met = (
            first in self._judge.unsure
            or first not in self._judge.opened
            or bool(self._judge.citing[first] & self._judge.copies.keys())
        )
        pairs = [item.base.get(field) for item in self._items[ticket.ref.key]]
        shown = ticket.fields.get(field)
        return met and any(pair and pair.tracker == shown for pair in pairs)


def _told(report: Report) -> Mapping[tuple[str, int], set[str]]:
    """Return the lines that a report speaks of, and of which fields, ``*`` for all."""
    told: dict[tuple[str, int], set[str]] = defaultdict(set)
    for change in report.plan.changes:
        fields = change.fields if isinstance(change, Conflict) else ("*",)
        told[change.path, change.line] |= set(fields)
    for note in report.plan.notes:
        told[note.path, note.line].add("*")
    return told
