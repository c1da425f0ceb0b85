"""A run that is killed while it opens tickets leaves no double and loses no edit."""

from __future__ import annotations

from itertools import count

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import AdoptTicket, Pending
from pmsync.domain.model import Field, Status
from support.beginnings import TITLE, TITLES, TWO
from support.engine import kinds
from support.faults import Killed, World, assert_settles, dies_after, dies_before


def test_f01_a_run_killed_before_the_request_leaves_an_intent_and_no_ticket() -> None:
    world = World()
    world.on("create", dies_before)

    with pytest.raises(Killed):
        world.run()

    assert len(world.store.state.intents) == 1
    assert world.open_tickets() == {}
    assert kinds(world.run()) == [Pending]
    assert_settles(world, TITLE)
    assert world.sent("create") == 1


def test_f02_a_run_killed_before_the_answer_finds_its_ticket_again() -> None:
    world = World()
    world.on("create", dies_after)

    with pytest.raises(Killed):
        world.run()

    assert AdoptTicket in kinds(world.run())
    assert_settles(world, TITLE, minutes=0)
    assert world.sent("create") == 1


def test_f03_a_run_killed_before_it_wrote_the_result_down_finds_it_again() -> None:
    world = World()
    world.run(dry_run=True)
    calls = iter(count(1))
    for number in calls:  # the swap that follows the create
        fresh = World()
        try:
            fresh.run(before=number)
        except Killed:
            names = fresh.steps.calls
            if names[-2:] == ["ops.create", "state.swap"]:
                break
    assert fresh.open_tickets() == {TITLE: 1}

    assert AdoptTicket in kinds(fresh.run())

    assert_settles(fresh, TITLE, minutes=0)
    assert fresh.sent("create") == 1


def test_f04_a_run_killed_before_the_link_was_written_writes_only_the_link() -> None:
    number = _step_of("folder.replace")
    world = World()
    with pytest.raises(Killed):
        world.run(before=number)
    sent = world.sent()

    world.run()

    assert world.sent() == sent
    assert_settles(world, TITLE, minutes=0)


def _step_of(name: str) -> int:
    """Number of the first call of this name in a first run."""
    world = World()
    world.run()
    return world.steps.calls.index(name) + 1


@pytest.mark.parametrize("mode", ["none", "commit", "pull-request"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_killed_at_any_call_of_a_port_leaves_no_double(
    mode: str, when: str
) -> None:
    for number in count(1):
        world = World(TWO, mode=mode)
        try:
            world.run(**{when: number})
        except Killed:
            pass
        else:
            assert number > 10
            break
        world.clock.advance(minutes=20)
        world.run()
        if mode == "pull-request":
            world.folder.merge()
        assert_settles(world, *TITLES)
        assert world.sent("create") == 3, number


@pytest.mark.parametrize("mode", ["none", "commit", "pull-request"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_killed_at_any_call_of_an_update_loses_no_edit(
    mode: str, when: str
) -> None:
    for number in count(1):
        world = World(TWO, mode=mode)
        world.run()
        if mode == "pull-request":
            world.folder.merge()
            world.run()
        world.folder.edit("| One | | Open", "| One | | In progress")
        world.project.close(world.key("Two"))
        try:
            world.run(**{when: number})
        except Killed:
            pass
        else:
            break
        world.clock.advance(minutes=20)
        world.run()
        if mode == "pull-request":
            world.folder.merge()
            world.run()
        before = world.everything()
        assert world.run().exit_code is ExitCode.DONE
        assert world.everything() == before
        first = world.project.find(world.key("One"))
        assert first is not None
        assert first.fields[Field.STATUS] == Status.IN_PROGRESS
        assert "| Two | | Done |" in world.folder.text()
        assert sum(w.action == "edit" for w in world.project.journal) == 2
