"""A file that people save, lock or lead elsewhere is replaced whole, or not at all."""

from __future__ import annotations

import stat
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from pmsync.domain.errors import TrackerError
from pmsync.domain.model import Field, Marker
from pmsync.domain.ports import Done, Draft, Patch, Refused
from pmsync_adapters.beads.embedded import EmbeddedTracker
from support.desk import MARKER, NOW, Desk


def test_a_place_that_cannot_be_written_is_said_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / ".pmsync").write_bytes(b"a file where the directory should be")

    (outcome,) = EmbeddedTracker(tmp_path).create([Draft(MARKER, "T", "B")])

    assert isinstance(outcome, Refused)
    assert outcome.whole_project
    assert ".pmsync" in outcome.why


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
