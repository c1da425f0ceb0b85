"""Replacing bytes of a document, and leaving all others as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Splice(NamedTuple):
    """Bytes that are replaced."""

    start: int
    end: int
    text: bytes


def spliced(data: bytes, splices: Sequence[Splice]) -> bytes:
    """Return the new bytes; of two splices at one place the first comes first."""
    parts = bytearray(data)
    ordered = sorted(enumerate(splices), key=lambda pair: (pair[1].start, pair[0]))
    for _, (start, end, text) in reversed(ordered):
        parts[start:end] = text
    return bytes(parts)
