"""A create is written down before it is sent, and settled whatever becomes of its row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import AdoptTicket
from pmsync.domain.errors import StateUnavailableError
from pmsync.domain.model import Field, Status
from support.beginnings import TITLE
from support.engine import kinds
from support.faults import SITE, World, assert_settles, document, lost, never


def test_nothing_is_sent_when_the_state_cannot_be_written() -> None:
    world = World()
    world.store.unavailable = "the token may not push refs"

    with pytest.raises(StateUnavailableError):
        world.run()

    assert world.sent() == 0


def test_a_state_that_can_no_longer_be_written_ends_all_sending() -> None:
    world = World({"a.md": document(*(f"Alert on queue {n}" for n in range(30)))})

    def breaks(act: Callable[[], object]) -> object:
        world.store.unavailable = "no connection"
        return act()

    world.on("create", breaks)
    report = world.run()

    assert report.exit_code is ExitCode.USAGE
    assert sum(world.open_tickets().values()) <= 20
    assert world.folder.publications == []
    world.store.unavailable = None
    assert_settles(world, *(f"Alert on queue {n}" for n in range(30)))
    assert world.sent("create") == 30


def test_creates_are_written_down_in_batches_of_twenty() -> None:
    world = World({"a.md": document(*(f"Alert on queue {n}" for n in range(45)))})

    world.run()

    messages = [message.splitlines()[0] for _, message in world.store.kept]
    assert messages.count("pmsync: about to open tickets") == 3
    assert messages.count("pmsync: opened tickets") == 1


def test_an_intent_whose_row_is_gone_is_settled_all_the_same() -> None:
    world = World()
    world.lag = timedelta(minutes=5)
    world.on("create", lost)
    world.run()
    world.folder.write(document())
    world.clock.advance(minutes=5)

    world.run()

    assert world.store.state.intents == {}
    before = world.everything()
    assert world.run().exit_code is ExitCode.DONE
    assert world.everything() == before


def test_an_intent_that_left_nothing_and_whose_row_is_done_is_forgotten() -> None:
    world = World()
    world.on("create", never)
    world.run()
    world.folder.edit("| Open |", "| Done |")
    world.clock.advance(hours=3)

    world.run()

    assert world.store.state.intents == {}
    world.run()
    assert "ops.marked" not in world.steps.calls


def test_a_run_for_another_path_leaves_an_intent_for_the_run_that_settles_it() -> None:
    world = World({"a.md": document("One"), "b.md": document("Two")})
    world.on("create", never, lambda act: act())
    world.run()
    (key,) = world.store.state.intents
    world.clock.advance(minutes=20)
    world.folder.edit("| Two | | Open", "| Two | | In progress", "b.md")

    world.run(selected=lambda path, _tracker: path == "b.md")

    assert list(world.store.state.intents) == [key]
    assert_settles(world, "One", "Two", minutes=0)


def test_an_intent_is_settled_also_when_its_row_was_finished_meanwhile() -> None:
    world = World()
    world.lag = timedelta(minutes=5)
    world.on("create", lost)
    world.run()
    world.folder.edit("| Open |", "| Done |")
    world.clock.advance(minutes=6)

    report = world.run()

    assert AdoptTicket in kinds(report)
    assert not world.store.state.intents
    assert world.open_tickets() == {}


def test_a_persons_own_link_beats_the_ticket_that_a_lost_create_left() -> None:
    world = World()
    world.lag = timedelta(minutes=5)
    world.on("create", lost)
    world.run()
    own = world.project.create("alice", {Field.TITLE: "Alice's own"})
    link = f"{SITE}/team/ops/issues/{own.ref.key.partition('#')[2]}"
    world.folder.edit("| Open | |", f"| Open | {link} |")
    world.clock.advance(minutes=5)

    for _ in range(3):
        world.run()
        world.clock.advance(hours=25)
    world.folder.edit("| Open |", "| Blocked |")
    world.run()

    assert world.open_tickets() == {TITLE: 1, "Alice's own": 1}
    left = world.project.find("team/ops#1")
    found = world.project.find(own.id)
    assert left is not None
    assert found is not None
    assert left.fields[Field.STATUS] == Status.OPEN
    assert found.fields[Field.STATUS] == Status.BLOCKED
    assert link in world.folder.text()


def test_a_create_in_doubt_is_looked_for_once_a_day_where_nothing_is_linked() -> None:
    world = World()
    world.on("create", never)
    world.run()
    world.folder.edit("| Open |", "| Done |")
    world.clock.advance(hours=3)
    world.run()
    world.clock.advance(hours=25)
    world.run()
    assert "ops.marked" in world.steps.calls

    world.run()

    assert "ops.marked" not in world.steps.calls
