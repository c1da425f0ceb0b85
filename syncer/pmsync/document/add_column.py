"""A column on the right of a table, in the table's own style."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from pmsync.document.cells import Row
from pmsync.document.elements import Table
from pmsync.document.splices import Splice

_BLANK = b" \t"


def added(
    table: Table,
    header: str,
    cells: Sequence[str],
    lacking: Mapping[int, int],
    needed: Container[int],
) -> list[Splice]:
    """Return what adds one cell to each row; ``cells`` are those of the body.

    ``lacking`` says, by line, how many cells a row has to be filled up with first. A
    short row that gets a blank one is left as it is, unless its line is ``needed``:
    what it lacks is blank, and it may be a line of something else below the table.
    Raises ``ValueError`` for a row that is wider than the header: its last cells are
    not shown, and a new one would be in the wrong place.
    """
    width = len(table.header.cells)
    if any(len(row.cells) > width for row in table.rows):
        raise ValueError("a row has more cells than the header")
    spaced = b"| " in _content(table.header)
    loose = b" " in _content(table.delimiter)
    blank = [] if table.blank is None else [table.blank]
    return [
        *(_cell(row, "", width - len(row.cells), spaced=spaced) for row in blank),
        _cell(table.header, header, 0, spaced=spaced),
        _cell(table.delimiter, "---", 0, spaced=loose),
        *(
            _cell(row, text, lacking.get(row.line, 0), spaced=spaced)
            for row, text in zip(table.rows, cells, strict=True)
            if text or row.line in needed or len(row.cells) >= width
        ),
    ]


def filled(row: Row, cells: Sequence[str]) -> Splice:
    """Return what adds ``cells`` at the end of a short row; the last is not blank."""
    at = _end(row)
    if row.trailing_pipe:
        return Splice(at, at, "".join(f" {cell} |" for cell in cells).encode())
    return Splice(at, at, "".join(f" | {cell}" for cell in cells).encode())


def _content(row: Row) -> bytes:
    return row.source[row.start : row.end].rstrip(_BLANK)


def _end(row: Row) -> int:
    return row.start + len(_content(row))


def _cell(row: Row, text: str, missing: int, *, spaced: bool) -> Splice:
    """Add one cell at the end of a row, behind those that are missing."""
    at = _end(row)
    gap = " " if spaced else ""
    if row.trailing_pipe:
        written = f"{gap}{gap}|" * missing + f"{gap}{text}{gap}|"
    else:
        # A blank last cell needs its closing pipe to be a cell at all.
        closing = "" if text else f"{gap}|"
        written = f"{gap}|{gap}" * missing + f"{gap}|{gap}{text}{closing}"
    return Splice(at, at, written.encode())
