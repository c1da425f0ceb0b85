"""``parent = "create"``: one parent for a document, whatever happens, and its children."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pmsync.domain.changes import CreateTicket, Pending, UpdateRow, Withheld
from pmsync.domain.model import Field, Ticket
from pmsync.domain.policy import Parent, Policy
from pmsync.domain.ports import Capabilities, Draft, Outcome, Refused, Unknown
from pmsync_adapters.memory import MemoryTracker
from support.capabilities import LISTS
from support.engine import Engine, creates, kinds

DISK = "Alert when the disk is nearly full"
RUNBOOK = "Write a runbook for the queue"
LINE = "**Incident ID:** INC-7\n**Tracking issue:** N/A"
NAME = "INC-7: Outage"
SHOWS_LATE = replace(LISTS, parents=True, batch=20)


def made(capabilities: Capabilities | None = None, head: str = LINE) -> Engine:
    """A document that waits for its own ticket, and two rows to file."""
    policy = Policy("memory", parent=Parent.CREATE)
    engine = Engine(capabilities, policy) if capabilities else Engine(policy=policy)
    engine.write("a.md", f"{DISK}|@alice|Open|", f"{RUNBOOK}|@bob|Open|", head=head)
    return engine


def parents(engine: Engine) -> list[Ticket]:
    return [t for t in engine.tickets if t.fields[Field.TITLE] == NAME]


def test_the_parent_is_opened_first_and_stands_in_its_line() -> None:
    engine = made()

    shown = engine.run(dry_run=True)
    report = engine.run()

    assert [c.title for c in creates(shown)] == [NAME, DISK, RUNBOOK]
    (parent,) = parents(engine)
    assert engine.ticket(DISK).parent == parent.ref.key
    assert engine.ticket(RUNBOOK).parent == parent.ref.key
    text = engine.documents.files["a.md"]
    assert f"**Tracking issue:** [#1]({parent.ref.url})\n" in text
    assert "INC-7" in text
    assert len(report.done) == len(report.plan.changes)
    engine.assert_at_rest()


def test_later_rows_become_children_of_the_same_parent() -> None:
    for head in (LINE, "**Incident ID:** INC-7"):
        engine = made(head=head)
        engine.run()
        engine.edit(
            "a.md", f"| {DISK}", f"| Cap the retries | @carol | Open | |\n| {DISK}"
        )

        engine.run()

        (parent,) = parents(engine)
        assert engine.ticket("Cap the retries").parent == parent.ref.key
        engine.assert_at_rest()


def test_without_a_line_for_it_the_document_stays_as_it_is() -> None:
    engine = made(head="**Incident ID:** INC-7")
    before = engine.documents.files["a.md"].splitlines()[:5]

    engine.run()

    assert len(parents(engine)) == 1
    assert engine.documents.files["a.md"].splitlines()[:5] == before
    engine.assert_at_rest()


@pytest.mark.parametrize(
    "head",
    [
        "**Tracking issue:** OTHER-12",
        "**Tracking issue:** https://github.com/org/repo/pull/3",
        "**Tracking issue:** we have one somewhere",
    ],
)
def test_somebodys_own_reference_gets_no_second_ticket_beside_it(head: str) -> None:
    engine = made(head=head)

    engine.run()

    assert len(engine.tickets) == 2
    assert head in engine.documents.files["a.md"]
    engine.assert_at_rest()


def test_nothing_to_file_needs_no_parent() -> None:
    engine = made()
    engine.write("a.md", f"{DISK}|@alice|Done|", head=LINE)

    assert engine.run().plan.changes == ()


def test_a_tracker_without_parents_gets_none() -> None:
    engine = made(Capabilities())
    engine.run()

    assert len(engine.tickets) == 2
    assert "N/A" in engine.documents.files["a.md"]
    engine.assert_at_rest()


def test_a_parent_that_is_only_linked_is_not_opened() -> None:
    engine = made()
    engine.settings = replace(engine.settings, policy=Policy("memory"))
    engine.run()

    assert len(engine.tickets) == 2


@pytest.mark.parametrize(
    ("parent", "expected"), [(Parent.LINK, "org/repo#1"), (Parent.OFF, None)]
)
def test_a_documents_own_ticket_is_the_parent_unless_that_is_off(
    parent: Parent, expected: str | None
) -> None:
    engine = Engine(policy=Policy("memory", parent=parent))
    own = engine.project.create("alice", {Field.TITLE: "The outage"})
    head = f"**Tracking issue:** {own.ref.key}"
    engine.write("a.md", f"{DISK}|@alice|Open|", head=head)
    engine.run()

    assert engine.ticket(DISK).parent == expected
    engine.assert_at_rest()


class Failing(MemoryTracker):
    """Answers the create of a parent with something else."""

    answer: Outcome = Refused("422")
    arrives = False

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        if drafts[0].title == NAME:
            if self.arrives:
                super().create(drafts)
            return [self.answer]
        return super().create(drafts)


def test_children_of_a_parent_that_failed_are_not_sent() -> None:
    engine = made()
    engine.tracker = Failing(engine.project, name="memory")

    engine.run()

    assert engine.tickets == ()
    engine.tracker = MemoryTracker(engine.project, name="memory")
    engine.run()
    assert len(engine.tickets) == 3
    engine.assert_at_rest()


@pytest.mark.parametrize("arrives", [True, False])
def test_a_parent_without_an_answer_is_never_opened_twice(arrives: bool) -> None:
    engine = made(SHOWS_LATE)
    failing = Failing(engine.project, name="memory")
    failing.answer, failing.arrives = Unknown("time-out"), arrives
    engine.tracker = failing
    engine.run()
    engine.tracker = MemoryTracker(engine.project, name="memory")

    report = engine.run()
    if not arrives:
        assert Pending in kinds(report)
        assert kinds(report).count(Withheld) == 2
        assert engine.tickets == ()
    for _ in range(2):
        engine.clock.sleep(3600)
        engine.run()

    (parent,) = parents(engine)
    assert engine.ticket(DISK).parent == parent.ref.key
    assert "[#1]" in engine.documents.files["a.md"]
    assert len(engine.tickets) == 3


def test_a_parent_follows_its_document_to_another_name() -> None:
    engine = made(head="**Incident ID:** INC-7")
    engine.run()
    engine.documents.files["z.md"] = engine.documents.files.pop("a.md")
    engine.run()
    engine.edit("z.md", f"| {DISK}", f"| Cap the retries | @carol | Open | |\n| {DISK}")
    engine.run()

    (parent,) = parents(engine)
    assert engine.ticket("Cap the retries").parent == parent.ref.key
    engine.assert_at_rest()


def test_a_parents_link_that_was_taken_out_is_not_put_back() -> None:
    engine = made()
    engine.run()
    (parent,) = parents(engine)
    engine.edit("a.md", f"[#1]({parent.ref.url})", "N/A")

    report = engine.run()

    assert report.plan.changes == ()
    assert len(parents(engine)) == 1


def test_a_parents_link_waits_in_a_proposal_and_is_written_until_it_lands() -> None:
    engine = made()
    engine.documents.lands_at_once = False
    engine.run()
    assert "N/A" in engine.documents.files["a.md"]

    report = engine.run()
    assert not [c for c in report.plan.changes if isinstance(c, CreateTicket)]
    links = [c for c in report.plan.changes if isinstance(c, UpdateRow)]
    assert [link.parent for link in links].count(True) == 1

    engine.documents.lands_at_once = True
    engine.run()
    assert len(parents(engine)) == 1
    assert "N/A" not in engine.documents.files["a.md"]
    engine.assert_at_rest()


def test_a_lost_state_finds_the_parents_that_it_alone_knew() -> None:
    engine = made(head="**Incident ID:** INC-7")
    engine.run()
    engine.state.state = None
    engine.run()
    engine.run()
    engine.edit("a.md", f"| {DISK}", f"| Cap the retries | @carol | Open | |\n| {DISK}")
    engine.run()

    (parent,) = parents(engine)
    assert engine.ticket("Cap the retries").parent == parent.ref.key


def test_a_paths_limit_holds_for_parents_too() -> None:
    engine = made()
    engine.documents.files["b.md"] = engine.documents.files["a.md"]

    engine.run(selected=lambda path, _tracker: path == "b.md")

    assert len(parents(engine)) == 1
    assert "N/A" in engine.documents.files["a.md"]
