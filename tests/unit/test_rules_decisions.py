"""Where both sides differ, or a ticket was closed, nobody but a person decides."""

from __future__ import annotations

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import Conflict, Withheld
from pmsync.domain.errors import UsageError
from pmsync.domain.merge import Side
from pmsync.domain.model import Field, Status
from pmsync.domain.view import Resolve
from support.engine import Engine, kinds, rows_of
from support.two_rows import DISK, RUNBOOK, made, resolved


def item_of(engine: Engine, text: str) -> object:
    """What the state remembers of a row."""
    assert engine.state.state is not None
    (found,) = [
        item
        for document in engine.state.state.documents.values()
        for item in document.items
        if item.text == text
    ]
    return found


def conflict(engine: Engine) -> None:
    """The status is set differently on both sides."""
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Blocked")
    engine.project.edit(engine.ticket(DISK).id, {Field.STATUS: Status.IN_PROGRESS})
    assert Conflict in kinds(engine.run())


def test_a_conflict_holds_up_no_other_field_of_its_row(engine: Engine) -> None:
    conflict(engine)
    engine.edit("a.md", DISK, f"{DISK} soon")

    report = engine.run()

    assert Conflict in kinds(report)
    assert engine.ticket(f"{DISK} soon").fields[Field.STATUS] == Status.IN_PROGRESS
    assert "| Blocked |" in rows_of(engine)[0]
    engine.assert_at_rest()


@pytest.mark.parametrize(
    ("side", "status", "word"),
    [
        (Side.DOCUMENT, Status.BLOCKED, "Blocked"),
        (Side.TRACKER, Status.IN_PROGRESS, "In Progress"),
    ],
)
def test_the_side_that_a_person_takes_wins(
    engine: Engine, side: Side, status: Status, word: str
) -> None:
    conflict(engine)
    engine.edit("a.md", RUNBOOK, f"{RUNBOOK} soon")

    resolved(engine, side)

    assert engine.ticket(DISK).fields[Field.STATUS] == status
    assert f"| {word} |" in rows_of(engine)[0]
    assert engine.ticket(RUNBOOK), "another row is not touched by it"
    engine.run()
    engine.assert_at_rest()


def test_a_ticket_that_a_person_closed_is_reopened_only_by_a_person(
    engine: Engine,
) -> None:
    engine.project.close(engine.ticket(DISK).id)
    engine.run()
    engine.edit("a.md", f"{DISK} | @alice | Done", f"{DISK} | @alice | Open")
    assert kinds(engine.run()) == [Conflict]

    resolved(engine, Side.DOCUMENT)

    assert engine.ticket(DISK).fields[Field.STATUS] == Status.OPEN
    engine.assert_at_rest()


def test_a_ticket_that_pmsync_closed_and_a_person_closed_again_is_theirs(
    engine: Engine,
) -> None:
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    engine.run()
    # People may use the very account that pmsync uses.
    engine.project.reopen(engine.ticket(DISK).id, actor="pmsync")
    engine.run()
    assert "Open" in rows_of(engine)[0]
    engine.project.close(engine.ticket(DISK).id, actor="pmsync")
    engine.run()
    engine.edit("a.md", f"{DISK} | @alice | Done", f"{DISK} | @alice | Open")

    assert kinds(engine.run()) == [Conflict]


def test_there_is_nothing_to_decide_twice(engine: Engine) -> None:
    conflict(engine)
    resolved(engine, Side.DOCUMENT)

    report = resolved(engine, Side.TRACKER)

    assert report.plan.changes == ()
    assert [note.message for note in report.plan.notes] == [
        "there is nothing to decide about this row"
    ]
    assert report.exit_code is ExitCode.DONE


def test_a_place_without_a_row_is_a_wrong_call(engine: Engine) -> None:
    with pytest.raises(UsageError, match=r"a\.md:1: there is no action item"):
        engine.run(resolve=Resolve("a.md", 1, Side.DOCUMENT))


def test_a_withheld_row_is_the_vanished_one_or_a_new_one_as_a_person_says() -> None:
    for side, tickets in ((Side.TRACKER, 2), (Side.DOCUMENT, 3)):
        engine = made()
        first, second = rows_of(engine)
        moved = "| Tell people that the disk fills | @alice | Open | |"
        engine.edit("a.md", f"{first}\n{second}", f"{second}\n{moved}")
        report = engine.run()
        assert Withheld in kinds(report)
        assert len(engine.tickets) == 2

        resolved(engine, side, "Tell people")
        engine.run()

        assert len(engine.tickets) == tickets
        assert "[#" in rows_of(engine)[1]
        assert engine.ticket("Tell people that the disk fills")
        engine.assert_at_rest()


def test_a_conflict_is_remembered_without_asking_the_tracker(engine: Engine) -> None:
    conflict(engine)

    assert item_of(engine, DISK).seen[Field.STATUS] == Status.IN_PROGRESS  # type: ignore[attr-defined]
    engine.assert_at_rest()


def test_a_finished_row_that_met_an_open_ticket_closes_it_if_a_person_says_so(
    engine: Engine,
) -> None:
    other = engine.project.create("alice", {Field.TITLE: "Cap the retries"})
    engine.write("b.md", f"Cap the retries|@carol|Done|{other.ref.key}")
    assert Conflict in kinds(engine.run())
    assert Conflict in kinds(engine.run())

    engine.run(resolve=Resolve("b.md", 7, Side.DOCUMENT))

    found = engine.project.find(other.id)
    assert found is not None
    assert found.fields[Field.STATUS] == Status.DONE
    engine.assert_at_rest()


def test_a_row_that_only_receives_can_take_the_tickets_status_and_not_set_it(
    engine: Engine,
) -> None:
    engine.documents.files["b.md"] = engine.documents.files["a.md"]
    engine.run()
    engine.edit("b.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    engine.run()
    writes = len(engine.project.journal)

    report = engine.run(resolve=Resolve("b.md", 7, Side.DOCUMENT))
    assert kinds(report) == [Conflict]
    engine.run(resolve=Resolve("b.md", 7, Side.TRACKER))

    assert len(engine.project.journal) == writes
    assert "| Open |" in rows_of(engine, "b.md")[0]
    engine.assert_at_rest()


def test_a_ticket_that_pmsync_closed_is_reopened_with_its_row(engine: Engine) -> None:
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    engine.run()
    assert engine.ticket(DISK).fields[Field.STATUS] == Status.DONE
    engine.edit("a.md", f"{DISK} | @alice | Done", f"{DISK} | @alice | Open")

    engine.run()

    assert engine.ticket(DISK).fields[Field.STATUS] == Status.OPEN
    engine.assert_at_rest()


def test_a_ticket_that_a_person_closed_over_ours_between_two_runs_is_theirs(
    engine: Engine,
) -> None:
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    engine.run()
    engine.project.reopen(engine.ticket(DISK).id)
    engine.project.close(engine.ticket(DISK).id)
    engine.edit("a.md", f"{DISK} | @alice | Done", f"{DISK} | @alice | Open")

    report = engine.run()

    assert Conflict in kinds(report)
    assert engine.ticket(DISK).fields[Field.STATUS] == Status.DONE
