"""Where a state can be kept, each as several runs on several machines see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from pmsync.domain.ports import StateStore
from pmsync_adapters.file_state import FileStateStore
from support.memory_state import MemoryState


class StatePlace(Protocol):
    """One place for a state."""

    def store(self) -> StateStore:
        """Return the store of a run that has just begun, on a machine of its own."""

    def close(self) -> None:
        """End what was started."""


class MemoryPlace:
    """In this process."""

    def __init__(self, _directory: Path) -> None:
        self._kept = MemoryState()

    def store(self) -> StateStore:
        return self._kept

    def close(self) -> None:
        pass


class FilePlace:
    """Files, which all runs share."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def store(self) -> StateStore:
        return FileStateStore(self._directory)

    def close(self) -> None:
        pass


PLACES: dict[str, Callable[[Path], StatePlace]] = {
    "memory": MemoryPlace,
    "file": FilePlace,
}
