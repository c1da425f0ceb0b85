"""Make a plan: read the state, the documents and the trackers, and write nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pmsync.app import edit
from pmsync.app.basis import Basis, basis_of
from pmsync.app.observe import Observation, observe
from pmsync.app.read import Reading, read_all
from pmsync.app.settings import Ports, Progress, Settings
from pmsync.app.start import adopting, refuse_foreign, refuse_other_types, start
from pmsync.domain import proposals
from pmsync.domain.changes import (
    Change,
    Conflict,
    LostTicket,
    Note,
    Pending,
    Plan,
    UpdateRow,
    Withheld,
)
from pmsync.domain.healing import over
from pmsync.domain.landing import remembers
from pmsync.domain.moved import recognised
from pmsync.domain.planner import plan
from pmsync.domain.repository import SourceDocument, UnreadDocument
from pmsync.domain.settling import set_aside
from pmsync.domain.state import Loss, State
from pmsync.domain.view import View


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and everything that it was made from."""

    state: State
    version: str
    reading: Reading
    observation: Observation
    plan: Plan
    rebuild: bool
    """True when the state was lost."""
    declined: bool
    """True when a person closed the pull request, which nobody wrote down yet."""
    moot: frozenset[proposals.Edit]
    """Pending edits that nothing asks for any more."""
    basis: Basis | None
    """What the plan was made from, where somebody wants to know."""

    @property
    def view(self) -> View:
        """What the plan was made from, as far as it is pure."""
        return self.observation.view

    @property
    def writes(self) -> bool:
        """True when a run would write anything, if only the state."""
        return (
            self.rebuild
            or self.declined
            or bool(self.moot)
            or self.observation.due
            or bool(set_aside(self.view))
            or bool(over(self.view))
            or proposals.unrecorded(self.plan, self.view)
            or any(_writes(change, self.view) for change in self.plan.changes)
        )


def make_plan(
    ports: Ports, settings: Settings, progress: Progress, *, dry_run: bool
) -> Planned:
    """Read everything and plan.

    A dry run also plans what a run would leave alone, unless its plan is to be carried
    out later.

    Raises ``SafetyStopError``, ``StateError``, and ``TrackerError`` when the state is
    missing and a tracker does not say whether it is new.
    """
    stored, version = ports.state.read()
    progress.step("Reading documents", 1)
    found = ports.repository.documents()
    looks = dry_run and not settings.to_be_saved
    notes = tuple(_notes(found)) if dry_run else ()
    if looks:
        found = [_as_written(one) for one in found]
    reading = read_all(found, settings.vocabulary, settings.sites)
    progress.advance()
    state, rebuild = start(ports, settings, stored, reading)
    reading = replace(reading, pages=recognised(reading.pages, state))
    refuse_other_types(state, settings)
    progress.step("Asking trackers", 1)
    saved = settings.saved
    salt = saved.basis.salt if saved else ports.randomness.token(128)
    observation = observe(ports, settings, state, reading, salt, rebuild=rebuild)
    refuse_foreign(observation.view)
    progress.advance()
    if rebuild:
        decided, declined = adopting(plan(observation.view)), False
    else:
        decided, observation, declined = _decide(ports, settings, reading, observation)
    return Planned(
        basis=_basis(ports, settings, observation.view, decided, stored)
        if dry_run or saved
        else None,
        state=observation.view.state,
        version=version,
        reading=reading,
        observation=observation,
        plan=replace(decided, notes=(*notes, *decided.notes)),
        rebuild=rebuild,
        declined=declined,
        moot=frozenset() if rebuild else proposals.moot(decided, observation.view),
    )


def _basis(
    ports: Ports, settings: Settings, view: View, decided: Plan, stored: State | None
) -> Basis:
    tip = ports.repository.tip()
    return basis_of(view, decided, stored, tip, settings.digest)


def edited(
    decided: Plan, reading: Reading, settings: Settings
) -> list[edit.EditedDocument]:
    """Return the documents with a plan's edits; links of new tickets as ``(new)``."""
    return [
        edit.edit_document(path, edits, {}, reading, settings)
        for path, edits in edit.edits_of(decided.changes).items()
    ]


def _decide(
    ports: Ports, settings: Settings, reading: Reading, observation: Observation
) -> tuple[Plan, Observation, bool]:
    """Plan, and compare the edits with what a proposal holds already.

    The last value tells whether a person has declined that proposal since.
    """
    view = observation.view
    if ports.repository.lands_at_once:
        return plan(view), observation, False
    wanted = _wanted(view)
    rows = [change for change in wanted.changes if isinstance(change, UpdateRow)]
    if rows and all(change.ref is not None for change in rows):
        documents: Mapping[str, bytes] = {
            one.path: one.after
            for one in edited(wanted, reading, settings)
            if one.after != one.before
        }
        if ports.repository.proposes(documents):
            return proposals.awaiting(wanted), observation, False
    if proposals.proposed(view.state) and ports.repository.declined():
        view = replace(view, state=proposals.declined(view.state))
        return _wanted(view), replace(observation, view=view), True
    return wanted, observation, False


def _wanted(view: View) -> Plan:
    return proposals.without_declined(proposals.carried(plan(view), view), view)


def _notes(found: Sequence[SourceDocument | UnreadDocument]) -> list[Note]:
    return [
        Note(one.path, 1, f"a run would leave this document alone: {one.left_alone}")
        for one in found
        if isinstance(one, SourceDocument) and one.left_alone is not None
    ]


def _as_written(
    one: SourceDocument | UnreadDocument,
) -> SourceDocument | UnreadDocument:
    return replace(one, left_alone=None) if isinstance(one, SourceDocument) else one


def _writes(change: Change, view: View) -> bool:
    match change:
        case Conflict():
            known = view.items.get(change.key)
            return known is not None and not remembers(known[1], change)
        case Pending() | Withheld():
            return False
        case LostTicket():
            known = view.items.get(change.key)
            return known is not None and known[1].loss is not Loss.CONFIRMED
        case _:
            return True
