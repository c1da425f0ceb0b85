"""Spans of time as headings name them: *Within 1 Month*, *próximas 2 semanas*."""

from __future__ import annotations

import re

from pmsync.document.phrases import fold

_DAYS = {
    "hour": 0,
    "day": 1,
    "week": 7,
    "month": 30,
    "quarter": 90,
    "year": 365,
}
_UNITS = {
    "hour": "h hr hrs hour hours stunde stunden heure heures hora horas ora ore uur "
    "godzin godziny час часа часов годин години saat 時間 小时 小時 시간",
    "day": "d day days tag tage tagen jour jours dia dias giorno giorni dag dagen "
    "dni dzien день дня дней днів дні gun 日以内 日間 天 天内 일",
    "week": "w wk wks week weeks woche wochen semaine semaines semana semanas "
    "settimana settimane weken tydzien tygodnie tygodni tygodnia неделя недели недель "
    "неделю тиждень тижні тижнів тижня hafta 週間 週 周 星期 주",
    "month": "mo month months monat monate monaten monats mois mes meses mese mesi "
    "maand maanden miesiac miesiace miesiecy miesiaca месяц месяца месяцев місяць "
    "місяці місяців місяця ay か月 カ月 ヶ月 ケ月 ヵ月 箇月 个月 個月 개월 달",
    "quarter": "quarter quarters quartal quartale quartals trimestre trimestres trimestri "
    "kwartaal kwartał kwartału квартал квартала кварталу ceyrek 四半期 季度 분기",
    "year": "year years yr jahr jahre jahres jahren an ans annee annees ano anos anno "
    "anni jaar rok roku lata lat год года лет рік року років yil 年以内 年内 년",
}
_NUMBERS = {
    "a an one un une una uno ein eine einem einer einen eines um uma een jeden jednego один "
    "одного одной одну bir 一": 1,
    "two zwei deux dos dois duas due twee dwa dwoch два двух две iki 二 两 兩": 2,
    "three drei trois tres tre drie trzy trzech три трех трьох uc 三": 3,
    "four vier quatre cuatro quatro quattro 四": 4,
    "six sechs six seis sei zes szesc шесть 六": 6,
}
_NUMBER_OF = {
    fold(word): number for text, number in _NUMBERS.items() for word in text.split()
}
_UNIT_OF = {fold(word): unit for unit, text in _UNITS.items() for word in text.split()}


def _alternatives(words: dict[str, str] | dict[str, int]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_SPAN = re.compile(
    rf"(?<![a-z0-9\u0400-\u04ff])([0-9]{{1,3}}|{_alternatives(_NUMBER_OF)})\s*"
    rf"({_alternatives(_UNIT_OF)})(?![a-z\u0400-\u04ff0-9])"
)
_SPAN_WORDS = frozenset(
    fold(word)
    for word in [
        "within",
        "next",
        "in",
        "under",
        "less",
        "than",
        "up",
        "to",
        "innerhalb",
        "binnen",
        "nächsten",
        "in",
        "den",
        "sous",
        "dans",
        "en",
        "próximas",
        "próximos",
        "próximo",
        "próxima",
        "em",
        "dentro",
        "entro",
        "prossimi",
        "prossime",
        "prossimo",
        "komende",
        "w",
        "ciągu",
        "przez",
        "najbliższe",
        "в",
        "течение",
        "ближайшие",
        "за",
        "протягом",
        "через",
        "içinde",
        "sonraki",
        "immediate",
        "short",
        "medium",
        "mid",
        "long",
        "near",
        "term",
        "corto",
        "mediano",
        "largo",
        "plazo",
        "curto",
        "médio",
        "longo",
        "prazo",
        "kurzfristig",
        "mittelfristig",
        "langfristig",
        "court",
        "moyen",
        "terme",
        "breve",
        "lungo",
        "termine",
        "korte",
        "lange",
        "termijn",
    ]
)

_MARKS = ("(", "\uff08", "以内", "内", "今後", "이내", "안에")


def days_in(text: str) -> int | None:
    """Return the longest span that a heading names, in days.

    A number of days counts only in parentheses, beside a word such as *within*, or
    when nothing else is said, so that *Error rate over 30 days* names none.
    """
    if not _may_name_one(text):
        return None
    folded = fold(text)
    spans = [
        _number(match[1]) * _DAYS[unit]
        if (unit := _UNIT_OF[match[2]]) != "hour"
        else -(-_number(match[1]) // 24)
        for match in _SPAN.finditer(folded)
    ]
    if not spans:
        return None
    rest = _SPAN.sub("", folded).split()
    named = (
        not rest
        or any(word in _SPAN_WORDS for word in rest)
        or any(mark in text for mark in _MARKS)
    )
    return max(spans) if named else None


def _may_name_one(text: str) -> bool:
    return not text.isascii() or any(char.isdigit() for char in text) or "ithin" in text


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else _NUMBER_OF[text]
