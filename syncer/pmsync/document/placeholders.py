"""Texts of a template that wait to be filled in.

What takes a close look is in ``template_texts``: its patterns take a while to compile,
and many documents do without.
"""

# punctuation and words of several scripts

from __future__ import annotations

import re
from functools import lru_cache

from pmsync.document import status_vocabulary
from pmsync.document.placeholder_words import (
    AROUND,
    BETWEEN,
    COUNTED,
    EXAMPLE,
    FREE,
    LEVELS,
    PAIRS,
    PHRASES,
    STATUSES,
)
from pmsync.document.text import plain

_ANY_COUNTED = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,2} ?#?[0-9]{1,2}")
_NEEDED = frozenset("[{<&…_?|｜/／,`#☐□⬜\\")
"""Signs of which a placeholder has one, if it is none of the known phrases."""
_NEEDED_WORD = re.compile(
    r" or |\.\.|0000|xxx|nnn|yyyy|aaaa|jjjj|hh:mm|[-/. ]mm|mm[-/. ]|[-. ]aa|tbd|tbc|lorem"
)
_ADDRESS = re.compile(r"[a-z]{2,5}://[\w./-]*[0-9][\w./-]*", re.ASCII)
"""An address with a number in it leads somewhere."""
_NEEDED_ABROAD = ("гггг", "рррр", "-мм", ".мм", " мм", "年月日")
"""Words of which a placeholder has one, if it has no sign and counts nothing."""
_BEGIN_PATTERN = frozenset("yYaAjJгГрРdDtTдДmM`0")
_COUNTED_FIRST = re.compile(COUNTED)
_LONGEST_ONE = 5_000
"""Characters; a template explains itself in fewer."""
_BEGINS_ONE = re.compile(rf"{COUNTED}|.*?(?:xxx|nnn|yyyy|aaaa|jjjj|гггг|рррр)")
_FIRST_WORDS = 4
"""Words of a text that are looked at before anything else."""
_WORDS_OF_ONE = frozenset(
    word.strip(".,:/")
    for words in (PHRASES, FREE, LEVELS, STATUSES, *PAIRS)
    for phrase in words
    for word in phrase.split()
) | status_vocabulary.words(
    "or sev severity prio priority item up correctiva preventiva corretiva 일 "
    "b c i ii iii iv v vi vii viii ix xi xii "
    "dd mm aa jj tt dj дд мм gg xx nn tbd tbc lorem ipsum"
)
"""Words of placeholders; a text that begins with others is none."""


def is_placeholder(text: str) -> bool:
    """Return True when the raw Markdown is a template's own and says nothing.

    ``[Action 1]``, ``<owner>``, ``{{ date }}``, ``YYYY-MM-DD``, ``HH:MM``, ``...``,
    ``Action item 1``, a list to choose from (``SEV1 | SEV2 | SEV3``), and any mixture
    of these. A link, a checkbox, a reference in brackets, a dash and a blank are none.
    """
    for word in text.split(" ", _FIRST_WORDS):
        if not word.isalpha():
            break
        if is_real_word(word):
            return False
    if len(text) > _LONGEST_ONE or _says_something(text):
        return False
    from pmsync.document.template_texts import waits  # noqa: PLC0415

    return waits(text)


def is_sample(text: str) -> bool:
    """Tell whether a text is a template's own and is not ``TBD``: ``Name``, ``@name``.

    Whoever has no name or date yet writes *TBD*; the others forgot to write.
    """
    if not is_placeholder(text):
        return False
    from pmsync.document.template_texts import has_filler  # noqa: PLC0415

    return not has_filler(text)


def is_date_pattern(text: str) -> bool:
    """Tell whether a text is a pattern for a date and nothing else: ``YYYY-MM-DD``."""
    if text[:1] not in _BEGIN_PATTERN:
        return False
    from pmsync.document.template_texts import is_pattern_of_date  # noqa: PLC0415

    return is_pattern_of_date(text)


def is_counted(text: str) -> bool:
    """Tell whether a text is a few words and a number: ``Runbook 2``.

    In a template it waits to be replaced; elsewhere a person may have meant it.
    """
    return _ANY_COUNTED.fullmatch(plain(text).strip(AROUND)) is not None


@lru_cache(maxsize=8192)
def is_real_word(word: str) -> bool:
    """Tell whether letters are a word of no placeholder, unless inside brackets."""
    folded = word.casefold()
    return (
        word.isalpha()
        and folded not in _WORDS_OF_ONE
        and _BEGINS_ONE.match(folded) is None
    )


def _says_something(text: str) -> bool:
    """Tell cheaply of most texts that they have nothing that a placeholder needs."""
    folded = text.casefold()
    if _NEEDED_WORD.search(folded) is not None:
        return False
    if not _NEEDED.isdisjoint(text):
        return _ADDRESS.fullmatch(text) is not None
    if not text.isascii() and any(word in folded for word in _NEEDED_ABROAD):
        return False
    bare = folded.strip(AROUND)
    return (
        bare not in PHRASES
        and not bare.startswith(("(", "（"))
        and BETWEEN.search(bare) is None
        and EXAMPLE.match(bare) is None
        and _COUNTED_FIRST.match(bare) is None
    )
