"""Read files below a directory without ever following a symbolic link.

Every step is opened below the one before it, so that nothing outside is read even
while somebody swaps a directory for a link.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pmsync.domain.repository import SourceDocument, UnreadDocument

Document = SourceDocument | UnreadDocument

_DEEPEST = 100
"""Directories in each other that are entered: each step down is opened anew."""
_SKIPPED = frozenset({".git", ".pmsync"})
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_FILE = frozenset({errno.ELOOP, errno.EMLINK, errno.ENXIO, errno.EISDIR})
"""What the system says of a link, a socket, and a directory."""


class Walk:
    """Reading below ``root``, for which the caller keeps a descriptor open."""

    def __init__(self, root: int, limit: int) -> None:
        """``limit`` is the size of the largest file that is read, in bytes."""
        self._root = root
        self._limit = limit

    def tree(
        self,
        start: str,
        matches: Callable[[str], bool],
        enters: Callable[[str], bool] = lambda _: True,
    ) -> Iterator[Document]:
        """Read the matching files in and below a directory ("" is the root).

        Links, special files, other repositories (submodules) and what belongs to git
        and pmsync are passed over.
        """
        pending = [start]
        while pending:
            path = pending.pop()
            if path.count("/") >= _DEEPEST:
                why = f"more than {_DEEPEST} directories deep"
                yield UnreadDocument(_shown(path), why)
                continue
            try:
                with _below(self._root, path) as directory:
                    with os.scandir(directory) as listing:
                        entries = list(listing)
                    if path != start and any(e.name == ".git" for e in entries):
                        continue
                    for entry in entries:
                        below = f"{path}/{entry.name}" if path else entry.name
                        if entry.is_dir(follow_symlinks=False):
                            if entry.name not in _SKIPPED and enters(below):
                                pending.append(below)
                        elif matches(below):
                            yield from self._read(directory, entry.name, below)
            except OSError as error:
                yield UnreadDocument(_shown(path), _why(error))

    def named(self, path: str, matches: Callable[[str], bool]) -> Iterator[Document]:
        """Read the file that a person named, or the matching ones in a directory."""
        above, _, name = path.rpartition("/")
        try:
            with _below(self._root, above) as directory:
                mode = os.stat(name or ".", dir_fd=directory, follow_symlinks=False)
                found = list(self._read(directory, name, path)) if name else []
        except OSError as error:
            yield UnreadDocument(_shown(path), _why(error))
            return
        if stat.S_ISDIR(mode.st_mode):
            yield from self.tree(path, matches)
        elif found:
            yield from found
        else:
            why = "a link or a special file; name the file itself"
            yield UnreadDocument(_shown(path), why)

    def _read(self, directory: int, name: str, path: str) -> Iterator[Document]:
        """Read one file; nothing if it is a link or anything else but a file."""
        shown = _shown(path)
        if shown != path:
            yield UnreadDocument(shown, "its name is not UTF-8; rename it")
            return
        try:
            descriptor = os.open(name, _FILE, dir_fd=directory)
            with os.fdopen(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    return
                size = status.st_size
                data = file.read(self._limit + 1) if size <= self._limit else b""
        except OSError as error:
            if error.errno not in _NO_FILE:
                yield UnreadDocument(path, _why(error))
            return
        if max(size, len(data)) > self._limit:
            most = self._limit / 1e6
            why = f"{size / 1e6:.1f} MB, more than the limit of {most:g} MB"
            yield UnreadDocument(path, why)
        else:
            yield SourceDocument(path, data)


@contextmanager
def _below(root: int, path: str) -> Iterator[int]:
    """Open a directory step by step, so that no step can be a link."""
    current = os.dup(root)
    try:
        for part in path.split("/") if path else []:
            child = os.open(part, _DIRECTORY, dir_fd=current)
            os.close(current)
            current = child
        yield current
    finally:
        os.close(current)


def _shown(path: str) -> str:
    """Return a path as text, with escapes for what is not UTF-8 in it."""
    return os.fsencode(path).decode(errors="backslashreplace")


def _why(error: OSError) -> str:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return "a symbolic link leads to it; name the file itself"
    return error.strerror or str(error)
