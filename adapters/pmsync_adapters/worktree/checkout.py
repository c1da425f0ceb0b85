"""Write-back into a work tree that follows a remote: people commit and push.

An edit counts only once it has been read at the tip of the tracked branch. Until then
the same edit is proposed by the work tree itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pmsync.domain.repository import (
    Landing,
    Publication,
    Published,
    SourceDocument,
    UnreadDocument,
)
from pmsync_adapters.worktree.documents import at_tip
from pmsync_adapters.worktree.tip import TrackedBranch
from pmsync_adapters.worktree.tree import WorkTree
from pmsync_adapters.worktree.written import Written


class Checkout:
    """A work tree with an ``origin``; every method may raise ``RepositoryError``."""

    def __init__(self, tracked: TrackedBranch, files: WorkTree) -> None:
        self._tracked = tracked
        self._files = files
        self._written = Written(tracked.git)

    @property
    def lands_at_once(self) -> bool:
        """False: what is written must be committed and pushed."""
        return False

    def refresh(self) -> None:
        """Ask where the branch is; raises ``SafetyStopError`` when it is not here."""
        self._tracked.refresh()
        self._tracked.refuse_elsewhere()

    def documents(self) -> Sequence[SourceDocument | UnreadDocument]:
        """Read the documents as they are at the tip."""
        return at_tip(self._tracked, self._files, self._written)

    def replace(self, path: str, expected: bytes, data: bytes) -> None:
        """Write a file that holds what the tip has, or what a run before wrote there."""
        here = self._as_it_is(path)
        if here == data:
            return
        if here is not None and self._written.is_ours(SourceDocument(path, here)):
            expected = here
        self._written.note(path, data)
        self._files.replace(path, expected, data)

    def publish(self, publication: Publication) -> Published:  # noqa: ARG002
        """Do nothing: people commit and push."""
        return Published(Landing.PROPOSED)

    def proposes(self, edited: Mapping[str, bytes]) -> bool:
        """Tell whether the work tree holds these documents."""
        return all(self._as_it_is(path) == data for path, data in edited.items())

    def declined(self) -> bool:
        """Return False: what was taken out of the work tree is written again."""
        return False

    def tip(self) -> str | None:
        """Return the commit that the tracked branch is at."""
        return self._tracked.tip().commit

    def permalink(self, path: str, line: int) -> str | None:
        """Return a lasting address of a line at the tip."""
        return self._tracked.permalink(path, line)

    def _as_it_is(self, path: str) -> bytes | None:
        found = {
            each.path: each.data
            for each in self._files.documents()
            if isinstance(each, SourceDocument)
        }
        return found.get(path)
