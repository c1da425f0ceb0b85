"""Which ref of which repository the settings mean."""

from __future__ import annotations

from pathlib import Path

from pmsync.domain.errors import StateUnavailableError
from pmsync.domain.settings import StateSettings
from pmsync_adapters import git as g
from pmsync_adapters.git_state.place import Clone, Origin, Place
from pmsync_adapters.git_state.store import GitStateStore

REMOTE = "origin"
_DURABLE = ("-c", "core.fsync=all")
"""A ref that survives a power failure must not point at a commit that does not."""


def open_state(settings: StateSettings) -> GitStateStore:
    """Return the store; see ``StateFactory``."""
    ref = (
        f"refs/heads/{settings.ref}" if settings.ref else f"refs/pmsync/{settings.name}"
    )
    git = g.Git(Path(settings.root))
    return GitStateStore(git, _place(git, ref, settings))


def _place(git: g.Git, ref: str, settings: StateSettings) -> Place:
    try:
        known = settings.shared and g.remote_address(git, REMOTE) is not None
    except g.GitError as error:
        raise StateUnavailableError(
            f"the state cannot be found: {error.message}",
            hint="look at the repository with 'git status' and 'git remote -v'",
        ) from error
    if known:
        return Origin(git, REMOTE, ref, f"refs/pmsync-local/state/{settings.name}")
    return Clone(g.Git(git.directory, options=_DURABLE), ref)
