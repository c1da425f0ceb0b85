"""A shorter text with the same structure, because most bytes are rows and prose.

The parser spends its time on the cells of tables, which we split ourselves, and on the
words of paragraphs, which nobody asks for. So both are cut out of what it reads, and put
back afterwards.

A cut is only made where it cannot change what stands around it: the inside of prose
between blank lines (see ``_prose``), plain tables between blank lines (see
``_PLAIN_HEAD``), which become a thematic break, and whole lines that
start with a pipe in the first column, right below a delimiter row that does so too,
and hold neither a lone pipe (which ends a table) nor ``>`` (which could end a
comment or HTML block) nor a bare carriage return (which would be a line end). If the
delimiter row makes a table, these lines are its rows; else they continue whatever
the delimiter row was part of.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

_MAYBE_DELIMITER = re.compile(rb"\n[-:| \t]{2,}(?=[\r\n]|\Z)")
_MAYBE_DELIMITER_CR = re.compile(rb"[\r\n][-:| \t]{2,}(?=[\r\n]|\Z)")
_LAST_ROW = re.compile(rb"\n(?!\|)")
_LONE_PIPE = re.compile(rb"\n\|[ \t\x0b\x0c\r]*(?=\n|\Z)")
_PROSE = re.compile(
    rb"\n\n(?:(?:[A-Za-z][^\n\r<>|]{80,2000}[A-Za-z.;,!?)]\n"
    rb"|(?:(?:\*\*)?[A-Za-z][^\n\r<>|]*\n){2,})\n)+"
)
"""Paragraphs of one long line that is no caption, or of several lines."""
_BOLD = b"**"
_PLAIN_HEAD = re.compile(rb"(\|[^\\`<>\r\n]*\|)\r?\n(\|(?: *:?-+:? *\|)+)\r?\n")
"""A header and a delimiter row at the margin, with nothing in them but cells.

Where they have as many pipes, and blank lines stand above and below the table, it is one
to every parser, or text inside code, HTML or a comment.
"""
_BREAK = b"***"
"""A thematic break: one line that nothing but code, HTML and comments can hold."""
_MAY_UNDERLINE = (b"-", b":", b"|", b"=")
"""What can start a delimiter row or underline, to which the row above is a header."""


Ranges = Sequence[tuple[int, int]]
"""Of a table, and in it of header, delimiter row and rows, these with line ends."""


class Condensed(NamedTuple):
    """What the parser reads, and the way back to the original bytes."""

    text: str
    ats: Sequence[int]
    """Where something was cut, in the condensed text."""
    shifts: Sequence[int]
    """By how much a byte was farther on, before the first cut and behind each."""
    cuts: Mapping[int, int]
    """Start and end of each cut, in the original bytes."""
    tables: Mapping[int, Ranges]
    """Tables that are a thematic break in the condensed text, by where they start."""
    offset: int
    """Bytes before the text that the parser never sees."""

    def original(self, position: int) -> int:
        """Return the original offset of a byte that was not cut."""
        return position + self.shifts[bisect_right(self.ats, position)]


def delimiter_lines(data: bytes) -> list[tuple[int, int]]:
    """Return where lines stand that look like the delimiter row of a table.

    Each is a range without the line ends around it.
    """
    pattern = _MAYBE_DELIMITER_CR if b"\r" in data else _MAYBE_DELIMITER
    return [
        (match.start() + 1, match.end())
        for match in pattern.finditer(data)
        if b"-" in match[0] and (b"|" in match[0] or b":" in match[0])
    ]


def condense(
    data: bytes, offset: int, delimiters: Sequence[tuple[int, int]]
) -> Condensed:
    """Return ``data`` from ``offset`` on, without the rows of plain tables.

    ``delimiters`` are its ``delimiter_lines``. Raises ``UnicodeDecodeError`` when the
    bytes are not UTF-8.
    """
    source = _without_tabs(data, delimiters) if b"\t" in data else data
    tables: dict[int, Ranges] = {}
    cuts = _prose(source, offset)
    cuts += _tables(source, offset, delimiters, tables)
    cuts.sort()
    pieces: list[bytes] = []
    ats: list[int] = []
    shift = kept = offset
    shifts = [shift]
    for start, end in cuts:
        pieces.append(source[kept:start])
        at = start - shift
        shift += end - start
        if start in tables:
            pieces.append(_BREAK)
            at += len(_BREAK)
            shift -= len(_BREAK)
        ats.append(at)
        shifts.append(shift)
        kept = end
    pieces.append(source[kept:])
    text = b"".join(pieces).decode()
    return Condensed(text, ats, shifts, dict(cuts), tables, offset)


def _tables(
    data: bytes,
    offset: int,
    delimiters: Sequence[tuple[int, int]],
    tables: dict[int, Ranges],
) -> Iterator[tuple[int, int]]:
    """Yield what tables can do without; whole ones are put into ``tables``."""
    for start, end in delimiters:
        if start < offset or not data.startswith(b"|", start):
            continue
        header = _line_above(data, start)
        if not _begins_table(data, header, start, offset):
            continue
        first = data.find(b"\n", end) + 1 or len(data)
        last = _rows_end(data, first)
        head = _PLAIN_HEAD.fullmatch(data, header, first)
        if (
            head is not None
            and data.count(b"|", header, start) == data.count(b"|", start, end)
            and (header == offset or _is_below_blank(data, header))
            and (last == len(data) or data.startswith((b"\n", b"\r\n"), last))
        ):
            tables[header] = ((header, last), head.span(1), head.span(2), (first, last))
            yield header, last
        elif first < last:
            yield first, last


def _begins_table(data: bytes, header: int, start: int, offset: int) -> bool:
    """Tell whether a row stands below a blank line or a heading.

    Else it and the delimiter row at ``start`` can be rows of a table above, after which
    their own rows would be missed. Below a blank line the delimiter row is none.
    """
    above = data[max(_line_above(data, header), offset) : header]
    begins = header <= offset or not above.strip() or above.startswith(b"#")
    return begins and data[header:start].strip() != b""


def _is_below_blank(data: bytes, line: int) -> bool:
    return data[max(line - 3, 0) : line].endswith((b"\n\n", b"\n\r\n"))


def _rows_end(data: bytes, start: int) -> int:
    """Return where lines end that can be cut as rows of a table, ``start`` for none."""
    if not data.startswith(b"|", start):
        return start
    last = _LAST_ROW.search(data, start)
    end = last.start() + 1 if last else data.rfind(b"\n") + 1
    if data[end : end + 40].lstrip(b" \t")[:1] in _MAY_UNDERLINE:
        end = _line_above(data, end)
    lone = _LONE_PIPE.search(data, start - 1, end)
    if lone:
        end = lone.start() + 1
    return end if start < end and _plain(data[start:end]) else start


def _prose(data: bytes, offset: int) -> list[tuple[int, int]]:
    """Find the inside of runs of prose, which nothing depends on.

    Blank lines around each make sure that it is a paragraph, or text in code, HTML or a
    comment; without ``<``, ``>`` and ``|`` it ends none of these. The first letter of
    the run stays.
    """
    runs = (
        (match.start() + 2, match.end() - 2) for match in _PROSE.finditer(data, offset)
    )
    return [
        (start + (3 if data.startswith(_BOLD, start) else 1), end)
        for start, end in runs
    ]


def _without_tabs(data: bytes, delimiters: Sequence[tuple[int, int]]) -> bytes:
    """Put blanks for tabs in delimiter rows: GitHub takes both, our parser does not."""
    changed = bytearray(data)
    for start, end in delimiters:
        line = data[start:end]
        bare = line.lstrip()
        changed[end - len(bare) : end] = bare.replace(b"\t", b" ")
    return bytes(changed)


def _line_above(data: bytes, position: int) -> int:
    """The start of the line that ends right before ``position``."""
    return data.rfind(b"\n", 0, max(position - 1, 0)) + 1


def _plain(body: bytes) -> bool:
    if b">" in body:
        return False
    return b"\r" not in body or body.count(b"\r") == body.count(b"\r\n")
