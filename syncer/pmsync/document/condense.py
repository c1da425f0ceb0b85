"""A shorter text with the same structure, because most bytes are rows and prose.

The parser spends its time on the cells of tables, which we split ourselves, and on the
words of paragraphs, which nobody asks for. So both are cut out of what it reads, and put
back afterwards.

A cut is only made where it cannot change what stands around it: the inside of a long
line between blank lines (see ``_prose``), and whole lines that
start with a pipe in the first column, right below a delimiter row that does so too,
and hold neither a lone pipe (which ends a table) nor ``>`` (which could end a
comment or HTML block) nor a bare carriage return (which would be a line end). If the
delimiter row makes a table, these lines are its rows; else they continue whatever
the delimiter row was part of.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

_MAYBE_DELIMITER = re.compile(rb"\n[-:| \t]{2,}(?=[\r\n]|\Z)")
_MAYBE_DELIMITER_CR = re.compile(rb"[\r\n][-:| \t]{2,}(?=[\r\n]|\Z)")
_LAST_ROW = re.compile(rb"\n(?!\|)")
_LONE_PIPE = re.compile(rb"\n\|[ \t\x0b\x0c\r]*(?=\n|\Z)")
_PROSE = re.compile(rb"\n\n(?:[A-Za-z][^\n\r<>|]{80,2000}[A-Za-z.:;,!?)]\n\n)+")
_MAY_UNDERLINE = (b"-", b":", b"|", b"=")
"""What can start a delimiter row or underline, to which the row above is a header."""


class Cut(NamedTuple):
    """Rows that were left out."""

    at: int
    """Where they stood, in the condensed text."""
    start: int
    """Where they stand in the original bytes."""
    end: int


class Condensed(NamedTuple):
    """What the parser reads, and the way back to the original bytes."""

    text: str
    cuts: tuple[Cut, ...]
    ats: tuple[int, ...]
    """Where the cuts are, in the condensed text."""
    offset: int
    """Bytes before the text that the parser never sees."""

    def original(self, position: int) -> int:
        """Return the original offset of a byte that was not cut."""
        index = bisect_right(self.ats, position)
        if not index:
            return position + self.offset
        cut = self.cuts[index - 1]
        return position - cut.at + cut.end


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
    bodies = sorted((*_bodies(source, offset, delimiters), *_prose(source, offset)))
    if not bodies:
        return Condensed(source[offset:].decode(), (), (), offset)
    cuts: list[Cut] = []
    pieces: list[bytes] = []
    kept = offset
    length = 0
    for start, end in bodies:
        pieces.append(source[kept:start])
        length += start - kept
        cuts.append(Cut(length, start, end))
        kept = end
    pieces.append(source[kept:])
    text = b"".join(pieces).decode()
    return Condensed(text, tuple(cuts), tuple(cut.at for cut in cuts), offset)


def _bodies(
    data: bytes, offset: int, delimiters: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    starts = [
        data.index(b"\n", end) + 1
        for start, end in delimiters
        if start >= offset
        and data.startswith(b"|", start)
        and data.startswith((b"\n|", b"\r\n|"), end)
        and _begins_table(data, start, offset)
    ]
    bodies: list[tuple[int, int]] = []
    for start in starts:
        last = _LAST_ROW.search(data, start)
        end = last.start() + 1 if last else data.rfind(b"\n") + 1
        if data[end : end + 40].lstrip(b" \t")[:1] in _MAY_UNDERLINE:
            end = _line_above(data, end)
        lone = _LONE_PIPE.search(data, start - 1, end)
        if lone:
            end = lone.start() + 1
        if start < end and _plain(data[start:end]):
            bodies.append((start, end))
    return bodies


def _begins_table(data: bytes, delimiter: int, offset: int) -> bool:
    """Tell whether the row above a delimiter row is below a blank line or a heading.

    Else both can be rows of a table above, after which their own rows would be missed.
    """
    header = _line_above(data, delimiter)
    above = data[max(_line_above(data, header), offset) : header]
    return header <= offset or not above.strip() or above.startswith(b"#")


def _prose(data: bytes, offset: int) -> list[tuple[int, int]]:
    """Find the inside of runs of long lines of prose, which nothing depends on.

    Blank lines around each make sure that it is a paragraph, or text in code, HTML or a
    comment; without ``<``, ``>`` and ``|`` it ends none of these. The first and the last
    byte of the run stay.
    """
    return [
        (match.start() + 3, match.end() - 3) for match in _PROSE.finditer(data, offset)
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
    return b">" not in body and body.count(b"\r") == body.count(b"\r\n")
