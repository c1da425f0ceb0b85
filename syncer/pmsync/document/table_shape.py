"""The rows that make a table."""

from __future__ import annotations

from collections.abc import Sequence

from pmsync.document.cells import Row, Rows
from pmsync.document.cuts import PlainTable
from pmsync.document.elements import Doubt, DoubtKind, Table
from pmsync.document.lines import Lines

_tuple = tuple.__new__
"""Makes a row or table; its own constructor does the same in twice the time."""


def plain_rows(lines: Lines, table: PlainTable) -> tuple[Row, Row, Rows]:
    """Return header, delimiter row and rows of a plain table."""
    (start, _), header, delimiter, rows = table
    data, number = lines.data, lines.number(start)
    below = Rows(data, number + 2, *rows)
    lines.told(rows[1], number + 2 + len(below))
    return (
        _tuple(Row, (data, number, *header)),
        _tuple(Row, (data, number + 1, *delimiter)),
        below,
    )


def table_of(
    header: Row,
    delimiter: Row,
    rows: Rows | Sequence[Row],
    *,
    doubt: Doubt | None,
    depth: int,
    skipped: bool,
) -> Table:
    """Return the table that rows make.

    What other formats turn into Markdown often has its header in the first row, below
    a blank one.
    """
    start, end = header.start, delimiter.end
    blank = None
    if rows:
        end = rows.end if isinstance(rows, Rows) else rows[-1].end
        if _is_blank(header):
            blank = header
            header, *rows = rows
    kind = doubt.kind if doubt else None
    kind = None if kind is DoubtKind.LONE_PIPE else kind
    return _tuple(
        Table, (header, delimiter, rows, start, end, kind, depth, skipped, blank)
    )


def _is_blank(row: Row) -> bool:
    return not row.source[row.start : row.end].strip(b"| \t")
