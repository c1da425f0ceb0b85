"""A rate limit is waited for within the lease, and doubles no ticket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.errors import TrackerUnavailableError
from pmsync.domain.state_json import from_json
from support.beginnings import TITLE, TITLES, TWO
from support.faults import (
    Fault,
    Killed,
    World,
    assert_settles,
    dies_before,
    raises,
    refuses,
)


@pytest.mark.parametrize("seconds", [5.0, 90.0])
def test_f44_a_rate_limit_is_waited_for_and_the_create_looked_up_before(
    seconds: float,
) -> None:
    world = World()
    world.on("create", refuses("429", retry_after=seconds))

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    assert seconds in world.clock.slept
    calls = world.steps.calls
    first, second = (i for i, call in enumerate(calls) if call == "ops.create")
    assert "ops.marked" in calls[first:second]
    assert_settles(world, TITLE, minutes=0)


def test_f44_a_rate_limit_that_lied_doubles_nothing() -> None:
    world = World()
    world.on("create", lambda act: (act(), refuses("429", retry_after=5.0)(act))[1])

    assert world.run().exit_code is ExitCode.DONE

    assert_settles(world, TITLE, minutes=0)
    assert world.sent("create") == 1


def test_f44_a_create_that_cannot_be_looked_up_is_not_sent_again() -> None:
    world = World()
    world.on("create", lambda act: (act(), refuses("429", retry_after=5.0)(act))[1])
    world.on("marked", lambda act: act(), raises(TrackerUnavailableError("down")))

    world.run()

    assert_settles(world, TITLE)
    assert world.sent("create") == 1


def test_f44_a_rate_limit_longer_than_the_lease_ends_the_run_with_all_written_down() -> (
    None
):
    world = World(TWO)
    world.on("create", lambda act: act(), refuses("429", retry_after=3600.0))

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert world.clock.slept == []
    assert world.store.state.lease is None
    assert world.steps.calls.count("ops.create") == 2
    assert world.open_tickets() == {"One": 1}
    assert "team/ops/issues/1" in world.folder.text()
    assert_settles(world, *TITLES)


def test_f44_a_limit_within_the_lease_is_waited_for_however_much_of_it_is_left() -> (
    None
):
    world = World(TWO)

    def slow(act: Callable[[], object]) -> object:
        world.clock.advance(minutes=10)
        return refuses("429", retry_after=600.0)(act)

    world.on("create", slow)

    assert world.run().exit_code is ExitCode.DONE

    states = [from_json(data, "state") for data, _ in world.store.kept]
    ends = [state.lease.expires for state in states if state.lease is not None]
    length = world.settings.lease
    assert all(after - length < before for before, after in pairwise(ends))
    assert_settles(world, *TITLES, minutes=0)


@pytest.mark.parametrize(
    ("more", "title"),
    [
        pytest.param([], "One", id="itself"),
        pytest.param([lambda act: act()], "Two", id="the next one"),
    ],
)
def test_an_intent_that_waited_is_written_down_again_before_it_is_sent(
    more: list[Fault], title: str
) -> None:
    world = World(TWO)
    world.on("create", refuses("429", retry_after=300.0), *more, dies_before)

    with pytest.raises(Killed):
        world.run()

    (sent,) = (i for i in world.store.state.intents.values() if i.text == title)
    assert world.clock.server() - sent.started < timedelta(minutes=1)
