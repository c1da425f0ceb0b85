"""Write-back by a commit on the tracked branch, pushed; never a forced push."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pmsync.domain.errors import RepositoryError, RepositoryRefusedError
from pmsync.domain.repository import (
    Landing,
    Publication,
    Published,
    SourceDocument,
    UnreadDocument,
)
from pmsync_adapters import git as g
from pmsync_adapters.worktree.committing import Edited, commit, edited_tree
from pmsync_adapters.worktree.documents import at_tip
from pmsync_adapters.worktree.tip import TrackedBranch, explained
from pmsync_adapters.worktree.tree import WorkTree


class Branch:
    """The tracked branch itself; every method may raise ``RepositoryError``."""

    def __init__(
        self, tracked: TrackedBranch, files: WorkTree, *, skip_ci: bool = False
    ) -> None:
        self._tracked = tracked
        self._files = files
        self._skip_ci = skip_ci
        self._edited = Edited()

    @property
    def lands_at_once(self) -> bool:
        """True: the next run reads the commit that was pushed."""
        return True

    def refresh(self) -> None:
        """Ask where the branch is; raises ``SafetyStopError`` when it is not here."""
        self._tracked.follow()
        self._tracked.refuse_elsewhere()

    def documents(self) -> Sequence[SourceDocument | UnreadDocument]:
        """Read the documents as they are at the tip."""
        return at_tip(self._tracked, self._files, None)

    def replace(self, path: str, expected: bytes, data: bytes) -> None:
        """Take new bytes for a document; ``publish`` commits them."""
        self._edited.replace(self._tracked.tip(), path, expected, data)

    def publish(self, publication: Publication) -> Published:
        """Commit and push what was replaced.

        Raises ``RepositoryRefusedError`` when the host does not take the commit.
        """
        edited, self._edited = self._edited, Edited()
        git, tip = self._tracked.git, self._tracked.tip()
        tree = edited_tree(git, tip, edited.blobs)
        new = commit(git, tip, tree, publication, skip_ci=self._skip_ci)
        landing = self._bring(new)
        self._tracked.refresh()
        return Published(landing, new)

    def proposes(self, edited: Mapping[str, bytes]) -> bool:  # noqa: ARG002
        """Return False: nothing is only proposed."""
        return False

    def declined(self) -> bool:
        """Return False: nothing is only proposed."""
        return False

    def tip(self) -> str | None:
        """Return the commit that the tracked branch is at."""
        return self._tracked.tip().commit

    def permalink(self, path: str, line: int) -> str | None:
        """Return a lasting address of a line at the tip."""
        return self._tracked.permalink(path, line)

    def _bring(self, new: str) -> Landing:
        remote, tip = self._tracked.remote, self._tracked.tip()
        ref = f"refs/heads/{tip.branch}"
        git = self._tracked.git
        with explained():
            here = not g.is_bare(git)
            current = g.current_branch(git) if here else None
            if remote is None and not (here and current == tip.branch):
                g.update_ref(git, ref, new, tip.commit)
                return Landing.LANDED
        if remote is not None:
            landing = self._push(remote, ref, new)
            if landing is Landing.MOVED:
                return landing
        with explained():
            if here and g.resolve(git, "HEAD") == tip.commit:
                moved = g.fast_forward(git, new)
                if remote is None and not moved:
                    raise RepositoryRefusedError(
                        f"{tip.branch} could not be moved: files in the work tree are "
                        "in the way",
                        hint="commit or undo them, then run pmsync again",
                    )
        return Landing.LANDED

    def _push(self, remote: str, ref: str, new: str) -> Landing:
        git = self._tracked.git
        pushed = g.push_forward(git, remote, ref, new)
        match pushed.result:
            case g.Push.DONE:
                return Landing.LANDED
            case g.Push.STALE:
                return Landing.MOVED
            case g.Push.REFUSED:
                raise RepositoryRefusedError(
                    f"{remote} does not take the commit: {pushed.why}",
                    hint="let the token write contents, or take write_back.mode = "
                    '"pull-request" where the branch is protected',
                )
            case g.Push.UNKNOWN:
                return self._found_out(new, pushed.why)

    def _found_out(self, new: str, why: str) -> Landing:
        """Ask the remote what became of a push without an answer."""
        try:
            tip = self._tracked.refresh()
            with explained():
                there = g.is_ancestor(self._tracked.git, new, tip.commit)
        except RepositoryError:
            raise RepositoryError(
                f"nobody knows whether the commit was taken: {why}",
                hint="run pmsync again: it looks first",
            ) from None
        return Landing.LANDED if there else Landing.MOVED
