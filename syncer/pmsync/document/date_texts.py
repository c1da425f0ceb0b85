"""Dates as people write them, and back.

Only what has one reading is a date: ``03/04/2026`` has two, and ``after 2026-05-01``
names no day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from unicodedata import normalize

from pmsync.document.date_formats import rewritten
from pmsync.document.date_spellings import days, numeric, periods
from pmsync.document.days import Due
from pmsync.document.relative_dates import next_day, relative, short_day
from pmsync.document.statuses import read_status, status_words
from pmsync.document.text import plain

_LONGEST = 500
"""Characters of a cell in which a date is looked for."""
_STRUCK = re.compile(r"~~[^~]++~~")
_ARROW = re.compile(r"→|⇒|->|=>|➡")
_PARENTHESES = re.compile(r"\([^()]*+\)")
_SHORT_NUMERIC = re.compile(r"\d{1,2}[/.]\d{1,2}\.?")
_NO_YEAR = re.compile(r"%[YyGcxDF]")
_STATUSES = status_words()
_NONE = Due(None, ambiguous=False)
_AMBIGUOUS = Due(None, ambiguous=True)


def read(raw: str, incident: date | None, formats: Sequence[str]) -> Due:
    """Return the due date that a text gives, see ``dates.read_due``."""
    text = _simple(raw)
    configured = _configured(text, incident, formats)
    if configured is not None:
        return Due(configured, ambiguous=False)
    text = text.casefold()
    if _SHORT_NUMERIC.fullmatch(text):
        short = short_day(text, incident) if incident is not None else None
        return _AMBIGUOUS if short is None else Due(short, ambiguous=False)
    found = _absolute(text)
    if found is None:
        later = relative(text, incident) if incident is not None else None
        found = Due(later, ambiguous=False)
    if found.date is not None and text[0].isalpha():
        return _NONE if read_status(text, _STATUSES).terminal else found
    return found


def first_date(raw: str) -> date | None:
    """Return the first date that has one reading in a longer text."""
    return min(days(_simple(raw)), default=(0, None))[1]


def _simple(raw: str) -> str:
    text = plain(_STRUCK.sub(" ", raw[:_LONGEST]))
    return text if text.isascii() else normalize("NFKC", text)


def _configured(
    text: str, incident: date | None, formats: Sequence[str]
) -> date | None:
    for pattern in formats:
        try:
            if _NO_YEAR.search(pattern) is not None:
                return datetime.strptime(text, pattern).date()  # noqa: DTZ007  # a day has no zone
            # A leap year, so that 29 February is read.
            day = datetime.strptime(f"{text} 2000", f"{pattern} %Y").date()  # noqa: DTZ007
        except ValueError:
            continue
        if incident is not None:
            return next_day(day.month, day.day, incident)
    return None


def _absolute(text: str) -> Due | None:
    """Read what needs no other date to be understood, None if there is nothing."""
    current = _ARROW.split(text)[-1]
    for part in (_PARENTHESES.sub(" ", current), current, text):
        readings = [{day} for _, day in days(part)] or list(numeric(part))
        if readings:
            return _one_of(readings)
    ends = [{end} for end in periods(text) if end is not None]
    return _one_of(ends) if ends else None


def _one_of(readings: Sequence[set[date]]) -> Due:
    found = set().union(*readings)
    if len(found) > 1:
        return _AMBIGUOUS
    return Due(found.pop(), ambiguous=False) if found else _NONE


def format_like(
    samples: Sequence[str], value: date, formats: Sequence[str] = ()
) -> str | None:
    """Return ``value`` written as the first sample that shows how, else None.

    ``samples`` are raw cells, the one to be changed first. A spelling counts only if
    it reads back as the same day: ``25/12/2026`` is no manner for 3 April.
    """
    for certain in (True, False):
        for sample in samples:
            written = _like(_simple(sample), value, formats, certain=certain)
            if written is not None and read(written, None, formats).date == value:
                return written
    return None


def _like(
    sample: str, value: date, formats: Sequence[str], *, certain: bool
) -> str | None:
    for pattern in formats:
        try:
            datetime.strptime(sample, pattern)  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
        return value.strftime(pattern)
    return rewritten(sample, value, certain=certain)
