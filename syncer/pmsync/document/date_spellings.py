"""Spellings of days, months and quarters that need no other date to be understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from pmsync.document.date_words import MONTHS
from pmsync.document.days import calendar_day

_CENTURY = 2000
NAME = r"(?P<name>[^\W\d_]{3,12})"
OF = r"(?:[\s,./-]{1,3}(?:(?:de|of|del|di|do)\s)?)"
_YEAR_FIRST = re.compile(
    r"(?<![A-Za-z0-9.])(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)"
)
_CJK = re.compile(
    r"(?P<y>\d{4})\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日号號일]"
)
COMPACT = re.compile(r"(?<![\w.-])(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)(?![\w.-])")
_DAY_NAME = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.|º|ª)?{OF}{NAME}\.?{OF}(?P<y>\d{{4}})(?!\d)"
)
_NAME_DAY = re.compile(
    rf"{NAME}\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y>\d{{4}})(?!\d)"
)
DAYS = (_YEAR_FIRST, _CJK, COMPACT, _DAY_NAME, _NAME_DAY)
"""Spellings of a day that have one reading."""
YEAR_LAST = re.compile(
    r"(?<![\d.])(?P<d>\d{1,2})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<y>\d{4}|\d\d)(?!\d)"
)

_QUARTER = re.compile(
    r"(?i)(?<!\w)(?:(?P<y>\d{4})[\s/-]?[QT](?P<q>[1-4])|[QT](?P<q2>[1-4])[\s/'’-]{0,2}(?P<y2>\d{4}))(?!\w)"
)
_MONTH = re.compile(r"(?<![\d/.-])(?P<y>20\d\d)[-/](?P<m>\d{1,2})(?![\d/.-])")
_MONTH_FIRST = re.compile(r"(?<![\d/.-])(?P<m>\d{1,2})[/.](?P<y>20\d\d)(?![\d/.-])")
_CJK_MONTH = re.compile(r"(?P<y>\d{4})\s?[年년]\s?(?P<m>\d{1,2})\s?[月월](?!\s?\d)")
_NAMED_MONTH = re.compile(rf"(?<![\w]){NAME}\.?,?\s(?:de\s)?(?P<y>\d{{4}})(?!\d)")
_WEEK = re.compile(r"(?<!\w)(?P<y>\d{4})-?W(?P<w>\d\d)(?!\w)")

_NO_DAY_BEFORE = re.compile(
    r"(?i)(?:early|mid|middle of|start of|beginning of|begin of|after|post|since|from|not before"
    r"|anfang|mitte|nach|ab|seit|début|mi|après|depuis|principios de|inicios de|mediados de"
    r"|después de|desde|início de|meados de|após|inizio|metà|dopo|начало|начале|середина"
    r"|середине|после|з|після|FY)[\s-]*$"
)
_NO_DAY_AFTER = re.compile(r"\s?(?:以降|以后|之后|之後|以後|初(?!回)|上旬|中旬|이후)")


def days(text: str) -> Iterator[tuple[int, date]]:
    """Yield the days that a text names, and where each stands.

    A day that the calendar lacks is left out, and one that only bounds another
    (``after 2026-05-01``).
    """
    for pattern in DAYS:
        for each in pattern.finditer(text):
            found_month = month_of(each)
            if found_month is None or is_no_day(text, each):
                continue
            found = calendar_day(int(each["y"]), found_month, int(each["d"]))
            if found is not None:
                yield each.start(), found


def numeric(text: str) -> Iterator[set[date]]:
    """Yield the readings of each ``13/04/2026`` (one) or ``03/04/2026`` (two).

    With dots the day comes first everywhere; a year of two digits leaves it open
    otherwise.
    """
    for each in YEAR_LAST.finditer(text):
        first, second, year = int(each["d"]), int(each["m"]), int(each["y"])
        short, dotted = (
            year < _CENTURY and len(each["y"]) == len("26"),
            each["s"] == ".",
        )
        orders = [(year, second, first), (year, first, second)]
        if short:
            orders = [(_CENTURY + year, *order[1:]) for order in orders]
            orders.append((_CENTURY + first, second, year))
        readings = [
            calendar_day(*order) for order in (orders[:1] if dotted else orders)
        ]
        yield {reading for reading in readings if reading is not None}


def periods(text: str) -> Iterator[date | None]:
    """Yield the last day of each quarter, month or week that the text names."""
    for each in _QUARTER.finditer(text):
        if not is_no_day(text, each):
            quarter = int(each["q"] or each["q2"])
            yield _end_of_month(int(each["y"] or each["y2"]), 3 * quarter)
    for pattern in (_MONTH, _MONTH_FIRST, _CJK_MONTH, _NAMED_MONTH):
        for each in pattern.finditer(text):
            found = month_of(each)
            if found is not None and not is_no_day(text, each):
                yield _end_of_month(int(each["y"]), found)
    for each in _WEEK.finditer(text.upper()):
        try:
            yield date.fromisocalendar(int(each["y"]), int(each["w"]), 7)
        except ValueError:
            continue


def month_of(found: re.Match[str]) -> int | None:
    """Return the month of a match with a name or a number, None for no month."""
    groups = found.groupdict()
    if name := groups.get("name") or groups.get("name2"):
        return MONTHS.get(name.casefold())
    return int(groups["m"])


def is_no_day(text: str, found: re.Match[str]) -> bool:
    """Tell whether a word beside the match makes it a bound: *early*, *after*."""
    before = text[max(0, found.start() - 20) : found.start()]
    return (
        _NO_DAY_BEFORE.search(before) is not None
        or _NO_DAY_AFTER.match(text, found.end()) is not None
    )


def _end_of_month(year: int, month: int) -> date | None:
    if calendar_day(year, month, 1) is None:
        return None
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
