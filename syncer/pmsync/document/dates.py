"""Dates as people write them, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple


class Due(NamedTuple):
    """A due date as understood."""

    date: date | None
    ambiguous: bool
    """True when the text has two readings; ``date`` is then None."""


def read_date(raw: str, formats: Sequence[str] = ()) -> date | None:
    """The date that a text gives, None when it gives none or more than one reading."""
    return read_due(raw, None, formats).date


def read_due(raw: str, incident: date | None, formats: Sequence[str] = ()) -> Due:
    """The due date that a text gives, counted from the incident where it is relative."""
    del raw, incident, formats
    return Due(None, ambiguous=False)


def format_like(
    samples: Sequence[str], value: date, formats: Sequence[str] = ()
) -> str | None:
    """``value`` written as the first understood sample writes dates, else None."""
    del samples, value, formats
    return None
