"""Which headings stand over a place, and what they say together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pmsync.document.elements import CAPTION, LABEL, Heading
from pmsync.document.headings import (
    LONGEST,
    Family,
    family,
    horizon_days,
    is_title_of_items,
)
from pmsync.document.statuses import of_section
from pmsync.document.text import plain
from pmsync.domain.model import Status

_status_of = lru_cache(maxsize=4096)(of_section)


class Section(NamedTuple):
    """What the headings over a place say."""

    text: str | None
    """The nearest heading as plain text."""
    place: Family
    horizon_days: int | None
    status: Status | None
    """The status that a heading such as *Completed* gives to what is below it."""


class Sections:
    """The headings of one document."""

    def __init__(self, headings: Sequence[Heading]) -> None:
        self._headings = headings
        self._starts = [heading.start for heading in headings]
        self._paths = _paths(headings)
        self._title = _title(headings)
        self._known: dict[int, Section] = {}

    def at(self, position: int) -> Section:
        """Return the section that holds a byte of the document."""
        index = bisect_right(self._starts, position) - 1
        section = self._known.get(index)
        if section is None:
            section = self._known[index] = self._read(index, ())
        return section

    def under(self, position: int, entries: Sequence[str]) -> Section:
        """Return the section of a list entry nested in others, nearest first."""
        index = bisect_right(self._starts, position) - 1
        return self._read(index, entries) if entries else self.at(position)

    def _read(self, index: int, entries: Sequence[str]) -> Section:
        path = self._paths[index] if index >= 0 else ()
        nearest = next(
            (each for each in path if self._headings[each].level < CAPTION), None
        )
        name = None if nearest is None else self._headings[nearest].text
        return _section(name, tuple(self._above(path, entries)))

    def _above(
        self, path: Sequence[int], entries: Sequence[str]
    ) -> Iterator[tuple[str, Family]]:
        """Yield what counts, nearest first: no more once it is about action items."""
        for text in entries:
            yield text, family(text)
            if family(text) is Family.ACTION:
                return
        for index in path:
            text = self._headings[index].text
            if index == self._title:
                if is_title_of_items(text):
                    yield text, Family.ACTION
                return
            kind = family(text)
            yield text, kind
            if kind is Family.ACTION:
                return


@lru_cache(maxsize=4096)
def _section(name: str | None, texts: tuple[tuple[str, Family], ...]) -> Section:
    """Return what headings, nearest first, say; documents use the same ones."""
    days = status = None
    for text, _ in texts:
        days = horizon_days(text) if days is None else days
        status = status or _status_of(text[:LONGEST])
    return Section(
        None if name is None else plain(name),
        _place([kind for _, kind in texts]),
        days,
        status,
    )


def _place(families: Sequence[Family]) -> Family:
    """Weigh the headings from the nearest to the outermost."""
    place = Family.NEUTRAL
    for kind in families:
        if kind in (Family.ACTION, Family.OTHER):
            return kind
        if place is Family.NEUTRAL:
            place = kind
    return place


def _paths(headings: Sequence[Heading]) -> list[tuple[int, ...]]:
    """For each heading, itself and those above it, nearest first.

    A caption lasts to the next caption or heading; a label to the next of any kind.
    """
    paths: list[tuple[int, ...]] = []
    outline: list[int] = []
    caption: tuple[int, ...] = ()
    for index, heading in enumerate(headings):
        if heading.level < CAPTION:
            while outline and headings[outline[-1]].level >= heading.level:
                outline.pop()
            outline.append(index)
            caption = ()
            lowest: tuple[int, ...] = ()
        elif heading.level < LABEL:
            caption = (index,) if heading.text else ()
            lowest = ()
        else:
            lowest = (index,)
        paths.append((*lowest, *caption, *reversed(outline)))
    return paths


def _title(headings: Sequence[Heading]) -> int:
    """Return the heading that is the document's title, -1 if none is."""
    levels = [heading.level for heading in headings if heading.level < CAPTION]
    if not levels:
        return -1
    first = next(
        index for index, heading in enumerate(headings) if heading.level < CAPTION
    )
    top = levels[0]
    alone = all(level > top for level in levels[1:])
    return first if top == 1 or (alone and len(levels) > 1) else -1
