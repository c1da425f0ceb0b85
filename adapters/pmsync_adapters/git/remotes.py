"""Remotes: what they show, and swaps of their refs."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from pmsync_adapters.git.process import Git, GitUnansweredError, redacted

DEADLINE = 120.0
"""Seconds for what crosses the network."""

_NO_SUCH_REMOTE = 2
_STALE = (
    "[rejected] (stale info)",
    "[rejected] (fetch first)",
    "[rejected] (non-fast-forward)",
)
# Two pushes at once: the host finds out only when it writes the ref.
_LOST = (
    "[remote rejected] (cannot lock ref",
    "[remote rejected] (failed to update ref",
    "[remote rejected] (incorrect old value provided",
    "[remote rejected] (reference already exists",
)


class Push(Enum):
    """What became of a push that the remote answered."""

    DONE = "done"
    STALE = "stale"
    """The ref was not where it was expected."""
    REFUSED = "refused"
    """The remote did not want it; it says why."""
    UNKNOWN = "unknown"


class Pushed(NamedTuple):
    """A push and the words about it."""

    result: Push
    why: str = ""


def remote_address(git: Git, remote: str) -> str | None:
    """Return the address that is fetched from, None if there is no such remote."""
    return _address(git, remote)


def push_address(git: Git, remote: str) -> str | None:
    """Return the address that is pushed to first, None if there is no such remote."""
    return _address(git, remote, "--push")


def _address(git: Git, remote: str, *options: str) -> str | None:
    address = git.attempt("remote", "get-url", *options, "--", remote)
    return None if address.code == _NO_SUCH_REMOTE else address.line()


def remote_head(git: Git, remote: str) -> str | None:
    """Ask the remote for its default branch; None if it has none."""
    listed = git.line(
        "ls-remote", "--quiet", "--symref", "--", remote, "HEAD", deadline=DEADLINE
    )
    for line in listed.splitlines():
        target, _, name = line.partition("\t")
        if name == "HEAD" and target.startswith("ref: refs/heads/"):
            return target.removeprefix("ref: refs/heads/")
    return None


def list_remote(git: Git, remote: str, ref: str) -> str | None:
    """Ask the remote what ``ref`` points at; None if it certainly has no such ref.

    Raises ``GitError`` when it does not answer.
    """
    listed = git.line("ls-remote", "--quiet", "--", remote, ref, deadline=DEADLINE)
    for line in listed.splitlines():
        target, _, name = line.partition("\t")
        if name == ref:
            return target
    return None


def fetch(
    git: Git, remote: str, source: str, target: str | None, depth: int | None = None
) -> None:
    """Let the ref ``target`` be what ``source`` is at the remote, with all objects.

    With None only the objects come. Nothing else is touched: no tags, no other ref, no
    ``FETCH_HEAD``. ``depth`` limits the history that is fetched. Raises ``GitError``.
    """
    limit = () if depth is None else (f"--depth={depth}",)
    git.run(
        "fetch", "--quiet", "--no-tags", "--no-prune", "--no-write-fetch-head",
        "--no-recurse-submodules", "--no-auto-maintenance", "--no-filter", "--refmap=",
        *limit, "--", remote, f"+{source}:{target}" if target else source,
        deadline=DEADLINE,
    )  # fmt: skip


def push(git: Git, remote: str, ref: str, commit: str, expected: str | None) -> Pushed:
    """Let the remote's ``ref`` be ``commit`` if it still is ``expected``.

    None stands for a ref that does not exist yet. Never raises for what the network
    or the remote does: without an answer the result is UNKNOWN.
    """
    return _push(git, remote, ref, commit, f"--force-with-lease={ref}:{expected or ''}")


def push_forward(git: Git, remote: str, ref: str, commit: str) -> Pushed:
    """Let the remote's ``ref`` be ``commit`` if that only adds to it; as ``push``."""
    return _push(git, remote, ref, commit)


def delete(git: Git, remote: str, ref: str, expected: str) -> Pushed:
    """Take away the remote's ``ref`` if it still is ``expected``; as ``push``."""
    return _push(git, remote, ref, "", f"--force-with-lease={ref}:{expected}")


def _push(git: Git, remote: str, ref: str, commit: str, *options: str) -> Pushed:
    try:
        result = git.attempt(
            "push", "--porcelain", "--no-verify", "--no-follow-tags", "--no-signed",
            "--recurse-submodules=no", *options,
            "--", remote, f"{commit}:{ref}", deadline=DEADLINE,
        )  # fmt: skip
    except GitUnansweredError as error:
        return Pushed(Push.UNKNOWN, error.stderr)
    why = redacted(result.stderr.decode(errors="replace")).strip()
    return Pushed(_told(result.output.decode(errors="replace")), why)


def _told(output: str) -> Push:
    """Return what the remote said of the only ref that was pushed.

    https://git-scm.com/docs/git-push#_output describes the lines.
    """
    for line in output.splitlines():
        flag, _, rest = line.partition("\t")
        if flag in (" ", "*", "+", "-", "="):
            return Push.DONE
        if flag == "!":
            if rest.endswith(_STALE) or any(lost in rest for lost in _LOST):
                return Push.STALE
            if "\t[remote rejected] " in rest:
                return Push.REFUSED
    return Push.UNKNOWN
