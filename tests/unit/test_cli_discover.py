"""Paths on the command line: what they mean, and what they may not reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmsync.cli.discover import Selection, find_root, named_paths
from pmsync.cli.files import named_files, read_bytes
from pmsync.domain.errors import DocumentError, UsageError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "postmortems").mkdir(parents=True)
    (root / "postmortems" / "a.md").write_text("# A")
    return root


def test_the_repository_is_found_from_any_of_its_directories(root: Path) -> None:
    (root / ".git").mkdir()

    assert find_root(root / "postmortems") == root


def test_without_git_the_present_directory_is_the_repository(root: Path) -> None:
    assert find_root(root / "postmortems") == root / "postmortems"


def test_paths_are_read_from_where_the_user_stands(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "postmortems")

    named = named_paths([Path("a.md"), Path(".."), root / "postmortems"], root)

    assert named == ("postmortems/a.md", ".", "postmortems")


@pytest.mark.parametrize("place", ["link.md", "folder/a.md"])
def test_a_link_is_never_followed(root: Path, place: str) -> None:
    (root / "link.md").symlink_to(root / "postmortems" / "a.md")
    (root / "folder").symlink_to(root / "postmortems")

    with pytest.raises(UsageError, match="symbolic link"):
        named_paths([root / place], root)


@pytest.mark.parametrize(
    ("path", "why"),
    [("../else.md", "lies outside"), ("gone.md", "no such file")],
)
def test_a_path_that_cannot_be_meant_is_refused(
    root: Path, path: str, why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        named_paths([root / path], root)


def test_a_repository_behind_a_linked_directory_can_be_named(root: Path) -> None:
    other = root.parent / "elsewhere"
    other.symlink_to(root.parent)

    path = other / "repository" / "postmortems" / "a.md"

    assert named_paths([path], root) == ("postmortems/a.md",)


@pytest.mark.parametrize(
    ("selection", "path", "selected"),
    [
        (Selection(), "a/b.md", True),
        (Selection(paths=("a",)), "a/b.md", True),
        (Selection(paths=("a",)), "ab/b.md", False),
        (Selection(paths=("a/b.md",)), "a/b.md", True),
        (Selection(paths=(".",)), "a/b.md", True),
        (Selection(only="a/*"), "a/b/c.md", True),
        (Selection(only="b/*"), "a/b.md", False),
        (Selection(tracker="ops"), "a/b.md", True),
        (Selection(tracker="other"), "a/b.md", False),
        (Selection(paths=("a",), only="*.txt"), "a/b.md", False),
    ],
)
def test_only_what_was_asked_for_is_changed(
    selection: Selection, path: str, *, selected: bool
) -> None:
    assert selection(path, "ops") is selected


def test_a_file_that_is_named_in_two_ways_is_listed_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    ways = [Path("postmortems/a.md"), root / "postmortems", Path("../repository")]

    assert [file.path for file in named_files(ways)] == ["postmortems/a.md"]


def test_documents_in_a_folder_that_cannot_be_listed_are_not_left_out_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text("# A\n")
    for _ in range(20):  # until the path is longer than any system takes
        Path("x" * 250).mkdir()
        monkeypatch.chdir("x" * 250)

    first, *_, last = named_files([tmp_path])

    assert first.path == str(tmp_path / "a.md")
    with pytest.raises(DocumentError, match="cannot be opened: File name too long"):
        read_bytes(last.path, 1)


def test_files_of_a_folder_come_before_those_of_the_folders_in_it(root: Path) -> None:
    for name in ("b/c.md", "b/a/z.md", "b.md", "x.md/y.md", ".hidden/h.md"):
        file = root / "many" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("# A\n")
    (root / "many" / "link.md").symlink_to(root / "many" / "b.md")
    (root / "many" / "folder").symlink_to(root / "many" / "b")

    found = [file.path for file in named_files([root / "many"])]

    expected = ("b.md", "b/c.md", "b/a/z.md", "x.md/y.md")
    assert found == [str(root / "many" / name) for name in expected]
