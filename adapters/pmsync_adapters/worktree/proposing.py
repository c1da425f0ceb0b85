"""Write-back by one pull request from one fixed branch, brought up to date in place.

The branch is always the tip of the tracked branch and one commit with all pending
edits. It is pushed only if its tree differs, and only over a commit of our own: what a
reviewer added to it is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from pmsync.domain.errors import (
    RepositoryError,
    RepositoryRefusedError,
    TrackerError,
)
from pmsync.domain.repository import (
    Forge,
    Landing,
    Proposal,
    ProposalState,
    Publication,
    Published,
    SourceDocument,
    UnreadDocument,
)
from pmsync_adapters import git as g
from pmsync_adapters.worktree.committing import Edited, commit, edited_tree
from pmsync_adapters.worktree.documents import at_tip
from pmsync_adapters.worktree.message import is_ours, title
from pmsync_adapters.worktree.tip import REMOTE, TrackedBranch, explained
from pmsync_adapters.worktree.tree import WorkTree

_FETCHED = "refs/pmsync-local/proposal"
_TAKEN_BACK = "Nothing is left to propose: documents and tickets are in step."


class PullRequest:
    """The branch of the pull request; every method may raise ``RepositoryError``."""

    def __init__(
        self,
        tracked: TrackedBranch,
        files: WorkTree,
        forge: Forge,
        branch: str,
        *,
        skip_ci: bool = False,
    ) -> None:
        """``branch`` is the fixed one, which nobody else may use."""
        self._tracked = tracked
        self._files = files
        self._forge = forge
        self._branch = branch
        self._skip_ci = skip_ci
        self._edited = Edited()

    @property
    def lands_at_once(self) -> bool:
        """False: a person merges it."""
        return False

    def refresh(self) -> None:
        """Ask where the branch is; raises ``SafetyStopError`` when it is not here."""
        self._tracked.follow()
        if self._tracked.tip().branch == self._branch:
            raise RepositoryError(
                f"{self._branch} is both tracked and proposed from",
                hint="give write_back.branch a name of its own",
            )
        self._tracked.refuse_elsewhere()

    def documents(self) -> Sequence[SourceDocument | UnreadDocument]:
        """Read the documents as they are at the tip of the tracked branch."""
        return at_tip(self._tracked, self._files, None)

    def replace(self, path: str, expected: bytes, data: bytes) -> None:
        """Take new bytes for a document; ``publish`` proposes them."""
        self._edited.replace(self._tracked.tip(), path, expected, data)

    def publish(self, publication: Publication) -> Published:
        """Push the branch if it must change, and open or update its pull request."""
        edited, self._edited = self._edited, Edited()
        there = self._there()
        if not edited.blobs:
            return self._take_back(there)
        git, tip = self._tracked.git, self._tracked.tip()
        tree = edited_tree(git, tip, edited.blobs)
        if there is None or not self._stands(there, tree):
            self._refuse_foreign(there)
            new = commit(git, tip, tree, publication, skip_ci=self._skip_ci)
            if not self._push(new, there):
                return Published(Landing.MOVED)
        with asking():
            proposal = self._forge.propose(
                self._branch, tip.branch, title(publication), publication.text
            )
        return Published(Landing.PROPOSED, proposal.url)

    def proposes(self, edited: Mapping[str, bytes]) -> bool:
        """Tell whether the open pull request holds just these documents."""
        if not edited:
            return True
        there = self._there()
        if there is None:
            return False
        tree = edited_tree(self._tracked.git, self._tracked.tip(), edited)
        latest = self._latest()
        is_open = latest is not None and latest.state is ProposalState.OPEN
        return is_open and self._stands(there, tree)

    def declined(self) -> bool:
        """Tell whether a person closed the last pull request without merging it."""
        latest = self._latest()
        return latest is not None and latest.state is ProposalState.DECLINED

    def tip(self) -> str | None:
        """Return the commit that the tracked branch is at."""
        return self._tracked.tip().commit

    def permalink(self, path: str, line: int) -> str | None:
        """Return a lasting address of a line at the tip."""
        return self._tracked.permalink(path, line)

    def _latest(self) -> Proposal | None:
        with asking():
            return self._forge.latest(self._branch)

    def _there(self) -> str | None:
        """Return the commit that the branch has at the remote, with its objects."""
        git, ref = self._tracked.git, f"refs/heads/{self._branch}"
        with explained():
            shown = g.list_remote(git, REMOTE, ref)
            if shown is not None and g.resolve(git, shown) is None:
                depth = 2 if g.is_shallow(git) else None  # a whole clone stays whole
                g.fetch(git, REMOTE, ref, _FETCHED, depth)
                return g.resolve(git, _FETCHED)
        return shown

    def _stands(self, there: str, tree: str) -> bool:
        """Tell whether a commit is this tree, one step from today's tip."""
        with explained():
            known = g.read_commit(self._tracked.git, there)
            same = g.tree_of(self._tracked.git, there) == tree
        return same and known.parents == (self._tracked.tip().commit,)

    def _refuse_foreign(self, there: str | None) -> None:
        """Raise ``RepositoryRefusedError`` when somebody else's commit is on the branch."""
        if there is None:
            return
        with explained():
            known = g.read_commit(self._tracked.git, there)
            tree = g.tree_of(self._tracked.git, there)
        if not is_ours(known.message, tree):
            raise RepositoryRefusedError(
                f"{self._branch} has a commit that is not pmsync's ({there[:12]}): "
                "it is left alone",
                hint="merge or close the pull request, and delete the branch",
            )

    def _push(self, new: str, there: str | None) -> bool:
        """Bring the branch to a commit; False when somebody was faster."""
        git, ref = self._tracked.git, f"refs/heads/{self._branch}"
        pushed = g.push(git, REMOTE, ref, new, there)
        match pushed.result:
            case g.Push.DONE:
                return True
            case g.Push.STALE:
                return False
            case g.Push.REFUSED:
                raise RepositoryRefusedError(
                    f"{REMOTE} does not take {self._branch}: {pushed.why}",
                    hint="let the token write contents",
                )
            case g.Push.UNKNOWN:
                with explained():
                    return g.list_remote(git, REMOTE, ref) == new

    def _take_back(self, there: str | None) -> Published:
        """Close the open pull request, and take its branch away if it is only ours."""
        latest = self._latest()
        if latest is not None and latest.state is ProposalState.OPEN:
            self._refuse_foreign(there)
            with asking():
                self._forge.withdraw(latest, _TAKEN_BACK)
            if there is not None:
                ref = f"refs/heads/{self._branch}"
                g.delete(self._tracked.git, REMOTE, ref, there)
        return Published(Landing.LANDED)


@contextmanager
def asking() -> Iterator[None]:
    """Raise ``RepositoryError`` for what the host of pull requests does not do."""
    try:
        yield
    except TrackerError as error:
        raise RepositoryError(error.message, hint=error.hint) from error
