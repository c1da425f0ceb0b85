"""The plan for a few rows, items and tickets in one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pmsync.domain.alignment import Address, Alignment
from pmsync.domain.changes import Change, Plan
from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.owners import Owners
from pmsync.domain.planner import plan
from pmsync.domain.policy import Policy
from pmsync.domain.ports import Absence, Capabilities, Listing
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import DocumentState, Intent, ItemState, Link, Pair, State
from pmsync.domain.view import TrackerView, View
from support.capabilities import LISTS
from support.rows import page, ref

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TITLE = "Alert when the disk is full"


def ticket(
    key: str = "bd-1",
    status: Status = Status.OPEN,
    *,
    marker: str | None = None,
    author: str = "us",
    title: str = TITLE,
    owner: str | None = None,
    due: str | None = None,
) -> Ticket:
    """A ticket as the tracker shows it."""
    return Ticket(
        ref=ref(key),
        id=key,
        version="1",
        fields={
            Field.TITLE: title,
            Field.STATUS: status,
            Field.OWNER: owner,
            Field.DUE: due,
            Field.PRIORITY: None,
        },
        author=author,
        created_at=NOW,
        updated_at=NOW,
        marker=Marker(marker, "s") if marker else None,
    )


def agreed(
    key: str = "k",
    *,
    status: Status = Status.OPEN,
    owner: str | None = None,
    link: Link = Link.LANDED,
    **more: object,
) -> ItemState:
    """An item whose row and ticket were in step when last seen."""
    base = {
        Field.TITLE: Pair(TITLE, TITLE),
        Field.STATUS: Pair(status, status),
        Field.OWNER: Pair(owner, owner),
        Field.DUE: Pair(None, None),
        Field.PRIORITY: Pair(None, None),
    }
    item = ItemState(
        key, TITLE, "Action Items", 1, ref=ref("bd-1"), ticket_id="bd-1", base=base
    )
    return replace(item, link=link, **more)


def planned(
    *rows: Row,
    items: tuple[ItemState, ...] = (),
    tickets: tuple[Ticket | tuple[str, Absence], ...] = (),
    intents: tuple[Intent, ...] = (),
    marked: Listing | None = None,
    policy: Policy | None = None,
    pages: tuple[Page, ...] | None = None,
    capabilities: Capabilities = LISTS,
    alignment: Alignment | None = None,
    rebuild: bool = False,
) -> tuple[Plan, View]:
    """The plan for these rows of one document; items belong to them in order."""
    keys = [item.key for item in items] + [intent.key for intent in intents]
    matched = dict(zip((Address("a.md", one.line) for one in rows), keys, strict=False))
    shown = {
        (one.ref.key if isinstance(one, Ticket) else one[0]): (
            one if isinstance(one, Ticket) else one[1]
        )
        for one in tickets
    }
    tracker = TrackerView(
        "memory",
        "demo",
        capabilities,
        Owners(free=True),
        frozenset({"us"}),
        shown,
        marked,
    )
    view = View(
        state=State(
            "s",
            {"a.md": DocumentState(items)} if items else {},
            {intent.key: intent for intent in intents},
        ),
        pages=pages or (page(*rows),),
        alignment=alignment or Alignment(matched),
        trackers={"memory": tracker},
        policy=policy or Policy("memory"),
        now=NOW,
        salt="salt",
        rebuild=rebuild,
    )
    return plan(view), view


def kinds(result: Plan) -> list[type[Change]]:
    """The changes of a plan by kind."""
    return [type(change) for change in result.changes]
