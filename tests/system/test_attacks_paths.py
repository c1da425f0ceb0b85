"""Documents that would lead out of the repository."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pmsync.domain.errors import DocumentError, UsageError
from pmsync.domain.repository import SourceDocument, UnreadDocument
from pmsync_adapters.worktree.tree import WorkTree

SECRET = b"root:x:0:0"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository beside things that are none of its business."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "passwd.md").write_bytes(SECRET)
    root = tmp_path / "repository"
    (root / "docs").mkdir(parents=True)
    (root / "docs" / "a.md").write_bytes(b"# A\n")
    return root


def paths(tree: WorkTree) -> list[str]:
    documents = tree.documents()
    assert all(isinstance(d, UnreadDocument) or SECRET not in d.data for d in documents)
    return [d.path for d in documents if isinstance(d, SourceDocument)]


@pytest.mark.parametrize(
    "pattern",
    ["../secrets/*", "docs/../../secrets/*.md", "/etc/*", "!../x", "..\\x", ".."],
)
def test_S13_a_pattern_that_leaves_the_repository_is_refused(
    root: Path, pattern: str
) -> None:
    with pytest.raises(UsageError, match="leads out of the repository"):
        WorkTree(root, [pattern])


@pytest.mark.parametrize("path", ["../secrets/passwd.md", "/etc/passwd", "docs/../.."])
def test_S13_a_named_path_that_leaves_the_repository_is_refused(
    root: Path, path: str
) -> None:
    with pytest.raises(UsageError, match="not below"):
        WorkTree(root, [], paths=[path])


@pytest.mark.parametrize("path", ["../secrets/passwd.md", "/etc/passwd"])
def test_S13_a_plan_cannot_write_outside_the_repository(root: Path, path: str) -> None:
    with pytest.raises(UsageError):
        WorkTree(root, []).replace(path, SECRET, b"mine")

    assert (root.parent / "secrets" / "passwd.md").read_bytes() == SECRET


def test_S14_links_are_not_followed(root: Path) -> None:
    secrets = root.parent / "secrets"
    (root / "docs" / "link.md").symlink_to(secrets / "passwd.md")
    (root / "docs" / "inside.md").symlink_to(root / "docs" / "a.md")
    (root / "docs" / "directory").symlink_to(secrets)
    (root / "linked").symlink_to(secrets)
    (root / "docs" / "loop").symlink_to(root)

    assert paths(WorkTree(root, ["**/*.md"])) == ["docs/a.md"]
    assert paths(WorkTree(root, ["linked/*.md", "docs/directory/*"])) == []


@pytest.mark.parametrize(
    "name", ["docs/link.md", "linked/passwd.md", "linked", "docs/dangling.md"]
)
def test_S14_a_named_link_is_reported_and_not_followed(root: Path, name: str) -> None:
    secrets = root.parent / "secrets"
    (root / "docs" / "link.md").symlink_to(secrets / "passwd.md")
    (root / "docs" / "dangling.md").symlink_to(secrets / "none.md")
    (root / "linked").symlink_to(secrets)

    (document,) = WorkTree(root, [], paths=[name]).documents()

    assert isinstance(document, UnreadDocument)
    assert document.path == name
    assert "link" in document.why


def test_S14_neither_git_nor_a_submodule_is_read(root: Path) -> None:
    for path in (".git/config.md", "sub/.git", "sub/docs/b.md", "nested/.git/c.md"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"# B\n")
    (root / "nested" / "d.md").write_bytes(b"# D\n")

    assert paths(WorkTree(root, ["**/*.md", ".git/*", "sub/docs/*.md"])) == [
        "docs/a.md"
    ]


def test_S14_a_document_behind_a_link_is_not_written(root: Path) -> None:
    secrets = root.parent / "secrets"
    (root / "linked").symlink_to(secrets)
    (root / "docs" / "link.md").symlink_to(secrets / "passwd.md")

    for path in ("linked/passwd.md", "docs/link.md"):
        with pytest.raises(DocumentError, match="link"):
            WorkTree(root, []).replace(path, SECRET, b"mine")

    assert (secrets / "passwd.md").read_bytes() == SECRET


def test_S14_a_directory_swapped_for_a_link_at_any_moment_leaks_nothing(
    root: Path,
) -> None:
    """Somebody swaps a directory for a link as fast as they can while we read."""
    secrets, docs = root.parent / "secrets", root / "docs"
    (docs / "passwd.md").write_bytes(b"# harmless\n")
    (root / "link").symlink_to(secrets)
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            docs.rename(root / "aside")
            (root / "link").rename(docs)
            docs.rename(root / "link")
            (root / "aside").rename(docs)

    attacker = threading.Thread(target=swap)
    attacker.start()
    seen = set()
    try:
        for _ in range(300):
            seen |= set(paths(WorkTree(root, ["docs/*.md"])))
            seen |= set(paths(WorkTree(root, [], paths=["docs/passwd.md"])))
    finally:
        done.set()
        attacker.join()

    assert "docs/passwd.md" in seen
