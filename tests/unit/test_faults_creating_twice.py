"""A create in doubt that was sent twice ends with one open ticket, its row's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import AdoptTicket, CloseDuplicate
from pmsync.domain.model import Field, Status, Ticket
from support.beginnings import FIRST, TITLE
from support.engine import kinds
from support.faults import World, assert_settles, document, lost, never, refuses


def _in_doubt() -> World:
    """A world in which a create got no answer, and lists lag behind by an hour."""
    world = World()
    world.lag = timedelta(hours=1)
    world.on("create", lost)
    world.run()
    return world


def _doubled() -> World:
    """A world in which a ticket showed only after grace: there are two of it."""
    world = _in_doubt()
    world.clock.advance(minutes=20)
    world.run()
    assert world.open_tickets() == {TITLE: 2}
    world.clock.advance(hours=25)
    return world


def test_f13_a_second_ticket_is_closed_by_the_next_sweep_and_reported() -> None:
    world = _doubled()
    linked = "team/ops/issues/3"
    assert linked in world.folder.text()

    report = world.run()

    assert kinds(report) == [CloseDuplicate]
    assert report.exit_code is ExitCode.PART_FAILED
    assert linked in world.folder.text()
    assert_settles(world, TITLE)


def test_f13_a_row_that_was_done_for_an_hour_gets_no_second_ticket_for_good() -> None:
    world = _in_doubt()
    world.folder.edit("| Open |", "| Done |")
    world.clock.advance(minutes=20)
    world.run()
    world.folder.edit("| Done |", "| Open |")
    world.run()
    world.clock.advance(hours=25)

    assert kinds(world.run()) == [CloseDuplicate]
    assert_settles(world, TITLE)


def _forget_intents(world: World) -> None:
    _, version = world.store.read()
    state = replace(world.store.state, settled={})
    world.store.compare_and_swap(version, state, "a person was here")


@pytest.mark.parametrize(
    "doubt",
    [
        pytest.param(lambda w: w.project.comment("team/ops#1"), id="a comment"),
        pytest.param(
            lambda w: w.project.edit("team/ops#1", {Field.OWNER: "alice"}), id="an edit"
        ),
        pytest.param(
            lambda w: w.folder.write(
                document("x").replace(
                    "| x | | Open | |",
                    "| x | | Open | https://tracker.example/team/ops/issues/1 |",
                ),
                "b.md",
            ),
            id="a document cites it",
        ),
        pytest.param(
            lambda w: w.folder.unreadable.update({"a.md": "it is not UTF-8"}),
            id="a document that cannot be read",
        ),
        pytest.param(_forget_intents, id="no record of the create"),
    ],
)
def test_f13_a_second_ticket_that_a_person_has_to_do_with_is_only_reported(
    doubt: Callable[[World], object],
) -> None:
    world = _doubled()
    doubt(world)

    report = world.run(verify_now=True)

    assert CloseDuplicate not in kinds(report)
    assert world.project.find("team/ops#1").fields[Field.STATUS] == Status.OPEN  # type: ignore[union-attr]


def _reads(change: Callable[[World], object]) -> Callable[[World], None]:
    """Let something happen between the list and the look at both tickets."""

    def arranged(world: World) -> None:
        def meanwhile(act: Callable[[], object]) -> object:
            change(world)
            return act()

        world.on("fetch", lambda act: act(), meanwhile)

    return arranged


def _unmarked(world: World) -> None:
    """Show that the ticket which is to stay does not bear the marker any more."""

    def shown(act: Callable[[], dict[str, Ticket]]) -> dict[str, Ticket]:
        found = act()
        return {**found, "team/ops#3": replace(found["team/ops#3"], marker=None)}

    world.on("fetch", lambda act: act(), shown)


def _touched(world: World) -> None:
    """Show that a person has worked on the second ticket, under the same version."""

    def shown(act: Callable[[], dict[str, Ticket]]) -> dict[str, Ticket]:
        found = act()
        second = found["team/ops#1"]
        return {**found, "team/ops#1": replace(second, touched_by_others=True)}

    world.on("fetch", lambda act: act(), shown)


@pytest.mark.parametrize(
    "arrange",
    [
        pytest.param(
            _reads(lambda w: w.project.comment("team/ops#1")), id="a comment on it"
        ),
        pytest.param(
            _reads(
                lambda w: w.project.edit(
                    "team/ops#1", {Field.OWNER: "alice"}, actor="pmsync"
                )
            ),
            id="another run wrote it",
        ),
        pytest.param(_touched, id="a person worked on it"),
        pytest.param(_unmarked, id="the other is not marked any more"),
        pytest.param(
            _reads(lambda w: w.project.delete("team/ops#3")), id="the other is gone"
        ),
    ],
)
def test_a_second_ticket_that_changes_just_before_it_would_be_closed_stays(
    arrange: Callable[[World], None],
) -> None:
    world = _doubled()
    arrange(world)

    world.run()

    assert "ops.update" not in world.steps.calls
    assert world.open_tickets()[TITLE] >= 1
    second = world.project.find("team/ops#1")
    assert second is not None
    assert second.fields[Field.STATUS] == Status.OPEN


def test_what_was_once_in_doubt_is_forgotten_when_it_is_sure() -> None:
    world = _doubled()
    world.run()
    world.clock.advance(hours=25)
    world.run()
    assert world.store.state.settled

    world.clock.advance(days=30)
    world.run()

    assert world.store.state.settled == {}


@pytest.mark.parametrize("ends", ["refused", "stopped"])
def test_a_second_attempt_that_is_not_carried_out_forgets_nothing_of_the_first(
    ends: str,
) -> None:
    world = _in_doubt()
    (before,) = world.store.state.intents.values()
    world.clock.advance(minutes=20)

    if ends == "refused":
        world.on("create", refuses("422"))
        world.run()
    else:
        world.run(stopping=lambda: world.steps.calls.count("state.swap") > 1)

    assert list(world.store.state.intents.values()) == [before]
    world.lag = timedelta()
    assert_settles(world, TITLE)
    assert world.sent("create") == 1


def test_a_ticket_that_a_person_replaced_is_not_closed_as_a_second_one() -> None:
    world = _in_doubt()
    world.clock.advance(minutes=20)
    world.run()
    linked = world.store.state.documents["a.md"].items[0].ref
    own = world.project.create("alice", {Field.TITLE: "Alice's own"})
    assert linked is not None
    text = world.folder.text().replace(
        f"[#{linked.key[-1]}]({linked.url})", own.ref.key
    )
    world.folder.write(text)
    world.run()
    world.clock.advance(hours=25)

    report = world.run()

    assert world.open_tickets() == {TITLE: 2, "Alice's own": 1}
    told = [note.message for note in report.plan.notes]
    assert any("a person had replaced it" in message for message in told)


@pytest.mark.parametrize("lag", [timedelta(), timedelta(hours=1)], ids=["no", "lag"])
def test_a_person_may_link_the_row_of_a_create_without_an_answer(
    lag: timedelta,
) -> None:
    world = _in_doubt()
    world.lag = lag
    world.folder.write(world.folder.text().replace("| Open | |", f"| Open | {FIRST} |"))

    report = world.run()

    assert kinds(report).count(AdoptTicket) == 1
    (item,) = world.store.state.documents["a.md"].items
    assert (item.vanished, item.owns) == (False, True)
    assert_settles(world, TITLE)


def test_of_rows_that_cite_a_ticket_the_one_whose_marker_it_bears_owns_it() -> None:
    world = _in_doubt()
    link = f"| Open | {FIRST} |"
    cited = document(TITLE, "Watch the keys").replace("| Open | |", link)
    world.folder.write(cited)

    for _ in range(4):
        world.run()
        world.clock.advance(hours=25)

    items = [i for i in world.store.state.documents["a.md"].items if not i.vanished]
    assert {item.text: item.owns for item in items} == {
        TITLE: True,
        "Watch the keys": False,
    }
    assert world.open_tickets() == {TITLE: 1}


def test_of_two_tickets_of_one_create_the_row_gets_the_first() -> None:
    world = World()
    world.lag = timedelta(hours=1)
    world.on("create", lost, lost)
    world.run()
    world.clock.advance(minutes=20)
    world.run()
    assert world.open_tickets() == {TITLE: 2}
    world.lag = timedelta()

    world.run()

    assert FIRST in world.folder.text()
    assert_settles(world, TITLE)


def test_a_first_attempt_that_shows_while_the_second_is_not_answered_is_adopted() -> (
    None
):
    world = _in_doubt()
    world.clock.advance(minutes=20)

    def shows_now(_act: Callable[[], object]) -> object:
        world.lag = timedelta()
        return never(_act)

    world.on("create", shows_now)

    assert world.run().exit_code is ExitCode.DONE
    assert FIRST in world.folder.text()
    assert_settles(world, TITLE)
