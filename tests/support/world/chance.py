"""Seeded decisions, one clock, and the record of what happened."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from pmsync_adapters.memory.project import EPOCH

T = TypeVar("T")


class KilledError(BaseException):
    """A run's process is gone: nobody catches this."""


class Chance:
    """Everything that is random in one story, and a record that is the same each time.

    A quiet chance lets nothing fail.
    """

    def __init__(self, seed: int, kinds: Sequence[str]) -> None:
        """``kinds`` are all that can go wrong; each seed has about half of them."""
        self._random = random.Random(seed)
        self.kinds = frozenset(kind for kind in kinds if self._random.random() < 0.5)
        self.quiet = False
        self.fired: Counter[str] = Counter()
        self.record: list[str] = []
        self.true = EPOCH
        """The true time, which every server has."""

    def tell(self, what: str) -> None:
        """Add a line to the record."""
        seconds = (self.true - EPOCH).total_seconds()
        self.record.append(f"{seconds:9.1f}  {what}")

    def fails(self, kind: str, probability: float) -> bool:
        """Decide whether something goes wrong now."""
        if self.quiet or kind not in self.kinds or self._random.random() >= probability:
            return False
        self.fired[kind] += 1
        self.tell(f"  !! {kind}")
        return True

    def happens(self, probability: float) -> bool:
        """Decide something that is no fault."""
        return self._random.random() < probability

    def one(self, choices: Sequence[T]) -> T:
        """Choose."""
        return choices[self._random.randrange(len(choices))]

    def between(self, least: float, most: float) -> float:
        """Draw a number."""
        return self._random.uniform(least, most)

    def order(self, items: Sequence[T]) -> list[T]:
        """Return the items in some order."""
        shuffled = list(items)
        self._random.shuffle(shuffled)
        return shuffled

    def token(self, bits: int) -> str:
        """Return random hexadecimal digits: keys and ids of runs."""
        return f"{self._random.getrandbits(bits):0{bits // 4}x}"

    def pass_time(self, seconds: float) -> None:
        """Let time pass for everybody."""
        self.true += timedelta(seconds=seconds)

    def now(self) -> datetime:
        """Return the true time."""
        return self.true
