"""What a heading says of the tables and checklists below it."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache

from pmsync.document import heading_words as words
from pmsync.document.phrases import Phrases, fold
from pmsync.document.spans_of_time import days_in
from pmsync.document.text import plain


class Family(Enum):
    """What a heading is about."""

    __hash__ = object.__hash__  # Enum's own is slow, and members are single.

    ACTION = auto()
    """Action items, whatever the headings above it say."""
    HORIZON = auto()
    """A stretch of time (*Short-term*): action items, unless an ancestor is ``OTHER``."""
    ASIDE = auto()
    """Part of the story; holds action items only inside an ``ACTION`` section."""
    OTHER = auto()
    """Something that looks like action items and is not: checklists, sign-off."""
    NEUTRAL = auto()
    """Says nothing; the heading above it decides."""


_NUMBERING = re.compile(
    r"\s*(?:[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}[.)::、]?\s+|[0-9]{1,3}[.)、]\s*"
    r"|[A-Z][.)]\s+|[IVX]{1,5}[.)]\s+|[一二三四五六七八九十]{1,3}[、..]\s*)"
)
_STRONG = Phrases({Family.ACTION: words.ACTION_ITEMS})
_PHRASES = Phrases(
    {
        Family.OTHER: words.HARD,
        Family.ACTION: words.ACTION,
        Family.HORIZON: words.HORIZON,
        Family.ASIDE: words.SOFT,
    }
)
_WHOLE = Phrases({Family.ACTION: words.WHOLE_ACTION})
_NOUNS = frozenset(fold(word) for word in words.NOUNS)
_LEADING_NOUNS = frozenset(fold(word) for word in words.LEADING_NOUNS)
_QUALIFIERS = frozenset(fold(word) for word in words.QUALIFIERS)
_TAKEN = frozenset(fold(word) for word in words.TAKEN)
_NO_ACTIONS = _TAKEN.union(fold(word) for word in words.OTHER_NOUNS)
LONGEST = 400
"""Characters of a heading that are looked at; nobody writes longer ones."""
_SHORT = 6
"""Words of a heading that can be about one thing only."""
_STRENGTH = (Family.OTHER, Family.ACTION, Family.HORIZON, Family.ASIDE)
_REVIEW = re.compile(r"\bafter action\b")


@lru_cache(maxsize=8192)
def family(heading: str) -> Family:
    """Tell what a heading (raw Markdown) is about."""
    text = _without_numbering(heading[:LONGEST])
    folded = _REVIEW.sub("", fold(text))
    if _STRONG.inside(folded) or _is_only_actions(folded):
        past = not _TAKEN.isdisjoint(folded.split()) and "items" not in folded
        return Family.ASIDE if past else Family.ACTION
    found = _PHRASES.inside(folded)
    for candidate in _STRENGTH:
        if candidate in found:
            return candidate
    return Family.NEUTRAL if horizon_days(heading) is None else Family.HORIZON


@lru_cache(maxsize=2048)
def is_title_of_items(heading: str) -> bool:
    """Tell whether a document's title says that the document is a list of actions."""
    folded = fold(_without_numbering(heading[:LONGEST]))
    return _is_only_actions(folded) or bool(_STRONG.whole(folded))


@lru_cache(maxsize=8192)
def horizon_days(heading: str) -> int | None:
    """Return the days that a heading allows, None if it names no span of time."""
    return days_in(plain(heading[:LONGEST]))


def _without_numbering(heading: str) -> str:
    text = plain(heading)
    number = _NUMBERING.match(text)
    return text[number.end() :] if number else text


def _is_only_actions(folded: str) -> bool:
    parts = [word for word in folded.split() if not word.isdigit()]
    if not parts or len(parts) > _SHORT or not _NO_ACTIONS.isdisjoint(parts):
        return False
    if _WHOLE.whole(" ".join(parts)) or parts[0] in _LEADING_NOUNS:
        return True
    rest = [word for word in parts if word not in _NOUNS]
    return 0 < len(rest) < len(parts) and all(word in _QUALIFIERS for word in rest)
