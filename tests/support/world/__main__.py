"""Play many seeds: ``python -m support.world [--seeds N] [--first N] [--seed N]``.

Run it with ``tests`` on the path, as ``make world`` does.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from multiprocessing import Pool
from typing import NamedTuple

from support.world.chance import Deed, Fault
from support.world.judge import Broken
from support.world.play import World

SHOWN = 20
"""How many bad seeds are named."""


class Played(NamedTuple):
    """How one seed ended."""

    seed: int
    broken: str | None
    fired: Counter[Fault | Deed]
    tickets: int
    """How many pmsync opened."""
    second: int
    """How many of them were a second one for an item, before they were healed."""


def main() -> int:
    """Play seeds on all processors; end with 1 when one of them ended badly."""
    parser = argparse.ArgumentParser(prog="python -m support.world")
    parser.add_argument("--seeds", type=int, default=1000, help="how many seeds")
    parser.add_argument("--first", type=int, default=0, help="the first one")
    parser.add_argument("--seed", type=int, help="one seed, with all that happens")
    asked = parser.parse_args()
    if asked.seed is not None:
        return _one(asked.seed)
    seeds = range(asked.first, asked.first + asked.seeds)
    start = time.monotonic()
    with Pool(os.cpu_count()) as pool:
        return _told(pool.imap_unordered(play, seeds, chunksize=20), start)


def play(seed: int) -> Played:
    """Play one seed."""
    world = World(seed)
    broken: str | None = None
    try:
        world.play()
    except Broken as error:
        broken = str(error)
    except Exception as error:  # noqa: BLE001 a crash of the engine is a finding, too
        broken = f"{type(error).__name__}: {error}"
    opened, second = world.judge.opened, world.judge.second()
    return Played(seed, broken, world.chance.fired, len(opened), second)


def _told(played: Iterable[Played], start: float) -> int:
    fired: Counter[Fault | Deed] = Counter()
    bad: list[Played] = []
    seeds = tickets = second = 0
    for one in played:
        fired += one.fired
        seeds += 1
        tickets += one.tickets
        second += one.second
        if one.broken is not None:
            bad.append(one)
    for kind in (*Fault, *Deed):
        print(f"{fired[kind]:9,}  {kind.value}")
    for one in sorted(bad)[:SHOWN]:
        print(f"seed {one.seed}: {one.broken}")
        print(f"    repeat it: make world ARGS='--seed {one.seed}'")
    print(f"{tickets:,} tickets opened, {second:,} of them second ones, later closed")
    seconds = time.monotonic() - start
    print(f"{seeds:,} seeds in {seconds:.0f} s: {len(bad)} ended badly")
    return 1 if bad else 0


def _one(seed: int) -> int:
    world = World(seed)
    try:
        world.play()
    except Broken as error:
        print("\n".join([*world.trace, f"BROKEN {error}"]))
        return 1
    except BaseException:
        print("\n".join(world.trace))
        raise
    print("\n".join(world.trace))
    return 0


if __name__ == "__main__":
    sys.exit(main())
