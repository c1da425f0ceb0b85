"""One row of a table: its cells as byte spans and as texts.

GitHub-flavoured Markdown splits a row at every pipe that has no backslash right
before it, and does so before it reads code spans, so a plain scan is exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise, repeat
from typing import NamedTuple

_PIPE = re.compile(rb"(?<!\\)\|")
_PIPE_TEXT = re.compile(r"(?<!\\)\|")
_BLANK = b" \t\n\x0b\x0c\r"
_tuple = tuple.__new__
"""Makes a row; its own constructor does the same in twice the time."""
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


class Rows:
    """Rows on whole lines below each other, cut out of the file when one is asked for.

    Whoever only reads a table takes all its cells at once, see ``even_columns``.
    """

    __slots__ = ("_after", "_count", "_line", "_rows", "_source", "_start", "end")

    def __init__(self, source: bytes, line: int, start: int, after: int) -> None:
        self._source = source
        self._line = line
        self._start = start
        self._after = after
        self._count = source.count(b"\n", start, after)
        self._rows: list[Row] | None = None
        self.end = after - (2 if source.startswith(b"\r", after - 2) else 1)
        """Where the last line end begins."""

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        return iter(self._cut())

    def __getitem__(self, index: int) -> Row:
        return self._cut()[index]

    @property
    def lines(self) -> range:
        """The numbers of the lines."""
        return range(self._line, self._line + self._count)

    @property
    def block(self) -> bytes:
        """All rows, without the last line end."""
        return self._source[self._start : self.end]

    def _cut(self) -> list[Row]:
        if self._rows is not None:
            return self._rows
        source = self._source
        lines = source[self._start : self._after].splitlines(keepends=True)
        starts = list(accumulate(map(len, lines), initial=self._start))
        ends = [
            after - 2 if source.startswith(b"\r", after - 2) else after - 1
            for after in starts[1:]
        ]
        rows = zip(repeat(source), self.lines, starts, ends)
        self._rows = [_tuple(Row, row) for row in rows]
        return self._rows


def lines_of(rows: Rows | Sequence[Row]) -> Sequence[int]:
    """Return the line of each row."""
    return rows.lines if isinstance(rows, Rows) else [row.line for row in rows]


def even_columns(rows: Rows | Sequence[Row], width: int) -> list[list[str]] | None:
    """Return what ``texts`` gives for rows below each other, column by column.

    None unless every row has exactly ``width`` cells between pipes, at the margin and
    without a backslash: most tables, which are split at once.
    """
    if isinstance(rows, Rows):
        block = rows.block
    else:
        block = rows[0].source[rows[0].start : rows[-1].end]
    text = block.decode()
    parts = text.split("|")
    step, count = width + 1, len(rows)
    around = "".join(parts[::step])
    if len(parts) != step * count + 1 or (
        around.replace("\r\n", "\n") != "\n" * (count - 1) or "\\" in text
    ):
        return None
    if text.isascii() and not (
        "\x1c" in text or "\x1d" in text or "\x1e" in text or "\x1f" in text
    ):
        # Elsewhere it would strip what is no blank in Markdown.
        cells = list(map(str.strip, parts))
    else:
        cells = [part.strip(_BLANK_TEXT) for part in parts]
    return [cells[column::step] for column in range(1, step)]


def _trimmed(source: bytes, start: int, end: int) -> Span:
    cell = source[start:end]
    inner = cell.strip(_BLANK)
    if not inner:
        return Span(*(2 * [start + (1 if len(cell) > 1 else 0)]))
    first = start + len(cell) - len(cell.lstrip(_BLANK))
    return Span(first, first + len(inner))
