"""What the columns of a table mean, and whether its rows are action items."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import NamedTuple

from pmsync.document import column_words as words
from pmsync.document.headings import Family
from pmsync.document.phrases import Phrases, fold
from pmsync.document.text import plain
from pmsync.domain.model import Column


class Other(Enum):
    """What a header cell means when it is none of our columns."""

    NOTHING = auto()
    """Notes and the like: any table can have it."""
    TIME = auto()
    """Clock times: the table is a timeline."""
    FOREIGN = auto()
    """As a first column, it makes a table of another kind."""


class Meaning(NamedTuple):
    """What a header cell says, and how surely: 0 is the surest."""

    column: Column
    rank: int


class Layout(NamedTuple):
    """Where the columns of a table stand; -1 where there is none."""

    title: int
    owner: int
    due: int
    status: int
    ticket: int
    priority: int
    row_id: int
    width: int
    columns: frozenset[Column]
    yes_or_no: bool
    """True when the status column asks *Done?*: ``no`` and dates are answers."""
    doubles: tuple[Column, ...]
    """Columns that two header cells claim with the same right."""

    @property
    def optional(self) -> tuple[int, ...]:
        """Where owner, due, status, ticket, priority and id stand."""
        return self[1:7]


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
_NUMBERED = Meaning(Column.ID, 1)
_ASIDE = re.compile(r"\([^()]*\)|\uff08[^\uff08\uff09]*\uff09|\[[^\[\]]*\]")
_PARTS = re.compile(r"[/&,|、\uff0f・]|\bor\b|\band\b")
_LONGEST = 80
_GUESSED = 9
"""Rank of a title column that no word names."""
_WEAK_TITLE = 2
_BARE_DATE = 2
_DONE_COLUMN = 1
_MEMO = 20_000
_KEYED = (Column.OWNER, Column.DUE, Column.STATUS, Column.TICKET)


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
        meanings = _with_title(meanings)
        steps = bool(cells) and fold(plain(cells[0])) in self._steps
        found = self._layouts[key] = _layout(meanings, place, steps=steps)
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
        return _NUMBERED if _NUMBER.search(text.lower()) else found
    return found


def _counts_inside(meaning: Meaning) -> bool:
    """Tell whether words may be believed inside a longer header."""
    if meaning.column is Column.ID:
        return False
    return meaning.rank == 0 or (meaning.column is Column.TITLE and meaning.rank == 1)


def _layout(
    meanings: Sequence[Meaning | Other | None], place: Family, *, steps: bool
) -> Layout | None:
    best: dict[Column, tuple[int, int]] = {}
    for index, meaning in enumerate(meanings):
        if not isinstance(meaning, Meaning):
            continue
        column, rank = meaning
        known = best.get(column)
        if known is None or rank < known[0]:
            best[column] = (rank, index)
    if Column.TITLE not in best:
        guess = _guess_title(meanings, best, place)
        if guess < 0:
            return None
        best = {key: value for key, value in best.items() if value[1] != guess}
        best[Column.TITLE] = (_GUESSED, guess)
    if steps and best[Column.TITLE][1] and place is not Family.ACTION:
        return None
    if not _accepted(meanings, best, place):
        return None
    at = {column: index for column, (_, index) in best.items()}
    return Layout(
        at[Column.TITLE],
        at.get(Column.OWNER, -1),
        at.get(Column.DUE, -1),
        at.get(Column.STATUS, -1),
        at.get(Column.TICKET, -1),
        at.get(Column.PRIORITY, -1),
        at.get(Column.ID, -1),
        len(meanings),
        frozenset(at),
        best.get(Column.STATUS, (0,))[0] == _DONE_COLUMN,
        tuple(
            column
            for column, (rank, _) in best.items()
            if (column in _KEYED or column is Column.TITLE)
            and list(meanings).count(Meaning(column, rank)) > 1
        ),
    )


def _with_title(
    meanings: list[Meaning | Other | None],
) -> list[Meaning | Other | None]:
    """Take for the title what is one only in want of a better.

    *Issue* is what is to be solved where another column holds the ticket, and *Action #*
    is all that a table says where it has nothing else.
    """
    columns = [each.column if isinstance(each, Meaning) else None for each in meanings]
    if Column.TITLE not in columns:
        if columns.count(Column.TICKET) > 1:
            meanings[columns.index(Column.TICKET)] = Meaning(Column.TITLE, _GUESSED)
        elif _NUMBERED in meanings and None not in meanings:
            meanings[meanings.index(_NUMBERED)] = Meaning(Column.TITLE, 1)
    return meanings


def _guess_title(
    meanings: Sequence[Meaning | Other | None],
    best: Mapping[Column, tuple[int, int]],
    place: Family,
) -> int:
    """Pick the title column of a table whose header names none, else -1."""
    if place is not Family.ACTION and place is not Family.HORIZON:
        return -1
    for wanted in (None, Other.NOTHING, Other.FOREIGN):
        if wanted in meanings:
            return meanings.index(wanted)
    for column in (Column.TICKET, Column.TYPE):
        if column in best:
            return best[column][1]
    return -1


def _accepted(
    meanings: Sequence[Meaning | Other | None],
    best: Mapping[Column, tuple[int, int]],
    place: Family,
) -> bool:
    """Weigh what the header says against where the table stands."""
    title = best[Column.TITLE][0]
    strong = title < _WEAK_TITLE
    keyed = sum(
        column in best and (column, best[column][0]) != (Column.DUE, _BARE_DATE)
        for column in _KEYED
    )
    timeline = Other.TIME in meanings
    foreign = next(
        (each for each in meanings if each not in (Meaning(Column.ID, 0), _NUMBERED)),
        None,
    )
    # A date at the beginning is when it happened, not when it is due.
    foreign_first = foreign is Other.FOREIGN or foreign == Meaning(
        Column.DUE, _BARE_DATE
    )
    dated_log = foreign == Meaning(Column.DUE, _BARE_DATE) and not keyed
    match place:
        case Family.OTHER:
            return False
        case Family.ACTION:
            if timeline:
                return strong and keyed > 1
            if dated_log:
                return False
            return strong or keyed > foreign_first or title < _GUESSED
        case Family.HORIZON:
            weak = foreign_first + (title == _GUESSED)
            return not (timeline or dated_log) and (strong or keyed > weak)
        case Family.ASIDE:
            return not timeline and strong and keyed > 1
        case Family.NEUTRAL:
            if timeline:
                return False
            if strong:
                return keyed > foreign_first
            person = Column.OWNER in best or best.get(Column.DUE, (9,))[0] == 0
            return person and keyed > 1 and not foreign_first
