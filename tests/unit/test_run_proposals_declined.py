"""What a reviewer declined is not proposed again until its ticket changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmsync.domain.changes import Awaits, Pending
from pmsync.domain.errors import RepositoryError
from pmsync.domain.model import Field, Status
from pmsync.domain.policy import Parent, Policy
from pmsync.domain.state import Stage
from support.capabilities import LISTS
from support.faults import Killed, World, document
from support.proposing import assert_still, linked, proposing, stages


def test_an_edit_that_a_reviewer_declined_is_not_proposed_again() -> None:
    world = proposing("One", "Two")
    world.folder.close()

    world.run()

    assert stages(world) == [Stage.DECLINED]
    assert_still(world)
    (pending,) = world.run().plan.changes
    assert isinstance(pending, Pending)
    assert pending.awaits is Awaits.CHANGE
    assert "ops.fetch" not in world.steps.calls


def test_other_edits_are_proposed_without_the_declined_one() -> None:
    world = proposing("One", "Two")
    world.folder.close()
    world.run()
    world.project.close(world.key("Two"))

    world.run()

    proposal = (world.folder.proposal or {})["a.md"]
    assert b"| One | | Open |" in proposal
    assert b"| Two | | Done |" in proposal
    assert_still(world)
    world.folder.merge()
    world.run()
    assert stages(world) == [Stage.DECLINED]
    assert_still(world)


def test_a_declined_edit_is_proposed_again_when_its_ticket_changes_again() -> None:
    world = proposing("One")
    world.folder.close()
    world.run()
    world.project.edit(world.key("One"), {Field.STATUS: Status.WONT_DO})

    world.run()

    assert world.folder.proposal is not None
    assert stages(world) == [Stage.PROPOSED]
    assert_still(world)


def test_a_declined_edit_that_a_person_makes_by_hand_has_landed() -> None:
    world = proposing("One")
    world.folder.close()
    world.run()
    world.folder.edit("| One | | Open", "| One | | Done")

    world.run()

    assert stages(world) == []
    assert world.sent("edit") == 0
    assert_still(world)


def test_an_edit_that_was_never_in_the_pull_request_is_not_declined_with_it() -> None:
    world = proposing("One", "Two")

    def no_connection() -> None:
        raise RepositoryError("no connection")

    world.project.close(world.key("Two"))
    world.folder.before_publish = no_connection
    world.run()
    world.folder.before_publish = lambda: None
    world.folder.close()

    world.run()

    assert b"| Two | | Done |" in (world.folder.proposal or {})["a.md"]
    assert b"| One | | Open |" in (world.folder.proposal or {})["a.md"]


def test_a_proposal_of_a_run_that_was_killed_then_can_be_declined_too() -> None:
    world = linked("One")
    world.project.close(world.key("One"))
    with pytest.raises(Killed):
        world.run(after=_last_publish())
    assert world.folder.proposal is not None
    assert stages(world) == [Stage.WRITTEN]
    world.run()
    world.folder.close()

    world.run()

    assert stages(world) == [Stage.DECLINED]
    assert_still(world)


def _last_publish() -> int:
    """Number of the call that publishes in the next run."""
    copy = linked("One")
    copy.project.close(copy.key("One"))
    copy.run()
    return copy.steps.calls.index("folder.publish") + 1


def test_a_declined_link_is_not_proposed_again_and_no_second_ticket_opened() -> None:
    world = World(mode="pull-request")
    world.run()
    world.folder.close()

    world.run()

    assert stages(world) == [Stage.DECLINED]
    assert_still(world)
    assert world.sent("create") == 1


def test_another_field_of_a_row_is_proposed_without_the_declined_one() -> None:
    world = proposing("One")
    world.folder.close()
    world.run()
    world.project.edit(world.key("One"), {Field.OWNER: "carol"})

    world.run()

    assert b"| One | carol | Open |" in (world.folder.proposal or {})["a.md"]
    assert_still(world)


def test_a_declined_link_leaves_no_column_to_add_for_ever() -> None:
    table = "| Action | Status |\n|---|---|\n| One | Open |\n"
    world = World(
        {"a.md": f"# Outage\n\n## Action Items\n\n{table}"}, mode="pull-request"
    )
    world.run()
    world.folder.close()
    world.run()

    assert [type(change) for change in world.run().plan.changes] == [Pending]
    assert_still(world)


def test_a_parents_link_that_was_declined_is_not_proposed_again() -> None:
    head = "# Outage\n\n**Tracking issue:** N/A\n"
    world = World(
        {"a.md": document("One").replace("# Outage\n", head)},
        mode="pull-request",
        capabilities=replace(LISTS, parents=True),
    )
    world.settings = replace(world.settings, policy=Policy("ops", parent=Parent.CREATE))
    world.run()
    assert b"N/A" not in (world.folder.proposal or {})["a.md"]
    world.folder.close()

    for _ in range(3):
        world.run()

    assert world.folder.proposal is None
    assert_still(world)
    assert world.sent("create") == 2
