"""A git remote in memory: commits, and refs that are swapped."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha1
from typing import NamedTuple


class Commit(NamedTuple):
    """One commit; what the tree holds, by path."""

    id: str
    tree: Mapping[str, bytes]
    parent: str | None
    author: str
    message: str


class Remote:
    """Commits and refs."""

    def __init__(self) -> None:
        self.commits: dict[str, Commit] = {}
        self.refs: dict[str, str] = {}
        self.moves: list[tuple[str, str | None, str | None]] = []
        """Each ref that was moved: from where, and to where."""

    def commit(
        self, tree: Mapping[str, bytes], parent: str | None, author: str, message: str
    ) -> Commit:
        """Make a commit that no ref knows yet."""
        number = f"{len(self.commits)} {parent}"
        made = Commit(
            sha1(number.encode()).hexdigest(), dict(tree), parent, author, message
        )
        self.commits[made.id] = made
        return made

    def at(self, ref: str) -> Commit | None:
        """Return the commit of a ref."""
        name = self.refs.get(ref)
        return None if name is None else self.commits[name]

    def swap(self, ref: str, expected: str | None, new: str | None) -> bool:
        """Move a ref if it is where somebody expects it (None: nowhere)."""
        if self.refs.get(ref) != expected:
            return False
        self.moves.append((ref, expected, new))
        if new is None:
            self.refs.pop(ref, None)
        else:
            self.refs[ref] = new
        return True

    def is_ancestor(self, old: str, new: str | None) -> bool:
        """Tell whether a commit is another or comes before it."""
        while new is not None:
            if new == old:
                return True
            new = self.commits[new].parent
        return False
