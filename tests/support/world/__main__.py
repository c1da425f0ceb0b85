"""Tell many stories: ``python -m support.world [--seeds N] [--first N] [--seed N]``.

Run it with ``tests`` on the path, as ``make world`` does.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from multiprocessing import Pool

from support.world.story import KINDS, Told, tell


def main() -> int:
    """Tell stories on all processors; end with 1 when one of them ended badly."""
    parser = argparse.ArgumentParser(prog="python -m support.world")
    parser.add_argument("--seeds", type=int, default=1000, help="how many stories")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="one story, with all that happened")
    asked = parser.parse_args()
    if asked.seed is not None:
        return _one(asked.seed)
    start = time.monotonic()
    seeds = range(asked.first, asked.first + asked.seeds)
    fired: Counter[str] = Counter()
    bad: list[Told] = []
    with Pool(os.cpu_count()) as pool:
        for told in pool.imap_unordered(_short, seeds, chunksize=20):
            fired += told.fired
            if told.broken:
                bad.append(told)
    for kind in KINDS:
        print(f"{fired[kind]:9,}  {kind}")
    for told in sorted(bad, key=lambda each: each.seed)[:20]:
        print(f"seed {told.seed}: {'; '.join(told.broken)}")
        print(f"    repeat it: make world ARGS='--seed {told.seed}'")
    seconds = time.monotonic() - start
    print(f"{asked.seeds:,} seeds in {seconds:.0f} s: {len(bad)} ended badly")
    return 1 if bad else 0


def _one(seed: int) -> int:
    told = tell(seed)
    for line in told.record:
        print(line)
    for line in told.broken:
        print(f"BROKEN {line}")
    return 1 if told.broken else 0


def _short(seed: int) -> Told:
    try:
        told = tell(seed)
    except Exception as error:  # noqa: BLE001 # a fault of the engine is a finding
        return Told(seed, (f"{type(error).__name__}: {error}",), Counter(), ())
    return Told(told.seed, told.broken, told.fired, ())


if __name__ == "__main__":
    sys.exit(main())
