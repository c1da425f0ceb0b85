"""A create without an answer is looked for, and sent again only after grace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import AdoptTicket, CreateTicket, Pending
from pmsync.domain.model import Field
from pmsync.domain.policy import Guards, Policy
from pmsync.domain.ports import Unknown
from support.beginnings import TITLE, TITLES, TWO
from support.capabilities import LISTS
from support.engine import kinds
from support.faults import (
    SITE,
    World,
    assert_settles,
    document,
    lost,
    never,
    refuses,
)


def test_f06_a_create_whose_answer_was_lost_is_adopted_in_the_same_run() -> None:
    world = World()
    world.on("create", lost)

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    assert_settles(world, TITLE, minutes=0)
    assert world.sent("create") == 1


def test_f07_a_502_after_the_commit_does_not_hold_up_the_rows_after_it() -> None:
    world = World(TWO)
    world.on("create", lost)

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    assert world.steps.calls.count("ops.create") == 3
    assert_settles(world, *TITLES, minutes=0)
    assert world.sent("create") == 3


def test_f08_a_create_that_is_carried_out_after_our_deadline_is_adopted() -> None:
    world = World()
    under_way: list[Callable[[], object]] = []
    world.on("create", lambda act: (under_way.append(act), never(act))[1])
    world.on(
        "marked",
        lambda act: act(),
        lambda act: act(),
        lambda act: (under_way.pop()(), act())[1],
    )

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    assert len(world.clock.slept) == 1
    assert_settles(world, TITLE, minutes=0)
    assert world.sent("create") == 1


def test_f09_a_status_without_a_whole_body_proves_no_ticket() -> None:
    world = World()
    world.lag = timedelta(minutes=3)
    world.on(
        "create", lambda act: [Unknown("201, and the body was cut off") for _ in act()]
    )

    world.run()

    assert len(world.store.state.intents) == 1
    assert SITE not in world.folder.text()
    assert_settles(world, TITLE)
    assert world.sent("create") == 1


def test_f06_a_lost_answer_whose_ticket_shows_late_is_adopted_by_the_next_run() -> None:
    world = World()
    world.lag = timedelta(minutes=5)
    world.on("create", lost)

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    world.clock.advance(minutes=5)
    assert AdoptTicket in kinds(world.run())
    assert_settles(world, TITLE)
    assert world.sent("create") == 1


def test_an_unanswered_create_says_when_a_rerun_settles_it() -> None:
    world = World()
    world.on("create", never)

    report = world.run()

    why = report.done[0].why
    assert why is not None
    assert "a run after 2026-01-01T00:15:00+00:00 settles it" in why
    assert sum(world.clock.slept) <= world.settings.settle.total_seconds()


def test_f10_a_create_that_was_not_carried_out_is_sent_once_more_after_grace() -> None:
    world = World()
    world.on("create", never)
    world.run()

    world.clock.advance(minutes=10)
    assert kinds(world.run()) == [Pending]
    assert world.sent("create") == 0

    world.clock.advance(minutes=6)
    assert CreateTicket in kinds(world.run())
    assert_settles(world, TITLE, minutes=0)
    assert world.sent("create") == 1


def test_f12_a_ticket_that_lists_do_not_show_for_500_seconds_is_not_doubled() -> None:
    world = World()
    world.lag = timedelta(seconds=500)
    world.on("create", lost)
    world.run()

    for _ in range(3):
        world.clock.advance(minutes=2)
        report = world.run()
        assert kinds(report) == [Pending]
        assert report.exit_code is ExitCode.PART_FAILED

    assert_settles(world, TITLE)
    assert world.sent("create") == 1


def test_f14_identity_never_depends_on_a_search() -> None:
    """What a search for the row's words finds is not ours, and ours it never shows."""
    world = World()
    world.lag = timedelta(minutes=5)
    world.on("create", lost)
    world.run()
    ours = world.key(TITLE)
    world.project.edit(ours, {Field.TITLE: "Roll over the credentials"}, body="")
    world.project.create("pmsync", {Field.TITLE: TITLE}, body="Rotate keys")
    world.clock.advance(minutes=5)

    report = world.run()

    adopted = [c.ticket for c in report.plan.changes if isinstance(c, AdoptTicket)]
    assert [one.ref.key for one in adopted if one] == [ours]
    assert "ops.create" not in world.steps.calls
    assert f"issues/{ours.partition('#')[2]})" in world.folder.text()


def test_a_list_that_hides_all_known_tickets_is_not_believed() -> None:
    world = World(TWO)
    world.run()
    world.folder.write(document("One", "Two", "Four"))
    world.on("create", lost)
    world.lag = timedelta(minutes=5)
    world.run()
    world.clock.advance(minutes=20)
    world.hidden = {ticket.ref.key for ticket in world.project.since(0)}

    world.run()

    assert world.sent("create") == 4


def test_deleted_tickets_do_not_keep_a_create_waiting_for_ever() -> None:
    titles = [f"Alert on queue {n}" for n in range(8)]
    world = World({"a.md": document(*titles)})
    world.run()
    for title in titles[:5]:
        world.project.delete(world.key(title))
    world.run(verify_now=True, policy=_unguarded(world))
    world.run(verify_now=True, policy=_unguarded(world))
    world.folder.write(document("Another"), "b.md")
    world.on("create", never)
    world.run()
    world.clock.advance(minutes=20)

    world.run()

    assert world.open_tickets()["Another"] == 1


def _unguarded(world: World) -> Policy:
    guards = Guards(max_changes=1000, max_changes_percent=100)
    return replace(world.settings.policy, guards=guards)


@pytest.mark.parametrize("width", [1, 4])
def test_creates_side_by_side_keep_their_order_and_their_results(width: int) -> None:
    world = World(
        {"a.md": document(*(f"Alert on queue {n}" for n in range(10)))},
        capabilities=replace(LISTS, concurrency=width),
    )
    world.on("create", lost, refuses("a bad field"), never)

    report = world.run()

    results = [
        report.done[index].result.value
        for index, change in enumerate(report.plan.changes)
        if isinstance(change, CreateTicket)
    ]
    assert results == ["done", "refused", "unknown", *["done"] * 7]
    assert_settles(world, *(f"Alert on queue {n}" for n in range(10)))
    assert world.sent("create") == 10


def test_grace_begins_when_a_create_was_given_up() -> None:
    """A request may hang for long before nobody can say what became of it."""
    world = World()

    def hangs(act: Callable[[], object]) -> object:
        world.clock.advance(minutes=10)
        return lost(act)

    world.lag = timedelta(minutes=12)
    world.on("create", hangs)
    world.run()

    world.clock.advance(minutes=6)
    assert kinds(world.run()) == [Pending]
    assert_settles(world, TITLE)
    assert world.sent("create") == 1


def _backdated(world: World, minutes: float) -> None:
    """Let the only ticket be from a server whose clock is behind the one that lists."""
    (kept,) = world.project._kept.values()
    earlier = kept.ticket.created_at - timedelta(minutes=minutes)
    kept.ticket = replace(kept.ticket, created_at=earlier)


@pytest.mark.parametrize("minutes", [0, 4.9])
@pytest.mark.parametrize(
    "lag", [timedelta(), timedelta(minutes=9)], ids=["same", "next"]
)
def test_a_ticket_from_up_to_five_minutes_before_its_create_is_found(
    minutes: float, lag: timedelta
) -> None:
    world = World()
    world.lag = lag + timedelta(minutes=minutes)
    world.on("create", lambda act: (lost(act), _backdated(world, minutes))[0])
    first = world.run()
    world.lag = timedelta()

    if lag:
        world.run()
    else:
        assert first.exit_code is ExitCode.DONE
    (item,) = world.store.state.documents["a.md"].items
    assert item.ref is not None
    assert_settles(world, TITLE)


def test_an_answer_that_is_missing_is_looked_for_ever_more_rarely() -> None:
    world = World()
    world.on("create", never)

    world.run()

    assert world.clock.slept == [1, 2, 4, 8, 16, 32]


def test_a_create_that_never_was_does_not_wait_where_everything_shows_at_once() -> None:
    world = World(capabilities=replace(LISTS, exact_reads=True))
    world.on("create", never)
    world.run()

    assert CreateTicket in kinds(world.run())

    assert_settles(world, TITLE, minutes=0)
    assert world.sent("create") == 1
