"""Edited documents as unified diffs, with the words that changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from pmsync.app.report import DocumentDiff
from pmsync.cli.terminal import Paint, safe

CONTEXT = 2
"""Unchanged lines around a changed one."""
LONGEST = 2_000
"""Characters of a line that are shown."""

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_Pair = tuple[str, str]


def unified(diff: DocumentDiff, paint: Paint) -> Iterator[str]:
    """Show one document before and after.

    An edit never adds or takes away a line, so that equal numbers are equal lines.
    """
    pairs = list(zip(_lines(diff.before), _lines(diff.after), strict=True))
    path = safe(diff.path)
    yield paint.bold(f"--- a/{path}")
    yield paint.bold(f"+++ b/{path}")
    for start, stop in _hunks([n for n, (a, b) in enumerate(pairs) if a != b]):
        hunk = pairs[start : min(stop, len(pairs))]
        span = f"{start + 1},{len(hunk)}"
        yield paint.cyan(f"@@ -{span} +{span} @@")
        yield from _hunk(hunk, paint)


def _lines(data: bytes) -> list[str]:
    lines = data.decode("utf-8", errors="replace").split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def _hunks(changed: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of lines to show: what changed, with context."""
    start: int | None = None
    stop = 0
    for number in changed:
        if start is None or number - CONTEXT > stop:
            if start is not None:
                yield start, stop
            start = max(0, number - CONTEXT)
        stop = number + CONTEXT + 1
    if start is not None:
        yield start, stop


def _hunk(pairs: Sequence[_Pair], paint: Paint) -> Iterator[str]:
    """Show lines, a run of changed ones first as they were and then as they are."""
    removed: list[str] = []
    added: list[str] = []
    for before, after in pairs:
        if before != after:
            was, now = _marked(_shown(before), _shown(after), paint)
            removed.append(paint.red(f"-{was}"))
            added.append(paint.green(f"+{now}"))
            continue
        yield from removed + added
        removed, added = [], []
        yield f" {_shown(before)}"
    yield from removed + added


def _shown(line: str) -> str:
    if len(line) > LONGEST:
        line = f"{line[:LONGEST]}… ({len(line) - LONGEST} more characters)"
    return safe(line)


def _marked(before: str, after: str, paint: Paint) -> _Pair:
    """Mark what differs: in table rows cell by cell, within a cell by words."""
    if not paint.on:
        return before, after
    marked = [
        _marked_words(was, now, paint)
        for was, now in zip_longest(_cells(before), _cells(after), fillvalue="")
    ]
    return "".join(was for was, _ in marked), "".join(now for _, now in marked)


def _cells(line: str) -> list[str]:
    return [f"{cell}|" for cell in line.split("|")[:-1]] + line.split("|")[-1:]


def _marked_words(before: str, after: str, paint: Paint) -> _Pair:
    was, now = _WORD.findall(before), _WORD.findall(after)
    head = _common(was, now)
    tail = _common(was[head:][::-1], now[head:][::-1])

    def mark(words: list[str]) -> str:
        end = len(words) - tail
        middle = paint.mark("".join(words[head:end]))
        return "".join(words[:head]) + middle + "".join(words[end:])

    return mark(was), mark(now)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many words are the same from the beginning."""
    pairs = zip(one, other, strict=False)
    return next(
        (n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other))
    )
