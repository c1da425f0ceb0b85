"""The tracked branch as it is now, and the documents at its tip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pmsync.domain.errors import RepositoryError, SafetyStopError
from pmsync_adapters import git as g
from pmsync_adapters.worktree.permalink import Remote, permalink

REMOTE = "origin"
_FETCHED = "refs/pmsync-local/tip"
"""Where the tip is kept in this clone; no other clone ever sees it."""


@dataclass(frozen=True, slots=True)
class Tip:
    """One moment of the tracked branch."""

    branch: str
    commit: str
    entries: Mapping[str, g.Entry]
    """All blobs by path."""


class TrackedBranch:
    """The branch that the state belongs to: origin's, without a remote the local one.

    Every method raises ``RepositoryError`` when git does not say what is asked.
    """

    def __init__(self, root: Path, branch: str | None) -> None:
        """``branch`` is the configured one, None for the one that origin shows first."""
        self.git = g.Git(root)
        self._branch = branch
        self._tip: Tip | None = None
        self._was_here = False
        self._in_step: str | None = None
        """The commit that was checked out when it was last found to be the tip."""

    @property
    def remote(self) -> str | None:
        """Name of the remote, which alone counts when there is one."""
        with explained():
            known = g.remote_address(self.git, REMOTE) is not None
        return REMOTE if known else None

    def tip(self) -> Tip:
        """Return the tip as it was when it was last asked for."""
        return self._tip or self.refresh()

    def refresh(self) -> Tip:
        """Ask where the branch is now."""
        with explained():
            remote = self.remote
            branch = self._branch or g.default_branch(self.git, remote)
            if branch is None:
                raise RepositoryError(
                    "nobody says which branch is tracked",
                    hint='set branch = "main" in pmsync.toml',
                )
            ref = f"refs/heads/{branch}"
            commit = self._fetched(remote, ref) if remote else self._commit(ref)
            if self._tip is None or commit != self._tip.commit:
                self._tip = Tip(branch, commit, g.list_tree(self.git, commit))
        return self._tip

    def _fetched(self, remote: str, ref: str) -> str:
        shown = g.list_remote(self.git, remote, ref)
        if shown is None:
            raise RepositoryError(
                f"{remote} has no {ref.removeprefix('refs/heads/')}",
                hint="push the branch first, or set branch in pmsync.toml",
            )
        if g.resolve(self.git, shown) is not None:
            return shown
        depth = 1 if g.is_shallow(self.git) else None
        g.fetch(self.git, remote, ref, _FETCHED, depth)
        return self._commit(_FETCHED)

    def _commit(self, ref: str) -> str:
        commit = g.resolve(self.git, ref)
        if commit is None:
            raise RepositoryError(
                f"{ref.removeprefix('refs/heads/')} has no commit",
                hint="commit something first",
            )
        return commit

    def follow(self) -> None:
        """Ask where the branch is now, and bring its checkout along.

        Only one that was in step before is moved, and no edited file is touched.
        """
        tip = self.refresh()
        with explained():
            if self._in_step is None or self._in_step == tip.commit:
                return
            if g.resolve(self.git, "HEAD") == self._in_step:
                g.move_on(self.git, tip.commit)

    def refuse_elsewhere(self) -> None:
        """Raise ``SafetyStopError`` unless the tracked branch is checked out, up to date.

        Later in a run, when something may have been written, a ``RepositoryError``. A
        repository without a work tree has nothing checked out.
        """
        with explained():
            if g.is_bare(self.git):
                return
            tip = self.tip()
            head = g.current_branch(self.git)
            if head not in (None, tip.branch):
                raise SafetyStopError(
                    f"nothing was written: {head} is checked out, and the tickets "
                    f"belong to {tip.branch}",
                    hint=f"switch to {tip.branch}, or look with --dry-run",
                )
            here = g.resolve(self.git, "HEAD")
            self._in_step = here if here == tip.commit else None
            if not g.is_ancestor(self.git, tip.commit, "HEAD"):
                if self._was_here:
                    raise RepositoryError(
                        f"{tip.branch} has moved on, and the checkout cannot follow",
                        hint="run 'git pull', then pmsync again: it goes on from there",
                    )
                raise SafetyStopError(
                    f"nothing was written: HEAD is behind {tip.branch}",
                    hint="run 'git pull' first, or look with --dry-run",
                )
            self._was_here = True

    def is_here(self) -> bool:
        """Tell whether the tip is checked out; asks, and writes nothing."""
        with explained():
            remote = self.remote
            branch = self._branch or g.default_branch(self.git, remote)
            ref = f"refs/heads/{branch}"
            shown = g.list_remote(self.git, remote, ref) if remote else ref
            if shown is None or g.resolve(self.git, shown) is None:
                return False
        try:
            self.refresh()
            self.refuse_elsewhere()
        except SafetyStopError:
            return False
        return True

    def permalink(self, path: str, line: int) -> str | None:
        """Return a lasting address of a line at the tip, None if nobody else sees it."""
        if self._address is None:
            return None
        return permalink(Remote(self._address, self.tip().commit), path, line)

    @cached_property
    def _address(self) -> str | None:
        with explained():
            return g.remote_address(self.git, REMOTE)


@contextmanager
def explained() -> Iterator[None]:
    """Raise ``RepositoryError`` for what git cannot do."""
    try:
        yield
    except g.GitError as error:
        raise RepositoryError(
            error.message, hint="look at it with 'git fetch' and 'git status'"
        ) from error


def address(root: Path) -> str | None:
    """Return where ``origin`` is pushed to, None without one; credentials stay out.

    Raises ``RepositoryError``.
    """
    if not (root / ".git").exists():
        return None
    with explained():
        return g.push_address(g.Git(root), REMOTE)


def file_at(root: Path, commit: str, path: str) -> bytes | None:
    """Return a file as a commit has it, None if that has no such file.

    The commit is fetched where the clone lacks it. Raises ``RepositoryError``.
    """
    git = g.Git(root)
    with explained():
        if g.resolve(git, commit) is None:
            g.fetch(git, REMOTE, commit, _FETCHED, depth=1)
        entry = g.list_tree(git, commit).get(path)
        return None if entry is None else g.read_blobs(git, [entry.id])[0]
