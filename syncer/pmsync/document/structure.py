"""Where headings, tables and list entries stand in a Markdown file, in bytes.

The parser is pulldown-cmark (through pyromark), which reads GitHub-flavoured
Markdown. Where GitHub's own parser, cmark-gfm, is known to see something else, a
``Doubt`` says so, and nothing should be written there.

Offsets count bytes of the original file, including a byte order mark. Nothing
inside code, HTML, comments, block quotes or front matter is reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pyromark

from pmsync.document import doubts, titles
from pmsync.document.cells import Row, Rows, Span
from pmsync.document.condense import Condensed, condense, delimiter_lines
from pmsync.document.cuts import Plain, PlainTable
from pmsync.document.elements import (
    CAPTION,
    Doubt,
    DoubtKind,
    Entry,
    Heading,
    HtmlTable,
    Structure,
    Table,
)
from pmsync.document.lines import Lines
from pmsync.document.list_entries import Item, ListEntries
from pmsync.document.table_shape import plain_rows, table_of

__all__ = [
    "Doubt",
    "DoubtKind",
    "Entry",
    "Heading",
    "Row",
    "Span",
    "Structure",
    "Table",
    "parse",
]

_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_TASKLISTS
_SKIP = re.compile(rb"(?i)<!--[ \t]*pmsync:[ \t]*skip[ \t]*-->")
_HTML_CAPTION = re.compile(rb"(?i)<(?:summary|h([1-6]))\b[^<>]*>([^<]*)<")
_HTML_TABLE = re.compile(rb"(?i)<table\b")
_FENCES = 2
"""Lines of a code block that is closed, at least."""
_tuple = tuple.__new__
"""Makes a heading or span; its own constructor does the same in twice the time."""
_LEVELS = {f"H{level}": level for level in range(1, 7)}


def parse(
    data: bytes, condensed: Condensed | None = None, most: int = 1 << 40
) -> Structure:
    """Return headings, tables and list entries of a document.

    ``condensed`` is what ``condense`` makes of it, if somebody has done so already.
    Behind more than ``most`` list entries nothing is read.
    Raises ``UnicodeDecodeError`` when the bytes are not UTF-8.
    """
    if condensed is None:
        condensed = condense(data, delimiter_lines(data))
    return _Reading(data, condensed).run(most)


class _Reading:
    """One pass over the events of one document."""

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

    def run(self, most: int) -> Structure:  # noqa: C901, PLR0912 - one loop over all events
        """Consume all events."""
        events: Iterable[tuple[Any, Any]] = pyromark.events_with_range(
            self.condensed.text, options=_OPTIONS
        )
        quotes = 0
        items = self.lists.open
        plain = self.condensed.plain
        original = self.original
        blocks = _BLOCKS
        ends = _ENDS
        for event, span in events:
            kind, tag = event.popitem() if event.__class__ is dict else (event, "")
            if kind == "Start":
                name = tag if tag.__class__ is str else next(iter(tag))
                if (read := blocks.get(name)) is not None:
                    if not quotes:
                        read(self, span, tag)
                elif name == "BlockQuote":
                    if not quotes:
                        self.unread(span)
                    quotes += 1
                elif items and not quotes and not items[-1].closed:
                    items[-1].add(original(span["start"]), original(span["end"]))
            elif kind == "End":
                name = tag if tag.__class__ is str else next(iter(tag))
                if (end := ends.get(name)) is not None:
                    if not quotes:
                        end(self)
                    if len(self.lists.entries) > most:
                        break
                elif name == "BlockQuote":
                    quotes -= 1
            elif kind == "Rule" and (start := original(span["start"])) in plain:
                self.plain(plain[start])
            elif items and not quotes:
                self.inline(kind, items[-1], span)
        delimiters = self.condensed.delimiters
        if delimiters:
            self.doubts += doubts.broken_tables(
                self.lines, delimiters, self.zones, self.condensed.offset
            )
        self.doubts.sort()
        return Structure(
            tuple(self.headings),
            tuple(self.tables),
            tuple(self.lists.entries),
            tuple(self.doubts),
            tuple(self.html_tables),
        )

    def inline(self, kind: str, item: Item, span: Any) -> None:
        if kind == "TaskListMarker":
            start = self.original(span["start"])
            item.checkbox = Span(start, start + 3)
        elif kind == "Rule":
            item.closed = True
        elif not item.closed:
            item.add(self.original(span["start"]), self.original(span["end"]))

    def other_block(self) -> None:
        """A block begins that is neither a table nor a list."""
        self.skip = False
        self.lists.close()

    def unread(self, span: Any) -> bytes:
        """Note a block that is not read any further."""
        self.other_block()
        start = self.original(span["start"])
        end = self.original(span["end"])
        self.zones.append(Span(start, end))
        return self.data[start:end]

    # One method per kind of block.

    def heading(self, span: Any, tag: Any) -> None:
        self.other_block()
        at = span["start"]
        start = self.original(at)
        end = start + span["end"] - at
        level = _LEVELS[tag["Heading"]["level"]]
        text = titles.text_of(self.data[start:end])
        self.headings.append(_tuple(Heading, (level, text, start, end)))

    def title(self, start: int, end: int, level: int, text: str) -> None:
        self.headings.append(Heading(level, text, start, end))

    def paragraph(self, span: Any, _: Any) -> None:
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
            self.title(start, end, level, raw.decode())

    def html(self, span: Any, _: Any) -> None:
        skip = self.skip
        raw = self.unread(span)
        start, end = self.zones[-1]
        self.skip = skip or _SKIP.search(raw) is not None
        if raw.lstrip().startswith(b"<!--"):
            if b"-->" not in raw:
                self.doubt(start, DoubtKind.UNCLOSED_COMMENT)
            return
        for match in _HTML_CAPTION.finditer(raw):
            level = int(match[1] or CAPTION)
            text = match[2].strip().decode()
            self.title(start + match.start(), end, level, text)
        tables = [start + match.start() for match in _HTML_TABLE.finditer(raw)]
        for position, stop in pairwise((*tables, end)):
            self.html_tables.append(
                HtmlTable(self.lines.number(position), position, stop)
            )
        if b"</details" in raw:
            self.title(start, end, CAPTION, "")

    def code(self, span: Any, tag: Any) -> None:
        raw = self.unread(span)
        fenced = tag["CodeBlock"].__class__ is dict
        if fenced and self.zones[-1].end == len(self.data):
            lines = raw.strip().splitlines()
            if len(lines) < _FENCES or not _closes(lines[-1].strip(), lines[0][:1]):
                self.doubt(self.zones[-1].start, DoubtKind.UNCLOSED_FENCE)

    def list_start(self, span: Any, tag: Any) -> None:
        start, ordered = self.original(span["start"]), tag["List"] is not None
        self.lists.list_starts(start, ordered=ordered, skipped=self.skip)
        self.skip = False

    def list_end(self) -> None:
        self.lists.list_ends()

    def item(self, span: Any, _: Any) -> None:
        start, end = self.original(span["start"]), self.original(span["end"])
        self.lists.item_starts(start, end)

    def item_end(self) -> None:
        self.lists.item_ends()

    def table(self, _span: Any, _: Any) -> None:
        self.lists.close()
        self.rows.clear()

    def table_row(self, span: Any, _: Any) -> None:
        self.rows.append(span["start"])

    def plain(self, blocks: Sequence[Plain]) -> None:
        for block in blocks:
            if isinstance(block, PlainTable):
                self.add_table(*plain_rows(self.lines, block), None)
                continue
            self.skip = False
            if isinstance(block, Heading):
                self.headings.append(block)

    def table_end(self) -> None:
        lines = self.lines
        start = lines.after_blanks(self.original(self.rows[0]))
        header = lines.row(start, lines.number(start))
        delimiter = lines.row(lines.after(header.end), header.line + 1)
        below = lines.after(delimiter.end)
        cut = self.condensed.cuts.get(below, below)
        rows = [*Rows(self.data, header.line + 2, below, cut)]
        for row in self.rows[1:]:
            rows.append(lines.row(self.original(row), header.line + 2 + len(rows)))
        end = (rows[-1] if rows else delimiter).end
        seen = rows[len(rows) - len(self.rows) + 1 :]
        doubt = doubts.of_header(lines, header, self.paragraph_end) or doubts.of_table(
            lines, seen, end, self.lists.content_column()
        )
        self.add_table(header, delimiter, rows, doubt)

    def add_table(
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

    def doubt(self, position: int, kind: DoubtKind) -> None:
        self.doubts.append(Doubt(self.lines.number(position), kind))


def _closes(line: bytes, fence: bytes) -> bool:
    return len(line) >= 3 and not line.strip(fence)  # noqa: PLR2004 - a fence's least


_BLOCKS: Mapping[str, Callable[[_Reading, Any, Any], None]] = {
    "Heading": _Reading.heading,
    "Paragraph": _Reading.paragraph,
    "HtmlBlock": _Reading.html,
    "CodeBlock": _Reading.code,
    "List": _Reading.list_start,
    "Item": _Reading.item,
    "Table": _Reading.table,
    "TableHead": _Reading.table_row,
    "TableRow": _Reading.table_row,
}
_ENDS: Mapping[str, Callable[[_Reading], None]] = {
    "List": _Reading.list_end,
    "Item": _Reading.item_end,
    "Table": _Reading.table_end,
}
