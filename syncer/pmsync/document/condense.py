"""A shorter text with the same structure, because most bytes are rows and prose.

The parser spends its time on the cells of tables, which we split ourselves, and on the
words of paragraphs, which nobody asks for. So both are cut out of what it reads, and put
back afterwards.

A cut is only made where it cannot change what stands around it (see ``cuts``). All plain
blocks that stand in a row become one thematic break.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pmsync.document.cuts import Cut, Plain, cuts_of

_BOM = b"\xef\xbb\xbf"
_FRONT_MATTER = re.compile(rb"---[ \t]*\r?\n(?:[ \t]*\r?\n|#[^\n]*\n)*[\w\"'][^\n|]*:")
_FRONT_MATTER_END = re.compile(rb"\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
_MAYBE_DELIMITER = re.compile(rb"\n[-:| \t]{2,}+(?=[\r\n]|\Z)")
_MAYBE_DELIMITER_CR = re.compile(rb"[\r\n][-:| \t]{2,}+(?=[\r\n]|\Z)")
_TAB, _RETURN, _HYPHEN, _COLON, _PIPE = b"\t\r-:|"
"""As numbers, which are looked for in a third of the time that bytes take."""
_BREAK = b"***"
"""A thematic break: one line that nothing but code, HTML and comments can hold."""


class Condensed(NamedTuple):
    """What the parser reads, and the way back to the original bytes."""

    text: str
    ats: Sequence[int]
    """Where something was cut, in the condensed text."""
    shifts: Sequence[int]
    """By how much a byte was farther on, before the first cut and behind each."""
    plain: Mapping[int, Sequence[Plain]]
    """What a thematic break in the condensed text stands for, by where it starts."""
    rows: Mapping[int, int]
    """Where cut rows of other tables start and end."""
    delimiters: Sequence[tuple[int, int]]
    """Those of the document's ``delimiter_lines`` that are in no plain table."""
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
    """Return a document without front matter, plain blocks and the rows of tables.

    ``delimiters`` are its ``delimiter_lines``. Raises ``UnicodeDecodeError`` when the
    bytes are not UTF-8.
    """
    offset = _body_start(data)
    source = _without_tabs(data, delimiters) if _TAB in data else data
    cuts, others = cuts_of(source, offset, delimiters)
    pieces: list[bytes] = []
    ats: list[int] = []
    shift = kept = offset
    shifts = [shift]
    plain: dict[int, list[Plain]] = {}
    rows: dict[int, int] = {}
    run: list[Plain] | None = None
    for start, end, what in cuts:
        if what is Cut.ROWS:
            pieces.append(source[kept:start])
            ats.append(start - shift)
            shift += end - start
            shifts.append(shift)
            rows[start] = end
            run = None
        elif run is not None and start == kept + 1:
            # Only a blank line stands between: one thematic break serves for both.
            run.append(what)
            shift += end - kept
            shifts[-1] = shift
        else:
            pieces += source[kept:start], _BREAK
            ats.append(start - shift + len(_BREAK))
            shift += end - start - len(_BREAK)
            shifts.append(shift)
            plain[start] = run = [what]
        kept = end
    pieces.append(source[kept:])
    text = b"".join(pieces).decode()
    return Condensed(text, ats, shifts, plain, rows, others, offset)


def _body_start(data: bytes) -> int:
    """Where Markdown begins: after a byte order mark and front matter."""
    start = len(_BOM) if data.startswith(_BOM) else 0
    if not _FRONT_MATTER.match(data, start):
        return start
    end = _FRONT_MATTER_END.search(data, start + 3)
    return end.end() if end else start


def _without_tabs(data: bytes, delimiters: Sequence[tuple[int, int]]) -> bytes:
    """Put blanks for tabs in delimiter rows: GitHub takes both, our parser does not."""
    changed = bytearray(data)
    for start, end in delimiters:
        line = data[start:end]
        bare = line.lstrip()
        changed[end - len(bare) : end] = bare.replace(b"\t", b" ")
    return bytes(changed)
