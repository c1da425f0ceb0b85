"""Signs of inline Markdown, and what CommonMark says of those that stand together."""

from __future__ import annotations

import re
from unicodedata import category

SPECIAL = re.compile(r"[\\`*_~\[\]<&!]")
"""Signs that start or end a construct."""
PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
"""Signs that a backslash before them makes text of."""


def pair(mark: str, left: int, right: int, *, either: bool) -> bool:
    """Tell whether two runs close each other (CommonMark's rules 9 and 10)."""
    if mark == "~":
        return left == right <= len("~~")
    unequal = left % 3 or right % 3
    return not (either and unequal and (left + right) % 3 == 0)


def flanks(source: str, start: int, end: int, mark: str) -> tuple[bool, bool]:
    """Return whether a delimiter run can open and can close emphasis."""
    before = _kind(source[start - 1 : start])
    after = _kind(source[end : end + 1])
    left = after != " " and (after != "." or before != "a")
    right = before != " " and (before != "." or after != "a")
    if mark == "_":
        return left and (not right or before == "."), right and (
            not left or after == "."
        )
    return left, right


def _kind(character: str) -> str:
    """Return " " for white space and the ends, "." for punctuation, else "a"."""
    if not character or character.isspace():
        return " "
    if character in PUNCTUATION or category(character)[0] in "PS":
        return "."
    return "a"
