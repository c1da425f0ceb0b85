"""Hints as they come in, one pass at a time for each repository."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from cronsim import CronSim

from pmsync.daemon.hints import Hint

MOST = 10_000
"""Hints that are remembered for one repository; beyond it a whole pass is made."""
BURST = 0.3
"""Seconds that a hint waits for others."""
PAUSES = (1.0, 5.0, 30.0, 120.0)
"""Seconds to wait after passes that failed, one after the other."""


class Desk:
    """What is to be done for one repository."""

    def __init__(self) -> None:
        self._hints: set[Hint] = set()
        self._asked = asyncio.Event()
        self._hurried = asyncio.Event()

    def ask(self, hint: Hint) -> None:
        """Ask for a pass; what is asked for twice is done once."""
        if len(self._hints) < MOST:
            self._hints.add(hint)
        self._asked.set()

    def hurry(self) -> None:
        """Ask for a pass at once, also where one has just failed."""
        self._asked.set()
        self._hurried.set()

    async def rest(self, seconds: float) -> None:
        """Wait, unless somebody is in a hurry."""
        await _within(seconds, self._hurried)

    async def next(self, seconds: float) -> frozenset[Hint]:
        """Wait for hints, or so many seconds, and return what there is."""
        if await _within(seconds, self._asked):
            await asyncio.sleep(BURST)
        self._asked.clear()
        self._hurried.clear()
        hints, self._hints = frozenset(self._hints), set()
        return hints


async def work(
    desk: Desk,
    make: Callable[[frozenset[Hint]], Awaitable[bool]],
    until_due: Callable[[], float],
    ending: asyncio.Event,
) -> None:
    """Make a pass at once, and whenever one is asked for or due, until the end.

    ``until_due`` returns the seconds until the schedule wants a pass. ``make`` returns
    False for a pass that should soon be tried again, with the same hints.
    """
    failures = 0
    hints: frozenset[Hint] = frozenset()
    while not ending.is_set():
        done = await make(hints)
        failures = 0 if done else failures + 1
        for hint in () if done else hints:
            desk.ask(hint)
        if failures:
            await desk.rest(PAUSES[min(failures, len(PAUSES)) - 1])
            hints = await desk.next(0)
        else:
            hints = await desk.next(until_due())


async def _within(seconds: float, event: asyncio.Event) -> bool:
    """Wait for an event, at most so many seconds; tell whether it came."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def until_next(schedule: str, now: datetime) -> float:
    """Return the seconds until a cron expression is due."""
    return (next(CronSim(schedule, now)) - now).total_seconds()
