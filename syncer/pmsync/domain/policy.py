"""What the configuration decides: routing, authority, what is filed, the guards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase

from pmsync.domain.merge import Authority
from pmsync.domain.model import Column, Field
from pmsync.domain.rows import Page, Row


class Parent(StrEnum):
    """What becomes of the document's own ticket."""

    LINK = "link"
    """Item tickets become its children when the document names one."""
    CREATE = "create"
    """The same, and it is opened when the document names none."""
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Route:
    """Sends the rows that match all its patterns to one tracker.

    Patterns are those of a shell, without regard to case; None matches everything.
    """

    tracker: str
    owner: str | None = None
    section: str | None = None
    severity: str | None = None
    path: str | None = None

    def matches(self, page: Page, row: Row) -> bool:
        """Tell whether every pattern fits."""
        wanted = (
            (self.owner, row.raw.get(Column.OWNER)),
            (self.section, row.section),
            (self.severity, page.severity),
            (self.path, page.path),
        )
        return all(
            pattern is None or fnmatchcase((value or "").casefold(), pattern.casefold())
            for pattern, value in wanted
        )


@dataclass(frozen=True, slots=True)
class Guards:
    """The limits beyond which a plan is refused."""

    max_creates: int = 50
    max_changes: int = 20
    max_changes_percent: int = 25


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that the plan takes from the configuration."""

    default_tracker: str
    routes: tuple[Route, ...] = ()
    authority: Mapping[Field, Authority] = field(default_factory=dict)
    since: Mapping[str, date | None] = field(default_factory=dict)
    """By tracker: documents older than this are not filed, None files all."""
    labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    due_from_horizon: bool = True
    ticket_in_title: bool = False
    """True when links go to the end of the title instead of a column."""
    add_status_column: bool = False
    parent: Parent = Parent.LINK
    grace: timedelta = timedelta(minutes=15)
    guards: Guards = field(default_factory=Guards)

    def route(self, page: Page, row: Row) -> str:
        """Return the tracker in which a row is filed; the first match wins."""
        for route in self.routes:
            if route.matches(page, row):
                return route.tracker
        return self.default_tracker

    def authority_of(self, field: Field) -> Authority:
        """Return who has the say over a field."""
        return self.authority.get(field, Authority.MERGE)
