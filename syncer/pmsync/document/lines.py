"""The lines of a Markdown file, in bytes: where they start and end, and their numbers.

A line ends with a line feed, a carriage return, or both.
"""

from __future__ import annotations

import re

from pmsync.document.cells import Row, Span

_BLANKS = re.compile(rb"[ \t]*")


class Lines:
    """Positions in the bytes of one file."""

    __slots__ = ("_number", "_position", "data", "plain")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.plain = ord("\r") not in data
        """True when every line ends with a line feed alone."""
        self._position = 0
        self._number = 1

    def number(self, position: int) -> int:
        """Return the line that holds a byte; cheap in the order of the document."""
        if position < self._position:
            self._position, self._number = 0, 1
        here, count = self._position, self.data.count
        self._number += count(b"\n", here, position)
        if not self.plain:
            self._number += count(b"\r", here, position)
            self._number -= count(b"\r\n", here, position)
        self._position = position
        return self._number

    def told(self, position: int, number: int) -> None:
        """Take from somebody who has counted which line starts at a byte."""
        self._position, self._number = position, number

    def start(self, position: int) -> int:
        """Return where the line that holds a byte starts."""
        last = self.data.rfind(b"\n", 0, position)
        if not self.plain:
            last = max(last, self.data.rfind(b"\r", 0, position))
        return last + 1

    def end(self, position: int) -> int:
        """Return where the end of the line that holds a byte begins."""
        feed = self.data.find(b"\n", position)
        feed = len(self.data) if feed < 0 else feed
        if self.plain:
            return feed
        end = self.data.find(b"\r", position, feed)
        return feed if end < 0 else end

    def after(self, end: int) -> int:
        """Return where the line behind a line's end starts."""
        return end + (2 if self.data.startswith(b"\r\n", end) else 1)

    def after_blanks(self, position: int) -> int:
        """Return the first byte from ``position`` on that is no blank."""
        blanks = _BLANKS.match(self.data, position)
        return blanks.end() if blanks else position

    def trimmed(self, start: int, end: int) -> Span:
        """Return a range without the blanks and line ends that close it."""
        return Span(start, start + len(self.data[start:end].rstrip()))

    def row(self, start: int, number: int) -> Row:
        """Return the rest of a line as a row of a table."""
        start = self.after_blanks(start)
        return Row(self.data, number, start, self.end(start))
