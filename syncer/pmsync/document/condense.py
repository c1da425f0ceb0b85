"""A shorter text with the same structure, because most bytes are table rows.

The parser spends its time on the cells of tables, which we split ourselves. So the
rows of plain tables are cut out of what it reads, and put back afterwards.

A cut is only made where it cannot change what stands around it: whole lines that
start with a pipe in the first column, right below a delimiter row that does so too,
and hold neither a lone pipe (which ends a table) nor ``>`` (which could end a
comment or HTML block) nor a bare carriage return (which would be a line end). If the
delimiter row makes a table, these lines are its rows; else they continue whatever
the delimiter row was part of.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import NamedTuple

_DELIMITER = re.compile(rb"\n\|[-:| \t]+(?=\r?\n\|)")
_TAB_IN_DELIMITER = re.compile(rb"[\r\n][ \t]*[-:|][-:| \t]*(?=[\r\n]|\Z)")
_LAST_ROW = re.compile(rb"\n(?!\|)")
_MAY_UNDERLINE = (b"-", b":", b"|", b"=")
"""What can start a delimiter row or underline, to which the row above is a header."""
_LONE_PIPE = re.compile(rb"(?m)^\|[ \t\x0b\x0c\r]*$")


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
    offset: int
    """Bytes before the text that the parser never sees."""

    def original(self, position: int) -> int:
        """The original offset of a byte that was not cut."""
        index = bisect_right(self.cuts, position, key=_at)
        if not index:
            return position + self.offset
        cut = self.cuts[index - 1]
        return position - cut.at + cut.end


def _at(cut: Cut) -> int:
    return cut.at


def condense(data: bytes, offset: int) -> Condensed:
    """``data`` from ``offset`` on, without the rows of plain tables.

    Raises ``UnicodeDecodeError`` when the bytes are not UTF-8.
    """
    cuts: list[Cut] = []
    pieces: list[bytes] = []
    kept = offset
    length = 0
    data = _TAB_IN_DELIMITER.sub(_untab, data) if b"\t" in data else data
    for start, end in _bodies(data, offset):
        pieces.append(data[kept:start])
        length += start - kept
        cuts.append(Cut(length, start, end))
        kept = end
    if not cuts:
        return Condensed(data[offset:].decode(), (), offset)
    data.decode()
    pieces.append(data[kept:])
    return Condensed(b"".join(pieces).decode(), tuple(cuts), offset)


def _bodies(data: bytes, offset: int) -> list[tuple[int, int]]:
    delimiters = [
        data.index(b"\n", match.end()) + 1
        for match in _DELIMITER.finditer(data, offset)
        if b"-" in match[0]
    ]
    bodies: list[tuple[int, int]] = []
    for start, following in pairwise([*delimiters, len(data)]):
        last = _LAST_ROW.search(data, start)
        end = last.start() + 1 if last else data.rfind(b"\n") + 1
        if following < end:
            end = _line_above(data, _line_above(data, following))
        elif data[end : end + 40].lstrip(b" \t")[:1] in _MAY_UNDERLINE:
            end = _line_above(data, end)
        lone = _LONE_PIPE.search(data, start, end)
        if lone:
            end = lone.start()
        if start < end and _plain(data[start:end]):
            bodies.append((start, end))
    return bodies


def _untab(match: re.Match[bytes]) -> bytes:
    """A delimiter row with blanks for tabs: GitHub takes both, our parser does not."""
    line = match[0]
    if b"|" not in line or b"-" not in line:
        return line
    indent = len(line) - len(line.lstrip())
    return line[:indent] + line[indent:].replace(b"\t", b" ")


def _line_above(data: bytes, position: int) -> int:
    """The start of the line that ends right before ``position``."""
    return data.rfind(b"\n", 0, max(position - 1, 0)) + 1


def _plain(body: bytes) -> bool:
    return b">" not in body and body.count(b"\r") == body.count(b"\r\n")
