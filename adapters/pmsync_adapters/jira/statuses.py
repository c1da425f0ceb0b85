"""Statuses of Jira: a name, a category, and a resolution; and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pmsync.domain.model import Status

NEW, INDETERMINATE, DONE = "new", "indeterminate", "done"
"""Keys of the status categories (spec: StatusCategory)."""

WONT = (
    "won't do", "wont do", "won't fix", "wontfix", "declined", "rejected", "cancelled",
    "canceled", "not planned", "duplicate", "cannot reproduce", "can't reproduce",
    "not a bug", "invalid", "obsolete", "abandoned", "withdrawn", "incomplete",
)  # fmt: skip
"""Names of resolutions and statuses that mean that it will not be done, the best first
(docs: "Best practices for workflows", and Jira's own resolutions)."""
FINISHED = ("done", "fixed", "resolved", "completed", "complete")
DUPLICATE = "duplicate"


class Shown(NamedTuple):
    """The status of a ticket as Jira shows it."""

    name: str
    category: str
    resolution: str | None = None


class StatusNames:
    """The workflow's own names for our statuses, where configuration gives them."""

    def __init__(self, configured: Mapping[Status, str]) -> None:
        self._names = {status: folded(name) for status, name in configured.items()}

    @property
    def held(self) -> frozenset[Status]:
        """Which statuses can be told apart; *blocked* has no usual name."""
        usual = {Status.OPEN, Status.IN_PROGRESS, Status.DONE, Status.WONT_DO}
        return frozenset(usual | self._names.keys()) - {Status.UNKNOWN}

    def meaning(self, shown: Shown) -> Status:
        """Return what a status means; a resolution only counts where it is closed."""
        closed = shown.category == DONE
        if closed and shown.resolution and self.declines(shown.resolution):
            return Status.WONT_DO
        name = folded(shown.name)
        for status, configured in self._names.items():
            if name == configured:
                return status
        match shown.category:
            case "done":
                return Status.WONT_DO if name in WONT else Status.DONE
            case "indeterminate":
                return Status.IN_PROGRESS
            case _:
                return Status.OPEN

    def declines(self, resolution: str) -> bool:
        """Tell whether a resolution means that it will not be done."""
        name = folded(resolution)
        return name == self._names.get(Status.WONT_DO) or name in WONT

    def named(self, status: Status) -> str | None:
        """Return the configured name, folded."""
        return self._names.get(status)

    def resolution(
        self, status: Status, allowed: list[str], *, duplicate: bool
    ) -> str | None:
        """Choose the resolution for a closed status, None when none of them fits."""
        configured = self._names.get(status)
        if status is Status.WONT_DO:
            best = ((DUPLICATE,) if duplicate else ()) + WONT
        else:
            best = FINISHED
        by_name = {folded(name): name for name in allowed}
        for name in (configured, *best):
            if name in by_name:
                return by_name[name]
        if status is Status.WONT_DO:
            return None
        return next((name for name in allowed if not self.declines(name)), None)


def folded(name: str) -> str:
    """Return the form in which two spellings of a name are equal."""
    return " ".join(name.replace("\u2019", "'").split()).casefold()
