"""Values as cell text, in the manner of the column's author.

Each function takes the raw Markdown of the cell and gives what it must become; a
value that the cell shows already leaves it as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from pmsync.document import escaping
from pmsync.document.date_texts import format_like
from pmsync.document.dates import read_date
from pmsync.document.placeholders import is_placeholder
from pmsync.document.priorities import format_like as priority_like
from pmsync.document.priorities import read_priority
from pmsync.document.text import plain
from pmsync.domain.unseen import one_line

_NOTHING = frozenset(
    ("", "n/a", "na", "none", "nil", "null", "tbd", "tba", "tbc", "?", "??", "???")
)
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212 ")
_ISO = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_STRUCK = re.compile(r"~~([^~]+)~~")
_LINK_AT_END = re.compile(r" \(\[(?:[^\[\]\\]|\\.)*\]\([^()\s]*\)\)$")


def is_nothing(cell: str) -> bool:
    """Return True for a cell that says nothing: blank, a dash, ``N/A``, ``[Name]``."""
    text = plain(cell)
    return (
        _DASHES.issuperset(text)
        or text.strip("[]<>(). ").casefold() in _NOTHING
        or is_placeholder(cell)
    )


def blank(column: Sequence[str]) -> str:
    """Return what the column writes where there is nothing: empty, or its dash."""
    dashes = Counter(cell for cell in column if cell and _DASHES.issuperset(cell))
    empty = sum(not cell for cell in column)
    if dashes and dashes.total() > empty:
        return max(dashes, key=lambda cell: dashes[cell])
    return ""


def title(cell: str, value: str, *, table: bool, block_start: bool) -> str:
    """Return a title cell or entry that shows ``value``, a plain text.

    A link that stands in parentheses at its end stays there, and a title that is
    struck through stays so.
    """
    link = link_at_end(cell)
    body = cell.removesuffix(link) if link else cell
    if plain(body) == one_line(value):
        return cell
    struck = _STRUCK.fullmatch(body) is not None
    written = escaping.escape(
        value, table=table, block_start=block_start and not struck
    )
    return (f"~~{written}~~" if struck else written) + link


def link_at_end(text: str) -> str:
    """Return the link in parentheses that ends a title, or an empty string."""
    found = _LINK_AT_END.search(text)
    return found[0] if found else ""


def owner(cell: str, column: Sequence[str], value: str | None) -> str:
    """Return an owner cell; what another cell of the column holds is taken as it is."""
    if value is None:
        return cell if is_nothing(cell) else blank(column)
    if plain(cell) == plain(value):
        return cell
    if value in column:
        return value
    alike = (other for other in column if plain(other) == one_line(value))
    return next(alike, escaping.escape(value, table=True))


def due(
    cell: str, column: Sequence[str], value: date | None, formats: Sequence[str]
) -> str:
    """Return a due cell in the format of the cell, else of the column, else ISO.

    Where a cell says more beside one ISO date, only the date is replaced.
    """
    if value is None:
        return cell if is_nothing(cell) else blank(column)
    if read_date(cell, formats) == value:
        return cell
    dates = _ISO.findall(cell)
    if len(dates) == 1:
        return cell.replace(dates[0], value.isoformat())
    written = format_like([cell, *column], value, formats)
    return value.isoformat() if written is None else written


def priority(cell: str, column: Sequence[str], value: str | None) -> str:
    """Return a priority cell; ``value`` is ``"0"`` (most urgent) to ``"4"``."""
    if value is None:
        return cell if is_nothing(cell) else blank(column)
    if read_priority(cell) == value:
        return cell
    written = priority_like([cell, *column], value)
    return f"P{value}" if written is None else written
