"""Rows in step with their tickets, and what became of both after a few runs."""

from __future__ import annotations

from pmsync.domain.model import Field, Ticket
from support.faults import World, document


def rows_of(world: World) -> list[str]:
    """The rows of the first document as they are written."""
    return [line for line in world.folder.text().splitlines() if "| One" in line]


def ticket_of(world: World, title: str) -> Ticket:
    """The only ticket of a title."""
    (found,) = [
        kept.ticket
        for kept in world.project._kept.values()
        if kept.ticket.fields[Field.TITLE] == title
    ]
    return found


def in_step(*titles: str, mode: str = "none") -> World:
    """Rows with their tickets."""
    world = World({"a.md": document(*titles)}, mode=mode)
    world.run()
    return world
