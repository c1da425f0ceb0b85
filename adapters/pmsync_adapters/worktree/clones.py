"""Clones that a daemon or a CI job has, and their way to the tip of the tracked branch."""

from __future__ import annotations

import re
import shutil
from hashlib import sha256
from pathlib import Path

from pmsync.domain.errors import RepositoryError
from pmsync_adapters import git as g
from pmsync_adapters.worktree.tip import REMOTE, Tip, TrackedBranch, explained

_NAME = re.compile(r"[^A-Za-z0-9.-]+")
_DEADLINE = 600.0
"""Seconds for a first clone, and for tidying up."""
# Every pass of a daemon adds objects; nobody else would ever pack them.
_TIDY = ("-c", "gc.auto=6700", "-c", "gc.autoDetach=false")


def clone(address: str, directory: Path) -> Path:
    """Return the clone of a repository below ``directory``, made if it is not there.

    Raises ``RepositoryError``.
    """
    readable = _NAME.sub("-", g.redacted(address).rstrip("/").removesuffix(".git"))
    digest = sha256(address.encode()).hexdigest()[:12]
    root = directory / f"{readable[-60:].strip('-.')}-{digest}"
    if (root / ".git").is_dir():
        return root
    begun = directory / f".{root.name}.new"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # What a clone that was cut off has left, or somebody who emptied the directory.
        for leftover in (begun, root):
            if leftover.exists():
                shutil.rmtree(leftover)
        with explained():
            g.Git(directory).run(
                "clone", "--quiet", "--no-tags", "--", address, begun.name,
                deadline=_DEADLINE,
            )  # fmt: skip
        begun.rename(root)
    except OSError as error:
        raise RepositoryError(
            f"{error.filename or directory}: {error.strerror}",
            hint="name another --directory",
        ) from error
    return root


def freshen(root: Path, branch: str | None, *, ours: bool) -> None:
    """Bring a clone to the tip of the tracked branch.

    In a clone of our own (``ours``) nobody else works: it is made what the tip is. A
    person's is only moved forward, and only if nothing is in the way. Raises
    ``RepositoryError``.
    """
    git, tip = g.Git(root), _remote_tip(root, branch)
    if tip is None:
        return
    with explained():
        if ours:
            # Of a git that was cut off: nobody else works here.
            (root / ".git" / "index.lock").unlink(missing_ok=True)
            git.run("checkout", "--quiet", "--force", "-B", tip.branch, tip.commit)
            g.Git(root, options=_TIDY).run(
                "gc", "--auto", "--quiet", deadline=_DEADLINE
            )
        elif g.current_branch(git) == tip.branch:
            g.fast_forward(git, tip.commit)


def catch_up(root: Path, branch: str | None, job: str) -> None:
    """Bring the checkout of a CI job to the tip of the tracked branch.

    ``job`` is the branch that the job runs for. One for another branch, and one that has
    changed files, keeps what it has. Raises ``RepositoryError``.
    """
    git, tip = g.Git(root), _remote_tip(root, branch)
    if tip is None:
        return
    with explained():
        if job != tip.branch or g.resolve(git, "HEAD") == tip.commit:
            return
        if git.run("status", "--porcelain", "--untracked-files=no"):
            return
        git.run("checkout", "--quiet", "--detach", tip.commit)


def _remote_tip(root: Path, branch: str | None) -> Tip | None:
    """Ask where the tracked branch is, None where there is no remote to ask."""
    with explained():
        if (
            not (root / ".git").exists()
            or g.remote_address(g.Git(root), REMOTE) is None
        ):
            return None
    return TrackedBranch(root, branch).refresh()
