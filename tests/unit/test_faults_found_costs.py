"""A run asks and writes no more than it must, and sends nothing past its lease."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pmsync.app.exit_codes import ExitCode
from support.capabilities import LISTS
from support.faults import (
    Fault,
    Killed,
    World,
    assert_settles,
    dies_after,
    document,
    lost,
)
from support.in_step import in_step, rows_of, ticket_of

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
