"""Titles of action items: strangers to each other, or much alike.

Whether a renamed row is the one that vanished is a question of how alike two titles
are. Where titles are strangers the answer is never in doubt, and the judge may say
which ticket is whose; where they are alike he only counts.
"""

from __future__ import annotations

from functools import cache
from random import Random

from rapidfuzz import fuzz

LETTERS = "abcdefghijklmnopqrstuvwxyz"
LIKENESS = 38
"""Below this, in percent, no two strangers are alike."""
VERBS = ("Alert when", "Rotate", "Write down", "Remove", "Alert before")
THINGS = ("the disk is full", "the keys", "the runbook", "the old queue", "the cache")


@cache
def strangers() -> tuple[str, ...]:
    """Return titles of which no two are alike."""
    random, found = Random(1), list[str]()
    while len(found) < 60:
        letters = random.sample(LETTERS, 5)
        words = (
            "".join(random.choices(letters, k=random.randint(3, 6))) for _ in "abc"
        )
        title = " ".join(words)
        if all(fuzz.ratio(title, other.casefold()) < LIKENESS for other in found):
            found.append(title.capitalize())
    return tuple(found)


def alike(number: int, random: Random) -> str:
    """Return a title that is much like others, and used by nobody."""
    return f"{random.choice(VERBS)} {random.choice(THINGS)} {number}"
