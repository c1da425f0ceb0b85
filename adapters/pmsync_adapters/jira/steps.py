"""Transitions as Jira shows them: where each leads, and what its screen wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pmsync_adapters.jira.metadata import names_of, shaped
from pmsync_adapters.jira.statuses import DONE

RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Step:
    """One transition that can be made, with what its screen requires."""

    id: str
    to: str
    """Name of the status."""
    category: str
    fields: Mapping[str, Any]
    """The screen's fields, by id."""
    given: Mapping[str, Any]
    """Values for those that are required."""
    lacks: tuple[str, ...]
    """Required fields for which there is no value."""

    @property
    def passable(self) -> bool:
        """False where people would be told on the way that the ticket was finished."""
        return self.category != DONE


def step_of(
    told: Mapping[str, Any],
    issue: Mapping[str, Any],
    configured: Mapping[str, object],
    *,
    cloud: bool,
) -> Step:
    """Read a transition that a ticket can make.

    ``configured`` are values by field. Raises what ``reading`` explains.
    """
    fields = told.get("fields") or {}
    given: dict[str, Any] = {}
    lacks: list[str] = []
    for field, about in fields.items():
        if field == RESOLUTION and about.get("allowedValues"):
            # Chosen with the goal; on the way to another status, any will do.
            if about.get("required"):
                given[field] = {"name": names_of(about["allowedValues"])[0]}
        elif field in configured:
            given[field] = shaped(configured[field], about, cloud=cloud)
        elif about.get("required") and not about.get("hasDefaultValue"):
            kept = _kept(field, about, issue)
            if kept is None:
                lacks.append(f"{about.get('name', field)} ({field})")
            else:
                given[field] = kept
    to = told["to"]
    return Step(
        str(told["id"]),
        to["name"],
        to["statusCategory"]["key"],
        fields,
        given,
        tuple(lacks),
    )


def _kept(
    field: str, about: Mapping[str, Any], issue: Mapping[str, Any]
) -> object | None:
    """Return what a ticket has already, or the only value that there is."""
    has: object = issue["fields"].get(field)
    if isinstance(has, Mapping):
        for name in ("accountId", "name", "id", "value"):
            if has.get(name):
                return {name: has[name]}
    if has:
        return has
    allowed = about.get("allowedValues") or []
    return {"id": allowed[0]["id"]} if len(allowed) == 1 else None
