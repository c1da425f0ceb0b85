"""Lists that do not slip while they are read.

Numbered pages do: a ticket that changes between two pages moves the others, and one is
missed. So each page begins at the time where the last one ended. Numbers are used only
within one and the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from pmsync.domain.model import Ticket

PAGE = 100
"""Most tickets on one page (GitLab docs: REST API, pagination)."""
MOST_PAGES = 1000
"""A list that is longer is not believed."""
_TICK = timedelta(milliseconds=1)
"""GitLab shows times in milliseconds, and keeps them more exactly."""

Ask = Callable[[Mapping[str, object]], Sequence[Ticket]]


def newest_first(
    ask: Ask, by: Literal["created", "updated"], query: Mapping[str, object]
) -> Iterator[Sequence[Ticket]]:
    """Yield the pages of a list, by the time of creation or of the last change.

    Tickets may come twice. The list is complete if the last page is not full; one
    without end, or one that repeats itself, is left at a full one.
    """
    seen: set[str] = set()
    cursor: str | None = None
    number, idle = 1, 0
    for _ in range(MOST_PAGES):
        asked = {
            **query,
            **({} if cursor is None else {f"{by}_before": cursor}),
            "scope": "all",
            "state": "all",
            "order_by": f"{by}_at",
            "sort": "desc",
            "per_page": PAGE,
            "page": number,
        }
        page = ask(asked)
        yield page
        new = {ticket.id for ticket in page} - seen
        idle = 0 if new else idle + 1
        if is_last(page) or idle > 1:
            return
        seen |= new
        oldest = page[-1]
        at = oldest.created_at if by == "created" else oldest.updated_at
        last = written(at + _TICK)
        cursor, number = (last, 1) if last != cursor else (cursor, number + 1)


def is_last(page: Sequence[Ticket]) -> bool:
    """Tell whether nothing follows a page."""
    return len(page) < PAGE


def written(time: datetime) -> str:
    """Return a time as GitLab reads it."""
    return time.isoformat(timespec="milliseconds")
