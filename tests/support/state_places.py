"""Where a state can be kept, each as several runs on several machines see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from pmsync.domain.ports import StateStore
from pmsync.domain.settings import StateSettings
from pmsync_adapters.file_state import FileStateStore
from pmsync_adapters.git_state.opening import open_state
from support.engine import MemoryState
from support.faults import KeptState
from support.git_http import GitHost
from support.repositories import git
from support.world.remote import Remote
from support.world.state import RefState


class StatePlace(Protocol):
    """One place for a state."""

    def store(self) -> StateStore:
        """Return the store of a run that has just begun, on a machine of its own."""

    def close(self) -> None:
        """End what was started."""


class RealPlace(StatePlace, Protocol):
    """One that processes share."""

    kind: str
    """The entry point."""

    def settings(self) -> StateSettings:
        """Return the settings of a run that has just begun, on a machine of its own."""

    def messages(self) -> list[str] | None:
        """What was said about each version, the last first; None where nobody knows."""


class MemoryPlace:
    """In this process, as tests of the engine keep it: all runs share one store."""

    def __init__(self, store: StateStore) -> None:
        self._store = store

    def store(self) -> StateStore:
        return self._store

    def close(self) -> None:
        pass


class WorldPlace:
    """The git remote of the simulated world."""

    def __init__(self) -> None:
        self._remote = Remote()

    def store(self) -> StateStore:
        return RefState(self._remote)

    def close(self) -> None:
        pass


class FilePlace:
    """Files, which all runs share."""

    kind = "file"

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def settings(self) -> StateSettings:
        return StateSettings(str(self.directory))

    def store(self) -> StateStore:
        return FileStateStore(self.directory)

    def messages(self) -> list[str] | None:
        return None

    def close(self) -> None:
        pass


class ClonePlace:
    """A repository without a remote; each run has a work tree of its own."""

    kind = "git"

    def __init__(self, directory: Path) -> None:
        self.root = new_repository(directory / "first")
        self._count = 0

    def settings(self) -> StateSettings:
        self._count += 1
        tree = self.root.parent / f"tree{self._count}"
        git(self.root, "worktree", "add", "--quiet", "--detach", str(tree))
        return StateSettings(str(tree))

    def store(self) -> StateStore:
        return open_state(self.settings())

    def messages(self) -> list[str] | None:
        return history(self.root, "refs/pmsync/default")

    def close(self) -> None:
        pass


class OriginPlace:
    """A bare remote, and a new clone for each run."""

    kind = "git"

    def __init__(self, directory: Path, ref: str | None = None) -> None:
        self.directory = directory
        self.bare = directory / "host.git"
        self.ref = ref
        first = new_repository(directory / "first")
        git(directory, "clone", "--quiet", "--bare", str(first), str(self.bare))
        git(self.bare, "config", "http.receivepack", "true")
        self._count = 0

    @property
    def address(self) -> str:
        """Where clones come from."""
        return self.bare.as_uri()

    @property
    def full_ref(self) -> str:
        """The ref that holds the state."""
        return f"refs/heads/{self.ref}" if self.ref else "refs/pmsync/default"

    def clone(self, *options: str) -> Path:
        """Return a new clone."""
        self._count += 1
        target = self.directory / f"clone{self._count}"
        git(
            self.directory, "clone", "--quiet", *options, self.address, str(target)
        )  # fmt: skip
        return target

    def settings(self, root: Path | None = None) -> StateSettings:
        """Return the settings of a run, in a clone of its own if none is named."""
        return StateSettings(str(root or self.clone()), ref=self.ref)

    def store(self, root: Path | None = None) -> StateStore:
        return open_state(self.settings(root))

    def messages(self) -> list[str] | None:
        return history(self.bare, self.full_ref)

    def close(self) -> None:
        pass


class HttpPlace(OriginPlace):
    """The same behind smart HTTP."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.host = GitHost(directory)

    @property
    def address(self) -> str:
        return self.host.address(self.bare.name)

    def close(self) -> None:
        self.host.close()


def history(root: Path, ref: str) -> list[str]:
    """Return the messages of a chain of commits, which must not branch."""
    lines = git(root, "log", "--format=%s|%p", ref).splitlines()
    told = [line.rpartition("|") for line in lines]
    assert [len(parents.split()) for *_, parents in told] == [1] * (len(told) - 1) + [0]
    return [subject for subject, *_ in told]


def new_repository(root: Path, *options: str) -> Path:
    """Make a repository with one commit on ``main``."""
    root.mkdir(parents=True)
    git(root, "init", "--quiet", "--initial-branch=main", *options)
    (root / "README.md").write_text("# A repository\n")
    git(root, "add", "README.md")
    git(root, "commit", "--quiet", "--message", "Begin")
    return root


REAL: dict[str, Callable[[Path], RealPlace]] = {
    "file": FilePlace,
    "git": ClonePlace,
    "git remote": OriginPlace,
    "git branch": lambda directory: OriginPlace(directory, "pmsync-state"),
    "git http": HttpPlace,
}
PLACES: dict[str, Callable[[Path], StatePlace]] = {
    "engine": lambda _: MemoryPlace(MemoryState()),
    "faults": lambda _: MemoryPlace(KeptState()),
    "world": lambda _: WorldPlace(),
    **REAL,
}
