"""What a tracker was asked, and how much more it says that it will answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Traffic:
    """The requests of one tracker; its adapter counts, entry points show."""

    requests: Counter[str] = field(default_factory=Counter)
    """By HTTP status (``200``), or ``failed`` for those without an answer."""
    writes: int = 0
    """How many of them could change something."""
    limit: int | None = None
    """Requests allowed in the tracker's window, None while it has not said."""
    remaining: int | None = None
    """How many of them are left."""
    resets: datetime | None = None
    """When the window ends."""

    @property
    def total(self) -> int:
        """How many requests were sent."""
        return sum(self.requests.values())
