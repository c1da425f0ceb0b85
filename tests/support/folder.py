"""Documents in memory, and each way that edited ones go back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pmsync.domain.errors import DocumentChangedError, PmsyncError
from pmsync.domain.repository import (
    Landing,
    Publication,
    Published,
    SourceDocument,
    UnreadDocument,
)


class Folder:
    """A work tree, a branch that is committed to, or one behind a pull request."""

    def __init__(self, documents: Mapping[str, str], mode: str = "none") -> None:
        """``mode`` is ``none``, ``commit`` or ``pull-request``."""
        self.files = {path: text.encode() for path, text in documents.items()}
        """What people see."""
        self.mode = mode
        self.left_alone: dict[str, str] = {}
        self.unreadable: dict[str, str] = {}
        self.address: str | None = None
        """Of the repository, where it has one."""
        self.refusal: PmsyncError | None = None
        """Raised when the branch is asked for."""
        self.before_publish: Callable[[], None] = lambda: None
        """What a person does just before edited documents are brought forward."""
        self.publications: list[Publication] = []
        self.proposal: dict[str, bytes] | None = None
        self.closed_unmerged = False
        self.refreshed = 0
        self._replaced: dict[str, bytes] = {}
        self._proposed_at: dict[str, bytes] = {}
        self._seen = dict(self.files)

    def begin(self) -> None:
        """Forget what an earlier process has seen."""
        self._replaced.clear()
        self._seen = dict(self.files)

    def text(self, path: str = "a.md") -> str:
        """Return what people see."""
        return self.files[path].decode()

    def write(self, text: str, path: str = "a.md") -> None:
        """Change a document as a person does."""
        self.files[path] = text.encode()

    def edit(self, before: str, after: str, path: str = "a.md") -> None:
        """Change a part of a document as a person does."""
        assert before in self.text(path)
        self.write(self.text(path).replace(before, after), path)

    def merge(self) -> None:
        """Merge the pull request."""
        assert self.proposal is not None
        self.files |= self.proposal
        self.proposal = None

    def close(self) -> None:
        """Close the pull request without merging it."""
        assert self.proposal is not None
        self.proposal, self.closed_unmerged = None, True

    @property
    def lands_at_once(self) -> bool:
        return self.mode != "pull-request"

    def refresh(self) -> None:
        self.refreshed += 1
        if self.refusal is not None:
            raise self.refusal
        self._replaced.clear()
        self._seen = dict(self.files)

    def documents(self) -> Sequence[SourceDocument | UnreadDocument]:
        found: list[SourceDocument | UnreadDocument] = []
        here = self.files if self.mode == "none" else self._seen
        for path, data in sorted(here.items()):
            if path in self.unreadable:
                found.append(UnreadDocument(path, self.unreadable[path]))
            else:
                found.append(SourceDocument(path, data, self.left_alone.get(path)))
        return found

    def replace(self, path: str, expected: bytes, data: bytes) -> None:
        here = self.files if self.mode == "none" else self._seen
        if here.get(path) != expected:
            raise DocumentChangedError(f"{path} was changed meanwhile")
        if self.mode == "none":
            self.files[path] = data
        else:
            self._replaced[path] = data

    def publish(self, publication: Publication) -> Published:
        self.before_publish()
        self.publications.append(publication)
        if self.mode == "none":
            return Published(Landing.LANDED)
        replaced, self._replaced = dict(self._replaced), {}
        if self._seen != self.files:
            return Published(Landing.MOVED)
        if self.mode == "commit":
            self.files |= replaced
            self._seen = dict(self.files)
            return Published(Landing.LANDED, "commit 1")
        self.proposal, self._proposed_at = replaced or None, dict(self.files)
        self.closed_unmerged = self.closed_unmerged and not replaced
        return Published(Landing.PROPOSED, "https://example.com/pull/1")

    def proposes(self, edited: Mapping[str, bytes]) -> bool:
        return self.proposal == edited and self._proposed_at == self.files

    def declined(self) -> bool:
        return self.closed_unmerged

    def tip(self) -> str | None:
        return None

    def permalink(self, path: str, line: int) -> str | None:
        return f"{self.address}/blob/0123abc/{path}#L{line}" if self.address else None
