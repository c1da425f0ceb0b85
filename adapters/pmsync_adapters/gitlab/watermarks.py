"""How far the list of changes was read, so that an unchanged list is one request.

Changes become visible out of order, so each listing begins some time before the newest
change that was seen. What changed in that time is listed again; a digest of it tells
that nothing has been added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Self

from typing_extensions import override

from pmsync.domain.model import Ticket
from pmsync_adapters.gitlab.paging import PAGE, written

OVERLAP = timedelta(minutes=10)
"""How late a change may become visible without being missed."""


@dataclass(frozen=True, slots=True)
class Watermark:
    """The newest change that was seen, by GitLab's clock, and what stood around it."""

    time: datetime
    digest: str

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """Return what ``str`` wrote, None for anything else."""
        try:
            time, digest = (text or "").split(" ")
            return cls(datetime.fromisoformat(time), digest)
        except ValueError:
            return None

    @classmethod
    def of(cls, tickets: Sequence[Ticket], before: Self | None, now: datetime) -> Self:
        """Return the mark of a listing; it never goes back.

        ``now`` is the site's clock: with nothing seen, all that comes is later.
        """
        newest = max((ticket.updated_at for ticket in tickets), default=None)
        if before is not None:
            newest = max(newest or before.time, before.time)
        time = newest or now
        return cls(time, _digest(tickets, time))

    def query(self) -> dict[str, object]:
        """Return the parameter that lists what came later, and some before."""
        return {"updated_after": written(self.time - OVERLAP)}

    def covers(self, page: Sequence[Ticket]) -> bool:
        """Tell whether a first page, newest first, shows nothing that is new."""
        return self.digest == _digest(page, self.time)

    @override
    def __str__(self) -> str:
        return f"{written(self.time)} {self.digest}"


def _digest(tickets: Sequence[Ticket], time: datetime) -> str:
    """Name the newest tickets with their versions, as far as the next list shows them."""
    recent = {
        (ticket.updated_at, ticket.id)
        for ticket in tickets
        if ticket.updated_at >= time - OVERLAP
    }
    newest = sorted(recent, reverse=True)[:PAGE]
    return sha256(repr(newest).encode()).hexdigest()[:16]
