"""A ticket that several rows cite has one writer at most, and a stranger's has none."""

from __future__ import annotations

from dataclasses import replace

from pmsync.domain.changes import Conflict, UpdateTicket
from pmsync.domain.model import Field, Status
from support.engine import Engine, kinds, rows_of
from support.two_rows import DISK, RUNBOOK


def test_a_link_to_another_rows_ticket_makes_no_second_writer(engine: Engine) -> None:
    first, second = rows_of(engine)
    link = second[second.index("[") :]
    engine.edit("a.md", first, first[: first.index("[")] + link)
    engine.run()
    before = engine.ticket(RUNBOOK)

    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    report = engine.run()

    assert Conflict in kinds(report)
    assert engine.ticket(RUNBOOK).version == before.version
    assert len(engine.tickets) == 2


def test_a_finished_row_that_is_linked_to_another_rows_open_ticket_stays_finished(
    engine: Engine,
) -> None:
    engine.project.edit(engine.ticket(RUNBOOK).id, {Field.STATUS: Status.DONE})
    engine.run()
    assert "| Done |" in rows_of(engine)[1]
    here, there = (row.split("|")[4] for row in rows_of(engine))
    engine.edit("a.md", there, here)

    report = engine.run()

    assert "| Done |" in rows_of(engine)[1]
    assert Conflict in kinds(report)
    assert engine.ticket(DISK).fields[Field.STATUS] == Status.OPEN
    assert engine.ticket(RUNBOOK).fields[Field.STATUS] == Status.DONE


def test_of_rows_that_cite_a_second_ticket_the_one_whose_create_left_it_owns_it(
    engine: Engine,
) -> None:
    first = engine.ticket(DISK)
    second = engine.project.create(
        engine.tracker.identity(), dict(first.fields), marker=first.marker
    )
    (cited, other) = rows_of(engine)
    for row in (cited, other):
        link = row.split("|")[4]
        engine.edit("a.md", row, row.replace(link, f" {second.ref.key} "))

    engine.run()
    engine.edit("a.md", "| @alice | Open |", "| @alice | Blocked |")
    engine.edit("a.md", "| @bob | Open |", "| @bob | In Progress |")
    report = engine.run()

    found = engine.project.find(second.id)
    assert found is not None
    assert found.fields[Field.STATUS] == Status.BLOCKED
    assert UpdateTicket in kinds(report)


def test_rows_that_share_a_strangers_ticket_only_receive_until_one_is_left() -> None:
    engine = Engine()
    other = engine.project.create("alice", {Field.TITLE: DISK})
    cited = other.ref.key
    engine.write("a.md", f"{DISK}|@alice|Open|{cited}", f"{RUNBOOK}|@bob|Open|{cited}")
    engine.run()
    engine.project.edit(other.id, {Field.STATUS: Status.BLOCKED})
    engine.run()
    assert [("Blocked" in row) for row in rows_of(engine)] == [True, True]
    engine.assert_at_rest()

    engine.edit("a.md", rows_of(engine)[1] + "\n", "")
    engine.run()
    engine.edit("a.md", "Blocked", "In Progress")
    engine.run()

    found = engine.project.find(other.id)
    assert found is not None
    assert found.fields[Field.STATUS] == Status.IN_PROGRESS
    engine.assert_at_rest()


def test_a_row_that_cites_a_second_ticket_is_left_alone_and_so_are_both(
    engine: Engine,
) -> None:
    other = engine.project.create("alice", {Field.TITLE: "Watch the disks"})
    row = rows_of(engine)[0]
    two = row.removesuffix(" |").replace(DISK, "Another title")
    engine.edit("a.md", row, f"{two}, {other.ref.key} |")
    before = [ticket.version for ticket in engine.tickets]

    report = engine.run()

    assert [ticket.version for ticket in engine.tickets] == before
    (noticed,) = report.plan.changes
    assert noticed.reason == "no row has org/repo#1 alone any more; it is left as it is"
    engine.assert_at_rest()


def test_a_pull_request_is_neither_adopted_nor_written_however_many_rows_cite_it() -> (
    None
):
    engine = Engine()
    opened = [
        engine.project.create("alice", {Field.TITLE: f"Change {n}"}) for n in range(2)
    ]
    for ticket in opened:
        kept = engine.project._kept[ticket.id]
        kept.ticket = replace(kept.ticket, pull_request=True)
    alone, shared = (ticket.ref.key for ticket in opened)
    engine.write(
        "a.md",
        f"{DISK}|@alice|Open|{alone}",
        f"{RUNBOOK}|@bob|Open|{shared}",
        f"Test the restore|@bob|Open|{shared}",
    )
    before = engine.documents.files["a.md"]
    engine.project.close(opened[1].id)

    report = engine.run()
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    again = engine.run()

    assert report.plan.changes == again.plan.changes == ()
    assert dict(report.plan.tally.skipped) == {"it cites a pull request": 3}
    assert engine.documents.files["a.md"] == before.replace(
        f"{DISK} | @alice | Open", f"{DISK} | @alice | Done"
    )
    assert [write.actor for write in engine.project.journal] == ["alice"] * 3


def test_a_row_that_cites_a_strangers_ticket_too_is_left_alone(engine: Engine) -> None:
    row = rows_of(engine)[0]
    stranger = "https://linear.app/example/issue/OPS-12"
    engine.edit("a.md", row, f"{row.removesuffix(' |')}, {stranger} |")
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    before = engine.ticket(DISK).version

    report = engine.run()

    assert engine.ticket(DISK).version == before
    assert "it no longer cites only" in report.plan.notes[0].message
    engine.assert_at_rest()


def test_a_new_row_that_cites_a_second_ticket_does_not_take_the_rows_place(
    engine: Engine,
) -> None:
    first = engine.ticket(DISK)
    second = engine.project.create(
        engine.tracker.identity(), dict(first.fields), marker=first.marker
    )
    engine.write("b.md", f"See there|@carol|Open|{second.ref.key}")
    engine.run()

    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Blocked")
    engine.run()

    found = engine.project.find(first.id)
    assert found is not None
    assert found.fields[Field.STATUS] == Status.BLOCKED
    engine.run()
    engine.assert_at_rest()
