"""A shorter text with the same structure, because most bytes are rows and prose.

The parser spends its time on the cells of tables, which we split ourselves, and on the
words of paragraphs, which nobody asks for. So both are cut out of what it reads, and put
back afterwards.

A cut is only made where it cannot change what stands around it: prose and plain tables
between blank lines (see ``_prose`` and ``_PLAIN_TABLE``), which become a thematic break
each, and whole lines that start with a pipe in the first column, right below a delimiter
row that does so too, and hold neither a lone pipe (which ends a table) nor ``>`` (which
could end a comment or HTML block) nor a bare carriage return (which would be a line end).
If the delimiter row makes a table, these lines are its rows; else they continue whatever
the delimiter row was part of.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

_BOM = b"\xef\xbb\xbf"
_FRONT_MATTER = re.compile(rb"---[ \t]*\r?\n(?:[ \t]*\r?\n|#[^\n]*\n)*[\w\"'][^\n|]*:")
_FRONT_MATTER_END = re.compile(rb"\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
_MAYBE_DELIMITER = re.compile(rb"\n[-:| \t]{2,}+(?=[\r\n]|\Z)")
_MAYBE_DELIMITER_CR = re.compile(rb"[\r\n][-:| \t]{2,}+(?=[\r\n]|\Z)")
_LAST_ROW = re.compile(rb"\n(?!\|)")
_LONE_PIPE = re.compile(rb"\n\|[ \t\x0b\x0c\r]*(?=\n|\Z)")
_RUN_OF_PROSE = (
    rb"\n\n(?:(?:[A-Za-z]%b{80,2000}[A-Za-z.;,!?)]\n"
    rb"|(?:(?:\*\*)?[A-Za-z]%b*\n){2,})\n)+"
)
"""Paragraphs of one long line that is no caption, or of several lines."""
_ANY_PROSE = re.compile(_RUN_OF_PROSE % (b".", b"."))
"""The same with any character in it, which takes a fourth of the time to find."""
_HARMLESS_PROSE = re.compile(_RUN_OF_PROSE % (2 * (rb"[^\n\r>]",)))
_TAB, _RETURN, _HYPHEN, _COLON, _MORE, _PIPE = b"\t\r-:>|"
"""As numbers, which are looked for in a third of the time that bytes take."""
_PLAIN_TABLE = re.compile(
    rb"(\|[^\\`<>\r\n]*\|)\r?\n(\|(?: *:?-+:? *\|)+)\r?\n"
    rb"((?:\|(?![ \t\x0b\x0c]*+[\r\n]).*+\n)*+)(?=\r?\n|\Z)"
)
"""A table at the margin: its header and delimiter row hold nothing but cells.

Where they have as many pipes, its rows are ``_harmless``, and a blank line stands above,
it is one to every parser, or text inside code, HTML or a comment.
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
    prose: Collection[int]
    """Where prose starts that is one, too."""
    delimiters: Sequence[tuple[int, int]]
    """The document's ``delimiter_lines``."""
    offset: int
    """Bytes before the text that the parser never sees."""

    def original(self, position: int) -> int:
        """Return the original offset of a byte that was not cut."""
        return position + self.shifts[bisect_right(self.ats, position)]


def delimiter_lines(data: bytes) -> list[tuple[int, int]]:
    """Return where lines stand that look like the delimiter row of a table.

    Each is a range without the line ends around it.
    """
    pattern = _MAYBE_DELIMITER_CR if _RETURN in data else _MAYBE_DELIMITER
    return [
        (match.start() + 1, match.end())
        for match in pattern.finditer(data)
        if _HYPHEN in match[0] and (_PIPE in match[0] or _COLON in match[0])
    ]


def condense(data: bytes, delimiters: Sequence[tuple[int, int]]) -> Condensed:
    """Return a document without front matter and the rows of plain tables.

    ``delimiters`` are its ``delimiter_lines``. Raises ``UnicodeDecodeError`` when the
    bytes are not UTF-8.
    """
    offset = _body_start(data)
    source = _without_tabs(data, delimiters) if _TAB in data else data
    tables: dict[int, Ranges] = {}
    prose = dict(_prose(source, offset))
    cuts = [*prose.items(), *_tables(source, offset, delimiters, tables)]
    cuts.sort()
    pieces: list[bytes] = []
    ats: list[int] = []
    shift = kept = offset
    shifts = [shift]
    for start, end in cuts:
        pieces.append(source[kept:start])
        at = start - shift
        shift += end - start
        if start in tables or start in prose:
            pieces.append(_BREAK)
            at += len(_BREAK)
            shift -= len(_BREAK)
        ats.append(at)
        shifts.append(shift)
        kept = end
    pieces.append(source[kept:])
    text = b"".join(pieces).decode()
    return Condensed(text, ats, shifts, dict(cuts), tables, prose, delimiters, offset)


def _body_start(data: bytes) -> int:
    """Where Markdown begins: after a byte order mark and front matter."""
    start = len(_BOM) if data.startswith(_BOM) else 0
    if not _FRONT_MATTER.match(data, start):
        return start
    end = _FRONT_MATTER_END.search(data, start + 3)
    return end.end() if end else start


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
        if header == offset or _is_below_blank(data, header):
            table = _PLAIN_TABLE.match(data, header)
            if (
                table is not None
                and data.count(b"|", header, start) == data.count(b"|", start, end)
                and _harmless(table[3])
            ):
                tables[header] = tuple(map(table.span, range(4)))
                yield table.span()
                continue
        if not _begins_table(data, header, start, offset):
            continue
        first = data.find(b"\n", end) + 1 or len(data)
        last = _rows_end(data, first)
        if first < last:
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
    return end if start < end and _harmless(data[start:end]) else start


def _prose(data: bytes, offset: int) -> list[tuple[int, int]]:
    """Find runs of prose, which nothing depends on.

    Blank lines around each make sure that it is a paragraph, or text in code, HTML or a
    comment; without ``>`` it ends none of these.
    """
    runs: list[tuple[int, int]] = []
    for run in _ANY_PROSE.finditer(data, offset):
        inside = run[0]
        if _MORE in inside or _RETURN in inside:
            parts = _HARMLESS_PROSE.finditer(data, *run.span())
            runs += [part.span() for part in parts]
        else:
            runs.append(run.span())
    return [(start + 2, end - 2) for start, end in runs]


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


def _harmless(body: bytes) -> bool:
    if _MORE in body:
        return False
    return _RETURN not in body or body.count(b"\r") == body.count(b"\r\n")
