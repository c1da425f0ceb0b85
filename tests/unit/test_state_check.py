"""What ``pmsync state verify`` finds, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pmsync.domain.model import TicketRef
from pmsync.domain.state import DocumentState, Intent, ItemState, ParentTicket, State
from pmsync.domain.state_check import contradictions

REF = TicketRef("ops", "OPS-1", "https://example.com/OPS-1")
ITEM = ItemState("k1", "Rotate keys", line=7, ref=REF)
T0 = datetime(2026, 1, 2, tzinfo=UTC)


def state(*items: ItemState, **more: object) -> State:
    documents = {"a.md": DocumentState(items)}
    return replace(State("s", documents, trackers={"ops": "jira"}), **more)


def test_a_sound_state_has_none() -> None:
    receiver = replace(ITEM, key="k2", owns=False)
    tombstone = replace(ITEM, key="k3", vanished=True)
    waiting = Intent("k4", "b.md", "ops", "OPS", "us", T0, "Not sent yet")

    assert [
        *contradictions(state(ITEM, receiver, tombstone, intents={"k4": waiting}))
    ] == []


def test_one_key_of_two_rows_is_found() -> None:
    other = DocumentState((), parent=ParentTicket("k1", REF._replace(key="OPS-2")))
    found = state(ITEM)
    found = replace(found, documents={**found.documents, "b.md": other})

    assert [*contradictions(found)] == [
        "key k1 belongs to several rows: a.md:7, b.md (its own ticket)"
    ]


def test_one_ticket_with_two_owners_is_found() -> None:
    assert [*contradictions(state(ITEM, replace(ITEM, key="k2", line=8)))] == [
        "ticket ops:OPS-1 has several owners: a.md:7, a.md:8"
    ]


def test_a_create_that_waits_for_a_row_with_a_ticket_is_found() -> None:
    waiting = Intent("k1", "a.md", "ops", "OPS", "us", T0, "Rotate keys")

    assert [*contradictions(state(ITEM, intents={"k1": waiting}))] == [
        "a.md:7 has the ticket ops:OPS-1, and a create that waits for an answer"
    ]


def test_a_create_under_another_key_is_found() -> None:
    waiting = Intent("k9", "a.md", "ops", "OPS", "us", T0, "Rotate keys", line=9)

    assert [*contradictions(state(intents={"k8": waiting}))] == [
        "a create of a.md:9 is filed under another key"
    ]


def test_a_tracker_that_no_run_has_used_is_found() -> None:
    assert [*contradictions(state(ITEM, trackers={}))] == [
        "tracker ops has tickets, and no run has used it"
    ]
