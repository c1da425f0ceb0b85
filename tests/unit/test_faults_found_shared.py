"""Rows that share a ticket: the status that was set in one is not replaced."""

from __future__ import annotations

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.model import Field, Status
from support.faults import World, document
from support.in_step import in_step, rows_of, ticket_of


def test_a_row_that_was_renamed_beside_its_copy_keeps_the_status_that_was_set() -> None:
    world = in_step("One")
    (row,) = rows_of(world)
    renamed = row.replace("One", "One thing").replace("Open", "Blocked")
    world.folder.edit(row, f"{renamed}\n{row}")

    report = world.run()

    assert report.exit_code is ExitCode.CONFLICT
    assert [("Blocked" in row) for row in rows_of(world)] == [True, False]
    assert ticket_of(world, "One").fields[Field.STATUS] == Status.OPEN


def test_a_row_beside_its_copy_keeps_its_status_although_their_ticket_moved() -> None:
    world = in_step("One")
    (row,) = rows_of(world)
    renamed = row.replace("One", "One thing").replace("Open", "Blocked")
    world.folder.edit(row, f"{renamed}\n{row}")
    world.project.move(world.key("One"), "team/elsewhere")

    report = world.run(verify_now=True)

    assert report.exit_code is ExitCode.CONFLICT
    assert [("Blocked" in row) for row in rows_of(world)] == [True, False]


def test_a_copy_left_alone_keeps_its_status_although_their_ticket_moved() -> None:
    world = in_step("One")
    (row,) = rows_of(world)
    world.folder.edit(
        row, f"{row}\n{row.replace('Open', 'Done').replace('One', 'One thing')}"
    )
    assert world.run().exit_code is ExitCode.CONFLICT
    world.folder.edit(f"{row}\n", "")
    world.folder.edit("| Done |", "| Blocked |")
    world.project.move(world.key("One"), "team/elsewhere")

    report = world.run(verify_now=True)

    assert report.exit_code is ExitCode.CONFLICT
    assert [("Blocked" in row) for row in rows_of(world)] == [True]


def test_a_row_that_moved_to_another_document_beside_its_copy_keeps_its_status() -> (
    None
):
    world = World({"a.md": document("One"), "b.md": document("Two")})
    world.run()
    (row,) = rows_of(world)
    moved = row.replace("Open", "Blocked")
    world.folder.write(f"{world.folder.text('b.md')}{moved}\n", "b.md")

    report = world.run()

    assert report.exit_code is ExitCode.CONFLICT
    assert moved in world.folder.text("b.md")
    assert ticket_of(world, "One").fields[Field.STATUS] == Status.OPEN


@pytest.mark.parametrize("title", ["One", "One thing"])
def test_a_row_with_the_link_from_before_a_ticket_moved_is_no_second_one_of_its_own(
    title: str,
) -> None:
    world = in_step("One")
    (former,) = rows_of(world)
    world.project.move(world.key("One"), "team/elsewhere")
    world.run(verify_now=True)
    (row,) = rows_of(world)
    pasted = former.replace("One", title).replace("Open", "Blocked")
    world.folder.edit(row, f"{row}\n{pasted}")

    reports = [world.run() for _ in range(2)]

    assert [one.exit_code for one in reports] == [ExitCode.CONFLICT] * 2
    assert [("Blocked" in row) for row in rows_of(world)] == [False, True]
    (document,) = world.store.state.documents.values()
    assert [item.owns for item in document.items] == [True, False]


def test_a_row_of_a_second_document_receives_the_status_of_the_ticket_it_cites() -> (
    None
):
    world = in_step("One")
    (row,) = rows_of(world)
    one = ticket_of(world, "One").id
    world.project.edit(one, {Field.STATUS: Status.DONE}, actor="alice")
    world.run()
    world.folder.write(f"{document()}{row}\n", "b.md")

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    assert "| Open |" not in world.folder.text("b.md")


def test_a_status_that_was_set_after_two_met_in_conflict_is_not_replaced() -> None:
    world = in_step("One")
    (row,) = rows_of(world)
    world.folder.edit(row, f"{row}\n{row.replace('Open', 'Done')}")
    assert world.run().exit_code is ExitCode.CONFLICT
    world.folder.edit("| Done |", "| Blocked |")

    report = world.run()

    assert report.exit_code is ExitCode.CONFLICT
    assert [("Blocked" in row) for row in rows_of(world)] == [False, True]


def test_a_copy_keeps_the_status_that_was_set_when_the_other_row_is_deleted() -> None:
    world = in_step("One")
    (row,) = rows_of(world)
    world.folder.edit(row, f"{row}\n{row.replace('One', 'One thing')}")
    world.run()
    world.folder.edit(f"{row}\n", "")
    world.folder.edit("| Open |", "| Blocked |")

    world.run()

    assert ["Blocked" in row for row in rows_of(world)] == [True]


def test_a_copy_left_alone_with_a_ticket_that_moved_still_follows_it() -> None:
    world = in_step("One")
    (row,) = rows_of(world)
    world.folder.edit(row, f"{row}\n{row.replace('One', 'One thing')}")
    world.run()
    world.folder.edit(f"{row}\n", "")
    world.project.move(world.key("One"), "team/elsewhere")
    world.run(verify_now=True)
    one = ticket_of(world, "One").id
    world.project.edit(one, {Field.STATUS: Status.BLOCKED}, actor="alice")

    report = world.run(verify_now=True)

    assert report.exit_code is ExitCode.DONE
    assert ["Blocked" in row for row in rows_of(world)] == [True]
