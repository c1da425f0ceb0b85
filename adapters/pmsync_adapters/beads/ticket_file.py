"""The file that holds the tickets: whole, locked while it changes, never a link."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from pmsync.domain.errors import (
    DocumentChangedError,
    DocumentError,
    TrackerError,
    TrackerUnavailableError,
)
from pmsync_adapters import atomic

DIRECTORY = ".pmsync"
FILE = "tickets.jsonl"
_LOCK = "tickets.lock"
_IGNORE = ".gitignore"
_IGNORED = b"*.lock\n*.tmp\n"
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_PATIENCE = 10.0
"""Seconds to wait for another process that writes."""
_ATTEMPTS = 5

T = TypeVar("T")


class TicketFile:
    """``.pmsync/tickets.jsonl`` below a root."""

    def __init__(self, root: Path) -> None:
        self._directory = root / DIRECTORY
        self._path = self._directory / FILE
        self.name = f"{DIRECTORY}/{FILE}"
        """What people call it."""

    def read(self) -> bytes:
        """Return the bytes; none if there is no file yet.

        Raises ``TrackerError``.
        """
        return self._read() or b""

    def rewrite(self, change: Callable[[bytes], tuple[bytes, T]]) -> T:
        """Let ``change`` make new bytes of the present ones, and put them in place.

        ``change`` is called again when somebody saved the file meanwhile. Raises
        ``TrackerError``, and then the file is as it was.
        """
        with self._locked():
            for _ in range(_ATTEMPTS):
                before = self._read()
                after, result = change(before or b"")
                if after == (before or b""):
                    return result
                try:
                    atomic.replace(self._path, before, after)
                except DocumentChangedError:
                    continue
                except DocumentError as error:
                    # It may stand and only not be safe from a power failure.
                    if self._read() != after:
                        raise TrackerError(error.message, hint=error.hint) from error
                return result
        raise TrackerUnavailableError(
            f"{self.name} is being changed all the time",
            hint="run again when nothing else writes to it",
        )

    def _read(self) -> bytes | None:
        if self._directory.is_symlink():
            raise _no_link(DIRECTORY)
        try:
            descriptor = os.open(self._path, _READ)
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise _no_link(self.name)
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            if self._path.is_symlink():
                raise _no_link(self.name) from error
            raise TrackerError(f"{self.name}: {error.strerror}") from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # It takes a third of the time in which a command that only reads must answer.
        from filelock import FileLock, Timeout  # noqa: PLC0415

        if self._directory.is_symlink():
            raise _no_link(DIRECTORY)
        try:
            self._directory.mkdir(exist_ok=True)
            with FileLock(self._directory / _LOCK, timeout=_PATIENCE):
                atomic.sweep(self._directory)
                # What is only ours stays out of git; people may change the list.
                with suppress(DocumentChangedError):
                    atomic.replace(self._directory / _IGNORE, None, _IGNORED)
                yield
        except Timeout as error:
            raise TrackerUnavailableError(
                f"{self.name}: another process has been writing for {_PATIENCE:.0f} s",
                hint="run again when it has ended",
            ) from error
        except (OSError, DocumentError) as error:
            raise TrackerError(f"{DIRECTORY}: {error}") from error


def _no_link(name: str) -> TrackerError:
    return TrackerError(
        f"{name}: symbolic links and special files are not followed",
        hint="put the file or directory itself in its place",
    )
