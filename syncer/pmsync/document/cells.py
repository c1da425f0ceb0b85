"""One row of a table: its cells as byte spans and as texts.

GitHub-flavoured Markdown splits a row at every pipe that has no backslash right
before it, and does so before it reads code spans, so a plain scan is exact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

_PIPE = re.compile(rb"(?<!\\)\|")
_PIPE_TEXT = re.compile(r"(?<!\\)\|")
_BLANK = b" \t\n\x0b\x0c\r"
_BLANK_TEXT = " \t\n\x0b\x0c\r"


class Span(NamedTuple):
    """A half-open range of bytes in the original file."""

    start: int
    end: int


class Row(NamedTuple):
    """One row, from its first character that is not indentation to its line's end."""

    source: bytes
    """The whole file."""
    line: int
    """1-based."""
    start: int
    end: int
    """Where the line end begins."""

    @property
    def cells(self) -> tuple[Span, ...]:
        """The cells that are really written, trimmed of blanks.

        They can be more or fewer than the header's. An empty cell has a zero-width
        span where text would go.
        """
        source, _, start, end = self
        bounds = [match.start() for match in _PIPE.finditer(source, start, end)]
        if not bounds or source[start : bounds[0]].strip(_BLANK):
            bounds.insert(0, start - 1)
        if bounds[-1] < start or source[bounds[-1] + 1 : end].strip(_BLANK):
            bounds.append(end)
        return tuple(
            _trimmed(source, left + 1, right) for left, right in pairwise(bounds)
        )

    @property
    def leading_pipe(self) -> bool:
        """True when the row starts with a pipe."""
        return self.source.startswith(b"|", self.start)

    @property
    def trailing_pipe(self) -> bool:
        """True when a pipe closes the last cell."""
        bounds = [
            match.end() for match in _PIPE.finditer(self.source, self.start, self.end)
        ]
        return bool(bounds) and not self.source[bounds[-1] : self.end].strip(_BLANK)

    def texts(self) -> list[str]:
        """The raw Markdown of each written cell, trimmed."""
        source, _, start, end = self
        text = source[start:end].decode()
        if text[:1] == text[-1:] == "|" and "\\" not in text and len(text) > 1:
            return [part.strip(_BLANK_TEXT) for part in text[1:-1].split("|")]
        parts = _PIPE_TEXT.split(text) if "\\" in text else text.split("|")
        if len(parts) > 1:
            if not parts[0].strip(_BLANK_TEXT):
                del parts[0]
            if not parts[-1].strip(_BLANK_TEXT):
                del parts[-1]
        return [part.strip(_BLANK_TEXT) for part in parts]


def even_columns(rows: Sequence[Row], width: int) -> list[list[str]] | None:
    """Return what ``texts`` gives for rows below each other, column by column.

    None unless every row has exactly ``width`` cells between pipes, at the margin and
    without a backslash: most tables, which are split at once.
    """
    block = rows[0].source[rows[0].start : rows[-1].end]
    parts = block.split(b"|")
    step = width + 1
    around = b"".join(parts[::step]).replace(b"\r\n", b"\n")
    if (
        len(parts) != step * len(rows) + 1
        or around != b"\n" * (len(rows) - 1)
        or b"\\" in block
    ):
        return None
    cells = b"|".join(map(bytes.strip, parts)).decode().split("|")
    return [cells[column::step] for column in range(1, step)]


def _trimmed(source: bytes, start: int, end: int) -> Span:
    cell = source[start:end]
    inner = cell.strip(_BLANK)
    if not inner:
        return Span(*(2 * [start + (1 if len(cell) > 1 else 0)]))
    first = start + len(cell) - len(cell.lstrip(_BLANK))
    return Span(first, first + len(inner))
