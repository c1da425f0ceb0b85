"""What a Markdown file is made of, as far as action items need it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from pmsync.document.cells import Row, Rows, Span

CAPTION = 7
"""Level of a line that only looks like a heading: bold text, ``<summary>``."""
LABEL = 8
"""Level of a short paragraph that ends with a colon."""


class DoubtKind(StrEnum):
    """Why a place is not read, or not safe to edit."""

    UNCLOSED_COMMENT = "unclosed comment"
    UNCLOSED_FENCE = "unclosed fence"
    BROKEN_TABLE = "broken table"
    INDENTED_ROW = "indented row"
    LONE_PIPE = "lone pipe"
    CONTROL_ROW = "control row"
    GLUED_HEADER = "glued header"


class Doubt(NamedTuple):
    """A place that parsers, or a parser and a person, read differently."""

    line: int
    kind: DoubtKind


class Heading(NamedTuple):
    """A heading, or a line that serves as one (``CAPTION``, ``LABEL``)."""

    level: int
    text: str
    """Raw Markdown, without the hashes or the underline."""
    start: int
    end: int


class Table(NamedTuple):
    """A table; its rows stand on consecutive lines."""

    header: Row
    delimiter: Row
    rows: Rows | Sequence[Row]
    start: int
    end: int
    doubt: DoubtKind | None
    """Set when the table should not be edited."""
    depth: int
    """How many list entries it is inside."""
    skipped: bool
    """True when a ``pmsync: skip`` comment stands right above it."""
    blank: Row | None = None
    """The written header where it says nothing; then ``header`` is the row below."""


class Entry(NamedTuple):
    """A list item."""

    line: int
    start: int
    """Where its bullet or number stands."""
    end: int
    """The end of the item, with all that is nested in it."""
    checkbox: Span | None
    content: Span
    """Its own text: after the checkbox, without nested blocks; it may wrap over
    several lines. The span is trimmed."""
    first: Span
    """The part of ``content`` on the entry's first line."""
    depth: int
    """1 for the outermost list."""
    ordered: bool
    block: int
    """Line of the first entry of its list."""
    parent: int | None
    """Index of the entry that this one is nested in."""
    skipped: bool
    """True when a ``pmsync: skip`` comment stands right above its list."""


class HtmlTable(NamedTuple):
    """Where a table in HTML begins; it ends before the next one, or with its block."""

    line: int
    start: int
    end: int


class Structure(NamedTuple):
    """What stands where, each in the order of the document."""

    headings: tuple[Heading, ...]
    tables: tuple[Table, ...]
    entries: tuple[Entry, ...]
    doubts: tuple[Doubt, ...]
    html: tuple[HtmlTable, ...]
