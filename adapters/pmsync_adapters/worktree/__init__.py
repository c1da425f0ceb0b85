"""The documents of a work tree."""

from __future__ import annotations

from pmsync_adapters.worktree.permalink import Remote
from pmsync_adapters.worktree.tree import WorkTree

__all__ = ["Remote", "WorkTree"]
