"""One seed from its beginning to its rest, and everything that must hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from pmsync.app.exit_codes import ExitCode
from pmsync.app.report import Report
from pmsync.domain.changes import Conflict, Withheld
from pmsync.domain.model import Field, Marker, Status
from pmsync.domain.state_json import from_json
from support.world.chance import Chance
from support.world.host import MODES, Host
from support.world.people import COLUMNS, People, Wrote
from support.world.runners import SOUND, Runners, Variant
from support.world.tracking import SITE, Service

KINDS = (
    "killed before a call", "killed after a create", "killed after an update",
    "killed after a document was written", "killed after a push", "killed after a swap",
    "create carried out, no answer", "create not carried out, no answer",
    "create refused", "create limited", "update carried out, no answer",
    "update not carried out, no answer", "list lags a little", "list lags for minutes",
    "incomplete list", "not found right after create", "tracker unreachable",
    "tracker limits reads", "host unreachable", "push refused", "state unreadable",
    "state not written", "swap without an answer", "slow", "frozen", "clock is wrong",
    "person acts in between", "another run in between",
)  # fmt: skip
ROUNDS = 8
CALM = 6
"""Passes without faults after which everything must be at rest."""
_WORDS = {
    "": "open", "open": "open", "in progress": "in_progress", "blocked": "blocked",
    "done": "done", "won't do": "wont_do",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """How a story ended."""

    seed: int
    broken: tuple[str, ...]
    """What did not hold."""
    fired: Counter[str]
    record: tuple[str, ...]

    @property
    def trace(self) -> str:
        """A digest of all that happened."""
        return sha256("\n".join(self.record).encode()).hexdigest()


def tell(seed: int, variant: Variant = SOUND) -> Told:
    """Tell the story of one seed."""
    return Story(seed, variant).told()


class Story:
    """One world, and what becomes of it."""

    def __init__(self, seed: int, variant: Variant) -> None:
        self.seed = seed
        self.chance = Chance(seed, KINDS)
        self.host = Host(MODES[seed % len(MODES)], {})
        self.service = Service(self.chance)
        self.people = People(self.chance, self.host, self.service)
        self.runners = Runners(self.chance, self.host, self.service, self.people)
        self.runners.variant = variant
        self.broken: list[str] = []

    def told(self) -> Told:
        """Let it happen, and look at how it ends."""
        for number in range(1 + self.seed % 3):
            rows = 1 + int(self.chance.between(0, 4))
            document = self.people.document(number, rows)
            self.host.files[f"{number}.md"] = document
        for _ in range(ROUNDS):
            for _ in range(int(self.chance.between(0, 4))):
                self.people.act()
            self.runners.run()
            self.chance.pass_time(self.chance.between(30, 600))
        last = self._calm()
        self.broken += self._found(last)
        return Told(
            self.seed,
            tuple(self.broken),
            self.chance.fired,
            tuple(self.chance.record),
        )

    def _calm(self) -> Report | None:
        """Let nothing fail any more, and every pass be merged, until all is at rest."""
        self.chance.quiet = True
        self.chance.tell("calm")
        for _ in range(CALM):
            self.chance.pass_time(3600)
            self.runners.run(verify=True)
            self.host.merge()
        planned = self.runners.run(dry_run=True)
        before = self._everything()
        requests = self.runners.requests
        last = self.runners.run()
        if self._everything() != before:
            self.broken.append("Q1: a pass over a world at rest wrote something")
        # Without a state, each pass is a first one: it has to ask for lost tickets.
        least = 1 if self.host.kept else 2
        if self.runners.requests - requests > least and not _waits(last):
            asked = self.runners.requests - requests
            self.broken.append(f"Q1: a pass over a world at rest asked {asked} times")
        if planned is not None and last is not None and planned.digest != last.digest:
            self.broken.append("Q3: the dry run did not show what the run did")
        return last

    def _everything(self) -> tuple[object, ...]:
        writes = sum(w.actor == "pmsync" for w in self.service.project.journal)
        return writes, len(self.host.kept), dict(self.host.files), self.host.proposal

    def _found(self, last: Report | None) -> Iterator[str]:
        if last is None:
            yield "the last pass ended with an error"
            return
        conflicts = {
            (change.path, change.line)
            for change in last.plan.changes
            if isinstance(change, Conflict)
        }
        withheld = any(isinstance(c, Withheld) for c in last.plan.changes)
        allowed = {ExitCode.DONE, ExitCode.CONFLICT}
        if last.exit_code not in allowed:
            yield f"the last pass ended with {last.exit_code!r}"
        yield from self._duplicates()
        yield from self._rows(conflicts, withheld=withheld)
        yield from self._bytes()
        for run in self.runners.unleased:
            yield f"I5: {run} wrote without the lease"

    def _duplicates(self) -> Iterator[str]:
        """I1: at most one open ticket for each key."""
        opened: Counter[Marker] = Counter(
            ticket.marker
            for ticket in self.service.project.since(0)
            if ticket.marker is not None and not _status(ticket.fields).terminal
        )
        for marker, number in opened.items():
            if number > 1:
                yield f"I1: {number} open tickets of {marker.key}"
        for token, tickets in self.people.tickets().items():
            alive = [t for t in tickets if not _status(t.fields).terminal]
            if len(alive) > 1:
                keys = ", ".join(ticket.ref.key for ticket in alive)
                yield f"I1: {token} has {len(alive)} open tickets: {keys}"

    def _rows(
        self, conflicts: set[tuple[str, int]], *, withheld: bool
    ) -> Iterator[str]:
        tickets = {t.ref.key: t for t in self.service.project.since(0)}
        for token, (path, cells) in self.people.rows().items():
            cited = cells[COLUMNS["ticket"]]
            if SITE not in cited:
                done = cells[COLUMNS["status"]].casefold() == "done"
                if not (done or withheld or self._declined()):
                    yield f"{token} in {path} has no ticket: {cells}"
                continue
            number = cited.rpartition("/")[2].rstrip(")")
            ticket = tickets.get(f"team/ops#{number}")
            if ticket is None:
                yield f"{token} in {path} cites nothing: {cited}"
                continue
            in_conflict = any(place == path for place, _ in conflicts)
            for name in ("title", "owner", "status"):
                here = cells[COLUMNS[name]]
                here = _WORDS.get(here.casefold(), here) if name == "status" else here
                there = ticket.fields[Field(name)]
                kept = (here, there) in self._agreed(token)
                if here != there and not (in_conflict or kept or self._declined()):
                    yield f"Q2: {token} {name}: {here!r} here, {there!r} in {number}"
                yield from self._lost(token, name, here, there)

    def _lost(
        self, token: str, name: str, here: str | None, there: str | None
    ) -> Iterator[str]:
        """I2: what a person wrote last on a side stays, or gave way to a later writing."""
        wrote = self.people.wrote.get((token, name), [])
        if name == "status" and len({one.value for one in wrote}) < len(wrote):
            # Who writes what stood there before may have changed nothing: a three-way
            # merge cannot see it. Titles and owners are new each time.
            return
        for side, value in (("document", here), ("ticket", there)):
            mine = [one for one in wrote if one.side == side]
            if mine and value != mine[-1].value:
                later = _later(wrote, mine[-1])
                if value not in later and not (self._declined() and side == "document"):
                    shown = f"{mine[-1].value!r} of a person became {value!r}"
                    yield f"I2: {token} {name} in the {side}: {shown}"

    def _agreed(self, token: str) -> set[tuple[str | None, str | None]]:
        """What the state says may rightly differ: it was told once, and is kept."""
        state = from_json(self.host.kept[-1], "state")
        return {
            (pair.document, pair.tracker)
            for document in state.documents.values()
            for item in document.items
            if token in item.text
            for pair in item.base.values()
        }

    def _declined(self) -> bool:
        return any("closes the pull request" in line for line in self.chance.record)

    def _bytes(self) -> Iterator[str]:
        """I3: the engine changed nothing but managed cells."""
        for before, after in self.host.published:
            for path, data in after.items():
                yield from _outside(path, before[path], data)


def _later(wrote: list[Wrote], than: Wrote) -> set[str | None]:
    return {one.value for one in wrote if one.at >= than.at and one.side != than.side}


def _outside(path: str, before: bytes, after: bytes) -> Iterator[str]:
    old, new = before.split(b"\n"), after.split(b"\n")
    if len(old) != len(new):
        yield f"I3: lines came or went in {path}"
        return
    for was, now in zip(old, new, strict=True):
        if was == now:
            continue
        cells, others = was.split(b"|"), now.split(b"|")
        notes = COLUMNS["notes"] + 1
        same = len(cells) == len(others) and cells[notes] == others[notes]
        if not (was.startswith(b"|") and same and cells[-1] == others[-1]):
            yield f"I3: {path}: {was!r} became {now!r}"


def _status(fields: object) -> Status:
    assert isinstance(fields, dict) or hasattr(fields, "get")
    return Status(fields.get(Field.STATUS) or Status.OPEN)


def _waits(report: Report | None) -> bool:
    return report is None or report.exit_code is not ExitCode.DONE
