"""The wait for another run to end."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from pmsync.domain.errors import LeaseHeldError

PAUSE = 2.0
"""Seconds between two looks at a lease that another run holds."""

T = TypeVar("T")


def once_free(
    make: Callable[[], T], wait: timedelta, tell: Callable[[LeaseHeldError], None]
) -> T:
    """Return what ``make`` returns, called until no other run holds the lease.

    ``tell`` is called before each pause. Raises ``LeaseHeldError`` after ``wait``.
    """
    end = time.monotonic() + wait.total_seconds()
    while True:
        try:
            return make()
        except LeaseHeldError as error:
            left = end - time.monotonic()
            if left <= 0:
                raise
            tell(error)
            time.sleep(min(PAUSE, left))
