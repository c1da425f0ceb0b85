"""An edit that waits in a pull request is proposed once, and never taken for a person's."""

from __future__ import annotations

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import Agree, Awaits, Conflict, Pending, UpdateRow
from pmsync.domain.errors import RepositoryError, TrackerUnavailableError
from pmsync.domain.model import Column, Field, Status
from support.faults import World, document, raises
from support.proposing import assert_still, linked, proposing, stages


def proposing_one_of_two_documents() -> World:
    """The ticket of ``One`` is done, which waits for a reviewer; ``Two`` is in ``b.md``."""
    world = World(
        {"a.md": document("One"), "b.md": document("Two")}, mode="pull-request"
    )
    world.run()
    world.folder.merge()
    world.run()
    world.project.close(world.key("One"))
    world.run()
    return world


def test_an_open_pull_request_costs_no_write_and_no_request_but_the_list() -> None:
    world = proposing("One", "Two")

    assert_still(world)

    calls = world.steps.calls
    assert [call for call in calls if call.startswith("ops.")] == ["ops.changed"]
    assert "state.swap" not in calls
    report = world.run()
    (pending,) = report.plan.changes
    assert isinstance(pending, Pending)
    assert pending.awaits is Awaits.REVIEW
    assert pending.fields["status"].to == Status.DONE


def test_an_unmerged_edit_is_never_read_as_a_person_taking_it_back() -> None:
    world = proposing("One")
    world.clock.advance(hours=25)

    world.run()

    assert world.project.find(world.key("One")).fields[Field.STATUS] == Status.DONE  # type: ignore[union-attr]
    assert world.sent("edit") == 0
    assert_still(world)


def test_a_merged_edit_has_landed() -> None:
    world = proposing("One")
    world.folder.merge()

    report = world.run()

    assert {type(change) for change in report.plan.changes} == {Agree}
    assert stages(world) == []
    assert_still(world)


def test_a_ticket_that_goes_back_after_the_merge_takes_its_row_along() -> None:
    world = proposing("One")
    world.folder.merge()
    world.project.edit(world.key("One"), {Field.STATUS: Status.OPEN})

    world.run()

    assert b"| One | | Open |" in (world.folder.proposal or {})["a.md"]


def test_an_edit_of_a_person_meets_the_values_before_the_proposal() -> None:
    world = proposing("One", "Two")
    world.folder.edit("| One | | Open", "| One | @ada | Open")

    world.run()

    assert world.project.find(world.key("One")).fields[Field.OWNER] == "ada"  # type: ignore[union-attr]
    assert b"| One | @ada | Done |" in (world.folder.proposal or {})["a.md"]
    assert_still(world)


def test_another_value_in_the_same_cell_is_a_conflict_and_leaves_the_proposal() -> None:
    world = proposing("One")
    world.folder.edit("| One | | Open", "| One | | Blocked")

    report = world.run()

    assert Conflict in {type(change) for change in report.plan.changes}
    assert world.folder.proposal is None
    assert "| Blocked |" in world.folder.text()
    assert stages(world) == []


def test_a_proposal_is_rebuilt_on_a_branch_that_moved() -> None:
    world = proposing("One", "Two")
    world.folder.edit("# Outage", "# The outage")

    world.run()

    proposal = (world.folder.proposal or {})["a.md"]
    assert proposal.startswith(b"# The outage")
    assert b"| One | | Done |" in proposal
    assert_still(world)


def test_a_ticket_that_changes_again_replaces_what_is_proposed() -> None:
    world = proposing("One")
    world.project.edit(world.key("One"), {Field.STATUS: Status.BLOCKED})

    world.run()

    assert b"| Blocked |" in (world.folder.proposal or {})["a.md"]
    assert_still(world)
    world.folder.merge()
    world.run()
    assert_still(world)


def test_a_proposal_of_which_nothing_is_left_is_taken_back() -> None:
    world = proposing("One")
    world.project.reopen(world.key("One"))

    world.run()

    assert world.folder.proposal is None
    assert stages(world) == []
    assert_still(world)


def test_a_run_for_one_path_keeps_the_other_edits_in_the_proposal() -> None:
    world = proposing_one_of_two_documents()
    world.project.close(world.key("Two"))

    world.run(selected=lambda path, _tracker: path == "b.md")

    assert sorted(world.folder.proposal or {}) == ["a.md", "b.md"]
    assert_still(world)


def test_a_tracker_that_is_down_does_not_empty_the_proposal() -> None:
    world = World(
        {"a.md": document("One")}, trackers=("ops", "other"), mode="pull-request"
    )
    world.run()
    world.folder.merge()
    world.run()
    world.project.close(world.key("One"))
    world.run()
    proposal = world.folder.proposal
    world.folder.edit("# Outage", "# The outage")
    world.on("changed", raises(TrackerUnavailableError("no connection")))

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert proposal is not None
    assert b"| One | | Done |" in (world.folder.proposal or {})["a.md"]


def test_a_pending_edit_that_nothing_asks_for_is_forgotten_in_every_mode() -> None:
    """Else a person who makes it later would be taken for us."""
    world = World({"a.md": document("One")}, mode="commit")
    world.run()
    world.project.close(world.key("One"))

    def no_connection() -> None:
        raise RepositoryError("no connection")

    world.folder.before_publish = no_connection
    world.run()
    world.folder.before_publish = lambda: None
    world.project.reopen(world.key("One"))
    world.run()
    assert stages(world) == []

    world.folder.edit("| One | | Open", "| One | | Done")
    world.run()

    assert world.project.find(world.key("One")).fields[Field.STATUS] == Status.DONE  # type: ignore[union-attr]


def test_a_dry_run_shows_what_waits_and_what_would_be_proposed() -> None:
    world = proposing("One", "Two")
    world.project.close(world.key("Two"))

    report = world.run(dry_run=True)

    edits = [change for change in report.plan.changes if isinstance(change, UpdateRow)]
    assert [set(change.values) for change in edits] == [{Column.STATUS}] * 2


def test_a_run_for_one_path_proposes_nothing_over_a_persons_edit_elsewhere() -> None:
    world = proposing_one_of_two_documents()
    world.folder.edit("| One | | Open |", "| One | | Blocked |")
    world.project.close(world.key("Two"))

    world.run(selected=lambda path, _tracker: path == "b.md")

    assert sorted(world.folder.proposal or {}) == ["b.md"]


def test_what_a_person_writes_into_a_row_that_was_gone_is_not_taken_for_ours() -> None:
    world = proposing("One", "Two")
    text = world.folder.text()
    row = next(line for line in text.splitlines() if line.startswith("| One "))
    world.folder.write(text.replace(f"{row}\n", ""))
    world.run()
    assert world.folder.proposal is None
    world.project.reopen(world.key("One"))
    world.run()
    world.folder.write(text.replace("| One | | Open |", "| One | | Done |"))

    world.run()

    found = world.project.find(world.key("One"))
    assert found is not None
    assert found.fields[Field.STATUS] == Status.DONE
    assert "| One | | Done |" in world.folder.text()


def test_a_person_who_writes_another_name_than_proposed_overwrites_none() -> None:
    world = linked("One")
    world.project.edit(world.key("One"), {Field.OWNER: "carol"})
    world.run()
    assert b"| One | carol |" in (world.folder.proposal or {})["a.md"]
    world.folder.edit("| One | |", "| One | dave |")

    report = world.run()

    assert Conflict in [type(change) for change in report.plan.changes]
    found = world.project.find(world.key("One"))
    assert found is not None
    assert found.fields[Field.OWNER] == "carol"
    assert "| One | dave |" in world.folder.text()
