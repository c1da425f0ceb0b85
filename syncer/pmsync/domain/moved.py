"""Tickets that were moved out of their project: rows still cite them as theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pmsync.domain.model import TicketRef
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
    return tuple(
        page._replace(rows=tuple(_row(row, known) for row in page.rows))
        if any(row.foreign for row in page.rows)
        else page
        for page in pages
    )


def _row(row: Row, known: Mapping[str, TicketRef]) -> Row:
    if not row.foreign or row.refs or len(row.urls) != 1 or row.urls[0] not in known:
        return row
    return row._replace(refs=(known[row.urls[0]],), foreign=False)
