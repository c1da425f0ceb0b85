"""An edit that was not brought forward is nobody's; a person's own is never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.errors import DocumentError, RepositoryError, RepositoryRefusedError
from pmsync.domain.model import Field, Status
from support.faults import SITE, Killed, World, document
from support.in_step import in_step, rows_of, ticket_of


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
