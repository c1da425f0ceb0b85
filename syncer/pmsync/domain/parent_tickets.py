"""What is remembered of the documents' own tickets: where each is, and its link."""

from __future__ import annotations

from dataclasses import replace

from pmsync.domain.changes import AdoptTicket, CreateTicket
from pmsync.domain.model import Ticket
from pmsync.domain.rows import Page
from pmsync.domain.state import Link, ParentTicket, Stage
from pmsync.domain.view import View


def remembered_parents(view: View) -> dict[str, ParentTicket]:
    """Return the documents' own tickets, each where its document is now."""
    present = {page.path for page in view.pages}
    moved = {view.former_path(page) for page in view.pages}
    found = {
        path: document.parent
        for path, document in view.state.documents.items()
        if document.parent and path not in present and path not in moved
    }
    for page in view.pages:
        known = view.parent_of(page)
        if known is not None:
            found[page.path] = standing(known, page)
    return found


def parent_ticket(change: CreateTicket | AdoptTicket, ticket: Ticket) -> ParentTicket:
    """Return a document's own ticket that was opened, or found."""
    return ParentTicket(change.key, ticket.ref, ticket.id)


def standing(parent: ParentTicket, page: Page) -> ParentTicket:
    """Return a document's own ticket, its link landed if it stands in the document."""
    if page.parent == parent.ref:
        return replace(parent, link=Link.LANDED)
    return parent


def proposed(parent: ParentTicket) -> ParentTicket:
    """Return a document's own ticket whose link an open proposal holds."""
    return replace(parent, stage=Stage.PROPOSED)
