"""What becomes of tickets when the network or the server of their tracker fails.

Numbers are those of the named faults. Every request goes through a real socket, and the
server fails the test when its vendor's description does not know it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pmsync.domain.errors import (
    AuthenticationError,
    TrackerError,
)
from pmsync.domain.model import Field
from pmsync.domain.ports import Absence, Lookup, Patch, Refused, Unknown
from pmsync.domain.ports import Tracker as Port
from support.asked import draft, opened, shown
from support.remotes import Remote

SAID = '{"message": "Conflict"}'


@pytest.fixture
def tracker(remote: Remote) -> Port:
    return remote.connect(deadline=1.0)


UNANSWERED: dict[str, dict[str, Any]] = {
    "f06_lost": {"kind": "lost"},
    "f07_502_after_commit": {"kind": "status", "status": 502, "commits": True},
    "f08_no_answer": {"kind": "hang"},
    "f09_cut": {"kind": "cut"},
    "f45_a_byte_at_a_time": {"kind": "slow"},
    "f47_a_page_of_a_proxy": {"kind": "status", "status": 200, "commits": True},
    "f47_no_ticket": {"kind": "status", "status": 201, "commits": True, "body": "{}"},
}


@pytest.mark.parametrize("fault", UNANSWERED.values(), ids=UNANSWERED)
def test_f06_to_f09_f45_f47_a_create_without_an_answer_is_found_and_not_sent_again(
    fault: dict[str, Any], remote: Remote, tracker: Port
) -> None:
    before = tracker.marked(None).time
    remote.fake.fail(method="POST", path=remote.ground.creates, **fault)
    wanted = draft()

    (outcome,) = tracker.create([wanted])

    assert isinstance(outcome, Unknown)
    assert remote.fake.count("POST", remote.ground.creates) == 1
    (found,) = tracker.marked(before - timedelta(minutes=5)).tickets
    assert (found.marker, found.author) == (wanted.marker, tracker.identity())


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
def test_f10_a_create_that_was_not_carried_out_leaves_nothing_and_is_not_repeated(
    status: int, remote: Remote, tracker: Port
) -> None:
    soon = {"retry-after": "1"}
    remote.fake.fail(
        "status", "POST", remote.ground.creates, status=status, headers=soon
    )

    (outcome,) = tracker.create([draft()])

    assert isinstance(outcome, Unknown)
    assert remote.fake.count("POST", remote.ground.creates) == 1
    assert tracker.marked(None).tickets == ()


@pytest.mark.parametrize("kind", ["lost", "hang"])
def test_f11_a_change_whose_answer_was_lost_is_seen_and_not_sent_again(
    kind: str, remote: Remote, tracker: Port
) -> None:
    ticket = opened(tracker)
    remote.fake.fail(kind, *remote.ground.edits)

    outcome = tracker.update(Patch(ticket, {Field.TITLE: "Rotate all keys"}))

    assert isinstance(outcome, Unknown)
    assert remote.fake.count(*remote.ground.edits) == 1
    assert shown(tracker, ticket).fields[Field.TITLE] == "Rotate all keys"


def test_f12_f13_a_ticket_that_lists_do_not_show_yet_is_found_later(
    remote: Remote, tracker: Port
) -> None:
    remote.ground.lag(timedelta(seconds=500))
    start = tracker.marked(None).time
    ticket = opened(tracker)
    assert tracker.marked(start).tickets == ()

    remote.place.fake.site.time += timedelta(seconds=501)

    assert [found.id for found in tracker.marked(start).tickets] == [ticket.id]


def test_f36_a_token_that_is_not_accepted_costs_one_request(remote: Remote) -> None:
    tracker = remote.connect(token=lambda: "revoked-token")

    with pytest.raises(AuthenticationError):
        tracker.identity()

    assert len(remote.fake.sent) == 1
    (outcome,) = tracker.create([draft()])
    assert isinstance(outcome, Refused)
    assert outcome.denied
    assert outcome.whole_project


def test_f38_an_empty_list_makes_no_ticket_deleted(
    remote: Remote, tracker: Port
) -> None:
    tickets = [opened(tracker) for _ in range(3)]
    remote.ground.empty()

    found = tracker.fetch([Lookup(t.ref.key, t.id) for t in tickets])

    assert set(found.values()) == {Absence.INVISIBLE}


@pytest.mark.parametrize("status", [409, 412])
def test_f41_a_version_conflict_means_plan_again(
    status: int, remote: Remote, tracker: Port
) -> None:
    ticket = opened(tracker)
    remote.fake.fail("status", *remote.ground.edits, status=status, body=SAID)

    outcome = tracker.update(Patch(ticket, {Field.TITLE: "Ours"}))

    assert isinstance(outcome, Refused)
    assert outcome.stale


def test_f42_a_request_that_no_longer_exists_is_named(
    remote: Remote, tracker: Port
) -> None:
    remote.fake.fail("status", "GET", remote.ground.lists, status=410, body=SAID)

    with pytest.raises(TrackerError, match=remote.ground.lists.rstrip("?\\")):
        tracker.changed(None)
