"""Dates of cells and fields.

Nearly all are ISO 8601. What reads the others takes a while to import.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from pmsync.document.days import Due, calendar_day

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_date(raw: str, formats: Sequence[str] = ()) -> date | None:
    """Return the date that a text gives, None for none or more than one reading."""
    return read_due(raw, None, formats).date


def read_due(raw: str, incident: date | None, formats: Sequence[str] = ()) -> Due:
    """Return the due date that a text gives.

    A month or quarter means its last day. What is relative (``+2w``, ``2 weeks``) or
    without a year (``Oct 11``) is counted from the incident: the next such day on or
    after it. Configured ``strptime`` formats come first. The day on which something
    was done (``Done 2026-05-22``) is not due.
    """
    return _read(raw, incident, tuple(formats))


def first_date(raw: str) -> date | None:
    """Return the first date that has one reading in a longer text."""
    from pmsync.document import date_texts  # noqa: PLC0415

    return date_texts.first_date(raw)


@lru_cache(maxsize=20_000)
def _read(raw: str, incident: date | None, formats: tuple[str, ...]) -> Due:
    if _ISO.fullmatch(raw) and not formats:
        year, month, day = map(int, raw.split("-"))
        return Due(calendar_day(year, month, day), ambiguous=False)
    from pmsync.document import date_texts  # noqa: PLC0415

    return date_texts.read(raw, incident, formats)
