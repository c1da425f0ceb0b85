"""Where the state is kept, as the configuration asks and the directory allows."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pmsync.cli import installed
from pmsync.domain.errors import UsageError
from pmsync.domain.ports import StateStore
from pmsync.domain.settings import StateFactory, StateSettings
from pmsync.domain.state import State
from pmsync_config import Settings as Configuration

GROUP = "pmsync.states"
EMBEDDED = "embedded"


class FormerStore(StateStore, Protocol):
    """A store that another one takes over from."""

    def retire(self) -> None:
        """Put the state where it is not read again; people keep it."""


class Successor:
    """The state in one store; what another one held before counts until it is there."""

    def __init__(self, store: StateStore, former: FormerStore) -> None:
        self._store = store
        self._former = former
        self._taken = False

    def read(self) -> tuple[State | None, str]:
        """Return the state, the former store's where this one has none."""
        state, version = self._store.read()
        self._taken = False
        if state is None:
            state, _ = self._former.read()
            self._taken = state is not None
        return state, version

    def compare_and_swap(self, version: str, state: State, message: str) -> str:
        """Write the state; from now on it counts, and the former one is put aside."""
        written = self._store.compare_and_swap(version, state, message)
        if self._taken:
            self._former.retire()
            self._taken = False
        return written


def in_git(root: Path, configuration: Configuration) -> bool:
    """Tell whether the state is kept in git, so that it belongs to one branch.

    Raises ``UsageError`` for a store that does not go with the trackers or the directory.
    """
    wanted = configuration.state.store
    embedded = any(t.type == EMBEDDED for t in configuration.trackers.values())
    repository = (root / ".git").exists()
    match wanted:
        case "auto":
            chosen = repository and not embedded
        case "file":
            chosen = False
        case "git" | "local":
            _refuse_apart(wanted, root, embedded=embedded, repository=repository)
            chosen = True
    if configuration.state.ref is not None and not chosen:
        raise UsageError(
            f'state.ref = "{configuration.state.ref}" names a branch, but the state is '
            "kept in files here",
            hint="leave state.ref out",
        )
    return chosen


def open_store(root: Path, configuration: Configuration) -> StateStore:
    """Return the configured store; raises ``UsageError``, as ``in_git`` does."""
    wanted = configuration.state
    settings = StateSettings(
        root=str(root),
        name=wanted.name,
        ref=wanted.ref,
        shared=wanted.store != "local",
    )
    former: FormerStore = installed.load(GROUP, "file")(settings)
    if not in_git(root, configuration):
        return former
    factory: StateFactory = installed.load(GROUP, "git")
    return Successor(factory(settings), former)


def _refuse_apart(wanted: str, root: Path, *, embedded: bool, repository: bool) -> None:
    if embedded:
        raise UsageError(
            f'state.store = "{wanted}" does not go with the embedded tracker: its '
            "tickets are files that move with the branch, and the state must move "
            "with them",
            hint='take state.store = "auto" or "file"',
        )
    if not repository:
        raise UsageError(
            f'state.store = "{wanted}" needs a git repository, and {root} is none',
            hint='take state.store = "auto" or "file"',
        )
