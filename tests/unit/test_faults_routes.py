"""A row that is moved or routed anew while its create or link waits keeps its tracker."""

from __future__ import annotations

from dataclasses import replace

from pmsync.domain.changes import CreateTicket, Pending
from pmsync.domain.errors import TrackerUnavailableError
from pmsync.domain.model import Status
from pmsync.domain.policy import Policy
from support.beginnings import status, two_trackers
from support.faults import World, assert_settles, document, never, raises


def test_a_row_whose_link_is_not_merged_goes_on_with_its_tracker_whatever_routes_say() -> (
    None
):
    world = World(
        {"a.md": document("One")}, trackers=("ops", "other"), mode="pull-request"
    )
    world.run()
    world.settings = replace(world.settings, policy=Policy("other"))
    world.folder.edit("| One | | Open |", "| One | | Done |")
    world.on("other.changed", raises(TrackerUnavailableError("no connection")))

    world.run()

    assert status(world, "One") == Status.DONE


def test_a_create_that_was_not_carried_out_is_sent_again_to_the_same_tracker() -> None:
    world = World({"a.md": document("One")}, trackers=("ops", "other"))
    world.on("create", never)
    world.run()
    world.settings = replace(world.settings, policy=Policy("other"))
    world.clock.advance(minutes=20)

    report = world.run()

    (create,) = [c for c in report.plan.changes if isinstance(c, CreateTicket)]
    assert create.tracker == "ops"


def test_a_row_that_waits_for_an_answer_is_told_where_it_stands_by_now() -> None:
    world = two_trackers()
    world.on("create", never, never)
    world.run()
    world.folder.edit("| Two | | Open | |\n", "")
    text = f"{world.folder.text('b.md')}| Two | | Open | |\n"
    world.folder.write(text, "b.md")

    report = world.run()

    line = text.splitlines().index("| Two | | Open | |") + 1
    waiting = [c for c in report.plan.changes if isinstance(c, Pending)]
    assert ("b.md", line) in [(one.path, one.line) for one in waiting]


def test_a_row_whose_create_was_set_aside_is_filed_though_no_row_has_its_tracker_now() -> (
    None
):
    world = two_trackers()
    world.on("create", never, never)
    world.run()
    rows = "| One | | Open | |\n| Two | | Open | |\n"
    text = f"{world.folder.text('b.md')}| Four | | Open | |\n"
    world.folder.write(text, "b.md")
    world.folder.write("\0", "a.md")
    world.clock.advance(hours=3)
    world.run()
    assert len(world.store.state.settled) == 2
    world.folder.write(document(), "a.md")
    world.folder.write(f"{world.folder.text('b.md')}{rows}", "b.md")
    world.clock.advance(minutes=5)

    world.run()

    assert_settles(world, "One", "Two", "Three", "Four")
