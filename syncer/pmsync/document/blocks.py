"""What each kind of block says, put together while the parser tells of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from pmsync.document import doubts, titles
from pmsync.document.cells import Row, Rows, Span
from pmsync.document.condense import Condensed
from pmsync.document.cuts import Plain, PlainTable
from pmsync.document.elements import (
    CAPTION,
    Doubt,
    DoubtKind,
    Heading,
    HtmlTable,
    Table,
)
from pmsync.document.lines import Lines
from pmsync.document.list_entries import ListEntries
from pmsync.document.skip_comments import says_skip
from pmsync.document.table_shape import plain_rows, table_of

_HTML_CAPTION = re.compile(rb"(?i)<(?:summary|h([1-6]))\b[^<>]*>([^<]*)<")
_HTML_TABLE = re.compile(rb"(?i)<table\b")
_FENCES = 2
"""Lines of a code block that is closed, at least."""
_tuple = tuple.__new__
"""Makes a heading or span; its own constructor does the same in twice the time."""
_LEVELS = {f"H{level}": level for level in range(1, 7)}


class Blocks:
    """What is known of a document after each event of the parser.

    Each kind of block has a method that takes the parser's span and tag, and those
    that hold others one for their end.
    """

    def __init__(self, data: bytes, condensed: Condensed) -> None:
        self.data = data
        self.condensed = condensed
        self.original = condensed.original
        self.lines = Lines(data)
        self.headings: list[Heading] = []
        self.tables: list[Table] = []
        self.doubts: list[Doubt] = []
        self.zones: list[Span] = []
        """Tables and all that is not read, in order."""
        self.html_tables: list[HtmlTable] = []
        self.lists = ListEntries(self.lines)
        self.rows: list[int] = []
        """Where the rows of the table start that is being read."""
        self.paragraph_end = -1
        self.skip = False
        """True right after a ``pmsync: skip`` comment."""

    def _other_block(self) -> None:
        """A block begins that is neither a table nor a list."""
        self.skip = False
        self.lists.close()

    def unread(self, span: Any) -> bytes:
        """Note a block that is not read any further."""
        self._other_block()
        start = self.original(span["start"])
        end = self.original(span["end"])
        self.zones.append(Span(start, end))
        return self.data[start:end]

    def heading(self, span: Any, tag: Any) -> None:
        """Note a heading."""
        self._other_block()
        at = span["start"]
        start = self.original(at)
        end = start + span["end"] - at
        level = _LEVELS[tag["Heading"]["level"]]
        text = titles.text_of(self.data[start:end])
        self.headings.append(_tuple(Heading, (level, text, start, end)))

    def _title(self, start: int, end: int, level: int, text: str) -> None:
        self.headings.append(Heading(level, text, start, end))

    def paragraph(self, span: Any, _: Any) -> None:
        """Note a line that serves as a heading, or where an entry's own text is over."""
        self.skip = False
        if self.lists.open:
            item = self.lists.open[-1]
            item.closed = item.closed or item.end >= 0
            return
        start, end = self.original(span["start"]), self.original(span["end"])
        self.paragraph_end = end
        raw = self.data[start : min(end, start + titles.LONGEST + 1)].strip()
        level = titles.level_of(raw)
        if level is not None:
            self._title(start, end, level, raw.decode())

    def html(self, span: Any, _: Any) -> None:
        """Note captions, tables and comments that HTML holds."""
        skip = self.skip
        raw = self.unread(span)
        start, end = self.zones[-1]
        self.skip = skip or says_skip(raw)
        if raw.lstrip().startswith(b"<!--"):
            if b"-->" not in raw:
                self._doubt(start, DoubtKind.UNCLOSED_COMMENT)
            return
        for match in _HTML_CAPTION.finditer(raw):
            level = int(match[1] or CAPTION)
            text = match[2].strip().decode()
            self._title(start + match.start(), end, level, text)
        tables = [start + match.start() for match in _HTML_TABLE.finditer(raw)]
        for position, stop in pairwise((*tables, end)):
            self.html_tables.append(
                HtmlTable(self.lines.number(position), position, stop)
            )
        if b"</details" in raw:
            self._title(start, end, CAPTION, "")

    def code(self, span: Any, tag: Any) -> None:
        """Note a code block, and when nothing closes it."""
        raw = self.unread(span)
        fenced = tag["CodeBlock"].__class__ is dict
        if fenced and self.zones[-1].end == len(self.data):
            lines = raw.strip().splitlines()
            if len(lines) < _FENCES or not _closes(lines[-1].strip(), lines[0][:1]):
                self._doubt(self.zones[-1].start, DoubtKind.UNCLOSED_FENCE)

    def list_start(self, span: Any, tag: Any) -> None:
        """Begin a list."""
        start, ordered = self.original(span["start"]), tag["List"] is not None
        self.lists.list_starts(start, ordered=ordered, skipped=self.skip)
        self.skip = False

    def list_end(self) -> None:
        """End a list."""
        self.lists.list_ends()

    def item(self, span: Any, _: Any) -> None:
        """Begin an item of a list."""
        start, end = self.original(span["start"]), self.original(span["end"])
        self.lists.item_starts(start, end)

    def item_end(self) -> None:
        """End an item of a list."""
        self.lists.item_ends()

    def table(self, _span: Any, _: Any) -> None:
        """Begin a table."""
        self.lists.close()
        self.rows.clear()

    def table_row(self, span: Any, _: Any) -> None:
        """Note where a row of the table begins."""
        self.rows.append(span["start"])

    def plain(self, blocks: Sequence[Plain]) -> None:
        """Note headings, prose and tables that the parser saw as a thematic break."""
        for block in blocks:
            if isinstance(block, PlainTable):
                self._add_table(*plain_rows(self.lines, block), None)
                continue
            self.skip = False
            if isinstance(block, Heading):
                self.headings.append(block)

    def table_end(self) -> None:
        """Note the table whose rows are known now."""
        lines = self.lines
        start = lines.after_blanks(self.original(self.rows[0]))
        header = lines.row(start, lines.number(start))
        delimiter = lines.row(lines.after(header.end), header.line + 1)
        below = lines.after(delimiter.end)
        cut = self.condensed.rows.get(below, below)
        rows = [*Rows(self.data, header.line + 2, below, cut)]
        for row in self.rows[1:]:
            rows.append(lines.row(self.original(row), header.line + 2 + len(rows)))
        end = (rows[-1] if rows else delimiter).end
        seen = rows[len(rows) - len(self.rows) + 1 :]
        doubt = doubts.of_header(lines, header, self.paragraph_end) or doubts.of_table(
            lines, seen, end, self.lists.content_column()
        )
        self._add_table(header, delimiter, rows, doubt)

    def _add_table(
        self,
        header: Row,
        delimiter: Row,
        rows: Rows | Sequence[Row],
        doubt: Doubt | None,
    ) -> None:
        depth = len(self.lists.open)
        table = table_of(
            header, delimiter, rows, doubt=doubt, depth=depth, skipped=self.skip
        )
        if doubt:
            self.doubts.append(doubt)
        self.zones.append(_tuple(Span, (table.start, table.end)))
        self.tables.append(table)
        self.skip = False

    def _doubt(self, position: int, kind: DoubtKind) -> None:
        self.doubts.append(Doubt(self.lines.number(position), kind))


def _closes(line: bytes, fence: bytes) -> bool:
    return len(line) >= 3 and not line.strip(fence)  # noqa: PLR2004 - a fence's least
