"""Files that a command line names, read without following links."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from pmsync.cli.discover import SUFFIXES
from pmsync.domain.errors import DocumentError, UsageError

_SUFFIXES = tuple(f".{suffix}" for suffix in SUFFIXES)
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
# O_NONBLOCK: opening a pipe must not wait for its writer.


class NamedFile(NamedTuple):
    """A file that a command line names."""

    path: str
    """As it was named."""
    place: str
    """The absolute path."""


def named_files(arguments: Iterable[Path]) -> Iterator[NamedFile]:
    """Yield the files that PATH arguments name, each once, directories in order.

    A directory is searched for Markdown files; links and hidden directories in it
    are left out. Raises ``UsageError`` for an argument that is not there or a link.
    """
    seen: set[str] = set()
    for argument in [str(each) for each in arguments]:
        for file in _under(argument):
            if file.place not in seen:
                seen.add(file.place)
                yield file


def path_from(root: str, file: NamedFile) -> str:
    """Return a path from the root with ``/``; one outside stays as it was named."""
    base = root + os.sep
    inside = file.place.startswith(base)
    return (file.place[len(base) :] if inside else file.path).replace(os.sep, "/")


def read_bytes(path: str, limit: int) -> bytes:
    """Return the bytes of a regular file, at most one more than ``limit``.

    Raises ``DocumentError`` when it is a link or anything else, or cannot be read.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        raise DocumentError(
            f"{path}: cannot be opened: {error.strerror}",
            hint="check that it is a readable file and no symbolic link",
        ) from error
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise DocumentError(
                f"{path}: is not a regular file", hint="name a Markdown file"
            )
        # One byte more than there should be: a short answer is the end of the file.
        wanted = min(about.st_size, limit) + 1
        data = os.read(descriptor, wanted)
        if len(data) == wanted:
            while more := os.read(descriptor, limit + 1 - len(data)):
                data += more
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from error
    finally:
        os.close(descriptor)
    return data


def _under(argument: str) -> Iterator[NamedFile]:
    if os.path.islink(argument):
        raise UsageError(
            f"{argument}: is a symbolic link", hint="name the file that it leads to"
        )
    if not os.path.isdir(argument):
        if not os.path.lexists(argument):
            raise UsageError(
                f"{argument}: no such file or directory", hint="check the path"
            )
        yield NamedFile(argument, os.path.abspath(argument))
        return
    pending = [NamedFile(argument, os.path.abspath(argument))]
    while pending:
        directory = pending.pop()
        try:
            with os.scandir(directory.path) as entries:
                inside = sorted(entries, key=attrgetter("name"))
        except OSError:
            # Reading it like a file says why it cannot be read.
            yield directory
            continue
        place = os.path.join(directory.place, "")
        below: list[NamedFile] = []
        for entry in inside:
            named = NamedFile(entry.path, place + entry.name)
            if entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith("."):
                    below.append(named)
            elif entry.name.endswith(_SUFFIXES) and not entry.is_symlink():
                yield named
        pending += reversed(below)
