"""The list entries of a document, put together while the parser tells of it."""

from __future__ import annotations

import re
from typing import NamedTuple

from pmsync.document.cells import Span
from pmsync.document.doubts import CODE_INDENT
from pmsync.document.elements import Entry
from pmsync.document.lines import Lines

_CLOSING = b":::"

_MARKER = re.compile(rb"(?:[-+*]|[0-9]{1,9}[.)])")


class Item:
    """A list item that is being read."""

    __slots__ = ("checkbox", "closed", "end", "entry", "first")

    def __init__(self, entry: int) -> None:
        self.entry = entry
        """Index of its entry."""
        self.checkbox: Span | None = None
        self.first = -1
        """Where the first piece of its own text starts."""
        self.end = -1
        """Where its own text ends so far."""
        self.closed = False
        """True when its own text is over."""

    def add(self, start: int, end: int) -> None:
        """Add a piece of its own text."""
        if self.first < 0:
            self.first = start
        self.end = end


class _List(NamedTuple):
    line: int
    ordered: bool
    skipped: bool


class ListEntries:
    """What is known of lists after each event of the parser."""

    def __init__(self, lines: Lines) -> None:
        self.entries: list[Entry] = []
        self.open: list[Item] = []
        """The items that are being read, the innermost last."""
        self._lists: list[_List] = []
        self._lines = lines

    def close(self) -> None:
        """End the own text of the innermost item."""
        if self.open:
            self.open[-1].closed = True

    def list_starts(self, start: int, *, ordered: bool, skipped: bool) -> None:
        """Begin a list."""
        self.close()
        self._lists.append(_List(self._lines.number(start), ordered, skipped))

    def list_ends(self) -> None:
        """End the innermost list."""
        self._lists.pop()

    def item_starts(self, start: int, end: int) -> None:
        """Begin an item of the innermost list."""
        start = self._lines.after_blanks(start)
        block, ordered, skipped = self._lists[-1]
        parent = self.open[-1].entry if self.open else None
        nowhere = Span(start, start)
        self.open.append(Item(len(self.entries)))
        self.entries.append(
            Entry(
                self._lines.number(start),
                start,
                end,
                None,
                nowhere,
                nowhere,
                len(self.open),
                ordered,
                block,
                parent,
                skipped,
            )
        )

    def item_ends(self) -> None:
        """End the innermost item: its own text is known."""
        item, lines = self.open.pop(), self._lines
        entry = self.entries[item.entry]
        marker = _MARKER.match(lines.data, entry.start)
        start = item.checkbox.end if item.checkbox else marker.end() if marker else -1
        text = lines.after_blanks(start)
        if item.end < 0:
            content = first = Span(*(2 * [min(start + 1, text)]))
        else:
            if text == lines.end(text):
                text = item.first
            content = lines.trimmed(text, lines.end(item.end))
            if lines.data.startswith(_CLOSING, content.end - len(_CLOSING)):
                content = self._without_closing(content)
            first = lines.trimmed(text, min(lines.end(text), content.end))
        self.entries[item.entry] = entry._replace(
            checkbox=item.checkbox, content=content, first=first
        )

    def content_column(self) -> int:
        """Return how far what stands in the innermost item is indented."""
        if not self.open:
            return 0
        lines = self._lines
        start = self.entries[self.open[-1].entry].start
        marker = _MARKER.match(lines.data, start)
        end = marker.end() if marker else start
        blanks = lines.after_blanks(end) - end
        inside = blanks if 1 <= blanks <= CODE_INDENT else 1
        return end + inside - lines.start(start)

    def _without_closing(self, content: Span) -> Span:
        """Leave out the line that closes a box of a static site's generator.

        To GitHub it is the end of the list entry above it.
        """
        start, end = content
        lines = self._lines
        last = lines.start(end)
        closes = start < last and not lines.data[last:end].strip(b": \t>")
        return lines.trimmed(start, last) if closes else content
