"""Documents as one process has them, and the three ways that edited ones go back.

They do what the real ones do, over a remote in memory: a folder without a remote, a
commit on the tracked branch, and a branch with a pull request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pmsync.domain.errors import (
    DocumentChangedError,
    DocumentError,
    RepositoryError,
    RepositoryRefusedError,
    SafetyStopError,
)
from pmsync.domain.repository import (
    Landing,
    ProposalState,
    Publication,
    Published,
    SourceDocument,
    UnreadDocument,
)
from support.world.chance import Fault
from support.world.remote import Commit

if TYPE_CHECKING:
    from support.world.play import World
    from support.world.processes import Process

MAIN = "refs/heads/main"
OURS = "refs/heads/pmsync/update"


class _Repository:
    """What the three share."""

    lands_at_once = True

    def __init__(self, world: World, process: Process) -> None:
        self.world = world
        self.process = process

    def permalink(self, path: str, line: int) -> str | None:  # noqa: ARG002
        return None

    def declined(self) -> bool:
        return False

    def proposes(self, edited: Mapping[str, bytes]) -> bool:  # noqa: ARG002
        return False

    def read(
        self, files: Mapping[str, bytes]
    ) -> Sequence[SourceDocument | UnreadDocument]:
        """Return documents, of which some cannot be read just now."""
        found: list[SourceDocument | UnreadDocument] = []
        for path, data in sorted(files.items()):
            if self.world.chance.happens(Fault.UNREADABLE):
                self.world.tell(self.process, f"  {path} cannot be read")
                found.append(UnreadDocument(path, "it cannot be read"))
            else:
                found.append(SourceDocument(path, data))
        return found

    def enter(self, what: str) -> None:
        self.world.enter(self.process, what)

    def leave(self) -> None:
        self.world.leave(self.process)

    def refuse_writing(self, path: str) -> None:
        if self.world.chance.happens(Fault.UNWRITABLE):
            self.world.tell(self.process, f"  {path}: no space left")
            raise DocumentError(f"{path}: no space left on the device")


class Folder(_Repository):
    """A work tree without a remote: all runs of a machine share it."""

    def refresh(self) -> None:
        self.enter("folder.refresh")
        self.leave()

    def documents(self) -> Sequence[SourceDocument | UnreadDocument]:
        self.enter("folder.documents")
        found = self.read(self.world.files)
        self.leave()
        return found

    def replace(self, path: str, expected: bytes, data: bytes) -> None:
        self.world.judge.may_write(self.process, f"folder.replace {path}")
        self.enter(f"folder.replace {path}")
        self.refuse_writing(path)
        if self.world.files.get(path) != expected:
            self.world.tell(self.process, f"  {path} was changed meanwhile")
            raise DocumentChangedError(f"{path} was changed meanwhile")
        self.world.set_files({**self.world.files, path: data}, "pmsync")
        self.leave()

    def publish(self, publication: Publication) -> Published:  # noqa: ARG002
        return Published(Landing.LANDED)

    def tip(self) -> str | None:
        return None


class Branch(_Repository):
    """The tracked branch of the remote, from a clone that was made for this run."""

    def __init__(self, world: World, process: Process) -> None:
        super().__init__(world, process)
        self._head = self._ask()
        """What is checked out."""
        self._bare = world.chance.odds(0.3)
        self._tip = self._head
        self._edited: dict[str, bytes] = {}

    def refresh(self) -> None:
        self.enter("branch.refresh")
        if self.world.chance.happens(Fault.BRANCH_UNKNOWN):
            self.world.tell(self.process, "  the remote does not answer")
            raise RepositoryError("origin does not answer")
        self._tip = self._ask()
        behind = not self.world.remote.is_ancestor(self._tip.id, self._head.id)
        if behind and not self._bare:
            self.world.tell(self.process, "  HEAD is behind main")
            raise SafetyStopError("nothing was written: HEAD is behind main")
        self.leave()

    def documents(self) -> Sequence[SourceDocument | UnreadDocument]:
        self.enter("branch.documents")
        found = self.read(self._tip.tree)
        self.leave()
        return found

    def replace(self, path: str, expected: bytes, data: bytes) -> None:
        self.enter(f"branch.replace {path}")
        self.refuse_writing(path)
        if self._tip.tree.get(path) != expected:
            raise DocumentChangedError(f"{path}: it changed on main meanwhile")
        self._edited[path] = data
        self.leave()

    def publish(self, publication: Publication) -> Published:
        self.world.judge.may_write(self.process, "branch.publish")
        self.enter("branch.publish")
        edited, self._edited = self._edited, {}
        remote, tip = self.world.remote, self._tip
        new = remote.commit({**tip.tree, **edited}, tip.id, "pmsync", publication.run)
        if self.world.chance.happens(Fault.PUSH_REFUSED):
            self.world.tell(self.process, "  main is protected")
            raise RepositoryRefusedError("origin does not take the commit: protected")
        before = self.world.files
        if not remote.swap(MAIN, tip.id, new.id):
            self.world.tell(self.process, "  main moved")
            self._tip = self._ask()
            return Published(Landing.MOVED)
        self.world.saw(before, "pmsync")
        if self.world.chance.happens(Fault.PUSH_LOST):
            self.world.tell(self.process, "  nobody knows whether it was taken")
            raise RepositoryError("nobody knows whether the commit was taken")
        self._tip = new
        if self._head.id == tip.id:
            self._head = new
        self.leave()
        return Published(Landing.LANDED, new.id)

    def tip(self) -> str | None:
        return self._tip.id

    def _ask(self) -> Commit:
        commit = self.world.remote.at(MAIN)
        assert commit is not None
        return commit


class Proposing(Branch):
    """A branch of our own, and a pull request of it."""

    lands_at_once = False

    def publish(self, publication: Publication) -> Published:
        self.world.judge.may_write(self.process, "branch.publish")
        self.enter("branch.publish")
        edited, self._edited = self._edited, {}
        there = self.world.remote.at(OURS)
        if not edited:
            self._take_back(there)
            self.leave()
            return Published(Landing.LANDED)
        tree = {**self._tip.tree, **edited}
        stands = there is not None and self._stands(there, tree)
        if not (stands or self._push(tree, there, publication)):
            return Published(Landing.MOVED)
        self._silent()
        self.world.forge.propose()
        self.leave()
        return Published(Landing.PROPOSED, "https://github.com/team/docs/pull/1")

    def proposes(self, edited: Mapping[str, bytes]) -> bool:
        self.enter("branch.proposes")
        if not edited:
            return True
        there = self.world.remote.at(OURS)
        if there is None:
            return False
        self._silent()
        is_open = self.world.forge.state is ProposalState.OPEN
        return is_open and self._stands(there, {**self._tip.tree, **edited})

    def declined(self) -> bool:
        self.enter("forge.latest")
        self._silent()
        return self.world.forge.state is ProposalState.DECLINED

    def _silent(self) -> None:
        if self.world.chance.happens(Fault.FORGE_SILENT):
            self.world.tell(self.process, "  the host does not answer")
            raise RepositoryError("the host of pull requests does not answer")

    def _push(
        self, tree: Mapping[str, bytes], there: Commit | None, publication: Publication
    ) -> bool:
        self._refuse_foreign(there)
        if self.world.chance.happens(Fault.PUSH_REFUSED):
            self.world.tell(self.process, "  the branch is not taken")
            raise RepositoryRefusedError("origin does not take pmsync/update")
        remote = self.world.remote
        new = remote.commit(tree, self._tip.id, "pmsync", publication.run)
        pushed = remote.swap(OURS, there.id if there else None, new.id)
        if pushed and self.world.chance.happens(Fault.PUSH_LOST):
            self.world.tell(self.process, "  nobody knows whether it was taken")
            raise RepositoryError("nobody knows whether the branch was taken")
        return pushed

    def _stands(self, there: Commit, tree: Mapping[str, bytes]) -> bool:
        return there.tree == tree and there.parent == self._tip.id

    def _refuse_foreign(self, there: Commit | None) -> None:
        if there is not None and there.author != "pmsync":
            self.world.tell(self.process, "  somebody else's commit is on the branch")
            raise RepositoryRefusedError(
                "pmsync/update has a commit that is not pmsync's"
            )

    def _take_back(self, there: Commit | None) -> None:
        if self.world.forge.state is ProposalState.OPEN:
            self._silent()
            self.world.forge.state = ProposalState.WITHDRAWN
            if there is not None:
                self._refuse_foreign(there)
                self.world.remote.swap(OURS, there.id, None)


class Forge:
    """The host of pull requests: it has one at a time."""

    def __init__(self) -> None:
        self.state: ProposalState | None = None
        self.opened = 0

    def propose(self) -> None:
        """Open one, or leave the open one as it is."""
        if self.state is not ProposalState.OPEN:
            self.state = ProposalState.OPEN
            self.opened += 1
