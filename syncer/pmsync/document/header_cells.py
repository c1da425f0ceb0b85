"""What the header cells of tables mean, by the words in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pmsync.document import column_words as words
from pmsync.document.columns import (
    NUMBERED,
    Layout,
    Meaning,
    Other,
    layout_of,
    with_title,
)
from pmsync.document.headings import Family
from pmsync.document.phrases import Phrases, fold
from pmsync.document.text import plain
from pmsync.domain.model import Column

_SAMENESS = (
    Column.ID,
    Column.TYPE,
    Column.DUE,
    Column.OWNER,
    Column.STATUS,
    Column.PRIORITY,
    Column.TICKET,
    Column.TITLE,
)
"""Which word decides a header of several: *action owner* is an owner."""
_SIGNS_OF_ID = frozenset(("#", "№", "nº", "n°", "no.", "nr.", "№ п/п"))
_NUMBER = re.compile(
    r"#$|№$|(?:(?<![^\W_])|(?<=[^\x00-\u10ff]))(?:ids?|nr|no|num|number|nummer|n[uú]mero"
    r"|num[eé]ro|номер)\.?$|(?:番号|编号|編號|序号|번호)$"
    r"|^(?:ids?|n[º°]|№|n[uú]mero|num[eé]ro|номер)\.? (?:d['’]|\w)"
)
"""*Task ID*, *Maßnahmen-Nr.*, *ID da ação*: the number of what the header names."""
_ASIDE = re.compile(r"\([^()]*\)|\uff08[^\uff08\uff09]*\uff09|\[[^\[\]]*\]")
_PARTS = re.compile(r"[/&,|、\uff0f・]|\bor\b|\band\b")
_LONGEST = 80
_MEMO = 20_000


class Headers:
    """The vocabulary of header cells."""

    def __init__(self, extra: Mapping[Column, Sequence[str]]) -> None:
        meanings: dict[Meaning, Sequence[str]] = {
            Meaning(column, rank): group
            for column, groups in words.WORDS.items()
            for rank, group in enumerate(groups)
        }
        self._extra = {
            fold(word): Meaning(column, 0)
            for column, more in extra.items()
            for word in more
        }
        self._words = Phrases(meanings)
        self._strong = Phrases(
            {
                meaning: group
                for meaning, group in meanings.items()
                if _counts_inside(meaning)
            }
        )
        self._other = Phrases(
            {
                Other.TIME: words.TIME,
                Other.NOTHING: words.NOTHING,
                Other.FOREIGN: words.FOREIGN,
            }
        )
        self._steps = frozenset(fold(word) for word in words.STEP)
        self._cells: dict[str, Meaning | Other | None] = {}
        self._layouts: dict[tuple[tuple[str, ...], Family, int], Layout | None] = {}

    def meaning(self, cell: str) -> Meaning | Other | None:
        """Return what a header cell (raw Markdown) says, None if nothing known."""
        if cell not in self._cells:
            if len(self._cells) > _MEMO:
                self._cells.clear()
            self._cells[cell] = self._read(cell)
        return self._cells[cell]

    def layout(
        self, cells: Sequence[str], place: Family, other: int = -1
    ) -> Layout | None:
        """Return the layout of an action table, None for tables of other kinds.

        ``place`` is what the headings above say, ``other`` a column whose header
        promises something else than its cells hold.
        """
        key = (tuple(cells), place, other)
        try:
            return self._layouts[key]
        except KeyError:
            pass
        if len(self._layouts) > _MEMO:
            self._layouts.clear()
        meanings = [self.meaning(cell) for cell in cells]
        if other >= 0:
            meanings[other] = Other.NOTHING
        meanings = with_title(meanings)
        steps = bool(cells) and fold(plain(cells[0])) in self._steps
        found = self._layouts[key] = layout_of(meanings, place, steps=steps)
        return found

    def _read(self, cell: str) -> Meaning | Other | None:
        text = plain(cell)[:_LONGEST]
        if text.lower() in _SIGNS_OF_ID:
            return Meaning(Column.ID, 0)
        short = _ASIDE.sub(" ", text)
        for candidate in (text, short, *_PARTS.split(short)):
            folded = fold(candidate)
            if folded in self._extra:
                return self._extra[folded]
            found = self._whole(folded)
            if found is not None:
                return _number_or(found, text)
        return _number_or(self._inside(fold(short) or fold(text)), text)

    def _whole(self, folded: str) -> Meaning | Other | None:
        meaning = self._words.whole(folded)
        other = self._other.whole(folded)
        if other is Other.FOREIGN:
            return meaning or other
        return other or meaning

    def _inside(self, folded: str) -> Meaning | None:
        found = self._strong.inside(folded)
        for column in _SAMENESS:
            ranks = [meaning.rank for meaning in found if meaning.column is column]
            if ranks:
                return Meaning(column, min(ranks))
        return None


def _number_or(found: Meaning | Other | None, text: str) -> Meaning | Other | None:
    """Return that a header is the number of a row, else what was found in it."""
    if found is None or (isinstance(found, Meaning) and found.column is Column.TITLE):
        return NUMBERED if _NUMBER.search(text.lower()) else found
    return found


def _counts_inside(meaning: Meaning) -> bool:
    """Tell whether words may be believed inside a longer header."""
    if meaning.column is Column.ID:
        return False
    return meaning.rank == 0 or (meaning.column is Column.TITLE and meaning.rank == 1)
