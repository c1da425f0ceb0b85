"""Ids as Beads makes them: a prefix and as much of a hash, in base 36, as it takes.

Source: gastownhall/beads, internal/idgen and its adaptive length; a file starts with
four characters.
"""

from __future__ import annotations

import re
from collections.abc import Container
from hashlib import sha256

ID = re.compile(r"[A-Za-z0-9][\w-]*-[0-9a-z]+(?:\.\d+){0,3}", re.ASCII)
"""What an id looks like; a child's ends in ``.1``."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SHORTEST, _LONGEST = 4, 8
_NONCES = 10
_COLLISION = 0.25
"""The chance of one collision in the whole file at which ids become longer."""


def length(tickets: int) -> int:
    """Return the number of characters for the next id beside ``tickets`` others."""
    for size in range(_SHORTEST, _LONGEST):
        # The birthday bound: n^2 / 2N.
        if tickets * tickets / (2 * 36**size) <= _COLLISION:
            return size
    return _LONGEST


def new_id(prefix: str, seed: str, taken: Container[str], tickets: int) -> str:
    """Return an id that is not ``taken``; the same seed gives the same id."""
    size = length(tickets)
    while True:
        for nonce in range(_NONCES):
            digest = sha256(f"{seed}|{nonce}".encode()).digest()
            made = f"{prefix}-{_base36(int.from_bytes(digest, 'big'), size)}"
            if made not in taken:
                return made
        size += 1


def _base36(number: int, size: int) -> str:
    """Return the ``size`` lowest digits of a number."""
    digits = []
    for _ in range(size):
        number, digit = divmod(number, 36)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
