"""Dates that are counted from another: ``+2w``, *within 3 days*, ``Oct 11``."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from pmsync.document.date_spellings import NAME, OF, is_no_day, month_of
from pmsync.document.days import calendar_day
from pmsync.document.status_vocabulary import words

_CJK_DAY = re.compile(r"(?<!\d)(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日号號일]")
_SHORT_DAY = re.compile(
    rf"(?i)(?:by |until |bis |до )?(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?{OF}{NAME}\.?"
    r"|(?P<name2>[^\W\d_]{3,12})\.?\s(?P<d2>\d{1,2})(?:st|nd|rd|th)?)"
)
_COUNTS = {
    **dict.fromkeys(words("a an one ein eine einem einen une un una um uma uno 一"), 1),
    **dict.fromkeys(
        words("two zwei deux dos dois duas due twee dwa два две 二 两 兩"), 2
    ),
    **dict.fromkeys(words("three drei trois tres três tre drie trzy три 三"), 3),
}
_RELATIVE = re.compile(
    r"(?:t\s?(?=\+))?(?:within|in|innerhalb von|innerhalb|binnen|in den nächsten|dentro de|en|em"
    r"|sous|dans|d'ici|entro|tra|fra|w ciągu|за|через|в течение|протягом|the next|next)?\s?"
    r"(?:the next\s)?[+~≤<]?\s?(?P<n>\d{1,3}|[^\W\d_]{1,5})(?P<gap>[\s-]?)"
    r"(?P<unit>hours?|hrs?|h|stunden?|heures?|horas?|ore|uur|часов|часа|時間|小时|小時|시간"
    r"|days?|d|tage?n?|jours?|j|días?|dias?|giorn[oi]|dagen|dag|dni|dzień|день|дня|дней|дні|днів"
    r"|gün|日|天|일|weeks?|wks?|w|wochen?|semaines?|semanas?|settiman[ae]|weken|week"
    r"|tydzień|tygodni[ea]?|недел[юияь]|недель|тиждень|тижн[іія]в?|hafta|週間|週|周|星期|주"
    r"|months?|mo|m|monate?n?|mois|mes(?:es)?|mês|mes[ei]|maand(?:en)?|miesiąca?|miesięcy"
    r"|месяца?|месяцев|місяц[ья]|місяців|ay|[ヶケかカ箇个個]月間?|개월"
    r"|quarters?|quartale?|trimestres?|trimestr[ei]|kwarta[łl]|квартал|季度|四半期|분기)"
    r"\s?(?:以内|内|內|以內|後|后|이내|내|içinde|max\.?|after (?:the )?incident)?"
)
_UNITS: tuple[tuple[str, str], ...] = (
    ("month", r"mo|m$|maand|miesi|мес|міс|ay|.月|개월"),
    ("quarter", r"qu|trim|kwarta|кварт|季|四半|분기"),
    ("hour", r"h$|hour|hr|stund|heure|hora|ore|uur|час|時間|小时|小時|시간"),
    ("week", r"w|sem|sett|tyd|tyg|недел|тиж|hafta|週|周|星|주"),
    ("month", r"mes|mês|mois"),
)


def relative(text: str, incident: date) -> date | None:
    """Return the day that a folded text names as seen from the incident."""
    if found := _SHORT_DAY.fullmatch(text):
        month = month_of(found)
        if month is not None:
            return next_day(month, int(found["d"] or found["d2"]), incident)
    if found := _CJK_DAY.search(text):
        if is_no_day(text, found):
            return None
        return next_day(int(found["m"]), int(found["d"]), incident)
    found = _RELATIVE.fullmatch(text)
    if found is None:
        return None
    count = int(found["n"]) if found["n"].isdecimal() else _COUNTS.get(found["n"])
    return None if count is None else _later(incident, count, _unit(found["unit"]))


def short_day(text: str, incident: date) -> date | None:
    """Return the next day that ``30/09``, ``9/30`` or ``30.09.`` can mean.

    None where it could be two: with dots the day comes first, but ``3.4`` may be a
    version, and ``26/09`` a month of 2026.
    """
    first, second = (int(part) for part in re.split("[/.]", text)[:2])
    if "." in text:
        sure = text.endswith(".") or len(text) == len("30.09")
        return next_day(second, first, incident) if sure else None
    if first - incident.year % 100 in (0, 1):
        return None
    found = {next_day(first, second, incident), next_day(second, first, incident)}
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def _unit(word: str) -> str:
    return next((unit for unit, pattern in _UNITS if re.match(pattern, word)), "day")


def _months_later(day: date, count: int) -> date:
    years, month = divmod(day.month - 1 + count, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def _later(day: date, count: int, unit: str) -> date:
    match unit:
        case "hour":
            return day + timedelta(days=-(-count // 24))
        case "week":
            return day + timedelta(weeks=count)
        case "month":
            return _months_later(day, count)
        case "quarter":
            return _months_later(day, 3 * count)
        case _:
            return day + timedelta(days=count)


def next_day(month: int, day: int, incident: date) -> date | None:
    """Return the next such day; 29 February comes every eight years at the latest."""
    for year in range(incident.year, incident.year + 9):
        found = calendar_day(year, month, day)
        if found is not None and found >= incident:
            return found
    return None
