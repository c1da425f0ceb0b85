"""The state as one file beside the tickets, so that all of it moves with the branch."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from pmsync.domain.errors import (
    DocumentError,
    StateChangedError,
    StateError,
    StateUnavailableError,
)
from pmsync.domain.settings import StateSettings
from pmsync.domain.state import State
from pmsync.domain.state_json import from_json, to_json
from pmsync_adapters import atomic

_IGNORED = "*.lock\n*.tmp\n.pmsync-*\n"
_WAIT = 10.0
"""Seconds to wait for another process that is swapping right now."""
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
MOST_BYTES = 256 * 2**20
"""Whoever may propose a change may put any file here."""


def open_state(settings: StateSettings) -> FileStateStore:
    """Return the store; see ``StateFactory``."""
    return FileStateStore(Path(settings.root), settings.name)


class FileStateStore:
    """Keeps the state in ``.pmsync/state/NAME.json`` below the root."""

    def __init__(self, root: Path, name: str = "default") -> None:
        self._directory = root / ".pmsync"
        self._path = self._directory / "state" / f"{name}.json"
        self._lock = self._directory / "state.lock"

    def read(self) -> tuple[State | None, str]:
        """Return the state and the digest of its bytes; no file is no state.

        Raises ``StateUnavailableError`` when the file cannot be read, ``StateError``
        when it holds something else.
        """
        data = self._bytes()
        if data is None:
            return None, ""
        return from_json(data, str(self._path)), _version(data)

    def compare_and_swap(self, version: str, state: State, message: str) -> str:
        """Replace the file if its bytes are still those of ``version``.

        ``message`` is for stores that keep a history.
        """
        # Commands that only read start faster without it.
        from filelock import FileLock, Timeout  # noqa: PLC0415

        del message
        data = to_json(state)
        try:
            self._prepare()
            with FileLock(self._lock, timeout=_WAIT):
                # What a killed run left; without the lock it may be another run's.
                atomic.sweep(self._path.parent)
                current = self._bytes()
                if (_version(current) if current is not None else "") != version:
                    raise StateChangedError(
                        f"{self._path} was written by another run",
                        hint="run pmsync again",
                    )
                atomic.replace(self._path, current, data)
        except Timeout as error:
            raise StateUnavailableError(
                f"another run is writing {self._path}", hint="run pmsync again"
            ) from error
        except (OSError, DocumentError) as error:
            raise StateUnavailableError(
                f"{self._path} cannot be written: {self._reason(error)}",
                hint="make room there, or make the folder writable, and run pmsync "
                "again; it settles what a run that ended here has begun",
            ) from error
        return _version(data)

    def retire(self) -> None:
        """Rename the file, where another store has what it holds.

        Where that is not possible it stays, and is not read as long as the other store
        has a state.
        """
        with suppress(OSError):
            self._path.rename(self._path.with_suffix(".json.moved"))

    def _bytes(self) -> bytes | None:
        self._refuse_links()
        try:
            with os.fdopen(os.open(self._path, _READ), "rb") as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
                    raise StateError(
                        f"{self._path} is no state: it is a special file, or too large",
                        hint="restore it from git",
                    )
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StateUnavailableError(
                f"{self._path} cannot be read: {error.strerror}",
                hint="make it readable, or restore it from git",
            ) from error

    def _refuse_links(self) -> None:
        """Raise ``StateError`` where a link leads out of the repository."""
        for path in (self._directory, self._path.parent, self._path, self._lock):
            if path.is_symlink():
                raise StateError(
                    f"{path} is a symbolic link, which is not followed",
                    hint="put the file or directory itself in its place",
                )

    def _reason(self, error: OSError | DocumentError) -> str:
        if isinstance(error, DocumentError):
            return error.message.removeprefix(f"{self._path}: ")
        return error.strerror or type(error).__name__

    def _prepare(self) -> None:
        self._refuse_links()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        ignore = self._directory / ".gitignore"
        if not ignore.exists():
            ignore.write_text(_IGNORED)


def _version(data: bytes) -> str:
    return sha256(data).hexdigest()
