"""What must hold within every state; a state that breaks it was not written by runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pmsync.domain.model import name_of
from pmsync.domain.state import State


def contradictions(state: State) -> Iterator[str]:
    """Say what contradicts itself, one sentence each; nothing for a sound state."""
    yield from _doubled_keys(state)
    yield from _doubled_tickets(state)
    yield from _misplaced_intents(state)
    yield from _unknown_trackers(state)


def _doubled_keys(state: State) -> Iterator[str]:
    places: dict[str, list[str]] = defaultdict(list)
    for path, document in state.documents.items():
        for item in document.items:
            places[item.key].append(f"{path}:{item.line}")
        if document.parent is not None:
            places[document.parent.key].append(f"{path} (its own ticket)")
    for key, where in places.items():
        if len(where) > 1:
            yield f"key {key} belongs to several rows: {', '.join(where)}"


def _doubled_tickets(state: State) -> Iterator[str]:
    """Find tickets that several rows own; any number may receive their status."""
    owners: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path, document in state.documents.items():
        for item in document.items:
            if item.ref is not None and item.owns and not item.vanished:
                owners[name_of(item.ref)].append(f"{path}:{item.line}")
        if document.parent is not None:
            owners[name_of(document.parent.ref)].append(f"{path} (its own ticket)")
    for (tracker, key), where in owners.items():
        if len(where) > 1:
            yield f"ticket {tracker}:{key} has several owners: {', '.join(where)}"


def _misplaced_intents(state: State) -> Iterator[str]:
    for key, intent in (*state.intents.items(), *state.settled.items()):
        if key != intent.key:
            yield f"a create of {intent.path}:{intent.line} is filed under another key"
    for path, document in state.documents.items():
        for item in document.items:
            if item.ref is not None and item.key in state.intents:
                yield (
                    f"{path}:{item.line} has the ticket {item.ref.tracker}:"
                    f"{item.ref.key}, and a create that waits for an answer"
                )


def _unknown_trackers(state: State) -> Iterator[str]:
    named = {intent.tracker for intent in state.intents.values()}
    named |= {
        item.ref.tracker
        for document in state.documents.values()
        for item in document.items
        if item.ref is not None
    }
    for tracker in sorted(named - state.trackers.keys()):
        yield f"tracker {tracker} has tickets, and no run has used it"
