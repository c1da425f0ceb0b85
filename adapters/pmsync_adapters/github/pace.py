"""The pace that github.com asks for: one write at a time, and not too many."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

APART = 1.0
"""Seconds between two writes (docs: Best practices for using the REST API)."""
CREATES = 500
"""New issues and comments in an hour (docs: Rate limits for the REST API); the 80 in a
minute are kept by the second between two writes."""
HOUR = 3600.0


class Pace:
    """Lets writes through, one after the other."""

    def __init__(
        self,
        pause: Callable[[float], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._next = 0.0
        self._creates: deque[float] = deque(maxlen=CREATES)

    @contextmanager
    def write(self) -> Iterator[None]:
        """Wait for the turn of a write."""
        with self._lock:
            wait = self._next - self._clock()
            if wait > 0:
                self._pause(wait)
            try:
                yield
            finally:
                self._next = self._clock() + APART

    def spent(self) -> float | None:
        """Return the seconds until one more issue may be opened, None if it may now."""
        if len(self._creates) < CREATES:
            return None
        wait = self._creates[0] + HOUR - self._clock()
        return wait if wait > 0 else None

    def created(self) -> None:
        """Count a new issue."""
        self._creates.append(self._clock())
