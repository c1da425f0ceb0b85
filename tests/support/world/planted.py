"""Wrong variants of the engine, as others have shipped them. The world finds each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pmsync.app.settings import Ports
from pmsync.domain.model import Field
from pmsync.domain.ports import Done, Draft, Outcome, Unknown
from pmsync.domain.state import State
from support.world.play import Wrong


class _Other:
    """A port with one call done differently."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class BlindRetry(_Other):
    """Sends a create again when nobody answers."""

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        outcomes = list(self._inner.create(drafts))
        for index, draft in enumerate(drafts):
            for _ in range(3):
                if isinstance(outcomes[index], Unknown):
                    (outcomes[index],) = self._inner.create([draft])
        return outcomes


class SearchByTitle(_Other):
    """Looks for the title before it creates, and forgets what it does not know."""

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        shown = {t.fields[Field.TITLE]: t for t in self._inner.marked(None).tickets}
        outcomes: list[Outcome] = []
        for draft in drafts:
            found = shown.get(draft.title)
            outcomes += [Done(found)] if found else self._inner.create([draft])
        return outcomes


class NoIntents(_Other):
    """Writes down no create before it is sent."""

    def compare_and_swap(self, version: str, state: State, message: str) -> str:
        bare = replace(state, intents={}, settled={})
        written: str = self._inner.compare_and_swap(version, bare, message)
        return written


class NoLease(_Other):
    """Lets everybody write at any time."""

    def read(self) -> tuple[State | None, str]:
        state, version = self._inner.read()
        return (None if state is None else replace(state, lease=None)), version

    def compare_and_swap(self, version: str, state: State, message: str) -> str:  # noqa: ARG002
        _, now = self._inner.read()
        written: str = self._inner.compare_and_swap(now, state, message)
        return written


class StateLast(_Other):
    """Writes the state only when a run is over, after links are in the documents."""

    def compare_and_swap(self, version: str, state: State, message: str) -> str:
        if state.lease is not None:
            return version
        written: str = self._inner.compare_and_swap(version, state, message)
        return written


def _wrong(tracker: type[_Other] = _Other, state: type[_Other] = _Other) -> Wrong:
    """Put a wrong port before each real one."""

    def ports(real: Ports) -> Ports:
        trackers = {name: tracker(one) for name, one in real.trackers.items()}
        return replace(real, trackers=trackers, state=state(real.state))

    return ports


PLANTED = {
    "blind retry": _wrong(BlindRetry),
    "search by title": _wrong(SearchByTitle, NoIntents),
    "no lease": _wrong(state=NoLease),
    "state after the link": _wrong(state=StateLast),
}
