"""Each way that edited documents go back into a clone of a repository."""

from __future__ import annotations

from pmsync.domain.repository import EditedRow, Publication, Published, Repository
from pmsync_adapters.worktree.branch import Branch
from pmsync_adapters.worktree.checkout import Checkout
from pmsync_adapters.worktree.proposing import PullRequest
from pmsync_adapters.worktree.tip import TrackedBranch
from pmsync_adapters.worktree.tree import WorkTree
from support.repositories import Clone, MemoryForge

PATH = "postmortems/a.md"
ROW = EditedRow(PATH, 7, "OPS-1", {"ticket": (None, "OPS-1"), "status": ("Open", "x")})


def files(clone: Clone) -> WorkTree:
    return WorkTree(clone.root, ["postmortems/**/*.md"])


def branch(clone: Clone, *, skip_ci: bool = False) -> Branch:
    return Branch(TrackedBranch(clone.root, None), files(clone), skip_ci=skip_ci)


def checkout(clone: Clone) -> Checkout:
    return Checkout(TrackedBranch(clone.root, None), files(clone))


def pull_request(clone: Clone, forge: MemoryForge) -> PullRequest:
    tracked = TrackedBranch(clone.root, None)
    return PullRequest(tracked, files(clone), forge, "pmsync/update")


def write_back(
    repository: Repository, *edits: tuple[str, bytes, bytes], run: str = "run1"
) -> Published:
    """Do what a run does once it has the lease."""
    repository.refresh()
    repository.documents()
    for path, before, after in edits:
        repository.replace(path, before, after)
    return repository.publish(Publication(run, (ROW,), "The plan"))
