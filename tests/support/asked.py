"""Tickets opened and read through the port, one at a time."""

from __future__ import annotations

from itertools import count

from pmsync.domain.model import Marker, Ticket
from pmsync.domain.ports import Absence, Done, Draft, Lookup, Tracker

_NUMBERS = count(1)
STATE = "s8t4t3"
"""Id of the state that the markers bear."""


def draft(title: str = "Rotate the keys", body: str = "Why.") -> Draft:
    """A ticket with a marker of its own."""
    return Draft(Marker(f"k{next(_NUMBERS):04}", STATE), title, body)


def opened(tracker: Tracker, wanted: Draft | None = None) -> Ticket:
    """Open one, which must work."""
    (outcome,) = tracker.create([wanted or draft()])
    assert isinstance(outcome, Done), outcome
    return outcome.ticket


def read(tracker: Tracker, ticket: Ticket) -> Ticket | Absence:
    """Read one by its id."""
    key = ticket.ref.key
    return tracker.fetch([Lookup(key, ticket.id)])[key]


def shown(tracker: Tracker, ticket: Ticket) -> Ticket:
    """Read one that must be there."""
    found = read(tracker, ticket)
    assert isinstance(found, Ticket), found
    return found
