"""A create whose row has gone is settled, and given to no other row."""

from __future__ import annotations

import pytest

from support.faults import HEAD, Killed, World, dies_after, document


def test_a_row_in_the_place_of_a_deleted_one_does_not_get_its_ticket() -> None:
    world = World({"a.md": document("Rotate the ledger certificates")})
    world.on("create", dies_after)
    with pytest.raises(Killed):
        world.run()
    world.folder.write(f"# Outage\n\n## Action Items\n\n{HEAD}")
    world.folder.edit(HEAD, f"{HEAD}| Page whoever owns the queue | | Open | |\n")
    world.clock.advance(minutes=30)

    world.run()
    world.clock.advance(minutes=30)
    world.run()

    titles = sorted(str(t.fields["title"]) for t in world.project.since(0))  # type: ignore[index]
    assert titles == ["Page whoever owns the queue", "Rotate the ledger certificates"]
    assert (
        world.key("Page whoever owns the queue").rpartition("#")[2]
        in world.folder.text()
    )


def test_what_a_person_writes_before_a_lost_create_is_found_is_not_lost() -> None:
    world = World({"a.md": document("Rotate the ledger certificates")})
    world.on("create", dies_after)
    with pytest.raises(Killed):
        world.run()
    world.folder.edit("| Open |", "| Blocked |")
    world.folder.edit("ledger certificates", "ledger certificates twice")
    world.clock.advance(minutes=30)

    world.run()

    (ticket,) = world.project.since(0)
    assert "| Blocked |" in world.folder.text()
    assert ticket.fields["status"] == "blocked"  # type: ignore[index]
    assert ticket.fields["title"] == "Rotate the ledger certificates twice"  # type: ignore[index]


def test_a_row_that_was_moved_and_another_in_its_place_keep_their_tickets() -> None:
    first, second = "Page whoever owns the queue", "Remove the unused feature flag"
    world = World(
        {"a.md": document(first), "b.md": document(second)}, mode="pull-request"
    )
    world.run()
    world.folder.write(document(second), "a.md")
    world.folder.write(document(first), "b.md")

    world.run()

    assert sorted(str(t.fields["title"]) for t in world.project.since(0)) == [
        first,
        second,
    ]  # type: ignore[index]
