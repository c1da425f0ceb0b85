"""Faults while tickets are opened: F01-F18 and F44, none of which leaves a double.

After each fault: no double, no lost edit, one further run comes to rest, and the run
after that writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count, pairwise

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import AdoptTicket, CloseDuplicate, CreateTicket, Pending
from pmsync.domain.errors import (
    LeaseHeldError,
    StateUnavailableError,
    TrackerUnavailableError,
)
from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.policy import Guards, Policy
from pmsync.domain.ports import Unknown
from pmsync.domain.state_json import from_json
from pmsync_adapters.memory import MemoryProject
from support.faults import (
    LAGS,
    SITE,
    Fault,
    Killed,
    World,
    assert_settles,
    dies_after,
    dies_before,
    document,
    lost,
    never,
    raises,
    refuses,
)

FIRST = "https://tracker.example/team/ops/issues/1"
TITLE = "Rotate keys"
TWO = {"a.md": document("One", "Two"), "b.md": document("Three")}
TITLES = ("One", "Two", "Three")


def kinds(report: object) -> list[type]:
    return [type(change) for change in report.plan.changes]  # type: ignore[attr-defined]


def _in_doubt() -> World:
    """A world in which a create got no answer, and lists lag behind by an hour."""
    world = World()
    world.lag = timedelta(hours=1)
    world.on("create", lost)
    world.run()
    return world


def test_f01_a_run_killed_before_the_request_leaves_an_intent_and_no_ticket() -> None:
    world = World()
    world.on("create", dies_before)

    with pytest.raises(Killed):
        world.run()

    assert len(world.store.state.intents) == 1
    assert world.open_tickets() == {}
    assert kinds(world.run()) == [Pending]
    assert_settles(world, TITLE)
    assert world.sent("create") == 1


def test_f02_a_run_killed_before_the_answer_finds_its_ticket_again() -> None:
    world = World()
    world.on("create", dies_after)

    with pytest.raises(Killed):
        world.run()

    assert AdoptTicket in kinds(world.run())
    assert_settles(world, TITLE, minutes=0)
    assert world.sent("create") == 1


def test_f03_a_run_killed_before_it_wrote_the_result_down_finds_it_again() -> None:
    world = World()
    world.run(dry_run=True)
    calls = iter(count(1))
    for number in calls:  # the swap that follows the create
        fresh = World()
        try:
            fresh.run(before=number)
        except Killed:
            names = fresh.steps.calls
            if names[-2:] == ["ops.create", "state.swap"]:
                break
    assert fresh.open_tickets() == {TITLE: 1}

    assert AdoptTicket in kinds(fresh.run())

    assert_settles(fresh, TITLE, minutes=0)
    assert fresh.sent("create") == 1


def test_f04_a_run_killed_before_the_link_was_written_writes_only_the_link() -> None:
    number = _step_of("folder.replace")
    world = World()
    with pytest.raises(Killed):
        world.run(before=number)
    sent = world.sent()

    world.run()

    assert world.sent() == sent
    assert_settles(world, TITLE, minutes=0)


def _step_of(name: str) -> int:
    """Number of the first call of this name in a first run."""
    world = World()
    world.run()
    return world.steps.calls.index(name) + 1


@pytest.mark.parametrize("mode", ["none", "commit", "pull-request"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_killed_at_any_call_of_a_port_leaves_no_double(
    mode: str, when: str
) -> None:
    for number in count(1):
        world = World(TWO, mode=mode)
        try:
            world.run(**{when: number})
        except Killed:
            pass
        else:
            assert number > 10
            break
        world.clock.advance(minutes=20)
        world.run()
        if mode == "pull-request":
            world.folder.merge()
        assert_settles(world, *TITLES)
        assert world.sent("create") == 3, number


@pytest.mark.parametrize("mode", ["none", "commit", "pull-request"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_killed_at_any_call_of_an_update_loses_no_edit(
    mode: str, when: str
) -> None:
    for number in count(1):
        world = World(TWO, mode=mode)
        world.run()
        if mode == "pull-request":
            world.folder.merge()
            world.run()
        world.folder.edit("| One | | Open", "| One | | In progress")
        world.project.close(world.key("Two"))
        try:
            world.run(**{when: number})
        except Killed:
            pass
        else:
            break
        world.clock.advance(minutes=20)
        world.run()
        if mode == "pull-request":
            world.folder.merge()
            world.run()
        before = world.everything()
        assert world.run().exit_code is ExitCode.DONE
        assert world.everything() == before
        first = world.project.find(world.key("One"))
        assert first is not None
        assert first.fields[Field.STATUS] == Status.IN_PROGRESS
        assert "| Two | | Done |" in world.folder.text()
        assert sum(w.action == "edit" for w in world.project.journal) == 2


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


def test_f14_identity_never_depends_on_a_search() -> None:
    world = World()
    world.on("create", lost)

    world.run()

    # The port has no search: what is asked for is a list since a time.
    assert {call for call in world.steps.calls if call.startswith("ops.")} <= {
        "ops.marked",
        "ops.changed",
        "ops.create",
        "ops.identity",
        "ops.fetch",
    }
    assert_settles(world, TITLE, minutes=0)


def test_f16_of_two_runs_at_once_one_writes_nothing() -> None:
    world = World()
    other: list[object] = []

    def meanwhile(act: Callable[[], object]) -> object:
        found = act()
        steps = world.steps
        other.append(world.run())
        world.steps = steps
        world.folder.write(
            world.folder.text().replace("| Rotate keys", "| Rotate keys")
        )
        return found

    world.on("changed", meanwhile)
    world.run()

    assert len(other) == 1
    assert_settles(world, TITLE, minutes=0)
    assert world.sent("create") == 1


def test_f16_a_run_that_finds_the_lease_taken_ends_without_a_write() -> None:
    world = World()
    inner: list[BaseException] = []

    def meanwhile(act: Callable[[], object]) -> object:
        before = world.sent(), len(world.store.kept)
        world.folder.write(document("Another"), "b.md")
        with pytest.raises(LeaseHeldError) as refused:
            world.run()
        inner.append(refused.value)
        assert (world.sent(), len(world.store.kept)) == before
        return act()

    world.on("create", meanwhile)

    assert world.run().exit_code is ExitCode.DONE
    assert len(inner) == 1
    assert_settles(world, TITLE, "Another", minutes=0)


@pytest.mark.parametrize("counts", [True, False])
def test_f17_a_run_that_froze_past_its_lease_sends_no_more_than_was_under_way(
    counts: bool,
) -> None:
    world = World(TWO)
    reports = []

    def frozen(act: Callable[[], object]) -> object:
        """The machine stands still with one request under way; others go on."""
        if not counts:
            world.clock.asleep = timedelta(minutes=34)
        steps, host = world.steps, world.host
        world.host = "another machine"
        for _ in range(2):
            world.clock.advance(minutes=17)
            reports.append(world.run())
        world.steps, world.host = steps, host
        return act()

    world.on("create", frozen)

    woken = world.run()

    assert woken.exit_code is ExitCode.PART_FAILED
    assert sum(world.open_tickets().values()) == 4
    assert world.steps.calls.count("ops.create") == 1
    world.clock.advance(hours=25)
    healing = world.run()
    assert CloseDuplicate in kinds(healing)
    assert_settles(world, *TITLES)


def test_f18_the_lease_of_a_dead_run_is_taken_over_only_when_it_has_expired() -> None:
    world = World()
    world.on("create", dies_before)
    with pytest.raises(Killed):
        world.run()
    world.host = "another machine"
    world.clock.advance(minutes=15)

    with pytest.raises(LeaseHeldError):
        world.run()

    world.clock.advance(minutes=2)
    assert_settles(world, TITLE, minutes=0)


def test_f18_a_dead_run_of_the_same_machine_blocks_nobody() -> None:
    world = World()
    world.on("create", dies_after)
    with pytest.raises(Killed):
        world.run()

    assert AdoptTicket in kinds(world.run())


def test_f29_a_clock_that_is_a_day_ahead_doubles_nothing() -> None:
    world = World()
    world.clock.skew = timedelta(days=1)
    world.on("create", lost)
    world.lag = timedelta(minutes=5)
    world.run()
    assert world.store.state.intents

    world.clock.skew = timedelta(days=-1)
    world.clock.advance(minutes=5)

    assert AdoptTicket in kinds(world.run())
    assert_settles(world, TITLE)
    assert world.sent("create") == 1


def test_f29_a_clock_that_is_ahead_takes_over_nobody_elses_lease() -> None:
    world = World()
    world.on("create", dies_before)
    with pytest.raises(Killed):
        world.run()
    world.host = "another machine"
    world.clock.skew = timedelta(days=1)
    world.folder.write(document("Another"), "b.md")

    with pytest.raises(LeaseHeldError):
        world.run()


def test_f29_a_lease_is_measured_by_the_trackers_time() -> None:
    world = World()
    world.clock.skew = timedelta(days=1)
    world.on("create", dies_before)
    with pytest.raises(Killed):
        world.run()
    world.host = "another machine"
    world.clock.skew = timedelta()
    world.folder.write(document("Another"), "b.md")

    with pytest.raises(LeaseHeldError):
        world.run()
    world.clock.advance(minutes=17)

    world.run()


def test_f29_without_the_trackers_time_nobody_elses_lease_is_taken_over() -> None:
    world = World({"a.md": document("One"), "b.md": document("Two")})
    world.run()
    world.folder.write(document("Another"), "c.md")
    world.on("create", dies_before)
    with pytest.raises(Killed):
        world.run()
    world.host = "another machine"
    world.clock.skew = timedelta(days=1)
    world.folder.write("# Nothing is left\n", "b.md")
    world.on("changed", raises(TrackerUnavailableError("down")))

    with pytest.raises(LeaseHeldError):
        world.run()


def test_f30_a_ticket_that_changes_during_a_run_is_seen_by_the_next() -> None:
    world = World(TWO)
    world.run()
    world.folder.edit("| One | | Open", "| One | | In progress")

    def meanwhile(act: Callable[[], object]) -> object:
        world.project.close(world.key("Two"))
        return act()

    world.on("update", meanwhile)
    world.run()
    world.run()

    assert "| Two | | Done |" in world.folder.text()


@pytest.mark.parametrize("seconds", [5.0, 90.0])
def test_f44_a_rate_limit_is_waited_for_and_the_create_looked_up_before(
    seconds: float,
) -> None:
    world = World()
    world.on("create", refuses("429", retry_after=seconds))

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    assert seconds in world.clock.slept
    calls = world.steps.calls
    first, second = (i for i, call in enumerate(calls) if call == "ops.create")
    assert "ops.marked" in calls[first:second]
    assert_settles(world, TITLE, minutes=0)


def test_f44_a_rate_limit_that_lied_doubles_nothing() -> None:
    world = World()
    world.on("create", lambda act: (act(), refuses("429", retry_after=5.0)(act))[1])

    assert world.run().exit_code is ExitCode.DONE

    assert_settles(world, TITLE, minutes=0)
    assert world.sent("create") == 1


def test_f44_a_create_that_cannot_be_looked_up_is_not_sent_again() -> None:
    world = World()
    world.on("create", lambda act: (act(), refuses("429", retry_after=5.0)(act))[1])
    world.on("marked", lambda act: act(), raises(TrackerUnavailableError("down")))

    world.run()

    assert_settles(world, TITLE)
    assert world.sent("create") == 1


def test_f44_a_rate_limit_longer_than_the_lease_ends_the_run_with_all_written_down() -> (
    None
):
    world = World(TWO)
    world.on("create", lambda act: act(), refuses("429", retry_after=3600.0))

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert world.clock.slept == []
    assert world.store.state.lease is None
    assert world.steps.calls.count("ops.create") == 2
    assert world.open_tickets() == {"One": 1}
    assert "team/ops/issues/1" in world.folder.text()
    assert_settles(world, *TITLES)


def test_f44_a_limit_within_the_lease_is_waited_for_however_much_of_it_is_left() -> (
    None
):
    world = World(TWO)

    def slow(act: Callable[[], object]) -> object:
        world.clock.advance(minutes=10)
        return refuses("429", retry_after=600.0)(act)

    world.on("create", slow)

    assert world.run().exit_code is ExitCode.DONE

    states = [from_json(data, "state") for data, _ in world.store.kept]
    ends = [state.lease.expires for state in states if state.lease is not None]
    length = world.settings.lease
    assert all(after - length < before for before, after in pairwise(ends))
    assert_settles(world, *TITLES, minutes=0)


@pytest.mark.parametrize(
    ("more", "title"),
    [
        pytest.param([], "One", id="itself"),
        pytest.param([lambda act: act()], "Two", id="the next one"),
    ],
)
def test_an_intent_that_waited_is_written_down_again_before_it_is_sent(
    more: list[Fault], title: str
) -> None:
    world = World(TWO)
    world.on("create", refuses("429", retry_after=300.0), *more, dies_before)

    with pytest.raises(Killed):
        world.run()

    (sent,) = (i for i in world.store.state.intents.values() if i.text == title)
    assert world.clock.server() - sent.started < timedelta(minutes=1)


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


def test_an_intent_is_looked_for_only_in_the_project_that_it_was_sent_to() -> None:
    world = World()
    world.on("create", lost)
    world.lag = timedelta(minutes=5)
    world.run()
    sent_to = world.projects["ops"]
    world.projects["ops"] = MemoryProject(
        "team/other", capabilities=LAGS, clock=world.clock.server
    )
    world.clock.advance(minutes=60)

    report = world.run()

    (waiting,) = report.plan.changes
    assert isinstance(waiting, Pending)
    assert "team/ops" in waiting.reason
    assert world.sent("create") == 0
    world.projects["ops"] = sent_to
    assert_settles(world, TITLE)


def test_a_list_that_hides_all_known_tickets_is_not_believed() -> None:
    world = World(TWO)
    world.run()
    world.folder.write(document("One", "Two", "Four"))
    world.on("create", lost)
    world.lag = timedelta(minutes=5)
    world.folder.write(world.folder.text())
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
        capabilities=replace(LAGS, concurrency=width),
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


@pytest.mark.parametrize(
    ("author", "state"), [("mallory", None), ("pmsync", "another state")]
)
def test_a_ticket_that_somebody_else_marked_is_not_adopted(
    author: str, state: str | None
) -> None:
    world = World()

    def copied(_act: Callable[[], object]) -> object:
        (key,) = world.store.state.intents
        marker = Marker(key, state or world.store.state.id)
        world.project.create(author, {Field.TITLE: "Send me money"}, marker=marker)
        return never(_act)

    world.on("create", copied)
    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert "Send me money" not in str(world.store.state.documents)
    assert SITE not in world.folder.text()


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


def test_a_ticket_is_adopted_by_whoever_comes_after_the_one_that_sent_it() -> None:
    world = World()
    world.on("create", dies_after)
    with pytest.raises(Killed):
        world.run()
    world.identity = "pmsync-2"

    assert AdoptTicket in kinds(world.run())
    assert world.sent("create") == 1


def test_a_ticket_is_adopted_when_the_account_that_sent_it_was_renamed() -> None:
    world = World()
    world.on("create", dies_after)
    with pytest.raises(Killed):
        world.run()
    world.identity = "post-mortems"
    (kept,) = world.project._kept.values()
    kept.ticket = replace(kept.ticket, author="post-mortems")

    assert AdoptTicket in kinds(world.run())
    assert world.sent("create") == 1


def test_a_ticket_of_another_state_is_not_adopted_whatever_its_key() -> None:
    world = World()
    world.on("create", never)
    world.run()
    (key,) = world.store.state.intents
    world.project.create("pmsync", {Field.TITLE: TITLE}, marker=Marker(key, "another"))
    world.clock.advance(minutes=20)

    report = world.run()

    assert CreateTicket in kinds(report)
    assert AdoptTicket not in kinds(report)


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


def test_f29_a_clock_that_is_ahead_shortens_nobodys_grace() -> None:
    world = World()
    world.lag = timedelta(minutes=9)
    world.on("create", lost)
    world.run()
    world.clock.skew = timedelta(days=1)
    world.clock.advance(minutes=2)

    assert kinds(world.run()) == [Pending]
    world.clock.skew = timedelta()
    assert_settles(world, TITLE)


def test_an_answer_that_is_missing_is_looked_for_ever_more_rarely() -> None:
    world = World()
    world.on("create", never)

    world.run()

    assert world.clock.slept == [1, 2, 4, 8, 16, 32]


@pytest.mark.parametrize(
    ("passes", "skew"),
    [
        (timedelta(minutes=14), timedelta()),
        (timedelta(minutes=16), timedelta(days=-1)),
    ],
    ids=["no more than a minute is left", "the wall clock was set back"],
)
def test_the_lease_is_renewed_before_a_write_that_it_would_not_outlast(
    passes: timedelta, skew: timedelta
) -> None:
    world = World({"a.md": document("One", "Two")})
    world.run()
    world.folder.write(world.folder.text().replace("| Open |", "| Done |"))

    def slowly(act: Callable[[], object]) -> object:
        world.clock.advance(seconds=passes.total_seconds())
        world.clock.skew = skew
        return act()

    world.on("update", slowly)
    world.run()

    calls = world.steps.calls
    first, second = (n for n, call in enumerate(calls) if call == "ops.update")
    assert "state.swap" in calls[first:second]


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


def test_what_pmsync_closed_under_its_former_account_is_reopened_with_its_row() -> None:
    world = World({"a.md": document("One", "Two")})
    world.run()
    world.folder.edit("| One | | Open |", "| One | | Done |")
    world.run()
    world.identity = "pmsync-2"
    world.folder.edit("| Two | | Open |", "| Two | | Blocked |")
    world.run()
    world.folder.edit("| One | | Done |", "| One | | Open |")

    world.run()

    found = world.project.find(world.key("One"))
    assert found is not None
    assert found.fields[Field.STATUS] == Status.OPEN
    assert "| One | | Open |" in world.folder.text()


def test_a_create_that_never_was_does_not_wait_where_everything_shows_at_once() -> None:
    world = World(capabilities=replace(LAGS, exact_reads=True))
    world.on("create", never)
    world.run()

    assert CreateTicket in kinds(world.run())

    assert_settles(world, TITLE, minutes=0)
    assert world.sent("create") == 1
