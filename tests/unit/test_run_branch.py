"""Only what stands on the tracked branch counts, and only there is anything written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.errors import RepositoryError, SafetyStopError
from support.faults import World, assert_settles, document

TITLE = "Rotate keys"
ELSEWHERE = "HEAD is behind main"


def test_a_run_on_another_branch_writes_nothing_not_even_a_lease() -> None:
    world = World()
    world.folder.refusal = SafetyStopError(ELSEWHERE)

    with pytest.raises(SafetyStopError, match=ELSEWHERE):
        world.run()

    assert world.everything()[:2] == (0, 0)


def test_a_dry_run_may_be_made_anywhere() -> None:
    world = World()
    world.folder.refusal = SafetyStopError(ELSEWHERE)

    assert world.run(dry_run=True).exit_code is ExitCode.DONE


def test_a_run_with_nothing_to_do_is_not_refused_anywhere() -> None:
    world = World()
    world.run()
    world.folder.refusal = SafetyStopError(ELSEWHERE)

    assert world.run().exit_code is ExitCode.DONE


def test_a_branch_that_cannot_be_asked_under_the_lease_gives_the_lease_back() -> None:
    world = World()

    def fails_under_the_lease() -> None:
        if world.store.kept:
            raise RepositoryError("no connection")

    world.folder.refresh = fails_under_the_lease  # type: ignore[method-assign]

    with pytest.raises(RepositoryError):
        world.run()

    assert world.store.state.lease is None
    assert world.sent() == 0


def test_a_document_that_is_left_alone_is_reported_and_the_others_go_on() -> None:
    world = World({"a.md": document("One"), "b.md": document("Two")})
    world.folder.left_alone = {"a.md": "it differs from main"}
    before = world.folder.text()

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert [(one.path, one.why) for one in report.unread] == [
        ("a.md", "it differs from main")
    ]
    assert world.folder.text() == before
    assert world.open_tickets() == {"Two": 1}
    world.folder.left_alone = {}
    assert_settles(world, "One", "Two", minutes=0)


def test_a_row_that_is_gone_only_from_a_dirty_document_is_not_gone() -> None:
    world = World({"a.md": document("One"), "b.md": document("Two")})
    world.run()
    kept = world.folder.text()
    world.folder.write(document())
    world.folder.left_alone = {"a.md": "it differs from main"}
    world.folder.edit("| Two | | Open", "| Two | | In progress", "b.md")

    world.run()

    (item,) = world.store.state.documents["a.md"].items
    assert not item.vanished
    world.folder.write(kept)
    world.folder.left_alone = {}
    before = world.everything()
    world.run()
    assert world.everything() == before


def test_a_row_that_only_a_dirty_document_has_by_now_has_not_moved_there() -> None:
    world = World({"a.md": document("One"), "b.md": document("Two")})
    world.run()
    kept = dict(world.folder.files)
    world.folder.write(kept["a.md"].decode() + document("Two").splitlines()[-1] + "\n")
    world.folder.write(document(), "b.md")
    world.folder.left_alone = {"a.md": "it differs from main"}

    world.run()

    (item,) = world.store.state.documents["b.md"].items
    assert item.vanished


def test_a_dry_run_shows_a_dirty_document_as_it_is_and_says_what_a_run_would_do() -> (
    None
):
    world = World()
    world.folder.left_alone = {"a.md": "it differs from main"}

    report = world.run(dry_run=True)

    assert report.exit_code is ExitCode.DONE
    assert len(report.plan.changes) == 2
    (note,) = report.plan.notes
    assert "it differs from main" in note.message


@pytest.mark.parametrize("mode", ["commit", "pull-request"])
def test_f19_a_person_who_pushes_between_plan_and_write_back_keeps_the_edit(
    mode: str,
) -> None:
    world = World({"a.md": document("One", "Two")}, mode=mode)
    edits = iter([("| One | | Open", "| One | | In progress")])

    def pushes() -> None:
        for before, after in edits:
            world.folder.edit(before, after)

    world.folder.before_publish = pushes

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    if mode == "pull-request":
        world.folder.merge()
    assert "| One | | In progress |" in world.folder.text()
    assert_settles(world, "One", "Two", minutes=0)


def test_a_branch_that_moves_all_the_time_is_given_up_after_three_rounds() -> None:
    world = World({"a.md": document("One")}, mode="commit")
    world.folder.before_publish = lambda: world.folder.write(
        world.folder.text("b.md") + "\n", "b.md"
    )
    world.folder.write("# Notes\n", "b.md")

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert len(world.folder.publications) == 3
    assert world.store.state.lease is None
    world.folder.before_publish = lambda: None
    assert_settles(world, "One", minutes=0)


def test_documents_that_change_in_every_round_end_the_run_without_a_lease() -> None:
    world = World({"a.md": document("One")})
    refresh = world.folder.refresh

    def edits() -> None:
        refresh()
        if world.store.kept and world.store.state.lease is not None:
            world.folder.write(world.folder.text() + "\n")

    world.folder.refresh = edits  # type: ignore[method-assign]

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert "3 tries" in report.failures[0].message
    assert world.sent() == 0
    assert world.store.state.lease is None


def _once_the_lease_is_held(world: World, happens: Callable[[], object]) -> None:
    refresh = world.folder.refresh

    def meanwhile() -> None:
        if world.store.kept and world.store.state.lease is not None:
            happens()
        refresh()

    world.folder.refresh = meanwhile  # type: ignore[method-assign]


def test_a_document_that_somebody_begins_to_edit_before_the_lease_is_left_alone() -> (
    None
):
    world = World({"a.md": document("One"), "b.md": document("Two")})
    alone = {"a.md": "the work tree differs"}
    _once_the_lease_is_held(world, lambda: world.folder.left_alone.update(alone))

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert world.open_tickets() == {"Two": 1}


def test_no_ticket_is_opened_for_a_document_that_is_taken_away_before_the_lease() -> (
    None
):
    world = World({"a.md": document("One"), "b.md": document("Two")})
    _once_the_lease_is_held(world, lambda: world.folder.files.pop("a.md", None))

    assert world.run().exit_code is ExitCode.DONE

    assert world.open_tickets() == {"Two": 1}


def test_a_plan_that_is_saved_leaves_alone_what_its_run_would() -> None:
    world = World({"a.md": document("One"), "b.md": document("Two")})
    world.folder.left_alone = {"a.md": "it differs from main"}

    report = world.run(dry_run=True, to_be_saved=True)

    assert {change.path for change in report.plan.changes} == {"b.md"}


def test_a_branch_that_refuses_the_edits_leaves_tickets_and_documents_right() -> None:
    world = World({"a.md": document("One")}, mode="commit")

    def refuses() -> None:
        raise RepositoryError("the branch is protected", hint="use a pull request")

    world.folder.before_publish = refuses

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert [failure.hint for failure in report.failures] == ["use a pull request"]
    world.folder.before_publish = lambda: None
    assert_settles(world, "One", minutes=0)
    assert world.sent("create") == 1


def test_what_is_brought_forward_names_run_row_ticket_and_both_values() -> None:
    world = World({"a.md": document("One", "Two")}, mode="commit")
    world.run()
    world.project.close(world.key("One"))

    world.run()

    first, second = world.folder.publications
    assert first.run != second.run
    assert [(row.line, row.ticket) for row in first.rows] == [
        (7, world.key("One")),
        (8, world.key("Two")),
    ]
    assert first.rows[0].values == {"ticket": (None, world.key("One"))}
    (row,) = second.rows
    assert row.values == {"status": ("open", "done")}
