"""The shipped engine over documents, a state and trackers in memory.

People edit ``documents`` and the tickets between two runs; a test then looks at what
a run did, and at what it did not do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from pmsync.app.report import Report
from pmsync.app.run import run_once
from pmsync.app.settings import Ports, Settings, Silent
from pmsync.domain.changes import Change, CreateTicket
from pmsync.domain.errors import DocumentChangedError, StateChangedError
from pmsync.domain.model import Status, Ticket, TicketRef
from pmsync.domain.policy import Policy
from pmsync.domain.ports import Capabilities, Tracker
from pmsync.domain.repository import (
    Landing,
    Publication,
    Published,
    SourceDocument,
    UnreadDocument,
)
from pmsync.domain.state import State
from pmsync.domain.tracker_sites import TrackerSite
from pmsync_adapters.memory import MemoryProject, MemoryTracker
from pmsync_adapters.memory.project import EPOCH, HOLDS_ALL

NAME = "memory"


class WebProject(MemoryProject):
    """A project whose tickets have addresses that a document can link to."""

    @staticmethod
    def _ref(project: str, number: str) -> TicketRef:
        url = f"https://github.com/{project}/issues/{number}"
        return TicketRef("", f"{project}#{number}", url)


class Documents:
    """Documents of a repository without a remote."""

    def __init__(self) -> None:
        self.lands_at_once = True
        """False when edits wait in a pull request that nobody merges yet."""
        self.files: dict[str, str] = {}
        self.closed_unmerged = False
        """True when a person closed the pull request."""
        self.unreadable: set[str] = set()
        self.commit: str | None = None
        """Of the tracked branch, where there is one."""
        self.writes = 0

    def refresh(self) -> None:
        """Do nothing."""

    def documents(self) -> Sequence[SourceDocument | UnreadDocument]:
        return [
            UnreadDocument(path, "it cannot be read")
            if path in self.unreadable
            else SourceDocument(path, self.files[path].encode())
            for path in sorted(self.files)
        ]

    def replace(self, path: str, expected: bytes, data: bytes) -> None:
        if self.files.get(path, "").encode() != expected:
            raise DocumentChangedError(f"{path}: it was changed meanwhile")
        if self.lands_at_once:
            self.files[path] = data.decode()
        self.writes += 1

    def publish(self, publication: Publication) -> Published:  # noqa: ARG002
        at_once = self.lands_at_once
        return Published(Landing.LANDED if at_once else Landing.PROPOSED)

    def proposes(self, edited: Mapping[str, bytes]) -> bool:  # noqa: ARG002
        return False

    def declined(self) -> bool:
        return self.closed_unmerged

    def tip(self) -> str | None:
        return self.commit

    def permalink(self, path: str, line: int) -> str | None:
        if self.commit is None:
            return None
        return f"https://github.com/org/repo/blob/{self.commit}/{path}#L{line}"


class MemoryState:
    """A state store that counts its writes."""

    def __init__(self) -> None:
        self.state: State | None = None
        self.writes = 0

    def read(self) -> tuple[State | None, str]:
        return self.state, str(self.writes)

    def compare_and_swap(self, version: str, state: State, message: str) -> str:  # noqa: ARG002
        if version != str(self.writes):
            raise StateChangedError("somebody else was faster")
        self.state = state
        self.writes += 1
        return str(self.writes)


class StillClock:
    """Time that only passes when somebody waits, or says so."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.passed = timedelta()

    def now(self) -> datetime:
        return self._now() + self.passed

    def monotonic(self) -> float:
        return self.passed.total_seconds()

    def sleep(self, seconds: float) -> None:
        self.passed += timedelta(seconds=seconds)


class Numbered:
    """Tokens that are all different and the same in every test."""

    def __init__(self) -> None:
        self._next = count(1)

    def token(self, bits: int) -> str:
        return f"{next(self._next):0{bits // 4}x}"


class OneMachine:
    """A machine on which nobody else runs."""

    host = "here"
    pid = 1

    def alive(self, pid: int) -> bool:  # noqa: ARG002
        return False


@dataclass
class Engine:
    """One repository with its tracker, and what people do to both."""

    capabilities: Capabilities = HOLDS_ALL
    policy: Policy = field(default_factory=lambda: Policy(NAME))
    documents: Documents = field(default_factory=Documents)
    state: MemoryState = field(default_factory=MemoryState)

    def __post_init__(self) -> None:
        self.project = WebProject(
            "org/repo", capabilities=self.capabilities, clock=self._now
        )
        # Each write takes a second; both clocks are the same.
        journal = self.project.journal
        self.clock = StillClock(lambda: EPOCH + timedelta(seconds=len(journal)))
        self._randomness = Numbered()
        self.tracker: Tracker = MemoryTracker(self.project, name=NAME)
        self.settings = Settings(
            policy=self.policy,
            # Its tickets are cited as those of GitHub: #12, org/repo#12.
            sites=(TrackerSite(NAME, "github", "https://api.github.com", "org/repo"),),
            types={NAME: "memory"},
            digest="c",
        )

    def _now(self) -> datetime:
        return self.clock.now()

    def ports(self) -> Ports:
        return Ports(
            repository=self.documents,
            state=self.state,
            trackers={NAME: self.tracker},
            clock=self.clock,
            randomness=self._randomness,
            machine=OneMachine(),
        )

    def run(self, *, dry_run: bool = False, **settings: object) -> Report:
        """Make one pass."""
        return run_once(
            self.ports(),
            replace(self.settings, **settings),
            dry_run=dry_run,
            progress=Silent(),
        )

    def write(self, path: str, *rows: str, head: str = "") -> None:
        """Write a document with one action table; a row is ``title|owner|status|link``."""
        self.documents.files[path] = document(*rows, head=head)

    def read(self, path: str) -> list[tuple[str, ...]]:
        """Return the cells of a document's rows."""
        lines = self.documents.files[path].splitlines()
        cells = [tuple(c.strip() for c in line.strip("|").split("|")) for line in lines]
        return [row for line, row in zip(lines, cells, strict=True) if line[:1] == "|"][
            2:
        ]

    def edit(self, path: str, before: str, after: str) -> None:
        """Edit a document as a person does."""
        text = self.documents.files[path]
        assert before in text
        self.documents.files[path] = text.replace(before, after)

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        return self.project.since(0)

    def ticket(self, title: str) -> Ticket:
        """Return the ticket with a title; there is exactly one."""
        (found,) = [t for t in self.tickets if t.fields.get("title") == title]  # type: ignore[call-overload]
        return found

    @property
    def open_tickets(self) -> int:
        return sum(
            not Status(t.fields["status"] or "open").terminal  # type: ignore[index]
            for t in self.tickets
        )

    def assert_at_rest(self) -> None:
        """Assert that two more runs write nothing at all."""
        for _ in range(2):
            before = (
                len(self.project.journal),
                self.state.writes,
                dict(self.documents.files),
            )
            report = self.run()
            after = (
                len(self.project.journal),
                self.state.writes,
                self.documents.files,
            )
            assert before == after, report.plan.changes


def document(*rows: str, head: str = "") -> str:
    """Return a post-mortem with one action table."""
    lines = [f"| {' | '.join(row.split('|'))} |" for row in rows]
    return "\n".join(
        [
            "# Outage",
            "",
            *([head, ""] if head else []),
            "## Action Items",
            "",
            "| Action | Owner | Status | Ticket |",
            "|---|---|---|---|",
            *lines,
            "",
        ]
    )


def creates(report: Report) -> list[CreateTicket]:
    """Return the tickets that a report opens."""
    return [c for c in report.plan.changes if isinstance(c, CreateTicket)]


def kinds(report: Report) -> list[type[Change]]:
    """Return the changes of a report by kind."""
    return [type(change) for change in report.plan.changes]


def rows_of(engine: Engine, path: str = "a.md") -> list[str]:
    """The rows of a document as they are written."""
    lines = engine.documents.files[path].splitlines()
    return [line for line in lines if line.startswith("|")][2:]
