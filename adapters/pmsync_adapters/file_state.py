"""The state as one file beside the tickets, so that all of it moves with the branch."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

from pmsync.domain.errors import DocumentError, StateChangedError, StateUnavailableError
from pmsync.domain.state import State
from pmsync.domain.state_json import from_json, to_json
from pmsync_adapters import atomic

_IGNORED = "*.lock\n*.tmp\n.pmsync-*\n"
_WAIT = 10.0
"""Seconds to wait for another process that is swapping right now."""


class FileStateStore:
    """Keeps the state in ``.pmsync/state/NAME.json`` below the root."""

    def __init__(self, root: Path, name: str = "default") -> None:
        self._directory = root / ".pmsync"
        self._path = self._directory / "state" / f"{name}.json"

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
        del message
        data = to_json(state)
        try:
            self._prepare()
            with FileLock(self._directory / "state.lock", timeout=_WAIT):
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
                f"{self._path} cannot be written: {error}",
                hint="make the folder writable; nothing was sent to a tracker",
            ) from error
        return _version(data)

    def _bytes(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StateUnavailableError(
                f"{self._path} cannot be read: {error.strerror}",
                hint="make it readable, or restore it from git",
            ) from error

    def _prepare(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        atomic.sweep(self._path.parent)
        ignore = self._directory / ".gitignore"
        if not ignore.exists():
            ignore.write_text(_IGNORED)


def _version(data: bytes) -> str:
    return sha256(data).hexdigest()
