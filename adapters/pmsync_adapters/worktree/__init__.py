"""The documents of a repository, and the ways that edited ones go back.

In the work tree (``WorkTree``; ``Checkout`` where a remote's branch is what counts), by
a commit (``Branch``), or by a pull request (``PullRequest``).
"""

from __future__ import annotations

from pmsync_adapters.worktree.branch import Branch
from pmsync_adapters.worktree.checkout import Checkout
from pmsync_adapters.worktree.permalink import Remote
from pmsync_adapters.worktree.proposing import PullRequest
from pmsync_adapters.worktree.tip import TrackedBranch
from pmsync_adapters.worktree.tree import WorkTree

__all__ = [
    "Branch",
    "Checkout",
    "PullRequest",
    "Remote",
    "TrackedBranch",
    "WorkTree",
]
