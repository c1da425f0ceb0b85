"""The ref that points at the state: where it is now, and swaps of it.

With a remote only the remote's ref counts. What this clone keeps of it are objects.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Protocol

from pmsync.domain.errors import (
    StateChangedError,
    StateRefusedError,
    StateUnavailableError,
)
from pmsync_adapters import git as g

_TRIES = 3
"""How often a push is sent that was certainly not carried out, and a moving ref read."""
_NOT_ALLOWED = re.compile(
    r"returned error: 40[13]|authentication failed|could not read (username|password)"
    r"|permission denied|access denied|not granted|not allowed|denied to|read.only",
    re.IGNORECASE,
)
"""How hosts and git say that this is not for us; it only chooses the words."""


class Place(Protocol):
    """A ref with a state."""

    @property
    def name(self) -> str:
        """What people call it."""

    def latest(self, known: str | None) -> str | None:
        """Return the commit that the ref is at, None if there certainly is none.

        Its objects are in this clone then; those of ``known`` are already. Raises
        ``StateUnavailableError``.
        """

    def swap(self, commit: str, expected: str | None) -> None:
        """Let the ref be ``commit`` if it still is ``expected`` (None: absent).

        Raises ``StateChangedError`` when it is something else, ``StateRefusedError``
        when we may not, ``StateUnavailableError`` when it is not possible or not known.
        """


class Clone:
    """A ref of this clone, which nobody pushes."""

    def __init__(self, git: g.Git, ref: str) -> None:
        self._git = git
        self._ref = ref

    @property
    def name(self) -> str:
        """The ref."""
        return self._ref

    def latest(self, known: str | None) -> str | None:  # noqa: ARG002 all are here
        """Return the ref's commit."""
        try:
            return g.ref_target(self._git, self._ref)
        except g.GitError as error:
            raise _unreadable(self.name, error) from error

    def swap(self, commit: str, expected: str | None) -> None:
        """Let the ref be ``commit``."""
        try:
            g.update_ref(self._git, self._ref, commit, expected)
        except g.GitError as error:
            now = self.latest(None)
            if now == commit:
                return
            if now != expected:
                raise _changed(self.name) from error
            raise StateUnavailableError(
                f"{self.name} cannot be written: {error.stderr}",
                hint="let the user who runs pmsync write to .git, and remove a lock file "
                "that a crash left",
            ) from error


class Origin:
    """A ref of the remote."""

    def __init__(self, git: g.Git, remote: str, ref: str, kept: str) -> None:
        """``kept`` is this clone's own ref for what it has of the state."""
        self._git = git
        self._remote = remote
        self._ref = ref
        self._kept = kept

    @property
    def name(self) -> str:
        """The ref and where it is."""
        return f"{self._ref} of {self._remote}"

    def latest(self, known: str | None) -> str | None:
        """Ask the remote, and fetch what this clone lacks."""
        try:
            for _ in range(_TRIES):
                shown = g.list_remote(self._git, self._remote, self._ref)
                if shown is None or shown == known or self._has(shown):
                    return shown
        except g.GitError as error:
            raise _unreadable(self.name, error) from error
        raise StateUnavailableError(
            f"{self.name} is written all the time", hint="run pmsync again"
        )

    def swap(self, commit: str, expected: str | None) -> None:
        """Push; whatever the answer is not clear about, the remote is asked."""
        for _ in range(_TRIES):
            pushed = self._push(commit, expected)
            if pushed.result is g.Push.DONE or self._is_at(commit, expected, pushed):
                self._keep(commit)
                return
            if pushed.result is g.Push.REFUSED or _NOT_ALLOWED.search(pushed.why):
                raise StateRefusedError(
                    f"{self._remote} does not let pmsync write {self._ref}: {pushed.why}",
                    hint="let the token write (GitHub: 'contents: write'; GitLab: "
                    "write_repository, by a Developer), or set state.ref to a branch "
                    "where a host takes nothing else; --dry-run needs no such right",
                )
        raise StateUnavailableError(
            f"{self.name} could not be written: {pushed.why}", hint="run pmsync again"
        )

    def _push(self, commit: str, expected: str | None) -> g.Pushed:
        try:
            return g.push(self._git, self._remote, self._ref, commit, expected)
        except g.GitError as error:
            raise StateUnavailableError(
                f"{self.name} was not written: {error.message}",
                hint="run pmsync again when the machine has room for another process",
            ) from error

    def _is_at(self, commit: str, expected: str | None, pushed: g.Pushed) -> bool:
        """Ask what became of a push; an earlier one may have arrived late."""
        try:
            now = g.list_remote(self._git, self._remote, self._ref)
        except g.GitError as error:
            raise StateUnavailableError(
                f"nobody knows whether {self.name} was written: {pushed.why}",
                hint="run pmsync again: it looks first",
            ) from error
        if now not in (commit, expected):
            raise _changed(self.name)
        return now == commit

    def _has(self, commit: str) -> bool:
        """Make sure that a commit that the remote shows is here with all its objects.

        False when the remote moved on before it was fetched.
        """
        if g.resolve(self._git, self._kept) == commit:
            return True
        # A clone with all of its history must not become a shallow one.
        depth = 1 if g.is_shallow(self._git) else None
        g.fetch(self._git, self._remote, self._ref, None, depth)
        return g.resolve(self._git, commit) is not None

    def _keep(self, commit: str) -> None:
        """Keep the objects, so that the next fetch of this clone is a small one.

        Only who writes the state does so: a look writes no ref at all. Another run may
        do it at this moment; then the next one fetches more.
        """
        with suppress(g.GitError):
            self._git.run("update-ref", "--no-deref", "--", self._kept, commit)


def _changed(name: str) -> StateChangedError:
    return StateChangedError(
        f"{name} was written by another run", hint="run pmsync again"
    )


def _unreadable(name: str, error: g.GitError) -> StateUnavailableError:
    why = error.stderr or error.message
    return StateUnavailableError(
        f"{name} cannot be read: {why}",
        hint="let git reach the repository, with a token that may read it; nothing was "
        "written",
    )
