"""The simulated world, seed after seed: nothing double, nothing lost, and then silence.

``make world`` tells as many stories as are asked for, and repeats one of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.world.planted import PLANTED
from support.world.story import KINDS, tell

TESTS = Path(__file__).parent.parent
FEW, MANY = 150, 10_000
LEAST = 100
"""How often each fault has fired at least in ``MANY`` stories."""
FINDS = 2_000
"""Stories within which each planted fault is found."""


@pytest.mark.parametrize("first", range(0, FEW, 50))
def test_whatever_fails_no_ticket_is_doubled_and_no_edit_is_lost(first: int) -> None:
    for seed in range(first, first + 50):
        told = tell(seed)
        repeat = f"make world ARGS='--seed {seed}'"
        assert told.broken == (), f"{told.broken}; repeat it: {repeat}"


def test_a_seed_tells_the_same_story_each_time() -> None:
    for seed in range(12):
        assert tell(seed).trace == tell(seed).trace


@pytest.mark.parametrize("name", PLANTED)
def test_a_wrong_engine_is_found(name: str) -> None:
    for seed in range(FINDS):
        if any(
            "I1" in line or "I5" in line for line in tell(seed, PLANTED[name]).broken
        ):
            return
    pytest.fail(f"{name} was not found in {FINDS} stories")


@pytest.mark.full
@pytest.mark.timeout(900)
def test_ten_thousand_stories_end_well_and_every_fault_has_fired() -> None:
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
        kind.strip(): int(number.replace(",", ""))
        for number, _, kind in (
            line.strip().partition("  ") for line in ended.stdout.splitlines()
        )
        if kind.strip() in KINDS
    }
    assert set(fired) == set(KINDS)
    assert {kind: n for kind, n in fired.items() if n < LEAST} == {}
