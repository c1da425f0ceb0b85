"""People edit .pmsync/tickets.jsonl with an editor; nothing of theirs is lost."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from pmsync.domain.block import inner
from pmsync.domain.errors import TrackerError, UsageError
from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.ports import Absence, Done, Draft, Lookup, Patch, Refused
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.beads.embedded import EmbeddedTracker

MARKER = Marker("k", "s")
NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
BY_HAND = (
    '{"id": "bd-hand", "title": "By hand", "status": "open", "priority": 1, '
    '"issue_type": "bug", "created_at": "2026-01-01T00:00:00Z", '
    '"updated_at": "2026-01-01T00:00:00Z", "x-team": {"z": 1.10}}'
)


class Desk:
    """A repository, its tracker, and a person with an editor."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.file = root / ".pmsync" / "tickets.jsonl"
        self.tracker = EmbeddedTracker(root, now=lambda: NOW)

    def write(self, *lines: str) -> None:
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")

    def lines(self) -> list[str]:
        return self.file.read_text(encoding="utf-8").split("\n")

    def record(self, id_: str) -> dict[str, object]:
        (found,) = [
            record
            for line in self.lines()
            if line and (record := json.loads(line)).get("id") == id_
        ]
        assert isinstance(found, dict)
        return found

    def edit(self, id_: str, **values: object) -> Ticket:
        self.write(
            *(
                json.dumps({**json.loads(line), **values})
                if line and json.loads(line).get("id") == id_
                else line
                for line in self.lines()[:-1]
            )
        )
        return self.read(id_)

    def read(self, id_: str) -> Ticket:
        ticket = self.tracker.fetch([Lookup(id_)])[id_]
        assert isinstance(ticket, Ticket)
        return ticket

    def open(self, key: str = "k1", **fields: str) -> Ticket:
        (outcome,) = self.tracker.create(
            [
                Draft(
                    Marker(key, "s"),
                    "Rotate keys",
                    "Why",
                    {Field(f): v for f, v in fields.items()},
                )
            ]
        )
        assert isinstance(outcome, Done)
        return outcome.ticket

    def send(self, ticket: Ticket, field: Field, value: str | None) -> Ticket:
        outcome = self.tracker.update(Patch(ticket, {field: value}))
        assert isinstance(outcome, Done), outcome
        return outcome.ticket


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_new_ticket_is_a_record_that_beads_would_export(desk: Desk) -> None:
    ticket = desk.open(owner="Al", due="2026-02-03", status="open")

    assert list(desk.record(ticket.id).items()) == [
        ("_type", "issue"),
        ("id", ticket.id),
        ("title", "Rotate keys"),
        ("description", "<!-- pmsync:begin -->\nWhy\n<!-- pmsync:end -->"),
        ("status", "open"),
        ("priority", 2),
        ("issue_type", "task"),
        ("assignee", "Al"),
        ("created_at", "2026-01-02T03:04:05Z"),
        ("created_by", "pmsync"),
        ("updated_at", "2026-01-02T03:04:05Z"),
        ("due_at", "2026-02-03T00:00:00Z"),
        (
            "metadata",
            {
                "pmsync": {
                    "v": 1,
                    "key": "k1",
                    "state": "s",
                    "wrote": desk.record(ticket.id)["metadata"]["pmsync"]["wrote"],  # type: ignore[index]
                }
            },
        ),
        ("dependency_count", 0),
        ("dependent_count", 0),
        ("comment_count", 0),
    ]
    assert ticket.ref.url == f"bd://{ticket.id}"


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


def test_lines_that_are_not_changed_keep_their_bytes(desk: Desk) -> None:
    others = [
        '{"_type":"memory","key":"a","value":"b"}',
        "",
        BY_HAND,
        '{"id":"bd-gone","status":"tombstone","title":"x","deleted_at":"2025"}',
        BY_HAND.replace("By hand", "Said twice"),
        "   ",
    ]
    desk.write(*others)

    ticket = desk.send(desk.open(), Field.STATUS, Status.DONE)

    assert desk.lines()[:6] == others
    assert desk.lines()[7:] == [""]
    assert desk.tracker.changed(None).tickets == (desk.read("bd-hand"), ticket)
    assert desk.read("bd-hand").fields[Field.TITLE] == "Said twice"
    gone = desk.tracker.fetch([Lookup("bd-gone")])
    assert gone == {"bd-gone": Absence.DELETED}


def test_a_changed_line_keeps_unknown_keys_order_and_spelling(desk: Desk) -> None:
    desk.write(BY_HAND)

    desk.send(desk.read("bd-hand"), Field.OWNER, "Al")

    expected = BY_HAND.replace('"bug", ', '"bug", "assignee": "Al", ').replace(
        '"updated_at": "2026-01-01T00:00:00Z"', '"updated_at": "2026-01-02T03:04:05Z"'
    )
    assert desk.lines() == [expected, ""]


def test_metadata_of_other_programs_is_kept(desk: Desk) -> None:
    ticket = desk.open()
    line = desk.lines()[0].replace('"metadata":{', '"metadata":{"other": 1.10, ')
    desk.write(line)

    desk.send(desk.read(ticket.id), Field.TITLE, "Another")

    assert '"metadata":{"other": 1.10, "pmsync":{' in desk.lines()[0]


def test_reordered_lines_are_the_same_tickets(desk: Desk) -> None:
    tickets = {desk.open(f"k{n}").id for n in range(5)}
    listing = desk.tracker.changed(None)

    desk.write(*reversed(desk.lines()[:-1]))

    assert {t.id for t in desk.tracker.changed(listing.watermark).tickets} == tickets
    assert all(desk.read(id_).touched_by_others is False for id_ in tickets)


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


def test_a_ticket_is_never_opened_twice_for_one_marker(desk: Desk) -> None:
    first = desk.open("k1")

    outcomes = desk.tracker.create([Draft(Marker("k1", "s"), "Again", "B")] * 2)

    assert outcomes == [Done(first)] * 2
    assert len(desk.lines()) == 2


def test_a_parent_becomes_an_epic_and_is_still_ours(desk: Desk) -> None:
    parent = desk.open("k1")
    draft = Draft(Marker("k2", "s"), "Child", "B", parent=parent.id)
    missing = Draft(Marker("k3", "s"), "Child", "B", parent="bd-none")

    child, refused = desk.tracker.create([draft, missing])

    assert isinstance(child, Done)
    assert child.ticket.parent == parent.id
    assert desk.record(child.ticket.id)["dependencies"] == [
        {
            "issue_id": child.ticket.id,
            "depends_on_id": parent.id,
            "type": "parent-child",
            "created_at": "2026-01-02T03:04:05Z",
            "created_by": "pmsync",
            "metadata": "{}",
        }
    ]
    assert desk.record(parent.id)["issue_type"] == "epic"
    assert desk.read(parent.id).touched_by_others is False
    assert refused == Refused("the parent bd-none is not there")


def test_line_ends_of_a_windows_document_become_line_feeds(desk: Desk) -> None:
    (outcome,) = desk.tracker.create([Draft(MARKER, "T", "a\r\nb\rc")])
    assert isinstance(outcome, Done)
    assert inner(outcome.ticket.body) == "a\nb\nc"

    outcome = desk.tracker.update(Patch(outcome.ticket, body="d\r\ne"))

    assert isinstance(outcome, Done)
    assert inner(outcome.ticket.body) == "d\ne"


def test_a_place_that_cannot_be_written_is_said_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / ".pmsync").write_bytes(b"a file where the directory should be")

    (outcome,) = EmbeddedTracker(tmp_path).create([Draft(MARKER, "T", "B")])

    assert isinstance(outcome, Refused)
    assert outcome.whole_project
    assert ".pmsync" in outcome.why


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


def test_three_hundred_tickets_replace_the_file_once(desk: Desk) -> None:
    desk.open()
    inode = desk.file.stat().st_ino
    drafts = [Draft(Marker(f"n{n}", "s"), f"T {n}", "B") for n in range(300)]

    outcomes = desk.tracker.create(drafts)

    versions = {o.ticket.version for o in outcomes if isinstance(o, Done)}
    assert len(versions) == 300
    assert desk.file.stat().st_ino != inode
    assert sorted(p.name for p in desk.file.parent.iterdir()) == [
        ".gitignore",
        "tickets.jsonl",
        "tickets.lock",
    ]


def test_a_person_who_saves_while_pmsync_writes_loses_nothing(desk: Desk) -> None:
    other = desk.open("k1")

    def saves_meanwhile() -> datetime:
        if desk.read(other.id).fields[Field.TITLE] != "Theirs":
            desk.edit(other.id, title="Theirs")
        return NOW

    desk.tracker = EmbeddedTracker(desk.root, now=saves_meanwhile)
    ours = desk.open("k2")

    assert desk.read(other.id).fields[Field.TITLE] == "Theirs"
    assert desk.read(ours.id) == ours


def test_a_file_that_never_rests_is_given_up_without_a_write(desk: Desk) -> None:
    other = desk.open("k1")
    edits = count()

    def saves_always() -> datetime:
        desk.edit(other.id, title=f"Theirs {next(edits)}")
        return NOW

    desk.tracker = EmbeddedTracker(desk.root, now=saves_always)
    (outcome,) = desk.tracker.create([Draft(Marker("k2", "s"), "Ours", "B")])

    assert isinstance(outcome, Refused)
    assert outcome.retry_after is not None
    assert "Ours" not in desk.file.read_text(encoding="utf-8")


def test_git_is_kept_from_locks_and_leftovers(desk: Desk) -> None:
    desk.open()
    ignore = desk.file.parent / ".gitignore"
    assert ignore.read_text(encoding="utf-8") == "*.lock\n*.tmp\n"

    ignore.write_text("mine\n", encoding="utf-8")
    desk.open("k2")

    assert ignore.read_text(encoding="utf-8") == "mine\n"


def test_leftovers_of_a_killed_run_are_swept(desk: Desk) -> None:
    desk.open()
    leftover = desk.file.parent / f".pmsync-{'0' * 16}.tmp"
    leftover.touch()

    desk.open("k2")

    assert not leftover.exists()


def test_a_file_that_cannot_be_written_refuses_and_stays(
    desk: Desk, tmp_path: Path
) -> None:
    ticket = desk.open()
    before = desk.file.read_bytes()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "target").write_bytes(before)
    desk.file.unlink()
    desk.file.symlink_to(elsewhere / "target")

    with pytest.raises(TrackerError, match="not followed"):
        desk.tracker.changed(None)
    outcome = desk.tracker.update(Patch(ticket, {Field.TITLE: "Ours"}))

    assert isinstance(outcome, Refused)
    assert outcome.whole_project
    assert (elsewhere / "target").read_bytes() == before


def test_a_directory_that_leads_elsewhere_is_not_used(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    root = tmp_path / "root"
    root.mkdir()
    (root / ".pmsync").symlink_to(elsewhere)
    tracker = EmbeddedTracker(root)

    (outcome,) = tracker.create([Draft(Marker("k", "s"), "T", "B")])

    assert isinstance(outcome, Refused)
    assert list(elsewhere.iterdir()) == []


def test_the_file_keeps_its_mode(desk: Desk) -> None:
    desk.open()
    desk.file.chmod(0o640)

    desk.open("k2")

    assert stat.S_IMODE(desk.file.stat().st_mode) == 0o640
