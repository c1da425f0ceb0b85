"""Requests that are carried out long after nobody waited for them any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import AdoptTicket, CloseDuplicate
from pmsync.domain.errors import LeaseHeldError, TrackerUnavailableError
from pmsync.domain.merge import Side
from pmsync.domain.policy import Parent, Policy
from pmsync.domain.ports import Capabilities, Refused
from pmsync.domain.view import Resolve
from support.capabilities import LISTS
from support.faults import (
    Killed,
    World,
    assert_settles,
    dies_after,
    document,
    lost,
    raises,
)

EXACT = replace(LISTS, exact_reads=True, batch=20)
ALONE = Policy("ops")
TITLE = "Rotate the ledger certificates"
DAY = 25
"""Hours after which everything is looked at again."""


def fell_asleep(
    capabilities: Capabilities = LISTS, policy: Policy = ALONE
) -> tuple[World, Callable[[], None]]:
    """A world in which a machine slept with a create; and how it wakes."""
    world = World({"a.md": document(TITLE)}, capabilities=capabilities)
    world.settings = replace(world.settings, policy=policy)
    requests: list[Callable[[], object]] = []

    def sleeps(act: Callable[[], object]) -> object:
        requests.append(act)
        raise Killed

    world.on("create", sleeps)
    with pytest.raises(Killed):
        world.run()
    world.host = "another machine"
    world.clock.advance(minutes=20)

    def wakes() -> None:
        world.steps.before = world.steps.after = None
        requests.pop()()

    return world, wakes


@pytest.mark.parametrize("capabilities", [LISTS, EXACT], ids=["lists", "exact"])
@pytest.mark.parametrize("days", [1, 20])
def test_a_request_that_a_machine_slept_with_for_days_leaves_no_second_ticket(
    capabilities: Capabilities, days: int
) -> None:
    world, wakes = fell_asleep(capabilities)
    world.run()
    for _ in range(days):
        world.clock.advance(hours=DAY)
        world.run()
    wakes()
    assert world.open_tickets() == {TITLE: 2}
    world.clock.advance(hours=DAY)

    report = world.run()

    assert [type(change) for change in report.plan.changes] == [CloseDuplicate]
    assert_settles(world, TITLE)


def test_a_late_ticket_is_found_when_its_row_waited_for_a_tracker_meanwhile() -> None:
    world, wakes = fell_asleep()
    world.clock.advance(hours=DAY)
    world.on("identity", lambda act: act(), raises(TrackerUnavailableError("503")))
    world.run()
    wakes()

    report = world.run()

    assert AdoptTicket in {type(change) for change in report.plan.changes}
    assert world.sent("create") == 1
    assert_settles(world, TITLE)


def test_a_late_ticket_of_a_document_that_could_not_be_read_meanwhile_is_not_doubled() -> (
    None
):
    world, wakes = fell_asleep()
    world.clock.advance(hours=DAY)
    world.folder.unreadable["a.md"] = "permission denied"
    world.folder.write(document("Page whoever owns the queue"), "b.md")
    world.run()
    world.folder.unreadable.clear()
    wakes()

    world.run()

    assert world.sent("create") == 2
    assert_settles(world, TITLE, "Page whoever owns the queue")


def test_a_late_ticket_of_a_row_that_was_done_for_a_day_is_not_doubled() -> None:
    world, wakes = fell_asleep()
    world.folder.edit("| Open |", "| Done |")
    world.clock.advance(hours=DAY)
    world.run()
    assert world.run().exit_code is ExitCode.DONE
    assert "ops.marked" not in world.steps.calls
    wakes()
    world.folder.edit("| Done |", "| Open |")

    world.run()

    assert world.sent("create") == 1
    assert_settles(world, TITLE)


def test_a_late_parent_is_no_second_one_of_its_document() -> None:
    able = replace(LISTS, parents=True)
    world, wakes = fell_asleep(able, Policy("ops", parent=Parent.CREATE))
    world.clock.advance(hours=DAY)
    world.on("identity", lambda act: act(), raises(TrackerUnavailableError("503")))
    world.run()
    world.run()
    wakes()
    assert world.open_tickets() == {"Outage": 2, TITLE: 1}
    world.clock.advance(hours=DAY)

    report = world.run()

    assert [type(change) for change in report.plan.changes] == [CloseDuplicate]
    assert world.open_tickets() == {"Outage": 1, TITLE: 1}


def test_a_new_row_does_not_wait_for_one_that_was_deleted_before_it_had_a_ticket() -> (
    None
):
    world, _ = fell_asleep()
    world.folder.write(document())
    world.clock.advance(hours=DAY)
    world.run()
    world.folder.write(document("Rotate the keys of the ledger"))

    world.run()

    assert_settles(world, "Rotate the keys of the ledger")


def test_rows_of_a_renamed_file_find_tickets_that_nobody_could_see_meanwhile() -> None:
    world = World({"a.md": document(TITLE, TITLE)}, capabilities=EXACT)
    world.on("create", dies_after)
    with pytest.raises(Killed):
        world.run()
    world.folder.files["b.md"] = world.folder.files.pop("a.md")
    world.hidden = {ticket.ref.key for ticket in world.project.since(0)}
    world.on("create", lambda _act: [Refused("404", denied=True)] * 2)
    world.clock.advance(hours=DAY)
    world.run()
    world.hidden.clear()

    world.run()

    assert world.sent("create") == 2
    assert_settles(world, TITLE, TITLE)


def test_a_second_ticket_is_closed_although_a_person_unmarked_the_first() -> None:
    world, wakes = fell_asleep()
    world.run()
    first = world.project.find(world.key(TITLE))
    assert first is not None
    world.project.unmark(first.id)
    wakes()
    world.clock.advance(hours=DAY)

    world.run()

    assert first.ref.key.rpartition("#")[2] in world.folder.text()
    assert_settles(world, TITLE)


def test_an_answer_that_is_read_late_gives_nobody_elses_run_the_lease() -> None:
    world = World({"a.md": document(TITLE)})
    taken: list[object] = []

    def sleeps(act: Callable[[], object]) -> object:
        answer = act()
        world.clock.advance(hours=DAY)
        return answer

    def meanwhile(act: Callable[[], object]) -> object:
        steps, world.host = world.steps, "another machine"
        world.folder.write(document("Page whoever owns the queue"), "b.md")
        with pytest.raises(LeaseHeldError) as held:
            world.run()
        taken.append(held.value)
        world.steps, world.host = steps, "ci"
        return act()

    world.on("changed", sleeps)
    world.on("create", meanwhile)

    world.run()

    assert taken
    assert_settles(world, TITLE, "Page whoever owns the queue")


def test_a_tracker_whose_time_nobody_can_tell_is_left_alone() -> None:
    world = World({"a.md": document(TITLE)})

    def slow(act: Callable[[], object]) -> object:
        world.clock.asleep += timedelta(minutes=2)
        world.clock.advance(minutes=2)
        return act()

    world.on("changed", slow, slow, slow)

    report = world.run()

    assert report.exit_code is not ExitCode.DONE
    assert world.sent() == 0
    assert_settles(world, TITLE)


def test_a_row_that_was_filed_anew_is_not_given_the_ticket_that_it_left() -> None:
    world = World({"a.md": document(TITLE)})
    bare = f"| {TITLE} | | Open | |"
    world.on("create", lost)
    world.run()
    (linked,) = (one for one in world.folder.text().splitlines() if TITLE in one)
    world.folder.edit(linked, bare)
    world.run()
    line = world.folder.text().splitlines().index(bare) + 1
    world.run(resolve=Resolve("a.md", line, Side.DOCUMENT))
    assert world.open_tickets() == {TITLE: 2}
    world.clock.advance(hours=DAY)

    assert world.run().plan.changes == ()
