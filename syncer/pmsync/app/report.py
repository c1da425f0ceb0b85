"""What a run found, planned and did; entry points print it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pmsync.app.basis import Basis
from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import Plan, Result
from pmsync.domain.errors import PmsyncError, SafetyStopError
from pmsync.domain.model import PostMortem
from pmsync.domain.repository import UnreadDocument


@dataclass(frozen=True, slots=True)
class DocumentDiff:
    """One document before and after its edits."""

    path: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one change."""

    result: Result
    why: str | None = None
    """For people, when it was not done."""
    ticket: str | None = None
    """Key of the ticket that a create opened."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one pass."""

    plan: Plan
    digest: str
    """Names the plan, for the flags that override a guard."""
    diffs: tuple[DocumentDiff, ...] = ()
    """Documents as they would be, or were, edited."""
    done: Mapping[int, Done] = field(default_factory=dict)
    """By index into ``plan.changes``; empty when nothing was to be done."""
    unread: tuple[UnreadDocument, ...] = ()
    """Documents that were left out, with the reason."""
    failures: tuple[PmsyncError, ...] = ()
    """What else went wrong: a tracker, a document, the state."""
    documents: tuple[PostMortem, ...] = ()
    dry_run: bool = False
    address: str | None = None
    """Of the commit or the pull request that edited documents went to."""
    by_hand: bool = False
    """True when they wait in the work tree until a person commits and pushes them."""
    stop: SafetyStopError | None = None
    """Why a real run of this plan would be refused."""
    basis: Basis | None = None
    """What a plan that is only shown was made from."""
    exit_code: ExitCode = ExitCode.DONE
