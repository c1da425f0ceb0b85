"""Paths on the command line: what they mean, and what they may not reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmsync.cli.discover import Selection, find_root, named_paths
from pmsync.cli.files import named_files
from pmsync.domain.errors import UsageError


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
