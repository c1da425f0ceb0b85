"""Clones that a daemon keeps, and their way to the tip of the tracked branch."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from pmsync.domain.errors import RepositoryError
from pmsync_adapters import git as g
from pmsync_adapters.worktree.tip import TrackedBranch, explained

_NAME = re.compile(r"[^A-Za-z0-9.-]+")
_DEADLINE = 600.0
"""Seconds for a first clone."""


def clone(address: str, directory: Path) -> Path:
    """Return the clone of a repository below ``directory``, made if it is not there.

    Raises ``RepositoryError``.
    """
    readable = _NAME.sub("-", g.redacted(address).rstrip("/").removesuffix(".git"))
    digest = sha256(address.encode()).hexdigest()[:12]
    root = directory / f"{readable[-60:].strip('-.')}-{digest}"
    if (root / ".git").is_dir():
        return root
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RepositoryError(
            f"{directory}: {error.strerror}", hint="name another --directory"
        ) from error
    with explained():
        g.Git(directory).run(
            "clone", "--quiet", "--no-tags", "--", address, root.name,
            deadline=_DEADLINE,
        )  # fmt: skip
    return root


def freshen(root: Path, branch: str | None, *, ours: bool) -> None:
    """Bring a clone to the tip of the tracked branch.

    In a clone of our own (``ours``) nobody else works: it is made what the tip is. A
    person's is only moved forward, and only if nothing is in the way. Raises
    ``RepositoryError``.
    """
    git = g.Git(root)
    with explained():
        if not (root / ".git").exists() or g.remote_address(git, "origin") is None:
            return
    tip = TrackedBranch(root, branch).refresh()
    with explained():
        if ours:
            git.run("checkout", "--quiet", "--force", "-B", tip.branch, tip.commit)
        elif g.current_branch(git) == tip.branch:
            g.fast_forward(git, tip.commit)
