"""Tickets that were moved out of their project: rows still cite them as theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pmsync.domain.model import Column, TicketRef
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import State


def recognised(pages: Sequence[Page], state: State) -> tuple[Page, ...]:
    """Return the pages with such tickets known by the addresses in the state.

    Nothing of the configuration says that they are ours.
    """
    known = {
        item.ref.url: item.ref
        for document in state.documents.values()
        for item in document.items
        if item.ref is not None
    }
    # Their new link may not have come into the document yet.
    waiting = {
        edit.before: item.ref
        for document in state.documents.values()
        for item in document.items
        if item.ref is not None
        and (edit := item.pending.get(Column.TICKET)) is not None
        and edit.before is not None
    }
    return tuple(
        page._replace(rows=tuple(_row(row, known, waiting) for row in page.rows))
        if any(row.foreign for row in page.rows)
        else page
        for page in pages
    )


def _row(
    row: Row, known: Mapping[str, TicketRef], waiting: Mapping[str, TicketRef]
) -> Row:
    if not row.foreign or row.refs or len(row.urls) != 1:
        return row
    ref = known.get(row.urls[0]) or waiting.get(row.raw.get(Column.TICKET) or "")
    return row if ref is None else row._replace(refs=(ref,), foreign=False)
