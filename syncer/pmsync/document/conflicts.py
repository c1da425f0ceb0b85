"""Finds merge conflicts that nobody has resolved."""

from __future__ import annotations

_FENCES = (b"```", b"~~~")
_MARKS = (b"<<<<<<< ", b"=======", b">>>>>>> ")


def conflict_line(data: bytes) -> int | None:
    """Return the 1-based line on which a conflict that git left begins, else None.

    What stands in a fenced block of code is an example.
    """
    if ord("<") not in data or _MARKS[0] not in data or _MARKS[2] not in data:
        return None
    fence = None
    start = expected = 0
    for number, line in enumerate(data.splitlines(), 1):
        text = line.lstrip(b" ")
        if fence is not None:
            fence = None if text.startswith(fence) else fence
        elif text.startswith(_FENCES):
            fence = text[:3]
        elif line.startswith(_MARKS[0]):
            start, expected = number, 1
        elif start and line.startswith(_MARKS[expected]):
            if expected == len(_MARKS) - 1:
                return start
            expected += 1
    return None
