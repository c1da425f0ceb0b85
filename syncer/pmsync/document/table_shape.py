"""The rows that make a table."""

from __future__ import annotations

from collections.abc import Sequence

from pmsync.document.cells import Row, Rows
from pmsync.document.condense import Ranges
from pmsync.document.elements import Doubt, DoubtKind, Table
from pmsync.document.lines import Lines


def plain_rows(lines: Lines, ranges: Ranges) -> tuple[Row, Row, Rows]:
    """Return header, delimiter row and rows of a plain table."""
    (start, _), header, delimiter, rows = ranges
    number = lines.number(start)
    return (
        Row(lines.data, number, *header),
        Row(lines.data, number + 1, *delimiter),
        Rows(lines.data, number + 2, *rows),
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
    start = header.start
    end = delimiter.end
    if rows:
        end = rows.end if isinstance(rows, Rows) else rows[-1].end
    blank = header if rows and _is_blank(header) else None
    if blank is not None:
        header, *rows = rows
    kind = doubt.kind if doubt else None
    return Table(
        header,
        delimiter,
        rows,
        start,
        end,
        None if kind is DoubtKind.LONE_PIPE else kind,
        depth,
        skipped,
        blank,
    )


def _is_blank(row: Row) -> bool:
    return not row.source[row.start : row.end].strip(b"| \t")
