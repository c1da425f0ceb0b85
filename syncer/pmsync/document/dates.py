"""Dates as people write them, and back."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

_NAMES = """
january jan januar jänner janvier janv enero ene janeiro gennaio gen januari stycznia
february feb februar februari février févr febrero fevereiro fev febbraio lutego luty
march mar märz mrz mars marzo março maart mrt marca marzec марта мар березня mart
april apr avril avr abril abr aprile kwietnia kwiecień апреля апр квітня nisan
may mai mayo maio maggio mag mei maja maj мая травня mayıs
june jun juni juin junio junho giugno giu czerwca czerwiec июня июн червня haziran
july jul juli juillet juil julio julho luglio lug lipca lipiec июля июл липня temmuz
august aug août agosto ago augustus sierpnia sierpień августа авг серпня ağustos
september sep sept septembre septiembre setembro set settembre września сентября вересня
october oct oktober okt octobre octubre outubro out ottobre ott października жовтня
november nov novembre noviembre novembro listopada listopad ноября ноя листопада
december dec dezember dez décembre déc diciembre dic dezembro dicembre grudnia декабря
"""
_MONTHS = {
    name: number
    for number, names in enumerate(_NAMES.strip().splitlines(), 1)
    for name in names.split()
} | {"января": 1, "січня": 1, "февраля": 2, "октября": 10, "ekim": 10, "грудня": 12}
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_CJK = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_KOREAN = re.compile(r"(\d{4})년\s?(\d{1,2})월\s?(\d{1,2})일")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.|er|º)?(?:\s+de)?[\s-]+([^\W\d_]{3,12})\.?,?"
    r"(?:\s+de)?[\s-]+(\d{4})(?!\d)"
)
_MONTH_DAY = re.compile(
    r"([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)"
)
_QUARTER = re.compile(r"(?i)(?<!\d)(\d{4})[\s-]?Q([1-4])(?!\d)")
_QUARTER_FIRST = re.compile(r"(?i)\bQ([1-4])[\s/-]*(\d{4})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_SHORT = re.compile(r"\d{1,2}[/.]\d{1,2}\.?")
_RELATIVE = re.compile(
    r"(?i)[+~]?\s?(\d{1,3})\s?"
    r"(d|days?|tage?n?|jours?|días?|dias?|giorni?|dagen|дн\w*|日|天|"
    r"w|weeks?|wks?|wochen?|semaines?|semanas?|settiman[ae]|weken|недел\w*|週間|周|"
    r"m|months?|monate?n?|mois|mes(?:es)?|mês|mesi|maanden|месяц\w*|ヶ月|か月|个月)"
)
_DAYS = ("d", "tag", "jour", "día", "dia", "giorn", "дн", "日", "天")
_WEEKS = ("w", "sem", "sett", "нед", "週", "周")
_STRUCK = re.compile(r"~~[^~]*~~")
_CLUTTER = re.compile(r"[*_`]+")
_NO_YEAR = re.compile(r"%[YyGcxDF]")
_CENTURY = 2000
_MAX_MONTH = 12


class Due(NamedTuple):
    """A due date as understood."""

    date: date | None
    ambiguous: bool
    """True when the text has two readings; ``date`` is then None."""


_NONE = Due(None, ambiguous=False)
_AMBIGUOUS = Due(None, ambiguous=True)


def read_date(raw: str, formats: Sequence[str] = ()) -> date | None:
    """Return the date that a text gives, None for none or more than one reading."""
    return read_due(raw, None, formats).date


def read_due(raw: str, incident: date | None, formats: Sequence[str] = ()) -> Due:
    """Return the due date that a text gives.

    A relative one is counted from the incident. Configured ``strptime`` formats come
    first; one without a year means the next such day from the incident on.
    """
    return _read(raw, incident, tuple(formats))


@lru_cache(maxsize=20_000)
def _read(raw: str, incident: date | None, formats: tuple[str, ...]) -> Due:
    text = _CLUTTER.sub("", _STRUCK.sub("", raw)).strip()
    if not any(char.isdigit() for char in text):
        return _NONE
    configured = _configured(text, incident, formats)
    if configured is not None:
        return Due(configured, ambiguous=False)
    named = _named(text)
    if named is not None:
        return Due(named, ambiguous=False)
    numeric = _NUMERIC.search(text)
    if numeric:
        return _numeric(numeric)
    if _SHORT.fullmatch(text):
        return _AMBIGUOUS
    relative = _RELATIVE.fullmatch(text)
    if relative and incident is not None:
        return Due(_after(incident, int(relative[1]), relative[2]), ambiguous=False)
    return _NONE


def _configured(
    text: str, incident: date | None, formats: tuple[str, ...]
) -> date | None:
    for pattern in formats:
        yearless = _NO_YEAR.search(pattern) is None
        try:
            if not yearless:
                return datetime.strptime(text, pattern).date()  # noqa: DTZ007
            # A leap year, so that 29 February is read.
            day = datetime.strptime(f"{text} 2000", f"{pattern} %Y").date()  # noqa: DTZ007
        except ValueError:
            continue
        if incident is not None:
            return _next(day, incident)
    return None


def _next(day: date, incident: date) -> date | None:
    for year in range(incident.year, incident.year + 9):
        found = _day(year, day.month, day.day)
        if found is not None and found >= incident:
            return found
    return None


def _named(text: str) -> date | None:
    """Read the spellings that have one reading only."""
    for pattern in (_ISO, _CJK, _KOREAN):
        if found := pattern.search(text):
            return _day(int(found[1]), int(found[2]), int(found[3]))
    for found in _DAY_MONTH.finditer(text):
        if month := _MONTHS.get(found[2].casefold()):
            return _day(int(found[3]), month, int(found[1]))
    for found in _MONTH_DAY.finditer(text):
        if month := _MONTHS.get(found[1].casefold()):
            return _day(int(found[3]), month, int(found[2]))
    if found := _QUARTER.search(text):
        return _quarter(int(found[1]), int(found[2]))
    if found := _QUARTER_FIRST.search(text):
        return _quarter(int(found[2]), int(found[1]))
    return None


def _numeric(found: re.Match[str]) -> Due:
    """Read ``13/04/2026``, which has one reading, and refuse ``03/04/2026``."""
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if year < 100:  # noqa: PLR2004 - two digits of a year
        year += _CENTURY
    readings = {_day(year, second, first), _day(year, first, second)} - {None}
    if len(readings) == 1:
        return Due(readings.pop(), ambiguous=False)
    # With dots the day always comes first.
    if readings and found[2] == ".":
        return Due(_day(year, second, first), ambiguous=False)
    return _AMBIGUOUS if readings else _NONE


def _after(incident: date, count: int, unit: str) -> date:
    unit = unit.casefold()
    if unit.startswith(_WEEKS):
        return incident + timedelta(weeks=count)
    if unit.startswith(_DAYS):
        return incident + timedelta(days=count)
    months = incident.month - 1 + count
    year, month = incident.year + months // _MAX_MONTH, months % _MAX_MONTH + 1
    return date(year, month, min(incident.day, monthrange(year, month)[1]))


def _quarter(year: int, quarter: int) -> date | None:
    month = 3 * quarter
    return _day(year, month, 31 if month in (3, 12) else 30)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def format_like(
    samples: Sequence[str], value: date, formats: Sequence[str] = ()
) -> str | None:
    """Return ``value`` as the first understood sample writes dates, else None.

    A spelling counts only if it reads back as the same day.
    """
    for sample in samples:
        written = _like(_CLUTTER.sub("", sample).strip(), value, formats)
        if written is not None and read_date(written, formats) == value:
            return written
    return None


def _like(sample: str, value: date, formats: Sequence[str]) -> str | None:
    for pattern in formats:
        try:
            datetime.strptime(sample, pattern)  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return value.strftime(pattern)
    if found := _ISO.fullmatch(sample):
        return (
            f"{value:%Y}{sample[4]}{value:%m}{sample[4]}{value:%d}"
            if (
                len(found[2]) == 2  # noqa: PLR2004 - two digits of a month
            )
            else f"{value.year}{sample[4]}{value.month}{sample[4]}{value.day}"
        )
    if _CJK.fullmatch(sample):
        return f"{value.year}年{value.month}月{value.day}日"
    if _KOREAN.fullmatch(sample):
        return f"{value.year}년 {value.month}월 {value.day}일"
    english = _MONTH_NAMES[value.month - 1]
    if (found := _MONTH_DAY.fullmatch(sample)) and found[1].title() in (
        *_MONTH_NAMES,
        *(name[:3] for name in _MONTH_NAMES),
    ):
        name = english if len(found[1]) > len("May") else english[:3]
        comma = "," if "," in sample else ""
        return f"{name} {value.day}{comma} {value.year}"
    if (found := _DAY_MONTH.fullmatch(sample)) and found[2].title() in (
        *_MONTH_NAMES,
        *(name[:3] for name in _MONTH_NAMES),
    ):
        name = english if len(found[2]) > len("May") else english[:3]
        gap = "-" if "-" in sample else " "
        return f"{value.day}{gap}{name}{gap}{value.year}"
    found = _NUMERIC.fullmatch(sample)
    if found and (found[2] == "." or int(found[1]) > _MAX_MONTH):
        return f"{value:%d}{found[2]}{value:%m}{found[2]}{value:%Y}"
    return None
