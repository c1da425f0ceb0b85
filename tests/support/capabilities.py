"""What the trackers of the tests can hold."""

from __future__ import annotations

from pmsync.domain.model import Field, Status
from pmsync.domain.ports import Capabilities

LISTS = Capabilities(
    fields=frozenset(Field),
    statuses=frozenset(Status) - {Status.UNKNOWN},
    free_owners=True,
)
"""A tracker like the large ones: one draft in a request, and lists that lag.

It shows what changed, and other tickets only when it is asked.
"""
