"""Where documents are kept, and the way that edited ones go back.

Implementations stand in ``pmsync.repositories``, an entry point group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document as the repository holds it."""

    path: str
    """Relative to the root, with ``/``."""
    data: bytes
    left_alone: str | None = None
    """Why a run must not write this document, None when it may."""


@dataclass(frozen=True, slots=True)
class UnreadDocument:
    """A document that could not be read; ``why`` names it and the remedy."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class EditedRow:
    """One row that a run edited, as a commit or a pull request names it."""

    path: str
    line: int
    ticket: str
    """Key of its ticket."""
    values: Mapping[str, tuple[str | None, str | None]]
    """By field (``ticket`` for the link): what stood there, and what stands now."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What a run says about the documents that it brings forward."""

    run: str
    """Id of the run."""
    rows: tuple[EditedRow, ...]
    text: str
    """The plan, in Markdown; its texts are neutralised."""


class Landing(StrEnum):
    """How far edited documents have come."""

    LANDED = "landed"
    """What the next run reads."""
    PROPOSED = "proposed"
    """In a pull request or a work tree: not on the tracked branch yet."""
    MOVED = "moved"
    """The branch moved meanwhile: nothing was brought forward, plan again."""


class Published(NamedTuple):
    """What became of edited documents."""

    landing: Landing
    address: str | None = None
    """Of the commit or the pull request, for people."""


class ProposalState(StrEnum):
    """What became of a pull request."""

    OPEN = "open"
    MERGED = "merged"
    DECLINED = "declined"
    """Closed by a person without a merge."""
    WITHDRAWN = "withdrawn"
    """Closed by pmsync: nothing was left to propose."""


class Proposal(NamedTuple):
    """A pull request, or a merge request, of the branch that pmsync proposes from."""

    id: str
    """As its host names it (``12``)."""
    url: str
    state: ProposalState
    commit: str
    """The last commit that it showed."""


class Forge(Protocol):
    """Where pull requests of a repository are opened, for one identity.

    Every method raises ``TrackerError`` when the host cannot be asked or refuses.
    """

    def latest(self, branch: str) -> Proposal | None:
        """Return the last pull request that was opened from a branch."""

    def propose(self, branch: str, base: str, title: str, text: str) -> Proposal:
        """Open the pull request of a branch, or give the open one these words."""

    def withdraw(self, proposal: Proposal, why: str) -> None:
        """Close an open pull request of ours, and say why."""

    def comment(self, number: str, text: str) -> str:
        """Give a pull request our one comment, or that one these words; its address.

        ``text`` is Markdown; ``number`` is the pull request's, whoever opened it.
        """


class Repository(Protocol):
    """The documents, and the way that edited ones go back.

    A run with effects calls ``refresh``, ``documents``, ``replace`` for each edited
    document, then ``publish`` once.
    """

    @property
    def lands_at_once(self) -> bool:
        """True when what ``publish`` brings forward is what the next run reads.

        False when it must first reach the tracked branch.
        """

    def refresh(self) -> None:
        """Learn where the tracked branch is now; before the lease, and again under it.

        Raises ``SafetyStopError`` where a run with effects is not allowed: another
        branch, or one that is behind. ``RepositoryError`` when it cannot be told.
        """

    def documents(self) -> Sequence[SourceDocument | UnreadDocument]:
        """Read all configured documents, sorted by path."""

    def replace(self, path: str, expected: bytes, data: bytes) -> None:
        """Give one document new bytes if its bytes are still ``expected``.

        Raises ``DocumentChangedError`` or another ``DocumentError``.
        """

    def publish(self, publication: Publication) -> Published:
        """Bring the replaced documents forward, all of them or none.

        With nothing replaced, an open proposal is taken back. Raises
        ``RepositoryRefusedError`` when certainly none of them came forward, else
        ``RepositoryError``: they may have.
        """

    def proposes(self, edited: Mapping[str, bytes]) -> bool:
        """Tell whether an open proposal holds just these documents at today's tip.

        Always False where edits land at once.
        """

    def declined(self) -> bool:
        """Tell whether a person closed the last proposal without merging it."""

    def tip(self) -> str | None:
        """Return the commit whose documents are read, None where none counts."""

    def permalink(self, path: str, line: int) -> str | None:
        """Return a lasting address of a line, None when there is no remote."""
