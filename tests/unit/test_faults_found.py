"""Faults that the simulated world has found, each as short as it can be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import Conflict
from pmsync.domain.errors import (
    DocumentError,
    RepositoryError,
    RepositoryRefusedError,
)
from pmsync.domain.model import Field, Status, Ticket
from support.capabilities import LISTS
from support.faults import (
    SITE,
    Fault,
    Killed,
    World,
    assert_settles,
    dies_after,
    document,
    lost,
)

EXACT = replace(LISTS, exact_reads=True, batch=20)


def test_rows_that_share_a_ticket_do_not_ask_for_it_in_each_pass() -> None:
    world = World({"a.md": document("One")})
    world.run()
    row = next(line for line in world.folder.text().splitlines() if "One" in line)
    world.folder.edit(row, f"{row}\n{row}")
    world.run()

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    assert [call for call in world.steps.calls if call.startswith("ops.")] == [
        "ops.changed"
    ]


def test_rows_that_share_a_ticket_that_is_shown_again_do_not_ask_for_it_in_each_pass() -> (
    None
):
    world = in_step("One", *"ABCDEF")
    (row,) = rows_of(world)
    world.folder.edit(row, f"{row}\n{row}")
    world.run()
    world.hidden.add(world.key("One"))
    world.run(verify_now=True)
    world.hidden.clear()
    world.run(verify_now=True)

    world.run()

    assert [call for call in world.steps.calls if call.startswith("ops.")] == [
        "ops.changed"
    ]


def test_a_create_that_was_in_doubt_is_forgotten_once_it_left_no_second_ticket() -> (
    None
):
    world = World({"a.md": document("One")}, capabilities=EXACT)
    world.on("create", lost)
    world.run()
    world.run()
    assert world.store.state.settled
    assert "ops.marked" not in world.steps.calls
    world.clock.advance(days=31)
    world.run()

    world.run()

    assert not world.store.state.settled
    assert "ops.marked" not in world.steps.calls


@pytest.mark.parametrize("ends", [lost, dies_after], ids=["no answer", "killed"])
def test_a_wrong_clock_does_not_hide_a_ticket_where_everything_shows_at_once(
    ends: Fault,
) -> None:
    world = World({"a.md": document("One")}, capabilities=EXACT)
    world.clock.skew = timedelta(minutes=20)
    world.on("create", ends)
    if ends is lost:
        assert world.run().exit_code is ExitCode.DONE
    else:
        with pytest.raises(Killed):
            world.run()
    world.clock.skew = timedelta()

    assert_settles(world, "One", minutes=30)
    assert world.sent("create") == 1


def test_f17_a_machine_that_freezes_while_it_renews_the_lease_sends_nothing() -> None:
    world = World({"a.md": document("One", "Two")})
    swaps: list[str] = []
    swap = world.store.compare_and_swap

    def slow(version: str, state: Any, message: str) -> str:
        swaps.append(message)
        new = swap(version, state, message)
        if len(swaps) == 3:
            world.clock.advance(minutes=20)
        return new

    # The first create takes so long that what is written down is old by the second.
    world.store.compare_and_swap = slow  # type: ignore[method-assign]
    world.on("create", lambda act: (world.clock.advance(minutes=3), act())[1])
    sent_at: list[Any] = []
    world.on("create", lambda act: (sent_at.append(lease_left(world)), act())[1])

    world.run()

    assert sent_at
    assert min(sent_at) > timedelta()


def lease_left(world: World) -> timedelta:
    """How much is left of the lease in the state."""
    lease = world.store.state.lease
    assert lease is not None
    return lease.expires - world.clock.now()


def test_f32_what_a_row_says_of_a_ticket_that_moved_away_is_a_persons_to_carry() -> (
    None
):
    world = World({"a.md": document("One")})
    world.run()
    world.project.move(world.key("One"), "team/elsewhere")
    world.run(verify_now=True)
    world.folder.edit("One | | Open", "One | | Blocked")
    world.clock.advance(minutes=5)

    report = world.run()

    assert report.exit_code is ExitCode.CONFLICT
    (conflict,) = [c for c in report.plan.changes if isinstance(c, Conflict)]
    assert "cannot be written" in conflict.reason
    before = world.everything()
    world.run()
    assert world.everything() == before
    (kept,) = [k.ticket for k in world.project._kept.values()]
    assert kept.fields[Field.STATUS] == Status.OPEN


def test_a_lease_that_no_remote_can_renew_in_time_ends_the_run() -> None:
    world = World({"a.md": document("One")})
    swap = world.store.compare_and_swap

    def slow(version: str, state: Any, message: str) -> str:
        world.clock.advance(minutes=20)
        return swap(version, state, message)

    world.store.compare_and_swap = slow  # type: ignore[method-assign]

    report = world.run()

    assert world.sent() == 0
    assert report.exit_code is not ExitCode.DONE
    assert any("lease" in failure.message for failure in report.failures)
    world.store.compare_and_swap = swap  # type: ignore[method-assign]
    assert_settles(world, "One", minutes=30)


def rows_of(world: World) -> list[str]:
    """The rows of the first document as they are written."""
    return [line for line in world.folder.text().splitlines() if "| One" in line]


def ticket_of(world: World, title: str) -> Ticket:
    """The only ticket of a title."""
    (found,) = [
        kept.ticket
        for kept in world.project._kept.values()
        if kept.ticket.fields[Field.TITLE] == title
    ]
    return found


def in_step(*titles: str, mode: str = "none") -> World:
    """Rows with their tickets."""
    world = World({"a.md": document(*titles)}, mode=mode)
    world.run()
    return world


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


def test_an_edit_whose_document_was_not_written_is_a_persons_when_it_comes() -> None:
    world = in_step("One")
    one = ticket_of(world, "One").id
    world.project.edit(one, {Field.STATUS: Status.BLOCKED}, actor="alice")
    replaced = world.folder.replace

    def full(path: str, expected: bytes, data: bytes) -> None:  # noqa: ARG001
        raise DocumentError(f"{path}: no space left on the device")

    world.folder.replace = full  # type: ignore[method-assign]
    world.run()
    world.folder.replace = replaced  # type: ignore[method-assign]
    world.folder.edit("| Open |", "| Blocked |")
    world.project.edit(one, {Field.STATUS: Status.IN_PROGRESS}, actor="alice")

    report = world.run()

    assert report.exit_code is ExitCode.CONFLICT
    assert ["Blocked" in row for row in rows_of(world)] == [True]


def _refuses(world: World) -> None:
    """Nobody may push to the branch."""

    def refuse() -> None:
        raise RepositoryRefusedError("main is protected")

    world.folder.before_publish = refuse
    assert world.run().exit_code is ExitCode.PART_FAILED


def _moves(world: World) -> None:
    """Somebody else pushes first, each time."""
    world.folder.before_publish = lambda: world.folder.write(
        f"{world.folder.text()}A line more.\n"
    )
    world.run()


def _stops_before_the_push(world: World) -> None:
    """The run is told to stop once its documents are edited."""
    world.run(stopping=lambda: "folder.replace" in world.steps.calls)


def _stops_before_the_edit(world: World) -> None:
    """The run is told to stop once its edits are written down."""
    world.run(stopping=lambda: "about to edit documents" in world.store.kept[-1][1])


NOT_BROUGHT_FORWARD = (
    _refuses,
    _moves,
    _stops_before_the_push,
    _stops_before_the_edit,
)


@pytest.mark.parametrize("fails", NOT_BROUGHT_FORWARD)
def test_an_edit_that_was_not_brought_forward_is_a_persons_when_it_comes(
    fails: Callable[[World], None],
) -> None:
    world = in_step("One", mode="commit")
    one = ticket_of(world, "One").id
    world.project.edit(one, {Field.STATUS: Status.BLOCKED}, actor="alice")
    fails(world)
    world.folder.before_publish = lambda: None
    assert ["Open" in row for row in rows_of(world)] == [True]
    world.folder.edit("| Open |", "| Blocked |")
    world.project.edit(one, {Field.STATUS: Status.IN_PROGRESS}, actor="alice")

    report = world.run()

    assert report.exit_code is ExitCode.CONFLICT
    assert ["Blocked" in row for row in rows_of(world)] == [True]


@pytest.mark.parametrize("fails", NOT_BROUGHT_FORWARD)
def test_a_row_that_cites_a_ticket_takes_its_status_although_a_push_failed(
    fails: Callable[[World], None],
) -> None:
    world = in_step("Two", mode="commit")
    shown = {Field.TITLE: "One", Field.STATUS: Status.BLOCKED}
    number = world.project.create("alice", shown).id
    row = f"| One | | Open | {SITE}/team/ops/issues/{number} |"
    world.folder.write(f"{world.folder.text()}{row}\n")
    fails(world)
    world.folder.before_publish = lambda: None

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    assert ["Blocked" in row for row in rows_of(world)] == [True]


def test_an_edit_that_was_pushed_without_an_answer_is_not_taken_for_a_persons() -> None:
    world = in_step("One", mode="commit")
    one = ticket_of(world, "One").id
    world.project.edit(one, {Field.STATUS: Status.BLOCKED}, actor="alice")

    def loses_the_answer() -> None:
        world.folder.edit("| Open |", "| Blocked |")
        raise RepositoryError("nobody knows whether the commit was taken")

    world.folder.before_publish = loses_the_answer
    assert world.run().exit_code is ExitCode.PART_FAILED
    world.folder.before_publish = lambda: None
    world.project.edit(one, {Field.STATUS: Status.IN_PROGRESS}, actor="alice")

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    assert ["In Progress" in row for row in rows_of(world)] == [True]


def test_an_open_proposal_that_could_not_be_renewed_is_known_when_it_is_merged() -> (
    None
):
    world = in_step("One", mode="pull-request")
    world.folder.merge()
    world.run()
    one = ticket_of(world, "One").id
    world.project.edit(one, {Field.STATUS: Status.BLOCKED}, actor="alice")
    world.run()
    world.project.edit(one, {Field.STATUS: Status.IN_PROGRESS}, actor="alice")
    _refuses(world)
    world.folder.before_publish = lambda: None
    world.folder.merge()

    assert world.run().exit_code is ExitCode.DONE

    world.folder.merge()
    assert ["In Progress" in row for row in rows_of(world)] == [True]


def test_a_ticket_that_was_set_back_stays_so_though_its_row_was_edited_over() -> None:
    world = in_step("One")
    one = ticket_of(world, "One").id
    world.project.edit(one, {Field.STATUS: Status.IN_PROGRESS}, actor="alice")
    with pytest.raises(Killed):
        world.run(after=9)
    assert world.steps.calls[-1] == "folder.replace"
    world.folder.edit("| In Progress |", "| Blocked |")
    world.project.edit(one, {Field.STATUS: Status.OPEN}, actor="alice")

    reports = [world.run() for _ in range(2)]

    assert [one.exit_code for one in reports] == [ExitCode.CONFLICT] * 2
    assert ticket_of(world, "One").fields[Field.STATUS] == Status.OPEN
    assert ["Blocked" in row for row in rows_of(world)] == [True]


def test_a_row_that_moved_out_of_an_unreadable_document_keeps_its_edits() -> None:
    world = World({"a.md": document(), "b.md": document("One")})
    world.run()
    text = world.folder.text("b.md")
    row = next(line for line in text.splitlines() if "| One" in line)
    moved = f"{world.folder.text()}{row.replace('Open', 'Blocked')}\n"
    world.folder.write(moved)
    world.folder.write("\0", "b.md")

    report = world.run()

    assert ["Blocked" in row for row in rows_of(world)] == [True]
    assert any("left alone" in note.message for note in report.plan.notes)
    world.folder.write(document(), "b.md")
    world.run()
    assert ticket_of(world, "One").fields[Field.STATUS] == Status.BLOCKED


def test_a_link_that_waits_for_a_ticket_that_moved_still_leads_to_its_row() -> None:
    world = in_step("One")
    world.project.move(world.key("One"), "team/elsewhere")
    world.run(verify_now=True)
    first = rows_of(world)
    world.project.move(ticket_of(world, "One").id, "team/further")
    with pytest.raises(Killed):
        world.run(verify_now=True, before=10)
    assert world.steps.calls[-1] == "folder.replace"
    assert rows_of(world) == first

    world.run()

    assert ["team/further" in row for row in rows_of(world)] == [True]


def test_an_owner_taken_out_of_a_row_whose_ticket_moved_twice_stays_out() -> None:
    world = World({"a.md": f"{document()}| One | @ann | Open | |\n"})
    world.run()
    world.project.move(world.key("One"), "team/elsewhere")
    with pytest.raises(Killed):
        world.run(verify_now=True, before=10)
    assert world.steps.calls[-1] == "folder.replace"
    world.project.move(ticket_of(world, "One").id, "team/further")
    world.folder.edit("@ann", "")

    report = world.run(verify_now=True)

    assert report.exit_code is ExitCode.CONFLICT
    assert ["@ann" in row for row in rows_of(world)] == [False]


def test_a_row_whose_ticket_moved_twice_is_given_the_tickets_new_title() -> None:
    world = in_step("One")
    world.project.move(world.key("One"), "team/elsewhere")
    with pytest.raises(Killed):
        world.run(verify_now=True, before=10)
    assert world.steps.calls[-1] == "folder.replace"
    one = world.project.move(ticket_of(world, "One").id, "team/further").id
    world.project.edit(one, {Field.TITLE: "One thing"}, actor="alice")

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    assert ["| One thing |" in row for row in rows_of(world)] == [True]


def test_a_conflict_with_a_ticket_that_cannot_be_written_is_told_without_a_write() -> (
    None
):
    world = in_step("One")
    world.project.move(world.key("One"), "team/elsewhere")
    world.run(verify_now=True)
    (row,) = rows_of(world)
    world.folder.edit(
        row, "\n".join([row, row.replace("One | |", "One thing | @ann |")])
    )
    world.run()
    world.folder.edit(f"{row}\n", "")
    world.run(verify_now=True)
    before = world.everything()

    report = world.run()

    assert report.exit_code is ExitCode.CONFLICT
    assert world.everything() == before


def test_a_finished_row_that_left_a_deleted_ticket_costs_nothing_more() -> None:
    world = in_step("One", "Two")
    world.project.delete(ticket_of(world, "One").id)
    for _ in range(2):
        world.run(verify_now=True)
    (row,) = rows_of(world)
    world.folder.edit(row, "| One | | Done | |")
    for _ in range(2):
        world.run(verify_now=True)

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    asked = [call for call in world.steps.calls if call.startswith("ops.")]
    assert asked == ["ops.changed"]
