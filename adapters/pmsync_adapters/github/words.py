"""What labels stand for: GitHub's own states are only open and closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from pmsync.domain.model import Field, Status
from pmsync.domain.settings import TrackerSettings

USUAL = {Status.IN_PROGRESS: "status: in progress", Status.BLOCKED: "status: blocked"}
TITLE_LIMIT = 256
LABEL_LIMIT = 50
"""Characters of a label's name (docs: REST API endpoints for labels)."""
_NOT_DONE = frozenset({"not_planned", "duplicate"})
_PRECEDENCE = (Status.BLOCKED, Status.IN_PROGRESS, Status.OPEN)
"""Which label of an open issue counts when it bears several."""


@dataclass(frozen=True, slots=True)
class Words:
    """The labels of statuses and priorities; GitHub ignores their case."""

    statuses: Mapping[Status, str]
    priorities: Mapping[str, str] = field(default_factory=dict)
    """By level, ``0`` (highest) to ``4``."""

    @classmethod
    def of(cls, settings: TrackerSettings) -> Self:
        """Return the configured words over the usual ones."""
        return cls({**USUAL, **settings.statuses}, settings.priorities)

    @property
    def labels(self) -> Collection[str]:
        """All labels that stand for something."""
        return [*self.statuses.values(), *self.priorities.values()]

    def plain(self, labels: Iterable[str]) -> frozenset[str]:
        """Return the labels that stand for nothing here."""
        meaning = {label.casefold() for label in self.labels}
        return frozenset(label for label in labels if label.casefold() not in meaning)

    def status(self, state: str, reason: str | None, labels: Iterable[str]) -> Status:
        """Return what an issue's state, its reason and its labels say."""
        borne = {label.casefold() for label in labels}

        def says(status: Status) -> bool:
            return self.statuses.get(status, "").casefold() in borne

        if state == "closed":
            not_done = reason in _NOT_DONE or says(Status.WONT_DO)
            return Status.WONT_DO if not_done else Status.DONE
        return next((one for one in _PRECEDENCE if says(one)), Status.OPEN)

    def priority(self, labels: Iterable[str]) -> str | None:
        """Return the highest level that a label stands for, None without one."""
        borne = {label.casefold() for label in labels}
        levels = sorted(self.priorities)
        return next((n for n in levels if self.priorities[n].casefold() in borne), None)

    def labels_of(self, fields: Mapping[Field, str | None]) -> Sequence[str]:
        """Return the labels that values are written as; some need none."""
        found = [self._label(each, value) for each, value in fields.items()]
        return [label for label in found if label is not None]

    def others(
        self, fields: Mapping[Field, str | None], borne: Iterable[str]
    ) -> Sequence[str]:
        """Return the borne labels that stand for other values of these fields."""
        stale: set[str] = set()
        for each, value in fields.items():
            meaning = {word.casefold() for word in self._words(each).values()}
            stale |= meaning - {(self._label(each, value) or "").casefold()}
        return [label for label in borne if label.casefold() in stale]

    def _label(self, field: Field, value: str | None) -> str | None:
        match field:
            case Field.STATUS:
                return self.statuses.get(Status(value or Status.OPEN))
            case Field.PRIORITY:
                return self.priorities.get(value or "")
            case _:
                return None

    def _words(self, field: Field) -> Mapping[Status, str] | Mapping[str, str]:
        match field:
            case Field.STATUS:
                return self.statuses
            case Field.PRIORITY:
                return self.priorities
            case _:
                return {}


def is_github_com(url: str) -> bool:
    """Tell github.com, also with data residency, from a server of one's own."""
    host = (urlsplit(url).hostname or "").casefold()
    return host == "api.github.com" or host.endswith(".ghe.com")
