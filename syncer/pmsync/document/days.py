"""A day, as far as a text gives one."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

_FIRST_YEAR, _LAST_YEAR = 1970, 2199


class Due(NamedTuple):
    """A due date as understood."""

    date: date | None
    ambiguous: bool
    """True when the text has two readings or lacks the year; ``date`` is then None."""


def calendar_day(year: int, month: int, day: int) -> date | None:
    """Return the day, None if the calendar lacks it or nobody plans so far."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
