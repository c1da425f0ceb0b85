"""Finding the words of a vocabulary in headings and header cells.

Words are compared folded: without case, accents, emoji and punctuation. In scripts
that put no blanks between words a phrase is found anywhere, else at word borders. A
phrase may end in ``*`` for any ending (``корректирующ*``) and start with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar
from unicodedata import category, normalize

_Meaning = TypeVar("_Meaning")
_STEM = 2
_SCRIPT_WITHOUT_BLANKS = re.compile(
    "[^\x00-\u0dff\u0f00-\u10ff\u1200-\u2e7f\ufb00-\uffff]"
)
"""All but scripts with blanks: a class of few characters is made in less time."""
_SHORTCODE = re.compile(r":[a-z0-9_+-]{2,40}:")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return the words of a text in lower case, without accents and punctuation."""
    if not text.isascii():
        parts = normalize("NFKD", text)
        text = "".join(part for part in parts if category(part) != "Mn")
    text = text.casefold()
    return " ".join(_WORD.findall(_SHORTCODE.sub(" ", text) if ":" in text else text))


_tuple = tuple.__new__
"""Makes a word; its own constructor does the same in twice the time."""


class _Word(NamedTuple):
    text: str
    open: bool
    """True when the word may go on."""


class Phrases(Generic[_Meaning]):
    """Phrases with a meaning each, found quickly in a folded text."""

    def __init__(self, meanings: Mapping[_Meaning, Iterable[str]]) -> None:
        self._whole: dict[str, _Meaning] = {}
        self._by_start: dict[str, list[tuple[tuple[_Word, ...], _Meaning]]] = {}
        self._anywhere: list[tuple[str, _Meaning]] = []
        for meaning, phrases in meanings.items():
            for phrase in phrases:
                self._add(phrase, meaning)

    def _add(self, phrase: str, meaning: _Meaning) -> None:
        folded = fold(phrase)
        self._whole.setdefault(folded, meaning)
        unspaced = not folded.isascii() and _SCRIPT_WITHOUT_BLANKS.search(folded)
        if unspaced or phrase.startswith("*"):
            self._anywhere.append((folded.replace(" ", ""), meaning))
            return
        words = tuple(
            [
                _tuple(_Word, (fold(word), word.endswith("*")))
                for word in phrase.replace("-", " ").split()
            ]
        )
        self._by_start.setdefault(words[0].text[:_STEM], []).append((words, meaning))

    def whole(self, folded: str) -> _Meaning | None:
        """Return the meaning of a text that is one phrase and nothing else."""
        return self._whole.get(folded)

    def inside(self, folded: str) -> list[_Meaning]:
        """Return the meanings of all phrases in a text, in no particular order."""
        words = folded.split()
        found = [
            meaning
            for at, word in enumerate(words)
            for phrase, meaning in self._by_start.get(word[:_STEM], ())
            if _stands_at(phrase, words, at)
        ]
        text = "".join(words)
        found += [meaning for part, meaning in self._anywhere if part in text]
        return found


def _stands_at(phrase: tuple[_Word, ...], words: list[str], at: int) -> bool:
    if at + len(phrase) > len(words):
        return False
    return all(
        there == word.text or (word.open and there.startswith(word.text))
        for word, there in zip(phrase, words[at:], strict=False)
    )
