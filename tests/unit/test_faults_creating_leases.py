"""Runs at once, frozen, dead or under a wrong clock respect the lease and the grace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import (
    AdoptTicket,
    CloseDuplicate,
    Pending,
)
from pmsync.domain.errors import LeaseHeldError, TrackerUnavailableError
from support.beginnings import TITLE, TITLES, TWO
from support.engine import kinds
from support.faults import (
    Killed,
    World,
    assert_settles,
    dies_before,
    document,
    lost,
    raises,
)


def test_f16_of_two_runs_at_once_one_writes_nothing() -> None:
    world = World()
    written: list[object] = []

    def meanwhile(act: Callable[[], object]) -> object:
        found, steps = act(), world.steps
        world.run()
        world.steps = steps
        written.append(world.everything())
        return found

    world.on("changed", meanwhile)
    world.run()

    assert written == [world.everything()]
    assert_settles(world, TITLE, minutes=0)
    assert world.sent("create") == 1


def test_f16_a_run_that_finds_the_lease_taken_ends_without_a_write() -> None:
    world = World()
    inner: list[BaseException] = []

    def meanwhile(act: Callable[[], object]) -> object:
        before = world.sent(), len(world.store.kept)
        world.folder.write(document("Another"), "b.md")
        with pytest.raises(LeaseHeldError) as refused:
            world.run()
        inner.append(refused.value)
        assert (world.sent(), len(world.store.kept)) == before
        return act()

    world.on("create", meanwhile)

    assert world.run().exit_code is ExitCode.DONE
    assert len(inner) == 1
    assert_settles(world, TITLE, "Another", minutes=0)


@pytest.mark.parametrize("counts", [True, False])
def test_f17_a_run_that_froze_past_its_lease_sends_no_more_than_was_under_way(
    counts: bool,
) -> None:
    world = World(TWO)
    reports = []

    def frozen(act: Callable[[], object]) -> object:
        """The machine stands still with one request under way; others go on."""
        if not counts:
            world.clock.asleep = timedelta(minutes=34)
        steps, host = world.steps, world.host
        world.host = "another machine"
        for _ in range(2):
            world.clock.advance(minutes=17)
            reports.append(world.run())
        world.steps, world.host = steps, host
        return act()

    world.on("create", frozen)

    woken = world.run()

    assert woken.exit_code is ExitCode.PART_FAILED
    assert sum(world.open_tickets().values()) == 4
    assert world.steps.calls.count("ops.create") == 1
    world.clock.advance(hours=25)
    healing = world.run()
    assert CloseDuplicate in kinds(healing)
    assert_settles(world, *TITLES)


def test_f18_the_lease_of_a_dead_run_is_taken_over_only_when_it_has_expired() -> None:
    world = World()
    world.on("create", dies_before)
    with pytest.raises(Killed):
        world.run()
    world.host = "another machine"
    world.clock.advance(minutes=15)

    with pytest.raises(LeaseHeldError):
        world.run()

    world.clock.advance(minutes=2)
    assert_settles(world, TITLE, minutes=0)


def test_f18_a_dead_run_of_the_same_machine_blocks_nobody() -> None:
    world = World()
    world.on("create", dies_before)
    with pytest.raises(Killed):
        world.run()
    world.folder.write(document("Another"), "b.md")
    dead, world.dead = world.dead, set()
    with pytest.raises(LeaseHeldError):  # as long as its process lives
        world.run()
    world.dead = dead

    world.run()

    assert world.open_tickets() == {"Another": 1}
    assert_settles(world, TITLE, "Another")


def test_f18_a_lease_that_another_run_took_over_first_is_left_to_it() -> None:
    world = World()
    world.on("create", dies_before)
    with pytest.raises(Killed):
        world.run()
    world.clock.advance(minutes=17)
    written: list[object] = []

    def faster(act: Callable[[], object]) -> object:
        found, steps, host = act(), world.steps, world.host
        world.host = "another machine"
        world.on("create", dies_before)
        with pytest.raises(Killed):
            world.run()
        world.steps, world.host = steps, host
        written.append(world.everything())
        return found

    world.on("marked", faster)
    world.run()

    assert "state.swap" in world.steps.calls, "it had tried to take the lease"
    assert written == [world.everything()]


def test_f29_a_clock_that_is_a_day_ahead_doubles_nothing() -> None:
    world = World()
    world.clock.skew = timedelta(days=1)
    world.on("create", lost)
    world.lag = timedelta(minutes=5)
    world.run()
    assert world.store.state.intents

    world.clock.skew = timedelta(days=-1)
    world.clock.advance(minutes=5)

    assert AdoptTicket in kinds(world.run())
    assert_settles(world, TITLE)
    assert world.sent("create") == 1


def test_f29_a_clock_that_is_ahead_takes_over_nobody_elses_lease() -> None:
    world = World()
    world.on("create", dies_before)
    with pytest.raises(Killed):
        world.run()
    world.host = "another machine"
    world.clock.skew = timedelta(days=1)
    world.folder.write(document("Another"), "b.md")

    with pytest.raises(LeaseHeldError):
        world.run()


def test_f29_a_lease_is_measured_by_the_trackers_time() -> None:
    world = World()
    world.clock.skew = timedelta(days=1)
    world.on("create", dies_before)
    with pytest.raises(Killed):
        world.run()
    world.host = "another machine"
    world.clock.skew = timedelta()
    world.folder.write(document("Another"), "b.md")

    with pytest.raises(LeaseHeldError):
        world.run()
    world.clock.advance(minutes=17)

    world.run()


def test_f29_without_the_trackers_time_nobody_elses_lease_is_taken_over() -> None:
    world = World({"a.md": document("One"), "b.md": document("Two")})
    world.run()
    world.folder.write(document("Another"), "c.md")
    world.on("create", dies_before)
    with pytest.raises(Killed):
        world.run()
    world.host = "another machine"
    world.clock.skew = timedelta(days=1)
    world.folder.write("# Nothing is left\n", "b.md")
    world.on("changed", raises(TrackerUnavailableError("down")))

    with pytest.raises(LeaseHeldError):
        world.run()


def test_f29_a_clock_that_is_ahead_shortens_nobodys_grace() -> None:
    world = World()
    world.lag = timedelta(minutes=9)
    world.on("create", lost)
    world.run()
    world.clock.skew = timedelta(days=1)
    world.clock.advance(minutes=2)

    assert kinds(world.run()) == [Pending]
    world.clock.skew = timedelta()
    assert_settles(world, TITLE)


@pytest.mark.parametrize(
    ("passes", "skew"),
    [
        (timedelta(minutes=14), timedelta()),
        (timedelta(minutes=16), timedelta(days=-1)),
    ],
    ids=["no more than a minute is left", "the wall clock was set back"],
)
def test_the_lease_is_renewed_before_a_write_that_it_would_not_outlast(
    passes: timedelta, skew: timedelta
) -> None:
    world = World({"a.md": document("One", "Two")})
    world.run()
    world.folder.write(world.folder.text().replace("| Open |", "| Done |"))

    def slowly(act: Callable[[], object]) -> object:
        world.clock.advance(seconds=passes.total_seconds())
        world.clock.skew = skew
        return act()

    world.on("update", slowly)
    world.run()

    calls = world.steps.calls
    first, second = (n for n, call in enumerate(calls) if call == "ops.update")
    assert "state.swap" in calls[first:second]
