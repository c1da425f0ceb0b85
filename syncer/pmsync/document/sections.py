"""Which headings stand over a place, and what they say together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pmsync.document.elements import CAPTION, LABEL, Entry, Heading
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

_END = LABEL + 1
"""Level of a caption without text, which only ends the one above it."""
_OUTER = 4
"""Entries above that can serve as headings."""
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
        levels = tuple([each.level if each.text else _level(each) for each in headings])
        self._paths, self._title = _outline(levels)
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
        name = title = None
        texts = list(entries)
        for above in self._paths[index] if index >= 0 else ():
            heading = self._headings[above]
            if name is None and heading.level < CAPTION:
                name = heading.text
            if above != self._title:
                texts.append(heading.text)
            elif Family.ACTION not in map(family, texts) and is_title_of_items(
                heading.text
            ):
                title = heading.text
        return _section(name, tuple(texts), title)


def section_of(
    entry: Entry, entries: Sequence[Entry], sections: Sections, data: bytes
) -> Section:
    """Return the section of an entry; entries above it can serve as headings."""
    if entry.parent is None:
        return sections.at(entry.start)
    above: list[str] = []
    parent: int | None = entry.parent
    while parent is not None and len(above) < _OUTER:
        outer = entries[parent]
        if outer.checkbox is None:
            above.append(data[outer.first.start : outer.first.end].decode())
        parent = outer.parent
    return sections.under(entry.start, above)


@lru_cache(maxsize=4096)
def _section(name: str | None, texts: tuple[str, ...], title: str | None) -> Section:
    """Return what headings, nearest first, say; documents use the same ones.

    What stands above one about action items does not count. ``title`` is that of a
    document which is a list of action items.
    """
    counted = [(text, family(text)) for text in texts]
    if title is not None:
        counted.append((title, Family.ACTION))
    families: list[Family] = []
    days = status = None
    for text, kind in counted:
        families.append(kind)
        days = horizon_days(text) if days is None else days
        status = status or _status_of(text[:LONGEST])
        if kind is Family.ACTION:
            break
    return Section(
        None if name is None else plain(name), _place(families), days, status
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


def _level(empty: Heading) -> int:
    return _END if empty.level == CAPTION else empty.level


@lru_cache(maxsize=4096)
def _outline(levels: tuple[int, ...]) -> tuple[Sequence[tuple[int, ...]], int]:
    """For each heading return itself and those above it, nearest first, and the title.

    A caption lasts to the next caption or heading; a label to the next of any kind.
    """
    paths: list[tuple[int, ...]] = []
    outline: list[int] = []
    caption: tuple[int, ...] = ()
    for index, level in enumerate(levels):
        lowest: tuple[int, ...] = ()
        if level < CAPTION:
            while outline and levels[outline[-1]] >= level:
                outline.pop()
            outline.append(index)
            caption = ()
        elif level == LABEL:
            lowest = (index,)
        else:
            caption = () if level == _END else (index,)
        paths.append((*lowest, *caption, *reversed(outline)))
    return paths, _title(levels)


def _title(levels: Sequence[int]) -> int:
    """Return the heading that is the document's title, -1 if none is."""
    real = [level for level in levels if level < CAPTION]
    if not real:
        return -1
    top, *others = real
    alone = top < min(others, default=top)
    return levels.index(top) if top == 1 or alone else -1
