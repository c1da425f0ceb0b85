"""The git host, or one folder: documents, the state, and the pull request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pmsync.domain.errors import (
    DocumentChangedError,
    RepositoryError,
    StateChangedError,
    StateUnavailableError,
)
from pmsync.domain.ports import (
    Landing,
    Publication,
    Published,
    SourceDocument,
    UnreadDocument,
)
from pmsync.domain.state import State
from pmsync.domain.state_json import from_json, to_json
from support.world.chance import Chance, KilledError

Files = dict[str, bytes]
MODES = ("none", "commit", "pull-request")


class Host:
    """What everybody shares."""

    def __init__(self, mode: str, files: Mapping[str, bytes]) -> None:
        self.mode = mode
        self.files: Files = dict(files)
        """The tracked branch, or the folder itself."""
        self.kept: list[bytes] = []
        """All states that were written, in order."""
        self.messages: list[str] = []
        self.proposal: Files | None = None
        self.proposed_upon: Files = {}
        self.is_declined = False
        self.published: list[tuple[Files, Files]] = []
        """Each change that the engine brought forward: before and after."""

    def merge(self) -> bool:
        """Merge the pull request as a person does, if nothing is in its way."""
        if self.proposal is None:
            return False
        changed = {
            path
            for path, data in self.proposal.items()
            if data != self.proposed_upon.get(path)
        }
        if any(self.files.get(p) != self.proposed_upon.get(p) for p in changed):
            return False  # A conflict: the host does not merge it.
        self.files |= {path: self.proposal[path] for path in changed}
        self.proposal = None
        return True

    def decline(self) -> bool:
        """Close the pull request as a person does."""
        if self.proposal is None:
            return False
        self.proposal, self.is_declined = None, True
        return True


class Worktree:
    """What one run sees of the documents."""

    def __init__(
        self, host: Host, chance: Chance, meanwhile: Callable[[str], None]
    ) -> None:
        """``meanwhile`` is called within every call: others act there."""
        self._host = host
        self._chance = chance
        self._meanwhile = meanwhile
        self._seen: Files = dict(host.files)
        self._replaced: Files = {}

    @property
    def lands_at_once(self) -> bool:
        return self._host.mode != "pull-request"

    def refresh(self) -> None:
        self._meanwhile("repository.refresh")
        if self._chance.fails("host unreachable", 0.01):
            raise RepositoryError("the host does not answer")
        self._seen, self._replaced = dict(self._host.files), {}

    def documents(self) -> Sequence[SourceDocument | UnreadDocument]:
        self._meanwhile("repository.documents")
        here = self._host.files if self._host.mode == "none" else self._seen
        return [SourceDocument(path, here[path]) for path in sorted(here)]

    def replace(self, path: str, expected: bytes, data: bytes) -> None:
        self._meanwhile("repository.replace")
        here = self._host.files if self._host.mode == "none" else self._seen
        if here.get(path) != expected:
            raise DocumentChangedError(f"{path} was changed meanwhile")
        if self._host.mode == "none":
            self._host.published.append(({path: expected}, {path: data}))
            self._host.files[path] = data
            self._chance.tell(f"  wrote {path}")
            self._die("killed after a document was written")
        else:
            self._replaced[path] = data

    def publish(self, publication: Publication) -> Published:  # noqa: ARG002
        self._meanwhile("repository.publish")
        host = self._host
        if host.mode == "none":
            return Published(Landing.LANDED)
        if self._chance.fails("push refused", 0.02):
            raise RepositoryError("the host does not take it")
        replaced, self._replaced = dict(self._replaced), {}
        if self._seen != host.files:
            self._chance.tell("  the branch has moved")
            return Published(Landing.MOVED)
        before = {path: self._seen[path] for path in replaced}
        host.published.append((before, replaced))
        if host.mode == "commit":
            host.files |= replaced
            self._seen = dict(host.files)
            self._chance.tell(f"  pushed {sorted(replaced)}")
            self._die("killed after a push")
            return Published(Landing.LANDED, "commit")
        host.proposal = {**host.files, **replaced} if replaced else None
        host.proposed_upon = dict(host.files)
        host.is_declined = host.is_declined and not replaced
        self._chance.tell(f"  proposed {sorted(replaced)}")
        self._die("killed after a push")
        return Published(Landing.PROPOSED, "pull request")

    def proposes(self, edited: Mapping[str, bytes]) -> bool:
        host = self._host
        if host.proposal is None or host.proposed_upon != host.files:
            return False
        return host.proposal == {**host.files, **edited}

    def declined(self) -> bool:
        return self._host.is_declined

    def tip(self) -> str | None:
        return None

    def permalink(self, path: str, line: int) -> str | None:  # noqa: ARG002
        return None

    def _die(self, kind: str) -> None:
        if self._chance.fails(kind, 0.05):
            raise KilledError


class SharedState:
    """The state as one run sees it: a ref that is swapped at the host."""

    def __init__(
        self, host: Host, chance: Chance, meanwhile: Callable[[str], None]
    ) -> None:
        self._host = host
        self._chance = chance
        self._meanwhile = meanwhile

    def read(self) -> tuple[State | None, str]:
        self._meanwhile("state.read")
        if self._chance.fails("state unreadable", 0.01):
            raise StateUnavailableError("the host does not answer")
        kept = self._host.kept
        return (from_json(kept[-1], "state") if kept else None), str(len(kept))

    def compare_and_swap(self, version: str, state: State, message: str) -> str:
        self._meanwhile("state.swap")
        if self._chance.fails("state not written", 0.01):
            raise StateUnavailableError("the host does not answer")
        kept = self._host.kept
        if version != str(len(kept)):
            self._chance.tell("  lost a swap")
            raise StateChangedError("another run was faster")
        kept.append(to_json(state))
        self._host.messages.append(message)
        if self._chance.fails("killed after a swap", 0.02):
            raise KilledError
        if self._chance.fails("swap without an answer", 0.01):
            raise StateUnavailableError("the connection was lost")
        return str(len(kept))
