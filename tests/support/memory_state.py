"""A state store in memory that passes the contract of the real ones.

What is kept are bytes, so that a run gets nothing back that a real store could not
have kept. Any moment of a call can be made to fail.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple

from pmsync.domain.errors import StateChangedError
from pmsync.domain.state import State
from pmsync.domain.state_json import from_json, to_json


class Moment(Enum):
    """A moment of a call at which it can fail."""

    READING = auto()
    """Before the state is looked at."""
    SWAPPING = auto()
    """Before anything is compared or written."""
    SWAPPED = auto()
    """After it was written, before the caller learns of it."""


class Kept(NamedTuple):
    """One state that was written."""

    data: bytes
    message: str


class MemoryState:
    """One place that holds a state, and the store of whoever looks at it."""

    def __init__(self) -> None:
        self.history: list[Kept | None] = []
        """All that was there, the last now; None where it was lost."""
        self.meets: Callable[[Moment], None] = lambda _moment: None
        """Called at every moment; what it raises is what the caller gets."""

    @property
    def state(self) -> State | None:
        """The state as it is now; nobody's call."""
        kept = self.history[-1] if self.history else None
        return None if kept is None else from_json(kept.data, "state")

    def lose(self) -> None:
        """Lose the state, as by a deleted ref; no version comes back."""
        self.history.append(None)

    def read(self) -> tuple[State | None, str]:
        self.meets(Moment.READING)
        return self.state, str(len(self.history))

    def compare_and_swap(self, version: str, state: State, message: str) -> str:
        self.meets(Moment.SWAPPING)
        if version != str(len(self.history)):
            raise StateChangedError("the state was written by another run")
        self.history.append(Kept(to_json(state), message))
        written = str(len(self.history))
        self.meets(Moment.SWAPPED)
        return written
