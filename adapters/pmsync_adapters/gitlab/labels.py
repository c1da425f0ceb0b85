"""Labels that say what GitLab has no field for: statuses and priorities.

GitLab knows open and closed. The rest are scoped labels (``status::blocked``), which
it keeps exclusive where the licence has that; we add and remove each by name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from pmsync.domain.errors import UsageError
from pmsync.domain.model import Status
from pmsync.domain.settings import TrackerSettings

Words = Mapping[Status, str]
"""The label of a status; open and done need none."""

_WORDS: Words = {
    Status.IN_PROGRESS: "status::in progress",
    Status.BLOCKED: "status::blocked",
    Status.WONT_DO: "status::wont do",
}
_ACTIVE = (Status.BLOCKED, Status.IN_PROGRESS)
"""In this order: where several labels are set, the first counts."""
_PRIORITY = "priority::"
_LEVELS = "01234"


class Swap(NamedTuple):
    """Labels to add and to take away."""

    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()

    def and_also(self, other: Swap) -> Swap:
        """Return both."""
        return Swap(self.add | other.add, self.remove | other.remove)


def words_of(settings: TrackerSettings) -> Words:
    """Return the labels of statuses.

    Raises ``UsageError`` where one label would mean two things, and for a label with
    a comma: in GitLab's API it would be two labels.
    """
    words = {**_WORDS, **settings.statuses}
    split = sorted(
        label for label in {*words.values(), *settings.labels} if "," in label
    )
    if split:
        raise UsageError(
            f'tracker {settings.name}: the label "{split[0]}" has a comma, and GitLab '
            "would make two labels of it",
            hint="take a label without a comma",
        )
    for status, word in words.items():
        others = [other.value for other in words if other < status]
        same = [
            one for one in others if words[Status(one)].casefold() == word.casefold()
        ]
        if same:
            raise UsageError(
                f'tracker {settings.name}: the label "{word}" would mean both '
                f"{same[0]} and {status.value}",
                hint="give each status a label of its own",
            )
    return words


def speaking(labels: Collection[str], words: Words) -> frozenset[str]:
    """Return the labels that stand for a field; the others are just labels."""
    statuses = set(words.values())
    return frozenset(one for one in labels if one in statuses or _is_level(one))


def status_of(closed: bool, labels: Collection[str], words: Words) -> Status:
    """Return what a state and labels mean; of a closed ticket only won't do counts."""
    if closed:
        return Status.WONT_DO if words[Status.WONT_DO] in labels else Status.DONE
    return next((s for s in _ACTIVE if words[s] in labels), Status.OPEN)


def status_swap(status: Status, labels: Collection[str], words: Words) -> Swap:
    """Return how labels have to change for a status."""
    word = words.get(status)
    others = {w for s, w in words.items() if s is not status and w in labels}
    return Swap(frozenset({word} - set(labels) if word else ()), frozenset(others))


def priority_of(labels: Collection[str]) -> str | None:
    """Return the highest priority that labels say, 0 to 4."""
    levels = (label.removeprefix(_PRIORITY) for label in labels if _is_level(label))
    return min(levels, default=None)


def priority_swap(level: str | None, labels: Collection[str]) -> Swap:
    """Return how labels have to change for a priority."""
    word = None if level is None else f"{_PRIORITY}{level}"
    others = {label for label in labels if _is_level(label) and label != word}
    return Swap(frozenset({word} - set(labels) if word else ()), frozenset(others))


def _is_level(label: str) -> bool:
    level = label.removeprefix(_PRIORITY)
    return label != level and len(level) == 1 and level in _LEVELS
