"""What the parser need not see of a document, since it changes nothing around it.

Prose, headings and plain tables between blank lines (see ``_add_prose``,
``_PLAIN_HEADING`` and ``_PLAIN_TABLE``), and whole lines that start with a pipe in the
first column, right below a delimiter row that does so too, and hold neither a lone pipe
(which ends a table) nor ``>`` (which could end a comment or HTML block) nor a bare
carriage return (which would be a line end). If the delimiter row makes a table, these
lines are its rows; else they continue whatever the delimiter row was part of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache
from operator import itemgetter
from typing import Literal, NamedTuple

from pmsync.document import titles
from pmsync.document.elements import Heading

_LAST_ROW = re.compile(rb"\n(?!\|)")
_LONE_PIPE = re.compile(rb"\n\|[ \t\x0b\x0c\r]*(?=\n|\Z)")
_RUN_OF_PROSE = (
    rb"\n\n(?:(?:[A-Za-z]%b{,2000}[A-Za-z.;,!?)]\n"
    rb"|(?:(?:\*\*)?[A-Za-z]%b*\n){2,})\n)+"
)
"""Paragraphs of one line that is no caption, or of several lines."""
_ANY_PROSE = re.compile(_RUN_OF_PROSE % (b".", b"."))
"""The same with any character in it, which takes a fourth of the time to find."""
_HARMLESS_PROSE = re.compile(_RUN_OF_PROSE % (2 * (rb"[^\n\r>]",)))
_HEADING = re.compile(rb"#{1,6}[ \t\r\n]")
_FIRST_HEADING = re.compile(rb"(#{1,6} [^\n\r>]{,200})(?=\n(?:\n|\Z))")
_PLAIN_HEADING = re.compile(rb"\n\n" + _FIRST_HEADING.pattern)
"""A heading at the margin; below a blank line it is one to every parser, or text in code,
HTML or a comment. Longer ones are seldom the same."""
_RETURN, _MORE = b"\r>"
"""As numbers, which are looked for in a third of the time that bytes take."""
_PLAIN_TABLE = re.compile(
    rb"(\|[^\\`<>\r\n]*\|)\r?\n(\|(?: *:?-+:? *\|)+)\r?\n"
    rb"((?:\|(?![ \t\x0b\x0c]*+[\r\n]).*+\n)*+)(?=\r?\n|\Z)"
)
"""A table at the margin: its header and delimiter row hold nothing but cells.

Where they have as many pipes, its rows are ``_harmless``, and a blank line stands above,
it is one to every parser, or text inside code, HTML or a comment.
"""
_tuple = tuple.__new__
"""Makes a heading or table; its own constructor does the same in twice the time."""
_MAY_UNDERLINE = (b"-", b":", b"|", b"=")
"""What can start a delimiter row or underline, to which the row above is a header."""


class PlainTable(NamedTuple):
    """Where parts of a table stand: its rows with their line ends, the others without."""

    whole: tuple[int, int]
    header: tuple[int, int]
    delimiter: tuple[int, int]
    rows: tuple[int, int]


class Cut(Enum):
    """What is cut of which nothing else is known."""

    PROSE = auto()
    """Whole paragraphs."""
    ROWS = auto()
    """Rows of a table whose other lines stay."""


Plain = Heading | PlainTable | Literal[Cut.PROSE]
"""Blocks that the parser does not see."""
Cuts = list[tuple[int, int, Plain | Literal[Cut.ROWS]]]
"""Where each starts and ends, with its last line end."""


def cuts_of(
    data: bytes, offset: int, delimiters: Sequence[tuple[int, int]]
) -> tuple[Cuts, list[tuple[int, int]]]:
    """Return what can be cut behind ``offset``, in order.

    ``delimiters`` are the document's ``delimiter_lines``; those that are in no plain
    table are returned, too.
    """
    cuts: Cuts = []
    _add_prose(cuts, data, offset)
    _add_headings(cuts, data, offset)
    others = _add_tables(cuts, data, offset, delimiters)
    cuts.sort(key=itemgetter(0))
    return cuts, others


def _add_tables(
    cuts: Cuts, data: bytes, offset: int, delimiters: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Add plain tables, and rows of others; return the delimiter rows of the others."""
    others: list[tuple[int, int]] = []
    for start, end in delimiters:
        header = _line_above(data, start)
        if start >= offset and (header == offset or _is_below_blank(data, header)):
            table = _PLAIN_TABLE.match(data, header)
            if (
                table is not None
                and data.count(b"|", header, start) == data.count(b"|", start, end)
                and _harmless(table[3])
            ):
                cuts.append((*table.span(), _tuple(PlainTable, table.regs)))
                continue
        others.append((start, end))
        if start < offset or not data.startswith(b"|", start):
            continue
        if not _begins_table(data, header, start, offset):
            continue
        first = data.find(b"\n", end) + 1 or len(data)
        last = _rows_end(data, first)
        if first < last:
            cuts.append((first, last, Cut.ROWS))
    return others


def _begins_table(data: bytes, header: int, start: int, offset: int) -> bool:
    """Tell whether a row stands below a blank line or a heading.

    Else it and the delimiter row at ``start`` can be rows of a table above, after which
    their own rows would be missed. Below a blank line the delimiter row is none.
    """
    above = data[max(_line_above(data, header), offset) : header]
    begins = header <= offset or not above.strip() or _HEADING.match(above) is not None
    return begins and data[header:start].strip() != b""


def _is_below_blank(data: bytes, line: int) -> bool:
    return data.startswith(b"\n\n", line - 2) or data.startswith(b"\n\r\n", line - 3)


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
    return end if start < end and _harmless(data[start:end]) else start


def _add_prose(cuts: Cuts, data: bytes, offset: int) -> None:
    """Add runs of prose, which nothing depends on.

    Blank lines around each make sure that it is a paragraph, or text in code, HTML or a
    comment; without ``>`` it ends none of these.
    """
    for run in _ANY_PROSE.finditer(data, offset):
        inside = run[0]
        harmless = _MORE not in inside and _RETURN not in inside
        for part in (run,) if harmless else _HARMLESS_PROSE.finditer(data, *run.span()):
            cuts.append((part.start() + 2, part.end() - 1, Cut.PROSE))


def _add_headings(cuts: Cuts, data: bytes, offset: int) -> None:
    """Add headings that stand alone between blank lines."""
    first = _FIRST_HEADING.match(data, offset)
    for heading in (
        *((first,) if first else ()),
        *_PLAIN_HEADING.finditer(data, offset),
    ):
        start, end = heading.span(1)
        level, text = _heading(heading[1])
        cuts.append((start, end + 1, _tuple(Heading, (level, text, start, end + 1))))


@lru_cache(maxsize=4096)
def _heading(line: bytes) -> tuple[int, str]:
    """Return level and text of a heading; documents use the same ones."""
    return len(line) - len(line.lstrip(b"#")), titles.text_of(line)


def _line_above(data: bytes, position: int) -> int:
    """The start of the line that ends right before ``position``."""
    return data.rfind(b"\n", 0, max(position - 1, 0)) + 1


def _harmless(body: bytes) -> bool:
    if _MORE in body:
        return False
    return _RETURN not in body or body.count(b"\r") == body.count(b"\r\n")
