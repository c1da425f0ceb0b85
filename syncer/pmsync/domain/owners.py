"""Owners: what a document writes, and who that is for a tracker."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

_HANDLE = re.compile(r"@[\w.-]+\Z")


@dataclass(frozen=True, slots=True)
class Owners:
    """Who is who, for one tracker."""

    users: Mapping[str, str] = field(default_factory=dict)
    """Folded spelling of a document to the tracker's user."""
    spellings: Mapping[str, str] = field(default_factory=dict)
    """The tracker's user to the spelling that the configuration gives."""
    free: bool = False
    """True when any text is an owner for this tracker."""

    @classmethod
    def of(cls, configured: Mapping[str, str], *, free: bool = False) -> Self:
        """Return the owners that the configuration names: spelling to user."""
        users = {fold(spelling): user for spelling, user in configured.items()}
        spellings = {user: spelling for spelling, user in configured.items()}
        return cls(users, spellings, free)

    def to_ticket(self, owner: str | None) -> str | None:
        """Return the tracker's user, None for nobody or an unknown owner."""
        if owner is None:
            return None
        known = self.users.get(fold(owner))
        if known is not None or not self.free:
            return known
        return owner[1:] if _HANDLE.match(owner) else owner

    def knows(self, owner: str | None) -> bool:
        """Tell whether an owner can be sent to the tracker; nobody can."""
        return owner is None or self.to_ticket(owner) is not None

    def to_row(self, user: str | None, beside: Iterable[str]) -> str | None:
        """Spell a user as a document does that already holds the owners ``beside``."""
        if user is None:
            return None
        if user in self.spellings:
            return self.spellings[user]
        others = [owner for owner in beside if owner]
        handles = bool(others) and all(_HANDLE.match(owner) for owner in others)
        return f"@{user}" if handles and _HANDLE.match(f"@{user}") else user


def fold(owner: str) -> str:
    """Return the form in which two spellings of one owner are equal."""
    return owner.strip().removeprefix("@").casefold()
