"""The brakes: a plan that looks like an accident is refused, with its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from pmsync.domain.changes import (
    Change,
    CloseDuplicate,
    CreateTicket,
    LostTicket,
    Plan,
    UpdateRow,
    UpdateTicket,
)
from pmsync.domain.errors import SafetyStopError
from pmsync.domain.model import Column
from pmsync.domain.ports import Absence
from pmsync.domain.state import Loss
from pmsync.domain.view import View

FEWEST_LOST = 2
"""From how many tickets on it is suspicious that none of them is shown."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """Guards that a person has overridden for one plan, by its digest."""

    mass_change: str | None = None
    empty_list: str | None = None
    config_change: str | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """One reason to refuse, and the flag that overrides it."""

    message: str
    flag: str


def digest(plan: Plan) -> str:
    """Return a short name of what a plan does, the same for the same effects.

    New keys are random and no part of it.
    """
    named = [
        (
            type(change).__name__,
            change.path,
            change.line,
            change.tracker,
            sorted(change.fields.items()),
        )
        for change in plan.changes
    ]
    return sha256(repr(named).encode()).hexdigest()[:12]


def check(plan: Plan, view: View, config: str, overrides: Overrides) -> None:
    """Raise ``SafetyStopError`` when a guard refuses the plan."""
    stops = tuple(_stops(plan, view, config, overrides))
    if stops:
        raise SafetyStopError(
            "nothing was written: " + "; ".join(stop.message for stop in stops),
            hint="if this is what you want, add " + " ".join(s.flag for s in stops),
        )


def _stops(plan: Plan, view: View, config: str, overrides: Overrides) -> Iterator[Stop]:
    name = digest(plan)
    yield from _creates(plan, view)
    if overrides.mass_change != name:
        yield from _mass_change(plan, view, name)
    if overrides.empty_list != name:
        yield from _empty_list(plan, view, name)
    if overrides.config_change != name:
        yield from _config_change(plan, view, config, name)


def _creates(plan: Plan, view: View) -> Iterator[Stop]:
    creates = sum(isinstance(change, CreateTicket) for change in plan.changes)
    limit = view.policy.guards.max_creates
    if creates > limit:
        message = f"{creates} tickets would be opened, more than max_creates = {limit}"
        yield Stop(message, f"--max-creates {creates}")


def _mass_change(plan: Plan, view: View, name: str) -> Iterator[Stop]:
    guards = view.policy.guards
    rows = {change.key for change in plan.changes if _changes_linked(change, view)}
    linked = sum(not item.vanished for _, item in view.items.values())
    percent = 100 * len(rows) / linked if linked else 0
    if len(rows) > guards.max_changes and percent > guards.max_changes_percent:
        message = (
            f"{len(rows)} of {linked} linked rows would change ({percent:.0f} %), more "
            f"than max_changes = {guards.max_changes} and max_changes_percent = "
            f"{guards.max_changes_percent}"
        )
        yield Stop(message, f"--allow-mass-change {name}")


def _changes_linked(change: Change, view: View) -> bool:
    """Tell whether a change edits a row that was linked before, or its ticket."""
    match change:
        case UpdateRow():
            only_link = set(change.values) <= {Column.TICKET}
            return change.key in view.items and not only_link
        case UpdateTicket() | CloseDuplicate():
            return change.key in view.items
        case _:
            return False


def _empty_list(plan: Plan, view: View, name: str) -> Iterator[Stop]:
    for tracker in sorted(view.trackers):
        linked = [
            item
            for _, item in view.items.values()
            if item.ref is not None
            and item.ref.tracker == tracker
            and item.loss is not Loss.CONFIRMED
            and not item.vanished
        ]
        keys = {item.key for item in linked}
        losses = [c for c in plan.changes if isinstance(c, LostTicket)]
        lost = {change.key for change in losses} & keys
        # A permission that was lost looks like this; what is deleted says so.
        hidden = lost & {c.key for c in losses if c.absence is Absence.INVISIBLE}
        many = 100 * len(hidden) > view.policy.guards.max_changes_percent * len(keys)
        flag = f"--allow-empty-list {name}"
        if len(keys) >= FEWEST_LOST and lost == keys:
            yield Stop(f"{tracker} shows none of its {len(keys)} linked tickets", flag)
        elif len(hidden) >= FEWEST_LOST and many:
            message = f"{tracker} hides {len(hidden)} of its {len(keys)} linked tickets"
            yield Stop(f"{message}; its token may have lost a permission", flag)


def _config_change(plan: Plan, view: View, config: str, name: str) -> Iterator[Stop]:
    if view.state.config in (None, config):
        return
    effects = sum(
        isinstance(change, CreateTicket) or _changes_linked(change, view)
        for change in plan.changes
    )
    if effects:
        changes = "change" if effects == 1 else "changes"
        message = f"the configuration has changed, and {effects} {changes} would follow"
        yield Stop(message, f"--allow-config-change {name}")
