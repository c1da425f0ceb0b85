"""Tables that parsers, or a parser and a person, read differently."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice

from pmsync.document.cells import Row, Span
from pmsync.document.elements import Doubt, DoubtKind
from pmsync.document.lines import Lines

CODE_INDENT = 4
"""Blanks that make a line code."""
_BROKEN = 1_000
"""Broken tables of a document that are told; nobody corrects more of them by hand."""
_CRLF = 2


def of_table(lines: Lines, rows: Sequence[Row], end: int, indent: int) -> Doubt | None:
    """Return what is doubtful about the rows of a table that ends at ``end``, or below.

    ``rows`` are those that the parser saw, ``indent`` is how far the list entry that
    holds the table is indented.
    """
    data = lines.data
    for row in rows:
        lead = data[lines.start(row.start) : row.start]
        if len(lead) - indent >= CODE_INDENT or b"\t" in lead:
            return Doubt(row.line, DoubtKind.INDENTED_ROW)
    after = lines.after(end)
    below = data[after : lines.end(after)]
    if below.strip() == b"|":
        return Doubt(lines.number(end) + 1, DoubtKind.LONE_PIPE)
    if below and not below.strip() and below.strip(b" \t"):
        return Doubt(lines.number(end) + 1, DoubtKind.CONTROL_ROW)
    return None


def of_header(lines: Lines, header: Row, paragraph_end: int) -> Doubt | None:
    """Return the doubt about a header that continues a paragraph which looks like one."""
    data = lines.data
    begin = lines.start(header.start)
    if paragraph_end < begin:
        return None
    above = data[lines.start(max(begin - 2, 0)) : begin]
    if b"|" in above or not data[header.start : header.end].strip(b"-:| \t"):
        return Doubt(header.line, DoubtKind.GLUED_HEADER)
    return None


def broken_tables(
    lines: Lines,
    delimiters: Sequence[tuple[int, int]],
    zones: Sequence[Span],
    offset: int,
) -> Iterator[Doubt]:
    """Yield the lines behind ``offset`` that look like a delimiter row and make no table.

    ``zones`` are tables, and what is not read, in order.
    """
    return islice(_broken_tables(lines, delimiters, zones, offset), _BROKEN)


def _broken_tables(
    lines: Lines,
    delimiters: Sequence[tuple[int, int]],
    zones: Sequence[Span],
    offset: int,
) -> Iterator[Doubt]:
    data = lines.data
    starts = [zone.start for zone in zones]
    above_end = -_CRLF - 1
    for start, end in delimiters:
        follows = start - above_end <= _CRLF
        above_end = end
        if follows:
            continue
        position = end - len(data[start:end].lstrip())
        zone = bisect_right(starts, position) - 1
        if position < offset or (zone >= 0 and position < zones[zone].end):
            continue
        last = start - (2 if data.startswith(b"\r\n", start - 2) else 1)
        above = data[lines.start(last) : last]
        if above.strip() and not above.lstrip().startswith(b">"):
            yield Doubt(lines.number(position), DoubtKind.BROKEN_TABLE)
