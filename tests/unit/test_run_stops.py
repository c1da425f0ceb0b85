"""Ctrl-C, SIGTERM and a cancelled job: nothing more is sent, and the lease is free."""

from __future__ import annotations

from itertools import count

import pytest

from pmsync.app.exit_codes import PRECEDENCE, ExitCode, worst
from support.faults import World, assert_settles, document, never

DOCUMENTS = {"a.md": document("One", "Two"), "b.md": document("Three")}
WRITES = ("ops.create", "ops.update", "folder.replace", "folder.publish")


def stopped_after(world: World, number: int) -> tuple[ExitCode, list[str]]:
    """Ask a run to stop at its n-th call; return how it ends and what it did then."""
    report = world.run(stopping=lambda: len(world.steps.calls) >= number)
    return report.exit_code, world.steps.calls[number:]


@pytest.mark.parametrize("mode", ["none", "commit", "pull-request"])
def test_f54_a_run_that_is_stopped_at_any_call_sends_no_more_and_frees_the_lease(
    mode: str,
) -> None:
    ended: set[ExitCode] = set()
    for number in count(1):
        world = World(DOCUMENTS, mode=mode)
        code, later = stopped_after(world, number)
        ended.add(code)
        if code is ExitCode.DONE and not later:
            break
        assert not [call for call in later if call in WRITES], (number, later)
        assert not world.store.kept or world.store.state.lease is None
        world.run()
        if mode == "pull-request" and world.folder.proposal is not None:
            world.folder.merge()
        assert_settles(world, "One", "Two", "Three", minutes=0)
        assert world.sent("create") == 3
    assert ended == {ExitCode.DONE, ExitCode.INTERRUPTED}


def test_a_run_that_is_stopped_while_it_waits_for_an_answer_keeps_its_intent() -> None:
    world = World()
    world.on("create", never)

    report = world.run(stopping=lambda: bool(world.clock.slept))

    assert report.exit_code is ExitCode.INTERRUPTED
    assert len(world.store.state.intents) == 1
    assert world.store.state.lease is None
    assert_settles(world, "Rotate keys")


def test_a_run_that_is_stopped_writes_no_watermark() -> None:
    world = World(DOCUMENTS)

    stopped_after(world, len(world.steps.calls) + 8)

    assert world.store.state.watermarks == {}


def test_of_several_ends_the_one_that_a_person_must_know_first_counts() -> None:
    assert list(PRECEDENCE) == [130, 2, 4, 5, 1, 3, 0]
    assert worst({ExitCode.CONFLICT, ExitCode.PART_FAILED}) is ExitCode.PART_FAILED
    assert worst(set()) is ExitCode.DONE
