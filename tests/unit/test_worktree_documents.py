"""The work tree: exactly the documents that are meant, whatever lies beside them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pmsync.domain.errors import DocumentChangedError, DocumentError
from pmsync.domain.repository import SourceDocument, UnreadDocument
from pmsync_adapters.worktree.permalink import Remote
from pmsync_adapters.worktree.tree import WorkTree


def write(root: Path, *paths: str, data: bytes = b"# Post-mortem\n") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def found(root: Path, *patterns: str, paths: tuple[str, ...] = ()) -> list[str]:
    documents = WorkTree(root, patterns, paths=paths).documents()
    assert all(isinstance(d, SourceDocument) for d in documents), documents
    return [d.path for d in documents]


def test_documents_come_sorted_with_their_bytes(tmp_path: Path) -> None:
    write(tmp_path, "b/x.md", "a.md", "b/a.md", "a/z.md", data=b"\xef\xbb\xbf# A\r\n")

    documents = WorkTree(tmp_path, ["**/*.md"]).documents()

    assert documents == [
        SourceDocument(path, b"\xef\xbb\xbf# A\r\n")
        for path in ("a.md", "a/z.md", "b/a.md", "b/x.md")
    ]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["postmortems/**/*.md"], ["postmortems/2026/b.md", "postmortems/a.md"]),
        (["postmortems/*.md"], ["postmortems/a.md"]),
        (["postmortems/a.md"], ["postmortems/a.md"]),
        (["a.md"], ["docs/postmortems/a.md", "postmortems/a.md"]),
        (["*/postmortems/*.md"], ["docs/postmortems/a.md"]),
        (
            ["postmortems/", "!**/2026/*.md", "!*.txt"],
            ["docs/postmortems/a.md", "postmortems/a.md"],
        ),
        (["postmortem[s]/a.md", "nowhere/**"], ["postmortems/a.md"]),
        (["postmortems/**/[b].md"], ["postmortems/2026/b.md"]),
        ([], []),
    ],
)
def test_patterns_mean_what_they_mean_in_gitignore(
    tmp_path: Path, patterns: list[str], expected: list[str]
) -> None:
    write(tmp_path, "postmortems/a.md", "postmortems/2026/b.md", "postmortems/x.txt")
    write(tmp_path, "docs/postmortems/a.md", "README.md", "other/postmortem.md")

    assert found(tmp_path, *patterns) == expected


def test_what_belongs_to_git_and_to_pmsync_is_no_document(tmp_path: Path) -> None:
    write(
        tmp_path, ".git/a.md", ".pmsync/b.md", "x/.git/c.md", "ok/d.md", ".github/e.md"
    )

    assert found(tmp_path, "**/*.md") == [".github/e.md", "ok/d.md"]


def test_a_directory_that_no_pattern_can_match_is_not_entered(tmp_path: Path) -> None:
    write(tmp_path, "docs/postmortems/a.md", "node_modules/x/README.md")
    (tmp_path / "node_modules").chmod(0)

    try:
        assert found(tmp_path, "docs/postmortems/**/*.md") == ["docs/postmortems/a.md"]
    finally:
        (tmp_path / "node_modules").chmod(0o700)


def test_a_file_over_the_limit_is_reported_and_the_others_read(tmp_path: Path) -> None:
    write(tmp_path, "big.md", data=b"x" * 1_500_001)
    write(tmp_path, "fits.md", data=b"x" * 1_500_000)

    documents = WorkTree(tmp_path, ["*.md"], limit=1_500_000).documents()

    assert documents == [
        UnreadDocument("big.md", "1.5 MB, more than the limit of 1.5 MB"),
        SourceDocument("fits.md", b"x" * 1_500_000),
    ]


def test_a_huge_file_is_not_read_at_all(tmp_path: Path) -> None:
    (tmp_path / "huge.md").touch()
    os.truncate(tmp_path / "huge.md", 1 << 40)

    (document,) = WorkTree(tmp_path, ["*.md"]).documents()

    assert document == UnreadDocument(
        "huge.md", "1099511.6 MB, more than the limit of 5 MB"
    )


def test_a_name_that_is_not_utf8_is_reported_readably(tmp_path: Path) -> None:
    write(tmp_path, "ok.md", "caf\xe9.md")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_bytes(b"# A\n")

    documents = WorkTree(tmp_path, ["*.md"]).documents()

    assert [d.path for d in documents] == ["caf\\xe9.md", "caf\xe9.md", "ok.md"]
    assert isinstance(documents[0], UnreadDocument)
    assert "not UTF-8" in documents[0].why


def test_a_pipe_or_device_does_not_stop_the_run(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    os.mkfifo(tmp_path / "pipe.md")

    assert found(tmp_path, "*.md") == ["a.md"]
    named = WorkTree(tmp_path, [], paths=["pipe.md"]).documents()
    assert [type(d) for d in named] == [UnreadDocument]


def test_a_named_file_may_have_any_ending(tmp_path: Path) -> None:
    write(tmp_path, "notes/INCIDENT", "notes/a.md", "b.md", "c.md")

    assert found(tmp_path, paths=("notes/INCIDENT", str(tmp_path / "b.md"))) == [
        "b.md",
        "notes/INCIDENT",
    ]


@pytest.mark.parametrize("name", ["notes", "notes/", "./notes/../notes"])
def test_of_a_named_directory_the_markdown_files_are_meant(
    tmp_path: Path, name: str
) -> None:
    write(tmp_path, "notes/a.md", "notes/deep/b.markdown", "notes/c.txt", "d.md")

    assert found(tmp_path, paths=(name,)) == ["notes/a.md", "notes/deep/b.markdown"]
    assert found(tmp_path, paths=(".",)) == [
        "d.md",
        "notes/a.md",
        "notes/deep/b.markdown",
    ]


def test_a_named_file_is_read_once_and_beside_the_configured(tmp_path: Path) -> None:
    write(tmp_path, "postmortems/a.md", "other.md")

    paths = ("other.md", "postmortems/a.md", "postmortems")
    assert found(tmp_path, "postmortems/*.md", paths=paths) == [
        "other.md",
        "postmortems/a.md",
    ]


def test_a_named_file_that_is_not_there_is_reported(tmp_path: Path) -> None:
    documents = WorkTree(tmp_path, [], paths=["no.md", "no/where.md"]).documents()

    assert documents == [
        UnreadDocument("no.md", "No such file or directory"),
        UnreadDocument("no/where.md", "No such file or directory"),
    ]


@pytest.fixture
def nobodys() -> Iterator[Path]:
    """A directory in which we may not do everything, whoever runs the tests."""
    root = Path(tempfile.mkdtemp())
    root.chmod(0o755)
    yield root
    os.seteuid(os.getuid())
    shutil.rmtree(root)


def test_what_may_not_be_read_is_reported(nobodys: Path) -> None:
    write(nobodys, "a.md", "closed/b.md", "c.md")
    (nobodys / "a.md").chmod(0)
    (nobodys / "closed").chmod(0)
    if os.getuid() == 0:
        os.seteuid(65534)

    documents = WorkTree(nobodys, ["**/*.md"]).documents()

    os.seteuid(os.getuid())
    (nobodys / "closed").chmod(0o700)
    assert documents == [
        UnreadDocument("a.md", "Permission denied"),
        SourceDocument("c.md", b"# Post-mortem\n"),
        UnreadDocument("closed", "Permission denied"),
    ]


def test_a_root_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="nowhere"):
        WorkTree(tmp_path / "nowhere", ["*.md"]).documents()


def test_very_deep_directories_end_with_a_report(tmp_path: Path) -> None:
    write(tmp_path, "d/" * 100 + "a.md", "d/" * 100 + "e/f/b.md")

    documents = WorkTree(tmp_path, ["**/*.md"]).documents()

    assert [(type(d), d.path) for d in documents] == [
        (SourceDocument, "d/" * 100 + "a.md"),
        (UnreadDocument, "d/" * 100 + "e"),
    ]


def test_a_document_is_replaced_only_if_it_is_what_was_read(tmp_path: Path) -> None:
    write(tmp_path, "a/b.md", data=b"before")
    tree = WorkTree(tmp_path, ["**/*.md"])

    tree.replace("a/b.md", b"before", b"after")
    with pytest.raises(DocumentChangedError):
        tree.replace("a/b.md", b"before", b"too late")

    assert (tmp_path / "a/b.md").read_bytes() == b"after"


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/o/r.git", "https://github.com/o/r/blob/"),
        ("https://user:s3cret@github.com/o/r", "https://github.com/o/r/blob/"),
        ("git@github.com:o/r.git", "https://github.com/o/r/blob/"),
        ("ssh://git@git.example.com:2222/o/r.git", "https://git.example.com/o/r/blob/"),
        ("https://git.example.com:8443/o/r", "https://git.example.com:8443/o/r/blob/"),
        ("git@gitlab.com:g/sub/r.git", "https://gitlab.com/g/sub/r/-/blob/"),
        ("git@bitbucket.org:o/r.git", "https://bitbucket.org/o/r/src/"),
    ],
)
def test_a_permanent_link_leads_to_the_line(
    tmp_path: Path, url: str, expected: str
) -> None:
    tree = WorkTree(tmp_path, [], remote=lambda: Remote(url, COMMIT))

    link = tree.permalink("post mortems/a#1?.md", 12)

    assert link is not None
    assert link.startswith(f"{expected}{COMMIT}/post%20mortems/a%231%3F.md#")
    assert link.endswith("12")
    assert "s3cret" not in link


@pytest.mark.parametrize(
    "url", ["/srv/git/r.git", "file:///srv/git/r.git", "../r.git", ""]
)
def test_a_remote_that_no_browser_shows_has_no_links(tmp_path: Path, url: str) -> None:
    tree = WorkTree(tmp_path, [], remote=lambda: Remote(url, COMMIT))

    assert tree.permalink("a.md", 1) is None


def test_without_a_remote_there_are_no_links(tmp_path: Path) -> None:
    assert WorkTree(tmp_path, []).permalink("a.md", 1) is None
