"""The rows that make a table."""

from __future__ import annotations

from pmsync.document.cells import Row
from pmsync.document.condense import Ranges
from pmsync.document.elements import Doubt, DoubtKind, Table
from pmsync.document.lines import Lines


def plain_rows(lines: Lines, ranges: Ranges) -> tuple[Row, Row, list[Row]]:
    """Return header, delimiter row and rows of a plain table."""
    (start, _), header, delimiter, rows = ranges
    number = lines.number(start)
    return (
        Row(lines.data, number, *header),
        Row(lines.data, number + 1, *delimiter),
        lines.rows(*rows, number + 2),
    )


def table_of(
    header: Row,
    delimiter: Row,
    rows: list[Row],
    *,
    doubt: Doubt | None,
    depth: int,
    skipped: bool,
) -> Table:
    """Return the table that rows make.

    What other formats turn into Markdown often has its header in the first row, below
    a blank one.
    """
    start, end = header.start, (rows[-1] if rows else delimiter).end
    blank = header if rows and _is_blank(header) else None
    if blank is not None:
        header, *rows = rows
    kind = doubt.kind if doubt else None
    return Table(
        header,
        delimiter,
        tuple(rows),
        start,
        end,
        None if kind is DoubtKind.LONE_PIPE else kind,
        depth,
        skipped,
        blank,
    )


def _is_blank(row: Row) -> bool:
    return not row.source[row.start : row.end].strip(b"| \t")
