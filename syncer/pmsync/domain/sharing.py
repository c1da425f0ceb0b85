"""Several rows that cite one ticket: which of them owns it, and which only receive.

A row owns the ticket that bears its key's marker. Without a marker of theirs nobody
owns it, and its status alone is read into each of them.
"""

from __future__ import annotations

from pmsync.domain.model import Ticket, TicketRef
from pmsync.domain.rows import Row
from pmsync.domain.state import ItemState
from pmsync.domain.view import View


def receives(view: View, row: Row, item: ItemState | None) -> bool:
    """Tell whether a row only receives the status of the one ticket that it cites."""
    if len(row.refs) != 1 or row.foreign:
        return False
    ref = row.refs[0]
    name = view.name_now(ref)
    owner = view.owners.get(name)
    if item is not None and item.ref is not None and view.name_now(item.ref) == name:
        return not item.owns or owner != item.key
    shared = view.citing[name] > 1 or owner not in (None, view.key(row))
    return shared and not _marks(view, row, ref)


def is_left_alone_with(view: View, row: Row, item: ItemState | None) -> bool:
    """Tell whether a row that only received is now the only one with its ticket."""
    if item is None or item.owns or item.ref is None or len(row.refs) != 1:
        return False
    name = view.name_now(row.refs[0])
    return (
        view.name_now(item.ref) == name
        and view.citing[name] == 1
        and view.owners.get(name) is None
    )


def received(view: View, item: ItemState, ref: TicketRef) -> bool:
    """Tell whether an item has only received the status of a ticket so far.

    What was agreed then still is when the ticket becomes its own.
    """
    if item.owns or item.ref is None:
        return False
    return view.name_now(item.ref) == view.name_now(ref)


def _marks(view: View, row: Row, ref: TicketRef) -> bool:
    """Tell whether the ticket's marker bears this row's key."""
    ticket = view.ticket(ref)
    marker = ticket.marker if isinstance(ticket, Ticket) else None
    return marker is not None and marker.key == view.key(row)
