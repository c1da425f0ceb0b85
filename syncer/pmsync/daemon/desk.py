"""Hints as they come in, one pass at a time for each repository."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
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

    def ask(self, hint: Hint | None = None) -> None:
        """Ask for a pass; what is asked for twice is done once."""
        if hint is not None and len(self._hints) < MOST:
            self._hints.add(hint)
        self._asked.set()

    async def next(self, seconds: float) -> frozenset[Hint]:
        """Wait for hints, or so many seconds, and return what there is."""
        try:
            async with asyncio.timeout(seconds):
                await self._asked.wait()
            await asyncio.sleep(BURST)
        except TimeoutError:
            pass
        self._asked.clear()
        hints, self._hints = frozenset(self._hints), set()
        return hints


async def work(
    desk: Desk,
    make: Callable[[frozenset[Hint]], bool],
    until_due: Callable[[], float],
    ending: Callable[[], bool],
) -> None:
    """Make a pass at once, and whenever one is asked for or due, until the end.

    ``until_due`` returns the seconds until the schedule wants a pass. ``make`` is called in a thread, never twice at the same time; it returns False for
    a pass that should soon be tried again, with the same hints.
    """
    failures = 0
    hints: frozenset[Hint] = frozenset()
    while not ending():
        done = await asyncio.to_thread(make, hints)
        failures = 0 if done else failures + 1
        for hint in () if done else hints:
            desk.ask(hint)
        if failures:
            await asyncio.sleep(PAUSES[min(failures, len(PAUSES)) - 1])
            hints = await desk.next(0)
        else:
            hints = await desk.next(until_due())


def until_next(schedule: str, now: datetime) -> float:
    """Return the seconds until a cron expression is due."""
    return (next(CronSim(schedule, now)) - now).total_seconds()
