"""Whatever people do to rows and tickets: one ticket for each row, and then silence.

These are whole runs of the shipped engine over real documents; people act between
them. Small alphabets find collisions that large ones never show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from pmsync.app.report import Report
from pmsync.domain.changes import CreateTicket, UpdateTicket
from pmsync.domain.errors import SafetyStopError
from pmsync.domain.model import Field, Status
from pmsync.domain.ports import Capabilities, Draft, Outcome, Unknown
from pmsync_adapters.memory import MemoryTracker
from support.engine import Engine

LATER = 30 * 3600.0
"""Seconds after which nothing is in doubt any more."""
TITLES = [
    "Alert when the disk is nearly full",
    "Alert when the disk is almost full",
    "Rotate the certificates",
    "Write a runbook",
]
WORDS = ["Open", "In Progress", "Blocked", "Done", "Won't Do", "", "maybe"]
OWNERS = ["@alice", "@bob", "Carol", ""]
HELD = [
    frozenset(Status) - {Status.UNKNOWN},
    frozenset({Status.OPEN, Status.DONE}),
    frozenset({Status.OPEN, Status.IN_PROGRESS, Status.DONE}),
    frozenset({Status.OPEN, Status.DONE, Status.WONT_DO}),
    frozenset({Status.OPEN, Status.BLOCKED, Status.DONE, Status.WONT_DO}),
]

CAPABILITIES = st.builds(
    lambda fields, statuses, exact, limit: Capabilities(
        fields=frozenset({Field.TITLE, Field.STATUS, *fields}),
        statuses=statuses,
        title_limit=limit,
        free_owners=True,
        exact_reads=exact,
    ),
    st.sets(st.sampled_from([Field.OWNER, Field.DUE, Field.PRIORITY])),
    st.sampled_from(HELD),
    st.booleans(),
    st.sampled_from([20, 255]),
)
HEADERS = {
    "all": ("Action", "Owner", "Status", "Ticket"),
    "no status": ("Action", "Owner", "Ticket"),
    "no ticket": ("Action", "Owner", "Status"),
    "bare": ("Action", "Owner"),
    "checklist": (),
}
FORMS = st.sampled_from(list(HEADERS))


def written(form: str, title: str, owner: str, word: str) -> str:
    """Write one row or entry in a form."""
    if form == "checklist":
        box = "[x]" if word in ("Done", "Won't Do") else "[ ]"
        return f"- {box} {title}"
    cells = {"Action": title, "Owner": owner, "Status": word, "Ticket": ""}
    return f"| {' | '.join(cells[name] for name in HEADERS[form])} |"


def document(form: str, rows: list[str]) -> str:
    """Write a document whose only section is its action items."""
    head = ["# Outage", "", "## Action Items", ""]
    if form != "checklist":
        names = HEADERS[form]
        head += [f"| {' | '.join(names)} |", "|" + "---|" * len(names)]
    return "\n".join([*head, *rows, ""])


ROW = st.tuples(
    st.sampled_from(TITLES), st.sampled_from(OWNERS), st.sampled_from(WORDS)
)
DEED = st.one_of(
    st.tuples(st.just("status"), st.integers(0, 3), st.sampled_from(WORDS)),
    st.tuples(st.just("owner"), st.integers(0, 3), st.sampled_from(OWNERS)),
    st.tuples(st.just("title"), st.integers(0, 3), st.sampled_from(TITLES)),
    st.tuples(st.just("delete"), st.integers(0, 3), st.none()),
    st.tuples(st.just("copy"), st.integers(0, 3), st.none()),
    st.tuples(st.just("sort"), st.integers(0, 3), st.none()),
    st.tuples(st.just("move"), st.integers(0, 3), st.none()),
    st.tuples(st.just("unlink"), st.integers(0, 3), st.none()),
    st.tuples(st.just("rename file"), st.just(0), st.none()),
    st.tuples(st.just("copy file"), st.just(0), st.none()),
    st.tuples(
        st.just("ticket status"),
        st.integers(0, 3),
        st.sampled_from([s for s in Status if s is not Status.UNKNOWN]),
    ),
    st.tuples(st.just("ticket title"), st.integers(0, 3), st.sampled_from(TITLES)),
    st.tuples(
        st.just("ticket owner"), st.integers(0, 3), st.sampled_from(["al", None])
    ),
    st.tuples(st.just("delete ticket"), st.integers(0, 3), st.none()),
    st.tuples(st.just("run"), st.just(0), st.none()),
    st.tuples(st.sampled_from(["propose", "merge"]), st.just(0), st.none()),
    st.tuples(st.sampled_from(["lose_answer", "fail"]), st.just(0), st.none()),
)

PLACE = st.integers(0, 2)
COPYING = st.one_of(
    st.tuples(st.sampled_from(["copy", "move", "delete"]), PLACE, st.none()),
    st.tuples(st.just("copy file"), st.just(0), st.none()),
    st.tuples(st.just("title"), PLACE, st.sampled_from(TITLES)),
    st.tuples(st.just("status"), PLACE, st.sampled_from(["Open", "Blocked", "Done"])),
)
"""What makes rows share a ticket, and shows which of them writes it."""


class Flaky(MemoryTracker):
    """Does not answer the next creates, whether or not it carries them out."""

    arrives: bool | None = None

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        arrives, self.arrives = self.arrives, None
        if arrives is None:
            return super().create(drafts)
        if arrives:
            super().create(drafts)
        return [Unknown("time-out")] * len(drafts)


class People:
    """What they do to one document, a second one, and the tickets."""

    def __init__(self, engine: Engine, form: str) -> None:
        self.engine = engine
        self.form = form
        self.path = "a.md"
        self.tracker = Flaky(engine.project, name=engine.tracker.name)
        engine.tracker = self.tracker

    def rows(self) -> list[str]:
        lines = self.engine.documents.files[self.path].splitlines()
        mark = "- [" if self.form == "checklist" else "|"
        found = [line for line in lines if line.startswith(mark)]
        return found if self.form == "checklist" else found[2:]

    def give(self, rows: list[str]) -> None:
        text = self.engine.documents.files[self.path]
        for row in self.rows():
            text = text.replace(f"{row}\n", "", 1)
        self.engine.documents.files[self.path] = text + "".join(f"{r}\n" for r in rows)

    def do(self, what: str, at: int, value: str | None) -> None:
        """Do one thing, where there is something to do it to."""
        deed = getattr(self, what.replace(" ", "_"))
        deed(at, value)

    def run(self, _at: int, _value: None) -> None:
        # A guard may refuse what people did; it writes nothing.
        with suppress(SafetyStopError):
            run(self.engine)

    def propose(self, _at: int, _value: None) -> None:
        self.engine.documents.lands_at_once = False

    def merge(self, _at: int, _value: None) -> None:
        self.engine.documents.lands_at_once = True

    def lose_answer(self, _at: int, _value: None) -> None:
        self.tracker.arrives = True

    def fail(self, _at: int, _value: None) -> None:
        self.tracker.arrives = False

    def ticket_status(self, at: int, value: str) -> None:
        self.edit_ticket(at, {Field.STATUS: value})

    def ticket_title(self, at: int, value: str) -> None:
        self.edit_ticket(at, {Field.TITLE: value})

    def ticket_owner(self, at: int, value: str | None) -> None:
        self.edit_ticket(at, {Field.OWNER: value})

    def edit_ticket(self, at: int, values: dict[Field, str | None]) -> None:
        for ticket in self.engine.tickets[at : at + 1]:
            self.engine.project.edit(ticket.id, values)

    def delete_ticket(self, at: int, _value: None) -> None:
        for ticket in self.engine.tickets[at : at + 1]:
            self.engine.project.delete(ticket.id)

    def rename_file(self, _at: int, _value: None) -> None:
        files = self.engine.documents.files
        former, self.path = self.path, "z.md" if self.path == "a.md" else "a.md"
        files[self.path] = files.pop(former)

    def copy_file(self, _at: int, _value: None) -> None:
        files = self.engine.documents.files
        files["copy.md"] = files[self.path]

    def delete(self, at: int, _value: None) -> None:
        self.give([row for n, row in enumerate(self.rows()) if n != at])

    def copy(self, at: int, _value: None) -> None:
        self.give([*self.rows(), *self.rows()[at : at + 1]])

    def sort(self, _at: int, _value: None) -> None:
        self.give(sorted(self.rows(), key=lambda row: row[::-1]))

    def move(self, at: int, _value: None) -> None:
        files = self.engine.documents.files
        for row in self.rows()[at : at + 1]:
            self.delete(at, None)
            files["b.md"] = files.get("b.md", document(self.form, [])) + f"{row}\n"

    def status(self, at: int, value: str) -> None:
        self.change(at, "Status", value)

    def owner(self, at: int, value: str) -> None:
        self.change(at, "Owner", value)

    def title(self, at: int, value: str) -> None:
        self.change(at, "Action", value)

    def unlink(self, at: int, _value: None) -> None:
        self.change(at, "Ticket", "")

    def change(self, at: int, column: str, value: str) -> None:
        rows = self.rows()
        rows[at : at + 1] = [
            self.changed(row, column, value) for row in rows[at : at + 1]
        ]
        self.give(rows)

    def changed(self, row: str, column: str, value: str) -> str:
        if self.form == "checklist":
            box = "[x]" if value in ("Done", "Won't Do") else "[ ]"
            return f"- {box}{row[5:]}" if column == "Status" else row
        cells = row.strip("|").split("|")
        names = list(HEADERS[self.form])
        if len(cells) > len(names):
            names.append("Ticket")
        if column in names and names.index(column) < len(cells):
            cells[names.index(column)] = f" {value} "
        return f"|{'|'.join(cells)}|"


def at_rest(engine: Engine) -> None:
    """One run settles the tickets; the next may only see what became of them."""
    run(engine)
    second = run(engine).plan.changes
    acted = [c for c in second if isinstance(c, CreateTicket | UpdateTicket)]
    assert not acted
    engine.assert_at_rest()


def run(engine: Engine) -> Report:
    """Make a run in which every ticket is written for its own row alone."""
    before = " ".join(engine.documents.files.values())
    report = engine.run()
    updates = [c for c in report.plan.changes if isinstance(c, UpdateTicket)]
    for update in updates:
        marker = update.ticket.marker
        shared = before.count(f"{update.ticket.ref.url})") > 1
        assert not shared or (marker and marker.key == update.key), updates
    told = Counter(update.ticket.id for update in updates)
    assert all(count == 1 for count in told.values()), updates
    return report


def one_ticket_each(engine: Engine) -> None:
    """No two tickets bear one key."""
    keys = Counter(t.marker.key for t in engine.tickets if t.marker is not None)
    assert all(count == 1 for count in keys.values()), keys


@settings(max_examples=250)
@given(
    CAPABILITIES,
    FORMS,
    st.lists(ROW, min_size=1, max_size=4),
    st.lists(DEED, min_size=3, max_size=12),
)
def test_people_may_do_anything_and_the_runs_come_to_rest(
    capabilities: Capabilities,
    form: str,
    rows: list[tuple[str, str, str]],
    deeds: list[tuple[str, int, str | None]],
) -> None:
    everything_settles(Engine(capabilities), form, rows, deeds)


@settings(max_examples=200)
@given(
    st.lists(ROW, min_size=1, max_size=2), st.lists(COPYING, min_size=4, max_size=10)
)
def test_rows_that_share_a_ticket_have_one_writer(
    rows: list[tuple[str, str, str]], deeds: list[tuple[str, int, str | None]]
) -> None:
    everything_settles(Engine(), "all", rows, deeds)


def everything_settles(
    engine: Engine,
    form: str,
    rows: list[tuple[str, str, str]],
    deeds: list[tuple[str, int, str | None]],
) -> None:
    """Let people act, with a run after every second deed, and look at the end."""
    engine.documents.files["a.md"] = document(form, [written(form, *r) for r in rows])
    people = People(engine, form)
    engine.run()
    for number, deed in enumerate(deeds):
        people.do(*deed)
        if number % 2:
            people.run(0, None)
    engine.documents.lands_at_once = True
    people.tracker.arrives = None
    with suppress(SafetyStopError):
        run(engine)
        # What had no answer is settled by a run after the time of grace, and closed
        # as a duplicate, were it one, by the next sweep.
        engine.clock.sleep(LATER)
        run(engine)
        engine.clock.sleep(LATER)
        at_rest(engine)
    one_ticket_each(engine)


@settings(max_examples=60)
@given(
    CAPABILITIES,
    FORMS,
    st.sampled_from(WORDS),
    st.lists(st.sampled_from([s for s in Status if s is not Status.UNKNOWN])),
)
def test_no_two_ways_to_show_a_status_answer_each_other_for_ever(
    capabilities: Capabilities, form: str, word: str, statuses: list[Status]
) -> None:
    engine = Engine(capabilities)
    engine.documents.files["a.md"] = document(
        form, [written(form, TITLES[0], "@alice", word)]
    )
    engine.run()
    engine.assert_at_rest()

    for status in statuses:
        if engine.tickets:
            engine.project.edit(engine.tickets[0].id, {Field.STATUS: status})
        engine.run()
        engine.assert_at_rest()


@given(
    st.lists(ROW, min_size=1, max_size=4, unique_by=lambda row: row[0]),
    st.randoms(use_true_random=False),
)
def test_a_table_in_any_order_is_the_same_table(
    rows: list[tuple[str, str, str]], random: object
) -> None:
    engine = Engine()
    people = People(engine, "all")
    engine.documents.files["a.md"] = document("all", [written("all", *r) for r in rows])
    engine.run()
    mixed = people.rows()
    random.shuffle(mixed)  # type: ignore[attr-defined]
    people.give(mixed)

    assert engine.run().plan.changes == ()


@given(CAPABILITIES, FORMS, st.lists(ROW, min_size=1, max_size=6))
def test_no_plan_opens_two_tickets_under_one_key(
    capabilities: Capabilities, form: str, rows: list[tuple[str, str, str]]
) -> None:
    engine = Engine(capabilities)
    for path in ("a.md", "b.md"):
        engine.documents.files[path] = document(form, [written(form, *r) for r in rows])

    opened = [
        change.key
        for change in engine.run(dry_run=True).plan.changes
        if isinstance(change, CreateTicket)
    ]

    assert len(opened) == len(set(opened))
