"""Columns that a table lacks for what is to be written into its rows."""

from __future__ import annotations

from collections.abc import Iterator

from pmsync.domain.changes import AddColumn
from pmsync.domain.model import Column, Form
from pmsync.domain.policy import Policy
from pmsync.domain.rows import Row


def needs_column(policy: Policy, row: Row) -> bool:
    """Tell whether a link for the row needs a column that its table lacks."""
    return (
        row.form is Form.TABLE
        and Column.TICKET not in row.columns
        and not policy.ticket_in_title
    )


def columns_for(
    policy: Policy,
    row: Row,
    key: str,
    tracker: str,
    *,
    link: bool,
    status: bool = False,
) -> Iterator[AddColumn]:
    """Plan the columns that an edit of a row needs and its table lacks."""
    wanted = [Column.TICKET] if link and needs_column(policy, row) else []
    if (
        status
        and policy.add_status_column
        and row.form is Form.TABLE
        and row.extensible
        and Column.STATUS not in row.columns
    ):
        wanted.append(Column.STATUS)
    for column in wanted:
        reason = f"the table has no column for the {column.value}"
        yield AddColumn(row.path, row.block, key, tracker, reason, column=column)
