"""What can be decided about a row: changes, notes, or that it is not filed."""

from __future__ import annotations

from pmsync.domain.changes import Change, Note


class Aside(str):
    """Why a row is not filed; counted, not a change."""

    __slots__ = ()


class Question(Note):
    """A note about something that only a person can decide."""

    __slots__ = ()


Decided = Change | Note | Aside
