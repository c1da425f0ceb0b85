"""What a plan was made from; a saved plan is carried out only while all of it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from pmsync.domain.changes import Change, Plan
from pmsync.domain.effects import effect
from pmsync.domain.errors import SafetyStopError
from pmsync.domain.model import Ticket, name_of
from pmsync.domain.state import State
from pmsync.domain.state_json import to_json
from pmsync.domain.view import View

MOST_NAMED = 5
"""How many of the things that moved a message names."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything that a plan depends on, by version or digest."""

    salt: str
    """New keys are made from it: the plan has drawn them."""
    state: str
    """Id of the state."""
    content: str | None
    """Digest of the state without lease and watermarks, None when there is none."""
    tip: str | None
    """The tracked branch's commit."""
    config: str
    documents: Mapping[str, str]
    """Path to digest."""
    tickets: Mapping[str, str]
    """``tracker:key`` to version, of the tickets that the plan has to do with."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A plan that somebody has seen."""

    basis: Basis
    effects: Mapping[str, str]
    """What each change does, by its place and name."""


def basis_of(
    view: View, plan: Plan, stored: State | None, tip: str | None, config: str
) -> Basis:
    """Return what a plan was made from."""
    return Basis(
        salt=view.salt,
        state=view.state.id,
        content=_content(stored) if stored else None,
        tip=tip,
        config=config,
        documents={page.path: page.digest for page in view.pages},
        tickets=dict(_tickets(view, plan.changes)),
    )


def effects_of(plan: Plan) -> Mapping[str, str]:
    """Return what each change does, by where and what it is."""
    found: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for change in plan.changes:
        name = f"{change.path}:{change.line} {type(change).__name__}"
        seen[name] += 1
        found[f"{name} {seen[name]}"] = effect(change)
    return found


def refuse_if_moved(saved: Saved, basis: Basis | None, plan: Plan) -> None:
    """Raise ``SafetyStopError``, naming what moved, unless the plan is still the same."""
    moved = [*_moved(saved.basis, basis)] if basis is not None else ["everything"]
    if not moved and saved.effects != effects_of(plan):
        changed = set(saved.effects.items()) ^ set(effects_of(plan).items())
        places = sorted({name.partition(" ")[0] for name, _ in changed})
        moved = [f"what is to be done at {_some(places)}"]
    if moved:
        raise SafetyStopError(
            f"nothing was written: since the plan was made, {'; '.join(moved)} changed",
            hint="look at a new plan: pmsync plan --out FILE",
        )


def _moved(saved: Basis, now: Basis) -> Iterator[str]:
    if saved.config != now.config:
        yield "the configuration"
    documents = _differing(saved.documents, now.documents)
    tickets = [
        name
        for name, version in saved.tickets.items()
        if now.tickets.get(name, version) != version
    ]
    if documents:
        yield f"{'document' if len(documents) == 1 else 'documents'} {_some(documents)}"
    if tickets:
        yield f"{'ticket' if len(tickets) == 1 else 'tickets'} {_some(tickets)}"
    if (saved.state, saved.content) != (now.state, now.content):
        yield "the state (another run)"
    if saved.tip != now.tip and not documents:
        yield f"the branch (from {_commit(saved.tip)} to {_commit(now.tip)})"


def _differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    paths = one.keys() | other.keys()
    return sorted(path for path in paths if one.get(path) != other.get(path))


def _some(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _commit(commit: str | None) -> str:
    return commit[:12] if commit else "none"


def _content(state: State) -> str:
    return sha256(to_json(replace(state, lease=None, watermarks={}))).hexdigest()


def _tickets(view: View, changes: Sequence[Change]) -> Iterator[tuple[str, str]]:
    keys = {change.key for change in changes}
    refs = {
        name_of(ref): ref
        for change in changes
        if (ref := getattr(change, "ref", None)) is not None
    }
    refs |= {
        name_of(item.ref): item.ref
        for key, (_, item) in view.items.items()
        if key in keys and item.ref is not None
    }
    for change in changes:
        ticket = getattr(change, "ticket", None)
        if isinstance(ticket, Ticket):
            yield ticket.ref.full_name, ticket.version
    for _, ref in sorted(refs.items()):
        seen = view.ticket(ref)
        if seen is not None:
            version = seen.version if isinstance(seen, Ticket) else seen.value
            yield ref.full_name, version
