"""What a repository is, and its refs."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import NamedTuple

from pmsync_adapters.git.process import Git, GitError
from pmsync_adapters.git.remotes import remote_head

_NONE = 1
"""Exit code of a quiet command that found nothing."""
_NAME = "pmsync"
_EMAIL = "pmsync@localhost"
"""Who commits where git was not told."""


class Commit(NamedTuple):
    """One commit as its history tells it."""

    parents: tuple[str, ...]
    message: str


def is_bare(git: Git) -> bool:
    """Tell whether the repository has no work tree."""
    return git.line("rev-parse", "--is-bare-repository") == "true"


def is_shallow(git: Git) -> bool:
    """Tell whether the repository lacks a part of its history."""
    return git.line("rev-parse", "--is-shallow-repository") == "true"


def is_ancestor(git: Git, ancestor: str, commit: str) -> bool:
    """Tell whether ``commit`` is, or comes after, ``ancestor``, as far as is known."""
    result = git.attempt("merge-base", "--is-ancestor", ancestor, commit)
    if result.code == _NONE:
        return False
    result.checked()
    return True


def has_identity(git: Git) -> bool:
    """Tell whether somebody said who commits here; git's guesses do not count."""
    ident = git.attempt(
        "-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"
    )  # fmt: skip
    return ident.code == 0


def named(git: Git) -> Git:
    """Return ``git`` with somebody who commits: who git was told, else pmsync."""
    if has_identity(git):
        return git
    names = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", _NAME), ("EMAIL", _EMAIL))
    }
    return replace(git, environment={**git.environment, **names})


def signs(git: Git) -> bool:
    """Tell whether git is configured to sign commits."""
    asked = git.attempt("config", "--type=bool", "--get", "commit.gpgSign")
    return asked.code != _NONE and asked.line() == "true"


def fast_forward(git: Git, commit: str) -> bool:
    """Bring the checked-out branch, its index and its files to a later commit.

    Return False, with nothing changed, where files that were edited are in the way.
    """
    return git.attempt("merge", "--ff-only", "--quiet", commit).code == 0


def move_on(git: Git, commit: str) -> bool:
    """Bring a checkout that only followed a remote to what the remote has now.

    As ``fast_forward``, also in a shallow clone, which may not know what lies between.
    """
    if fast_forward(git, commit):
        return True
    return is_shallow(git) and git.attempt("reset", "--keep", "-q", commit).code == 0


def current_branch(git: Git) -> str | None:
    """Return the branch that is checked out, None when HEAD is detached."""
    head = git.attempt("symbolic-ref", "--quiet", "--short", "HEAD")
    return None if head.code == _NONE else head.line()


def default_branch(git: Git, remote: str | None) -> str | None:
    """Return the branch that ``remote`` shows first, without one the current branch.

    What the clone remembers is taken; a clone that remembers nothing (as CI makes
    them) asks the remote. None when nobody knows. Raises ``GitError``.
    """
    if remote is None:
        return current_branch(git)
    branches = f"refs/remotes/{remote}/"
    known = git.attempt("symbolic-ref", "--quiet", "--", f"{branches}HEAD")
    if known.code == _NONE:
        return remote_head(git, remote)
    return known.line().removeprefix(branches)


def resolve(git: Git, revision: str) -> str | None:
    """Return the commit that a revision names, None if it names none here."""
    named = f"{revision}^{{commit}}"
    found = git.attempt("rev-parse", "--verify", "--quiet", "--end-of-options", named)
    return None if found.code == _NONE else found.line()


def tree_of(git: Git, commit: str) -> str:
    """Return the id of a commit's tree; raises ``GitError``."""
    return git.line("rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}")


def ref_target(git: Git, ref: str) -> str | None:
    """Return what a ref points at, None if it certainly does not exist.

    Raises ``GitError``, also for a ref that is there and cannot be read.
    """
    file = git.directory / git.line("rev-parse", "--git-path", ref)
    exists = file.is_file()
    listed = git.line("for-each-ref", "--format=%(objectname) %(refname)", "--", ref)
    for line in listed.splitlines():
        target, _, name = line.partition(" ")
        if name == ref:
            return target
    if exists:
        raise GitError(("for-each-ref", ref), 0, f"{ref} is broken")
    return None


def update_ref(git: Git, ref: str, commit: str, expected: str | None) -> None:
    """Let ``ref`` point at ``commit`` if it still points at ``expected``.

    None stands for a ref that does not exist yet. Raises ``GitError``.
    """
    zero = "0" * len(commit)
    git.run("update-ref", "--no-deref", "--", ref, commit, expected or zero)


def read_commit(git: Git, commit: str) -> Commit:
    """Return what a commit says; raises ``GitError``."""
    shown = git.run(
        "log", "--max-count=1", "--format=%P%x00%B", "--end-of-options", commit, "--"
    )
    parents, _, message = os.fsdecode(shown).partition("\0")
    return Commit(tuple(parents.split()), message.strip())
