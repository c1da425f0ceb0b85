"""Dates written back in the manner of another cell."""

from __future__ import annotations

import re
from datetime import date

from pmsync.document.date_spellings import COMPACT, DAYS, YEAR_LAST
from pmsync.document.date_words import MONTHS, SPELLINGS

_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b")
_FRENCH_FIRST = re.compile(r"(?<=\d)er\b")
_SHORT = 5
"""Characters of the longest shortened name of a month."""
_TEENS = range(11, 14)


def rewritten(sample: str, value: date, *, certain: bool) -> str | None:
    """Return ``value`` written as the sample writes its date, else None.

    With ``certain`` a sample that leaves the manner open (*May 5, 2026*) shows none.
    """
    for spelling in (*DAYS, YEAR_LAST):
        found = spelling.search(sample)
        if found is not None and (
            "name" not in found.groupdict() or found["name"].casefold() in MONTHS
        ):
            return _rewritten(found, value, certain=certain)
    return None


def _rewritten(found: re.Match[str], value: date, *, certain: bool) -> str | None:
    """Put year, month and day of ``value`` where ``found`` has its own."""
    year = f"{value.year}"[-len(found["y"]) :]
    parts = [("y", year), ("d", _number("d", found, value.day))]
    if "name" in found.groupdict():
        name = _name(found["name"], value.month, certain=certain)
        if name is None:
            return None
        parts.append(("name", name))
    else:
        parts.append(("m", _number("m", found, value.month)))
    text = found[0]
    for group, written in sorted(parts, key=lambda part: -found.start(part[0])):
        start, end = (place - found.start() for place in found.span(group))
        text = text[:start] + written + text[end:]
    if value.day > 1:
        text = _FRENCH_FIRST.sub("", text)
    return _ORDINAL.sub(_ordinal(value.day), text)


def _number(group: str, found: re.Match[str], value: int) -> str:
    """Write a day or month with a leading zero where the sample writes one."""
    numbers = [found[name] for name in ("d", "m") if name in found.groupdict()]
    if any(len(number) == 1 for number in numbers):
        return str(value)
    padded = "s" in found.groupdict() or found.re is COMPACT
    return f"{value:02}" if padded or found[group][0] == "0" else str(value)


def _name(sample: str, month: int, *, certain: bool) -> str | None:
    """Return the name of ``month`` in the language and length of ``sample``.

    *May* does not tell whether the others are shortened; it is uncertain.
    """
    number, folded = MONTHS[sample.casefold()], sample.casefold()
    fitting = [names for names in SPELLINGS if names[number - 1] == folded]
    lengths = {max(map(len, names)) > _SHORT for names in fitting}
    if not fitting or (certain and len(lengths) > 1):
        return None
    name = fitting[0][month - 1]
    if sample.isupper():
        return name.upper()
    return name.capitalize() if sample[0].isupper() else name


def _ordinal(day: int) -> str:
    return "th" if day in _TEENS else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
