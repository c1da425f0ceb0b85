"""Which columns a table has, by its header, and whether its rows are action items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import NamedTuple

from pmsync.document.headings import Family
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


NUMBERED = Meaning(Column.ID, 1)
"""What *Task ID* says: the number of a row, less surely than ``#`` says it."""
_GUESSED = 9
"""Rank of a title column that no word names."""
_WEAK_TITLE = 2
_BARE_DATE = 2
_DONE_COLUMN = 1
_KEYED = (Column.OWNER, Column.DUE, Column.STATUS, Column.TICKET)


def layout_of(
    meanings: Sequence[Meaning | Other | None], place: Family, *, steps: bool
) -> Layout | None:
    """Return the layout of an action table, None for tables of other kinds.

    ``steps`` tells that the first column names steps, days, roles and the like.
    """
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


def with_title(
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
        elif NUMBERED in meanings and None not in meanings:
            meanings[meanings.index(NUMBERED)] = Meaning(Column.TITLE, 1)
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
        (each for each in meanings if each not in (Meaning(Column.ID, 0), NUMBERED)),
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
