"""Bring a ticket to a status, step by step, through whatever workflow it has.

Jira tells only which steps lead on from where a ticket stands, and other tickets of the
same type may stand elsewhere in the same workflow: what was seen is remembered, so that
the shortest known way is taken.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pmsync.domain.model import Status
from pmsync.domain.ports import Refused, Unknown
from pmsync_adapters.jira.client import Client, reading
from pmsync_adapters.jira.metadata import names_of
from pmsync_adapters.jira.statuses import (
    DONE,
    INDETERMINATE,
    Shown,
    StatusNames,
    folded,
)
from pmsync_adapters.jira.steps import RESOLUTION, Step, step_of

MOST_STEPS = 5
"""Steps to one status; each is seen by people, and sends them a message."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a ticket is to go."""

    statuses: tuple[Status, ...]
    """What is wanted, the best first; the others will do."""
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Walked:
    """How far a ticket came."""

    failure: Refused | Unknown | None
    moved: bool


class Workflow:
    """The steps of one project's workflows, as far as they were seen."""

    def __init__(
        self, client: Client, names: StatusNames, configured: Mapping[str, object]
    ) -> None:
        self._client = client
        self._names = names
        self._configured = configured
        self._seen: dict[tuple[str, str], tuple[Step, ...]] = {}
        """By issue type and name of the status that the steps lead away from."""

    def steps(self, issue: Mapping[str, Any], status: str) -> tuple[Step, ...]:
        """Ask which steps a ticket can make. Raises ``TrackerError``."""
        answer = self._client.get(
            f"issue/{issue['id']}/transitions", {"expand": "transitions.fields"}
        )
        with reading(self._client.name):
            steps = tuple(
                step_of(one, issue, self._configured, cloud=self._client.cloud)
                for one in answer["transitions"]
            )
        self._seen[_type(issue), status] = steps
        return steps

    def first(
        self, issue: Mapping[str, Any], status: str, goal: Goal
    ) -> Step | Refused:
        """Return the first step, or why there is none. Raises ``TrackerError``."""
        return self._next(issue, status, goal, self.steps(issue, status), {status})

    def walk(
        self, issue: Mapping[str, Any], status: str, goal: Goal, step: Step
    ) -> Walked:
        """Go, from ``step`` on. Raises ``TrackerError`` when a look ahead fails."""
        visited = {status}
        for number in range(MOST_STEPS):
            final = self._final(step, goal)
            outcome = self._make(issue, step, final)
            if outcome is not None:
                return Walked(outcome, moved=number > 0)
            if final is not None:
                return Walked(None, moved=True)
            visited.add(step.to)
            following = self._next(
                issue, step.to, goal, self.steps(issue, step.to), visited
            )
            if isinstance(following, Refused):
                return Walked(following, moved=True)
            step = following
        why = f"{' or '.join(goal.statuses)} was not reached in {MOST_STEPS} steps"
        return Walked(Refused(why), moved=True)

    def _make(
        self, issue: Mapping[str, Any], step: Step, final: Mapping[str, Any] | None
    ) -> Refused | Unknown | None:
        fields = {**step.given, **(final or {})}
        body: dict[str, Any] = {"transition": {"id": step.id}}
        if fields:
            body["fields"] = fields
        outcome = self._client.post(f"issue/{issue['id']}/transitions", body)
        return outcome if isinstance(outcome, Refused | Unknown) else None

    def _next(
        self,
        issue: Mapping[str, Any],
        status: str,
        goal: Goal,
        steps: Sequence[Step],
        visited: set[str],
    ) -> Step | Refused:
        """Choose a step: to the goal, else on a known way, else to a new place."""
        usable = [step for step in steps if not step.lacks]
        for wanted in goal.statuses:
            only = Goal((wanted,), goal.duplicate)
            direct = [step for step in usable if self._final(step, only) is not None]
            if direct:
                return min(direct, key=lambda step: self._rank(step, wanted))
        on = [step for step in usable if step.to not in visited and step.passable]
        known = self._known_way(_type(issue), on, goal, visited)
        if known is not None:
            return known
        unseen = [step for step in on if (_type(issue), step.to) not in self._seen]
        if unseen:
            return min(unseen, key=lambda s: (s.category != INDETERMINATE, s.to, s.id))
        return _dead_end(status, goal, steps)

    def _known_way(
        self, type_: str, starts: Sequence[Step], goal: Goal, visited: set[str]
    ) -> Step | None:
        """Return the first step of the shortest way that was seen before."""
        queue = deque((start, start) for start in starts)
        met = visited | {start.to for start in starts}
        while queue:
            first, last = queue.popleft()
            for step in self._seen.get((type_, last.to), ()):
                if step.lacks:
                    continue
                if self._final(step, goal) is not None:
                    return first
                if step.to not in met and step.passable:
                    met.add(step.to)
                    queue.append((first, step))
        return None

    def _final(self, step: Step, goal: Goal) -> Mapping[str, Any] | None:
        """Return what to send if a step ends at the goal, None if it does not."""
        return next(
            (
                fields
                for wanted in goal.statuses
                if (fields := self._ends(step, wanted, goal.duplicate)) is not None
            ),
            None,
        )

    def _ends(
        self, step: Step, wanted: Status, duplicate: bool
    ) -> Mapping[str, Any] | None:
        named = self._names.named(wanted)
        meaning = self._names.meaning(Shown(step.to, step.category))
        if not wanted.terminal:
            return {} if meaning is wanted else None
        if step.category != DONE:
            # A workflow may call a status done that Jira counts as something else.
            return {} if named and meaning is wanted else None
        told = step.fields.get(RESOLUTION)
        allowed = names_of(told.get("allowedValues")) if told else []
        chosen = self._names.resolution(wanted, allowed, duplicate=duplicate)
        if chosen is None and told and told.get("required"):
            return None
        if chosen is not None and (meaning is wanted or wanted is Status.WONT_DO):
            return {RESOLUTION: {"name": chosen}}
        return {} if meaning is wanted else None

    def _rank(self, step: Step, wanted: Status) -> tuple[bool, bool, str]:
        meaning = self._names.meaning(Shown(step.to, step.category))
        other = folded(step.to) != self._names.named(wanted)
        return (other, meaning is not wanted, step.id)


def _type(issue: Mapping[str, Any]) -> str:
    return str(issue["fields"]["issuetype"]["id"])


def _dead_end(status: str, goal: Goal, steps: Sequence[Step]) -> Refused:
    wanted = goal.statuses[0]
    reachable = ", ".join(f'"{step.to}"' for step in steps) or "nothing"
    why = f'the workflow does not lead from "{status}" to {wanted}, only to {reachable}'
    lacking = [
        f'"{step.to}" wants {", ".join(step.lacks)}' for step in steps if step.lacks
    ]
    if lacking:
        return Refused(f"{why}; {'; '.join(lacking)}: set it in fields")
    return Refused(f'{why}: name a status with statuses = {{ {wanted} = "…" }}')
