"""A value that a person writes into the file is understood, or named and left."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmsync.domain.block import inner
from pmsync.domain.errors import TrackerError, UsageError
from pmsync.domain.model import Field, Marker, Status
from pmsync.domain.ports import Done, Draft, Patch, Refused
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.beads.embedded import EmbeddedTracker
from support.desk import MARKER, Desk


@pytest.mark.parametrize(
    ("values", "field", "shown"),
    [
        ({"title": "  Two \n lines "}, Field.TITLE, "Two lines"),
        ({"assignee": " Bo "}, Field.OWNER, "Bo"),
        ({"assignee": ""}, Field.OWNER, None),
        ({"due_at": "2026-02-03"}, Field.DUE, "2026-02-03"),
        ({"due_at": "2026-02-03T23:30:00-08:00"}, Field.DUE, "2026-02-03"),
        ({"due_at": "2026-02-03T01:00:00.123456789Z"}, Field.DUE, "2026-02-03"),
        ({"priority": 0}, Field.PRIORITY, "0"),
        ({"status": "closed"}, Field.STATUS, Status.DONE),
        ({"status": "closed", "close_reason": "shipped"}, Field.STATUS, Status.DONE),
        ({"status": "in_progress"}, Field.STATUS, Status.IN_PROGRESS),
        ({"status": "hooked"}, Field.STATUS, Status.IN_PROGRESS),
        ({"status": "blocked"}, Field.STATUS, Status.BLOCKED),
        ({"status": "deferred"}, Field.STATUS, Status.BLOCKED),
        ({"status": "pinned"}, Field.STATUS, Status.OPEN),
        ({"status": None}, Field.STATUS, Status.OPEN),
    ],
)
def test_a_value_changed_by_hand_comes_back(
    desk: Desk, values: dict[str, object], field: Field, shown: str | None
) -> None:
    before = desk.open(owner="Al", due="2026-01-09")
    listing = desk.tracker.changed(None)

    desk.edit(before.id, **values)

    (ticket,) = desk.tracker.changed(listing.watermark).tickets
    assert ticket.fields[field] == shown
    assert ticket.version != before.version
    assert ticket.touched_by_others


@pytest.mark.parametrize(
    "reason",
    [
        "Won't do",
        "won\u2019t fix: too old",
        "wontfix",
        "Not planned",
        "Duplicate of bd-7z5",
        "Duplicates bd-1",
        "Closed as duplicate",
        "Superseded by bd-2",
        "obsolete",
        "Cancelled",
        "Rejected: Build failure",
    ],
)
def test_a_reason_that_says_that_nothing_was_done_is_not_done(
    desk: Desk, reason: str
) -> None:
    ticket = desk.edit(desk.open().id, status="closed", close_reason=reason)

    assert ticket.fields[Field.STATUS] == Status.WONT_DO


@pytest.mark.parametrize(
    "reason", ["", "Closed", "Added dedup pass", "Removed obsolete shim", "Validated"]
)
def test_a_reason_that_only_mentions_such_a_word_is_done(
    desk: Desk, reason: str
) -> None:
    ticket = desk.edit(desk.open().id, status="closed", close_reason=reason)

    assert ticket.fields[Field.STATUS] == Status.DONE


def test_closed_means_a_closing_time_and_reopened_means_none(desk: Desk) -> None:
    done = desk.send(desk.open(), Field.STATUS, Status.DONE)
    closed = desk.record(done.id)
    assert closed["closed_at"] == "2026-01-02T03:04:05Z"
    assert (closed["close_reason"], closed["closed_by_session"]) == (
        "Completed",
        "pmsync",
    )

    reopened = desk.record(desk.send(done, Field.STATUS, Status.BLOCKED).id)

    assert reopened["status"] == "blocked"
    assert not {"closed_at", "close_reason", "closed_by_session"} & set(reopened)


def test_a_ticket_closed_by_hand_is_not_ours_to_reopen(desk: Desk) -> None:
    ticket = desk.edit(desk.open().id, status="closed")

    assert ticket.closed_by is None
    wont_do = desk.send(ticket, Field.STATUS, Status.WONT_DO)
    assert wont_do.closed_by is None
    assert desk.record(ticket.id)["closed_at"] == "2026-01-02T03:04:05Z"


def test_a_status_of_beads_own_is_not_flattened(desk: Desk) -> None:
    ticket = desk.edit(desk.open().id, status="hooked")

    desk.send(ticket, Field.STATUS, Status.IN_PROGRESS)

    assert desk.record(ticket.id)["status"] == "hooked"


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"status": "closd"}, "status 'closd' is none of open, "),
        ({"due_at": "next week"}, "due_at 'next week' is not a time"),
        ({"priority": "P1"}, "priority 'P1' is not a number from 0 to 4"),
        ({"priority": 7}, "priority 7 is not"),
        ({"title": 7}, "title is not text"),
        ({"labels": "sre"}, "labels is not a list"),
        ({"created_at": ""}, "created_at '' is not a time"),
        ({"metadata": {"pmsync": {"v": 2}}}, "written by a newer pmsync"),
    ],
)
def test_a_value_that_cannot_be_understood_is_named_and_nothing_written(
    desk: Desk, values: dict[str, object], what: str
) -> None:
    first, second = desk.open("k1"), desk.open("k2")
    with pytest.raises(TrackerError, match=r"^\.pmsync/tickets\.jsonl:2: ") as caught:
        desk.edit(second.id, **values)
    before = desk.file.read_bytes()

    assert what in caught.value.message
    (outcome,) = desk.tracker.create([Draft(Marker("k3", "s"), "T", "B")])
    assert isinstance(outcome, Refused)
    assert outcome.whole_project
    assert ":2:" in outcome.why
    assert isinstance(desk.tracker.update(Patch(second, body="x")), Refused)
    assert desk.file.read_bytes() == before
    assert first.id in before.decode()


def test_line_ends_of_a_windows_document_become_line_feeds(desk: Desk) -> None:
    (outcome,) = desk.tracker.create([Draft(MARKER, "T", "a\r\nb\rc")])
    assert isinstance(outcome, Done)
    assert inner(outcome.ticket.body) == "a\nb\nc"

    outcome = desk.tracker.update(Patch(outcome.ticket, body="d\r\ne"))

    assert isinstance(outcome, Done)
    assert inner(outcome.ticket.body) == "d\ne"


def test_words_of_the_configuration_are_written_and_read(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    words = {Status.IN_PROGRESS: "doing", Status.WONT_DO: "Abgelehnt"}
    settings = TrackerSettings("ops", "embedded", str(tmp_path), statuses=words)
    desk.tracker = EmbeddedTracker.from_settings(settings)

    doing = desk.send(desk.open(), Field.STATUS, Status.IN_PROGRESS)
    assert desk.record(doing.id)["status"] == "doing"
    dropped = desk.send(doing, Field.STATUS, Status.WONT_DO)

    assert desk.record(doing.id)["close_reason"] == "Abgelehnt"
    assert dropped.fields[Field.STATUS] == Status.WONT_DO
    assert dropped.ref.tracker == "ops"


@pytest.mark.parametrize(
    "settings",
    [
        TrackerSettings("ops", "embedded", "/", project="a b"),
        TrackerSettings("ops", "embedded", "/", statuses={Status.OPEN: "closed"}),
    ],
)
def test_settings_that_would_spoil_the_file_are_refused(
    settings: TrackerSettings,
) -> None:
    with pytest.raises(UsageError):
        EmbeddedTracker.from_settings(settings)
