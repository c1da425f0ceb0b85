"""Hints are done once, one pass at a time, and none is forgotten when a pass fails."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime
from functools import partial

from pmsync.daemon.desk import Desk, until_next, work
from pmsync.daemon.hints import Hint
from pmsync.daemon.signatures import Source


def hint(number: int) -> Hint:
    return Hint(Source.GITHUB, "acme/pay", str(number))


class Bench:
    """What a worker was told to do, and whether it did two things at once."""

    def __init__(self, *results: bool) -> None:
        self.passes: list[frozenset[Hint]] = []
        self.overlaps = 0
        self._results = list(results)
        self._lock = threading.Lock()

    def make(self, hints: frozenset[Hint]) -> bool:
        if not self._lock.acquire(blocking=False):
            self.overlaps += 1
            return True
        try:
            self.passes.append(hints)
            return self._results.pop(0) if self._results else True
        finally:
            self._lock.release()


async def until(bench: Bench, passes: int) -> None:
    async with asyncio.timeout(20):
        while len(bench.passes) < passes:  # noqa: ASYNC110 a thread fills it
            await asyncio.sleep(0.02)


async def run(bench: Bench, passes: int, *asked: Hint) -> None:
    desk, ended = Desk(), asyncio.Event()
    make = partial(asyncio.to_thread, bench.make)
    worker = asyncio.create_task(work(desk, make, lambda: 3600.0, ended))
    await until(bench, 1)
    for each in asked:
        desk.ask(each)
    await until(bench, passes)
    ended.set()
    desk.hurry()
    await worker


def test_a_burst_of_hints_is_one_pass() -> None:
    bench = Bench()

    asyncio.run(run(bench, 2, *(hint(n % 5) for n in range(1000))))

    assert bench.passes[:2] == [frozenset(), frozenset(map(hint, range(5)))]
    assert bench.overlaps == 0


def test_hints_of_a_pass_that_failed_are_taken_again() -> None:
    bench = Bench(True, False, True)

    asyncio.run(run(bench, 3, hint(1)))

    assert bench.passes[1:3] == [frozenset({hint(1)})] * 2


def test_who_is_in_a_hurry_waits_for_no_pause_after_failures() -> None:
    async def hurrying() -> float:
        bench, desk, ended = Bench(*[False] * 6), Desk(), asyncio.Event()
        make = partial(asyncio.to_thread, bench.make)
        worker = asyncio.create_task(work(desk, make, lambda: 3600.0, ended))
        start = time.monotonic()
        for number in range(1, 7):
            await until(bench, number)
            desk.hurry()
        ended.set()
        desk.hurry()
        await worker
        return time.monotonic() - start

    assert asyncio.run(hurrying()) < 10.0


def test_the_first_pass_waits_for_nobody() -> None:
    bench = Bench()

    asyncio.run(run(bench, 1))

    assert bench.passes[0] == frozenset()


def test_a_schedule_is_read_as_cron_reads_it() -> None:
    now = datetime(2026, 3, 4, 10, 7, 30, tzinfo=UTC)

    assert until_next("*/10 * * * *", now) == 150.0
    assert until_next("0 0 * * 0", now) > 86_400
