"""An update that is lost, late or refused costs no edit, and is not taken for a person's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.app.report import Report
from pmsync.domain.model import Field, Status
from pmsync.domain.ports import Refused, Unknown
from support.beginnings import TWO, linked, status
from support.faults import (
    Fault,
    Killed,
    World,
    assert_settles,
    dies_after,
    document,
    lost_update,
)


def test_f11_an_update_whose_answer_was_lost_is_not_sent_again() -> None:
    world = linked("One")
    world.folder.edit("| One | | Open", "| One | | In progress")
    world.on("update", lost_update)
    assert world.run().exit_code is ExitCode.PART_FAILED

    assert_settles(world, "One", minutes=0)

    assert status(world, "One") == Status.IN_PROGRESS
    assert world.sent("edit") == 1


def test_f30_a_ticket_that_changes_during_a_run_is_seen_by_the_next() -> None:
    world = World(TWO)
    world.run()
    world.folder.edit("| One | | Open", "| One | | In progress")

    def meanwhile(act: Callable[[], object]) -> object:
        world.project.close(world.key("Two"))
        return act()

    world.on("update", meanwhile)
    world.run()
    world.run()

    assert "| Two | | Done |" in world.folder.text()


@pytest.mark.parametrize("times", [1, 2])
def test_f41_a_ticket_that_changed_meanwhile_is_planned_again(times: int) -> None:
    world = linked("One")
    world.folder.edit("| One | | Open", "| One | | In progress")

    def changes(act: object) -> object:
        owner = f"person{len(world.project.journal)}"
        world.project.edit(world.key("One"), {Field.OWNER: owner})
        world.project.edit(world.key("One"), {Field.STATUS: Status.IN_PROGRESS})
        return act()  # type: ignore[operator]

    world.on("update", *[changes] * times)

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    assert status(world, "One") == Status.IN_PROGRESS
    assert_settles(world, "One", minutes=0)


def test_f41_a_ticket_that_keeps_changing_is_reported_after_three_rounds() -> None:
    world = linked("One")
    world.folder.edit("| One | | Open", "| One | | In progress")
    stale = Refused("it was changed meanwhile", stale=True)
    world.on("update", *[lambda _act: stale] * 5)

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert len(world.faults["ops.update"]) == 2
    assert_settles(world, "One", minutes=0)


def test_f44_an_update_waits_as_long_as_the_tracker_says() -> None:
    world = linked("One")
    world.folder.edit("| One | | Open", "| One | | In progress")
    world.on("update", lambda _act: Refused("429", retry_after=90.0))

    assert world.run().exit_code is ExitCode.DONE

    assert world.clock.slept == [90.0]
    assert status(world, "One") == Status.IN_PROGRESS


def test_f44_a_limit_longer_than_the_lease_ends_the_updates() -> None:
    world = linked("One", "Two")
    world.folder.edit("| One | | Open", "| One | | In progress")
    world.folder.edit("| Two | | Open", "| Two | | In progress")
    world.on("update", lambda _act: Refused("429", retry_after=7200.0))

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert world.clock.slept == []
    assert world.steps.calls.count("ops.update") == 1
    assert world.store.state.lease is None
    assert_settles(world, "One", "Two", minutes=0)


def test_f41_a_ticket_that_a_person_closes_again_just_before_we_reopen_it_is_theirs() -> (
    None
):
    world = linked("One")
    world.folder.edit("| One | | Open |", "| One | | Done |")
    world.run()
    world.folder.edit("| One | | Done |", "| One | | Open |")
    key = world.key("One")

    def meanwhile(act: Callable[[], object]) -> object:
        world.project.reopen(key)
        world.project.close(key)
        return act()

    world.on("update", meanwhile)
    report = world.run()

    assert report.exit_code is ExitCode.CONFLICT
    assert status(world, "One") == Status.DONE
    assert "| One | | Open |" in world.folder.text()


def _renamed_twice(world: World, fault: Fault) -> Report:
    """Let the update of one new title meet a fault; a person then writes another."""
    world.folder.edit("| One |", "| Two |")
    world.on("update", fault)
    with suppress(Killed):
        world.run()
    world.folder.edit("| Two |", "| Three |")
    return world.run()


@pytest.mark.parametrize(
    "fault", [dies_after, lost_update], ids=["killed", "no answer"]
)
def test_f11_an_update_that_was_carried_out_is_no_edit_of_a_person(
    fault: Fault,
) -> None:
    world = linked("One")

    report = _renamed_twice(world, fault)

    assert report.exit_code is ExitCode.DONE, report.plan.changes
    assert world.open_tickets() == {"Three": 1}
    assert_settles(world, "Three", minutes=0)


def test_f11_a_ticket_that_a_killed_run_closed_is_reopened_with_its_row() -> None:
    world = linked("One")
    world.folder.edit("| One | | Open |", "| One | | Done |")
    world.on("update", dies_after)
    with pytest.raises(Killed):
        world.run()
    world.folder.edit("| One | | Done |", "| One | | Open |")

    assert world.run().exit_code is ExitCode.DONE
    assert status(world, "One") == Status.OPEN


def test_f11_what_a_person_writes_after_a_refused_update_is_theirs() -> None:
    world = linked("One")
    key = world.key("One")

    def refused(_act: Callable[[], object]) -> object:
        return Refused("422 title")

    world.folder.edit("| One |", "| Two |")
    world.on("update", refused)
    world.run()
    world.project.edit(key, {Field.TITLE: "Two"})
    world.folder.edit("| Two |", "| Three |")

    report = world.run()

    assert report.exit_code is ExitCode.CONFLICT
    assert world.open_tickets() == {"Two": 1}


def test_f11_a_ticket_put_back_after_an_unrecorded_update_is_a_persons_edit() -> None:
    world = linked("One")
    key = world.key("One")
    world.folder.edit("| One | | Open |", "| One | | Done |")
    world.on("update", dies_after)
    with pytest.raises(Killed):
        world.run()
    world.project.edit(key, {Field.STATUS: Status.OPEN})

    assert world.run().exit_code is ExitCode.CONFLICT
    assert status(world, "One") == Status.OPEN
    assert "| One | | Done |" in world.folder.text()


@pytest.mark.parametrize(
    "fault", [dies_after, lost_update], ids=["killed", "no answer"]
)
def test_f11_a_row_put_back_after_an_unrecorded_update_is_a_persons_edit(
    fault: Fault,
) -> None:
    world = linked("One")
    key = world.key("One")
    world.folder.edit("| One | | Open |", "| One | | In progress |")
    world.on("update", fault)
    with suppress(Killed):
        world.run()
    world.folder.edit("| One | | In progress |", "| One | | Open |")
    world.project.edit(key, {Field.STATUS: Status.BLOCKED})

    assert world.run().exit_code is ExitCode.CONFLICT
    assert status(world, "One") == Status.BLOCKED
    assert "| One | | Open |" in world.folder.text()


@pytest.mark.parametrize("owner", ["@bob", "@ann"], ids=["changed again", "put back"])
def test_f11_an_owner_that_a_person_took_off_a_ticket_whose_update_never_came_stays_off(
    owner: str,
) -> None:
    world = World({"a.md": f"{document()}| One | @ann | Open | |\n"})
    world.run()
    key = world.key("One")
    world.folder.edit("| One | @ann |", "| Two | |")
    world.on("update", lambda _act: Unknown("502 from a proxy"))
    assert world.run().exit_code is ExitCode.PART_FAILED
    world.folder.edit("| Two | |", f"| Two | {owner} |")
    world.project.edit(key, {Field.OWNER: None}, actor="alice")

    assert world.run().exit_code is ExitCode.CONFLICT
    found = world.project.find(key)
    assert found is not None
    assert found.fields[Field.OWNER] is None
    assert f"| {owner} |" in world.folder.text()
