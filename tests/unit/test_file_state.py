"""A state in files is what anybody may put into a repository: it is read with care."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pmsync.domain.errors import StateError, StateUnavailableError
from pmsync.domain.state import State
from pmsync.domain.state_json import to_json
from pmsync_adapters.file_state import MOST_BYTES, FileStateStore

STATE = State("s1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "repository" / ".pmsync" / "state"
    made.mkdir(parents=True)
    return made


def store(folder: Path) -> FileStateStore:
    return FileStateStore(folder.parent.parent)


@pytest.mark.parametrize(
    "link", [".pmsync", ".pmsync/state", ".pmsync/state/default.json"]
)
def test_a_link_out_of_the_repository_is_neither_read_nor_written(
    tmp_path: Path, link: str
) -> None:
    outside = tmp_path / "outside"
    (outside / "state").mkdir(parents=True)
    for file in (outside / "default.json", outside / "state" / "default.json"):
        file.write_bytes(to_json(STATE))
    root = tmp_path / "repository"
    path = root / link
    path.parent.mkdir(parents=True)
    path.symlink_to(outside / "default.json" if link.endswith("json") else outside)

    with pytest.raises(StateError, match="is a symbolic link"):
        FileStateStore(root).read()
    with pytest.raises(StateError, match="is a symbolic link"):
        FileStateStore(root).compare_and_swap("", STATE, "")

    assert (
        sorted(p.name for p in outside.rglob("*") if p.is_file())
        == ["default.json"] * 2
    )


def test_a_lock_that_is_a_link_leaves_its_target_whole(folder: Path) -> None:
    victim = folder.parent.parent / "victim"
    victim.write_text("kept")
    (folder.parent / "state.lock").symlink_to(victim)

    with pytest.raises(StateError, match="is a symbolic link"):
        store(folder).compare_and_swap("", STATE, "")

    assert victim.read_text() == "kept"


def test_a_pipe_does_not_hold_a_run_up(folder: Path) -> None:
    os.mkfifo(folder / "default.json")

    with pytest.raises(StateError, match="special file"):
        store(folder).read()


def test_a_file_that_is_too_large_is_not_read(folder: Path) -> None:
    with (folder / "default.json").open("wb") as file:
        file.truncate(MOST_BYTES + 1)

    with pytest.raises(StateError, match="too large"):
        store(folder).read()


def test_what_a_killed_run_left_is_swept_by_the_next_one(folder: Path) -> None:
    left = folder / ".pmsync-0123456789abcdef.tmp"
    left.write_text("half")

    store(folder).compare_and_swap("", STATE, "")

    assert [path.name for path in folder.iterdir()] == ["default.json"]


def test_a_file_that_cannot_be_written_is_named_once_with_the_reason(
    folder: Path,
) -> None:
    folder.rmdir()
    folder.write_text("in the way")

    with pytest.raises(StateUnavailableError) as caught:
        store(folder).compare_and_swap("", STATE, "test")

    file = folder / "default.json"
    assert caught.value.message == f"{file} cannot be written: File exists"
    # By then tickets may have been opened: it must not say that there are none.
    assert "nothing was sent" not in (caught.value.hint or "")
