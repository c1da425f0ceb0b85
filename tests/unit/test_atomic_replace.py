"""A file is replaced as a whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pmsync.domain.errors import DocumentChangedError, DocumentError
from pmsync_adapters import atomic


def names(directory: Path) -> list[str]:
    return sorted(entry.name for entry in directory.iterdir())


def test_the_file_holds_the_new_bytes_and_nothing_is_left_beside_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"before\r\n")

    atomic.replace(path, b"before\r\n", b"\xef\xbb\xbfafter")

    assert path.read_bytes() == b"\xef\xbb\xbfafter"
    assert names(tmp_path) == ["a.md"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o664])
def test_the_mode_of_the_file_is_kept(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"before")
    path.chmod(mode)

    atomic.replace(path, b"before", b"after")

    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_file_that_is_created_gets_the_mode_that_the_umask_allows(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.json"
    umask = os.umask(0o027)
    try:
        atomic.replace(path, None, b"{}")
    finally:
        os.umask(umask)

    assert path.read_bytes() == b"{}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_run_as_root_does_not_take_the_file_from_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"before")
    os.chown(path, 1234, 4321)

    atomic.replace(path, b"before", b"after")

    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 4321)


def test_an_edit_that_a_person_saved_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"by a person")

    with pytest.raises(DocumentChangedError, match=r"a\.md: was changed"):
        atomic.replace(path, b"as it was read", b"by pmsync")

    assert path.read_bytes() == b"by a person"
    assert names(tmp_path) == ["a.md"]


def test_a_file_that_is_gone_is_not_created_again(tmp_path: Path) -> None:
    with pytest.raises(DocumentChangedError, match="is gone"):
        atomic.replace(tmp_path / "a.md", b"before", b"after")

    assert names(tmp_path) == []


def test_a_file_that_was_not_expected_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"somebody's")

    with pytest.raises(DocumentChangedError, match="exists already"):
        atomic.replace(path, None, b"ours")

    assert path.read_bytes() == b"somebody's"


def test_a_symbolic_link_is_neither_followed_nor_replaced(tmp_path: Path) -> None:
    target = tmp_path / "secret"
    target.write_bytes(b"before")
    link = tmp_path / "a.md"
    link.symlink_to(target)

    with pytest.raises(DocumentError, match="symbolic links are not followed"):
        atomic.replace(link, b"before", b"after")

    assert link.is_symlink()
    assert target.read_bytes() == b"before"


def test_a_dangling_link_is_not_a_missing_file(tmp_path: Path) -> None:
    link = tmp_path / "a.md"
    link.symlink_to(tmp_path / "nowhere")

    with pytest.raises(DocumentError, match="symbolic links are not followed"):
        atomic.replace(link, None, b"after")

    assert names(tmp_path) == ["a.md"]


def test_a_pipe_does_not_hang_the_run(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    os.mkfifo(path)

    with pytest.raises(DocumentError, match="not a regular file"):
        atomic.replace(path, b"", b"after")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.mkdir()

    with pytest.raises(DocumentError, match=r"a\.md"):
        atomic.replace(path, b"", b"after")


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"gone/a\.md: No such file"):
        atomic.replace(tmp_path / "gone" / "a.md", None, b"after")


def test_leftovers_of_killed_runs_are_swept_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".pmsync-0123456789abcdef.tmp").write_bytes(b"half")
    (tmp_path / ".pmsync-notes.tmp").write_bytes(b"a person's")
    (tmp_path / ".pmsync-fedcba9876543210.tmp").mkdir()
    (tmp_path / "a.md").write_bytes(b"")

    assert atomic.sweep(tmp_path) == 1

    assert names(tmp_path) == [
        ".pmsync-fedcba9876543210.tmp",
        ".pmsync-notes.tmp",
        "a.md",
    ]


def test_a_directory_that_cannot_be_swept_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="gone: No such file or directory"):
        atomic.sweep(tmp_path / "gone")
