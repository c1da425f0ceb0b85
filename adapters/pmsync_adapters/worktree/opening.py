"""Which kind of repository the settings ask for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pmsync.domain.errors import UsageError
from pmsync.domain.repository import Forge, Repository
from pmsync.domain.settings import RepositorySettings
from pmsync_adapters import git as g
from pmsync_adapters.worktree.branch import Branch
from pmsync_adapters.worktree.checkout import Checkout
from pmsync_adapters.worktree.permalink import Remote
from pmsync_adapters.worktree.proposing import PullRequest
from pmsync_adapters.worktree.tip import REMOTE, TrackedBranch, explained
from pmsync_adapters.worktree.tree import WorkTree


def open_repository(settings: RepositorySettings) -> Repository:
    """Return the repository; see ``RepositoryFactory``."""
    root = Path(settings.root)
    files = WorkTree(
        root,
        settings.documents,
        paths=settings.paths,
        remote=lambda: _head(root),
    )
    if not settings.follows:
        _refuse_write_back(settings)
        return files
    tracked = TrackedBranch(root, settings.branch)
    if not settings.effects and (settings.proposed or not tracked.is_here()):
        return files
    match settings.mode:
        case "commit":
            return Branch(tracked, files, skip_ci=settings.skip_ci)
        case "pull-request":
            return PullRequest(
                tracked,
                files,
                _forge(tracked, settings.forge),
                settings.proposal_branch,
                skip_ci=settings.skip_ci,
            )
        case _:
            return files if tracked.remote is None else Checkout(tracked, files)


def _refuse_write_back(settings: RepositorySettings) -> None:
    if settings.mode != "none":
        raise UsageError(
            f'write_back.mode = "{settings.mode}" needs a git repository and a state '
            "that is kept in git: here tickets and state are files, which must be "
            "committed together with the documents",
            hint='take write_back.mode = "none" and commit all of it yourself',
        )


def _forge(tracked: TrackedBranch, open_forge: Callable[[str], Forge] | None) -> Forge:
    with explained():
        address = g.push_address(tracked.git, REMOTE)
    if address is None or open_forge is None:
        raise UsageError(
            'write_back.mode = "pull-request" needs a remote named origin, on a host '
            "that knows pull requests",
            hint='take "commit" or "none"',
        )
    return open_forge(address)


def _head(root: Path) -> Remote | None:
    """Return where others see what is checked out, None if they do not."""
    git = g.Git(root)
    try:
        address = g.remote_address(git, REMOTE)
        commit = g.resolve(git, "HEAD")
    except g.GitError:  # There is no repository: there is no address either.
        return None
    return None if address is None or commit is None else Remote(address, commit)
