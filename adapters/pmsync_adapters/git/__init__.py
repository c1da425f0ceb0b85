"""Git, by its command: the only place that runs it."""

from __future__ import annotations

from pmsync_adapters.git.objects import (
    Entry,
    commit_tree,
    list_tree,
    make_tree,
    read_blobs,
    write_blobs,
)
from pmsync_adapters.git.process import Git, GitError, GitTimeoutError, Result, redacted
from pmsync_adapters.git.remotes import (
    Push,
    Pushed,
    fetch,
    list_remote,
    push,
    push_address,
    remote_address,
    remote_head,
)
from pmsync_adapters.git.repository import (
    Logged,
    current_branch,
    default_branch,
    has_identity,
    is_bare,
    is_shallow,
    list_files,
    log,
    ref_target,
    resolve,
    root,
    update_ref,
)

__all__ = [
    "Entry",
    "Git",
    "GitError",
    "GitTimeoutError",
    "Logged",
    "Push",
    "Pushed",
    "Result",
    "commit_tree",
    "current_branch",
    "default_branch",
    "fetch",
    "has_identity",
    "is_bare",
    "is_shallow",
    "list_files",
    "list_remote",
    "list_tree",
    "log",
    "make_tree",
    "push",
    "push_address",
    "read_blobs",
    "redacted",
    "ref_target",
    "remote_address",
    "remote_head",
    "resolve",
    "root",
    "update_ref",
    "write_blobs",
]
