"""The simulated world, seed after seed: nothing double, nothing lost, and then silence.

``make world`` plays as many seeds as are asked for, and repeats one of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.world.chance import Deed, Fault
from support.world.judge import Broken
from support.world.planted import PLANTED
from support.world.play import World

TESTS = Path(__file__).parent.parent
FEW, MANY = 120, 10_000
LEAST = 100
"""How often each fault has fired at least in ``MANY`` seeds."""
FINDS = 2_000
"""Seeds within which each planted fault is found."""


@pytest.mark.parametrize("first", range(0, FEW, 20))
def test_whatever_fails_no_ticket_is_doubled_and_no_edit_is_lost(first: int) -> None:
    for seed in range(first, first + 20):
        world = World(seed)
        try:
            world.play()
        except Broken as broken:
            trace = "\n".join(world.trace)
            pytest.fail(f"{trace}\n{broken}\nmake world ARGS='--seed {seed}'")


def test_a_seed_takes_the_same_way_each_time() -> None:
    for seed in range(20):
        first, second = World(seed), World(seed)
        first.play()
        second.play()
        assert first.trace == second.trace


@pytest.mark.parametrize("name", PLANTED)
def test_a_wrong_engine_is_found(name: str) -> None:
    for seed in range(FINDS):
        try:
            World(seed, PLANTED[name]).play()
        except Broken as broken:
            if str(broken).startswith(("I1", "I5")):
                return
    pytest.fail(f"{name} was not found in {FINDS} seeds")


@pytest.mark.full
@pytest.mark.timeout(900)
def test_ten_thousand_seeds_end_well_and_every_fault_has_fired() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "support.world", "--seeds", str(MANY)],
        cwd=TESTS,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=False,
    )

    print(ended.stdout)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    fired = {
        kind: int(number.replace(",", ""))
        for number, _, kind in (
            line.strip().partition("  ") for line in ended.stdout.splitlines()
        )
        if kind in {*Fault, *Deed}
    }
    assert set(fired) == {*Fault, *Deed}
    assert {kind: n for kind, n in fired.items() if n < LEAST} == {}
