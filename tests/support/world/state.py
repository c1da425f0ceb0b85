"""The state at a ref of the remote in memory, as the git store keeps it."""

from __future__ import annotations

from pmsync.domain.errors import StateChangedError
from pmsync.domain.state import State
from pmsync.domain.state_json import from_json, to_json
from support.world.remote import Remote

REF = "refs/pmsync/default"
FILE = "state.json"


class RefState:
    """One store of a ref; any number may look at one remote."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    def read(self) -> tuple[State | None, str]:
        """Return the state and the commit that holds it."""
        commit = self._remote.at(REF)
        if commit is None:
            return None, ""
        return from_json(commit.tree[FILE], REF), commit.id

    def compare_and_swap(self, version: str, state: State, message: str) -> str:
        """Commit the state on top of ``version`` if the ref is still there."""
        tree = {FILE: to_json(state)}
        commit = self._remote.commit(tree, version or None, "pmsync", message)
        if not self._remote.swap(REF, version or None, commit.id):
            raise StateChangedError("the state was written by another run")
        return commit.id
