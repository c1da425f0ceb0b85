"""Follow the ticket of a row, as far as its tracker shows it."""

from __future__ import annotations

from collections.abc import Iterator

from pmsync.domain.changes import Change, LostTicket
from pmsync.domain.linked import linked
from pmsync.domain.model import TicketRef
from pmsync.domain.ports import Absence
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import ItemState
from pmsync.domain.view import View


def follow(
    view: View, page: Page, row: Row, item: ItemState, ref: TicketRef
) -> Iterator[Change]:
    """Plan a row whose ticket is known, or was not shown."""
    ticket = view.ticket(ref)
    if isinstance(ticket, Absence):
        yield lost(row.path, row.line, item, ref, ticket)
    else:
        yield from linked(view, page, row, item, ticket)


def lost(
    path: str, line: int, item: ItemState, ref: TicketRef, absence: Absence
) -> LostTicket:
    """Plan to remember that a ticket was not shown."""
    seen = "again " if item.loss else ""
    reason = f"the tracker {seen}did not show {ref.key}: {absence.value}"
    return LostTicket(
        path, line, item.key, ref.tracker, reason, ref=ref, absence=absence
    )
