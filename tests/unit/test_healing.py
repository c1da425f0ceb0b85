"""A second ticket is closed only when nobody could miss it; any doubt is a report."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pmsync.domain.alignment import Address, Alignment
from pmsync.domain.changes import CloseDuplicate, Note
from pmsync.domain.healing import WINDOW, duplicates, is_over
from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.owners import Owners
from pmsync.domain.policy import Policy
from pmsync.domain.ports import Capabilities, Listing
from pmsync.domain.rows import Page
from pmsync.domain.state import DocumentState, Intent, ItemState, State
from pmsync.domain.view import TrackerView, View
from support.rows import page, ref, row

SENT = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = SENT + timedelta(days=1)
TITLE = "Alert when the disk is full"


def ticket(key: str, minutes: float = 0, **more: object) -> Ticket:
    """A ticket of the key ``k``, opened so long after the create was sent."""
    made = Ticket(
        ref=ref(key),
        id=key,
        version="1",
        fields={Field.TITLE: TITLE, Field.STATUS: Status.OPEN},
        author="us",
        created_at=SENT + timedelta(minutes=minutes),
        updated_at=SENT,
        marker=Marker("k", "s"),
    )
    return replace(made, **more)


INTENT = Intent("k", "a.md", "memory", "demo", "us", SENT, TITLE)
FIRST, SECOND = ticket("bd-1"), ticket("bd-2", 20)


def world(
    *tickets: Ticket,
    intent: Intent | None = INTENT,
    pending: bool = False,
    item: ItemState | None = None,
    pages: tuple[Page, ...] | None = None,
    time: datetime = LATER,
    **more: object,
) -> View:
    """A row that is linked to the second ticket, and what the tracker lists."""
    known = item or ItemState("k", TITLE, "Action Items", 1, ref=ref("bd-2"))
    kept = {"k": intent} if intent else {}
    tracker = TrackerView(
        "memory",
        "demo",
        Capabilities(),
        Owners(free=True),
        frozenset({"us", "former us"}),
        marked=Listing(
            tickets or (FIRST, SECOND), complete=True, watermark="1", time=time
        ),
        swept=True,
    )
    made = View(
        state=State(
            "s",
            {"a.md": DocumentState((known,))},
            intents=kept if pending else {},
            settled={} if pending else kept,
        ),
        pages=pages or (page(row(TITLE, refs=(ref("bd-2"),))),),
        alignment=Alignment({Address("a.md", 1): "k"}),
        trackers={"memory": tracker},
        policy=Policy("memory"),
        now=time,
        salt="salt",
    )
    return replace(made, **more)


def closed(view: View) -> list[str]:
    """Keys of the tickets that would be closed."""
    found = list(duplicates(view))
    return [one.ticket.ref.key for one in found if isinstance(one, CloseDuplicate)]


def reported(view: View) -> list[str]:
    """What a person is told."""
    return [one.message for one in duplicates(view) if isinstance(one, Note)]


@pytest.mark.parametrize("pending", [True, False])
def test_the_ticket_that_nothing_cites_is_closed(pending: bool) -> None:
    view = world(pending=pending)

    assert closed(view) == ["bd-1"]
    assert reported(view) == []


def test_the_documents_link_decides_then_the_state_then_the_age() -> None:
    linked = world()
    merged_late = world(pages=(page(row(TITLE)),))
    unknown = world(
        pages=(page(row(TITLE)),), item=ItemState("k", TITLE, "Action Items", 1)
    )
    other = world(item=ItemState("k", TITLE, ref=ref("bd-1")))

    assert closed(linked) == ["bd-1"]
    assert closed(merged_late) == ["bd-1"]
    assert closed(unknown) == ["bd-2"]
    assert closed(other) == ["bd-1"]


CITING = page(row("See there", refs=(ref("bd-1"),)), path="b.md")
DOUBTS = [
    pytest.param(world(intent=None), "does not remember", id="no create remembered"),
    pytest.param(
        world(replace(FIRST, author="former us"), SECOND), "former us", id="another's"
    ),
    pytest.param(
        world(ticket("bd-1", -6), SECOND), "that create's time", id="too early"
    ),
    pytest.param(
        world(ticket("bd-1", 30 * 24 * 60 + 1), SECOND),
        "that create's time",
        id="too late",
    ),
    pytest.param(
        world(intent=replace(INTENT, project="other")), "meant for", id="project"
    ),
    pytest.param(
        world(pages=(*world().pages, CITING)), "a document cites it", id="a row cites"
    ),
    pytest.param(
        world(pages=(world().pages[0]._replace(parent=ref("bd-1")),)),
        "a document cites it",
        id="a parent",
    ),
    pytest.param(
        world(
            item=ItemState("k", TITLE, ref=ref("bd-2"), former=("memory:bd-1",)),
        ),
        "replaced",
        id="a person replaced its link",
    ),
    pytest.param(
        world(replace(FIRST, touched_by_others=True), SECOND), "worked", id="touched"
    ),
    pytest.param(
        world(replace(FIRST, read_only=True), SECOND), "cannot be written", id="moved"
    ),
    pytest.param(world(complete=False), "could be read", id="an unread document"),
]


@pytest.mark.parametrize(("view", "why"), DOUBTS)
def test_any_doubt_is_a_report(view: View, why: str) -> None:
    assert closed(view) == []
    (message,) = reported(view)
    assert why in message
    assert "bd-1 is a second ticket beside bd-2" in message


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(world(SECOND), id="there is one"),
        pytest.param(
            world(replace(FIRST, fields={Field.STATUS: Status.WONT_DO}), SECOND),
            id="it is closed already",
        ),
        pytest.param(
            world(replace(FIRST, marker=Marker("k", "theirs")), SECOND), id="theirs"
        ),
        pytest.param(
            world(replace(FIRST, marker=Marker("j", "s")), SECOND), id="another key"
        ),
        pytest.param(
            world(
                *(replace(t, marker=Marker("z", "s")) for t in (FIRST, SECOND)),
            ),
            id="a key that is not in our state",
        ),
        pytest.param(world(rebuild=True), id="the state was rebuilt"),
        pytest.param(world(selected=lambda _path, _tracker: False), id="not asked for"),
    ],
)
def test_what_is_no_second_ticket_of_ours_is_left_in_peace(view: View) -> None:
    assert closed(view) == []
    assert reported(view) == []


def test_a_first_attempt_belongs_to_the_time_of_the_create() -> None:
    early = replace(INTENT, started=SENT + timedelta(hours=5), first=SENT)

    assert closed(world(intent=early)) == ["bd-1"]


@pytest.mark.parametrize(
    ("view", "over"),
    [
        pytest.param(
            world(SECOND, time=SENT + 2 * WINDOW), True, id="one ticket, long after"
        ),
        pytest.param(world(SECOND, time=SENT + WINDOW), True, id="just after"),
        pytest.param(
            world(SECOND, time=SENT + WINDOW - timedelta(seconds=1)), False, id="before"
        ),
        pytest.param(world(time=SENT + 2 * WINDOW), False, id="two are open"),
    ],
)
def test_a_create_is_remembered_until_it_left_no_second_for_sure(
    view: View, over: bool
) -> None:
    assert is_over(view, INTENT) is over


def test_a_list_that_is_not_complete_ends_no_doubt() -> None:
    view = world(SECOND)
    tracker = view.trackers["memory"]
    assert tracker.marked is not None
    partial = replace(tracker, marked=replace(tracker.marked, complete=False))

    assert not is_over(replace(view, trackers={"memory": partial}), INTENT)
    assert not is_over(
        replace(view, trackers={"memory": replace(tracker, swept=False)}), INTENT
    )
