"""Replace a file so that it always holds the whole of one version.

The bytes go to a temporary file beside the target, are made durable, and take the
target's name in one rename. Whatever ends the process on the way, the target holds
all of what it held or all of what it is to hold.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from pmsync.domain.errors import DocumentChangedError, DocumentError

_TEMPORARY = re.compile(r"\.pmsync-[0-9a-f]{16}\.tmp")
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NO_DIRECTORY_SYNC = (errno.EINVAL, errno.ENOTSUP)


def replace(path: Path, expected: bytes | None, data: bytes) -> None:
    """Give the file at ``path`` the bytes ``data`` if it still holds ``expected``.

    With ``expected`` None the file must not exist yet. An existing file keeps its
    mode and, where we may, its owner. Symbolic links and everything else that is not
    a regular file are refused.

    Raises ``DocumentChangedError`` when the file holds other bytes (or exists, or is
    gone), ``DocumentError`` when the system refuses; both name the path. The file is
    then as it was, unless only the directory could not be made durable.
    """
    with _explained(path), _open_directory(path.parent) as directory:
        before = _read(path, directory)
        _check(path, before, expected)
        temporary = f".pmsync-{os.urandom(8).hex()}.tmp"
        try:
            _write(temporary, directory, data, like=before)
            # Once more, as late as can be: a person may have saved meanwhile.
            _check(path, _read(path, directory), expected)
            os.replace(temporary, path.name, src_dir_fd=directory, dst_dir_fd=directory)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=directory)
            raise
        _sync_directory(directory)


def sweep(directory: Path) -> int:
    """Remove what killed runs left in ``directory``; return the number of files.

    Call it only while no other run may write there (lease or lock held). Raises
    ``DocumentError``.
    """
    swept = 0
    with _explained(directory), os.scandir(directory) as entries:
        for entry in entries:
            if not _TEMPORARY.fullmatch(entry.name):
                continue
            if entry.is_file(follow_symlinks=False):
                Path(entry.path).unlink()
                swept += 1
    return swept


_Contents = tuple[bytes, os.stat_result]


def _read(path: Path, directory: int) -> _Contents | None:
    """Return bytes and status of the target, None if there is no such file."""
    try:
        descriptor = os.open(path.name, _READ, dir_fd=directory)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK):
            raise _not_regular(path) from error
        raise
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise _not_regular(path)
        return file.read(), status


def _check(path: Path, found: _Contents | None, expected: bytes | None) -> None:
    if (None if found is None else found[0]) == expected:
        return
    if found is None:
        what = "is gone"
    elif expected is None:
        what = "exists already"
    else:
        what = "was changed since it was read"
    raise DocumentChangedError(
        f"{path}: {what}; it was left as it is", hint="run pmsync again"
    )


def _write(name: str, directory: int, data: bytes, *, like: _Contents | None) -> None:
    """Create ``name`` with ``data``, durable, with the mode and owner of ``like``."""
    mode = 0o666 if like is None else 0o600
    descriptor = os.open(name, _CREATE, mode, dir_fd=directory)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        if like is not None:
            _take_owner_and_mode(file.fileno(), like[1])
        os.fsync(file.fileno())


def _take_owner_and_mode(descriptor: int, like: os.stat_result) -> None:
    ours = os.fstat(descriptor)
    if (ours.st_uid, ours.st_gid) != (like.st_uid, like.st_gid):
        # Only a privileged user may; the document is then simply ours.
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, like.st_uid, like.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(like.st_mode))


def _sync_directory(directory: int) -> None:
    try:
        os.fsync(directory)
    except OSError as error:
        if error.errno not in _NO_DIRECTORY_SYNC:
            raise


@contextlib.contextmanager
def _open_directory(path: Path) -> Iterator[int]:
    """Hold the directory open, so that a renamed parent cannot lead elsewhere."""
    descriptor = os.open(path, _DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DocumentError(
            f"{path}: {error.strerror or error}",
            hint="the file was not changed; check disk space and permissions",
        ) from error


def _not_regular(path: Path) -> DocumentError:
    return DocumentError(
        f"{path}: not a regular file; symbolic links are not followed",
        hint="replace the link by the file itself, or leave it out of the documents",
    )
