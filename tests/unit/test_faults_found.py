"""Faults that the simulated world has found, each as short as it can be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import Conflict
from pmsync.domain.model import Field, Status
from support.faults import LAGS, World, assert_settles, document, lost

EXACT = replace(LAGS, exact_reads=True, batch=20)


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


def test_a_wrong_clock_does_not_hide_a_ticket_where_everything_shows_at_once() -> None:
    world = World({"a.md": document("One")}, capabilities=EXACT)
    world.clock.skew = timedelta(minutes=20)
    world.on("create", lost)
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
