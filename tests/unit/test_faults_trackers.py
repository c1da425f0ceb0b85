"""Trackers that refuse, hide and forget: F11, F15, F31 and F34-F41.

After each fault: no double, no lost edit, one further run comes to rest, and the run
after that writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.app.report import Report
from pmsync.domain.changes import CreateTicket, LostTicket, Pending
from pmsync.domain.errors import (
    AuthenticationError,
    PermissionDeniedError,
    SafetyStopError,
    TrackerUnavailableError,
)
from pmsync.domain.guards import Overrides
from pmsync.domain.model import Field, Status
from pmsync.domain.policy import Guards, Policy, Route
from pmsync.domain.ports import Absence, Refused, Unknown
from support.faults import (
    Fault,
    Killed,
    World,
    assert_settles,
    dies_after,
    document,
    lost_update,
    never,
    raises,
    refuses,
)

NAMES = tuple(f"Alert on queue {n}" for n in range(24))


def linked(*titles: str) -> World:
    """Rows in step with their tickets."""
    world = World({"a.md": document(*titles)})
    world.run()
    return world


def two_trackers() -> World:
    """One document for each of two trackers."""
    world = World(
        {"a.md": document("One", "Two"), "b.md": document("Three")},
        trackers=("ops", "other"),
    )
    policy = Policy("ops", routes=(Route("other", path="b.md"),))
    world.settings = replace(world.settings, policy=policy)
    return world


def status(world: World, title: str) -> str | None:
    found = world.project.find(world.key(title))
    assert found is not None
    return found.fields[Field.STATUS]


def lost_of(report: Report) -> list[LostTicket]:
    return [change for change in report.plan.changes if isinstance(change, LostTicket)]


def test_f11_an_update_whose_answer_was_lost_is_not_sent_again() -> None:
    world = linked("One")
    world.folder.edit("| One | | Open", "| One | | In progress")
    world.on("update", lost_update)
    assert world.run().exit_code is ExitCode.PART_FAILED

    assert_settles(world, "One", minutes=0)

    assert status(world, "One") == Status.IN_PROGRESS
    assert world.sent("edit") == 1


def test_f15_a_new_ticket_that_cannot_be_read_yet_is_not_taken_for_deleted() -> None:
    world = World()

    def not_yet(act: object) -> object:
        found = act()  # type: ignore[operator]
        return dict.fromkeys(found, Absence.INVISIBLE)

    world.run()
    world.on("fetch", not_yet)

    report = world.run(verify_now=True)

    assert not [c for c in report.plan.changes if isinstance(c, CreateTicket)]
    world.run(verify_now=True)
    assert_settles(world, "Rotate keys", minutes=0)


def test_f31_a_deleted_ticket_is_reported_and_not_opened_again() -> None:
    world = linked("One", "Two", "Three", "Four", "Five")
    key = world.key("One")
    text = world.folder.text()
    world.project.delete(key)

    first = world.run(verify_now=True)
    second = world.run(verify_now=True)

    assert first.exit_code is second.exit_code is ExitCode.CONFLICT
    assert len(lost_of(first)) == len(lost_of(second)) == 1
    assert world.folder.text() == text
    assert world.sent("create") == 5
    before = world.everything()
    world.run(verify_now=True)
    assert world.everything() == before


def test_f31_a_strangers_ticket_under_the_key_of_a_deleted_one_is_not_ours() -> None:
    """A project that is made anew counts its tickets from one again."""
    world = linked("One", "Two", "Three", "Four", "Five")
    key, text = world.key("One"), world.folder.text()
    world.project.delete(key)
    done = {Field.TITLE: "Theirs", Field.STATUS: Status.DONE}
    world.project._current[key] = world.project.create("alice", done).id

    report = world.run(verify_now=True)

    assert [change.ref.key for change in lost_of(report)] == [key]
    assert world.folder.text() == text


def test_f34_an_archived_project_is_read_and_takes_no_further_write() -> None:
    world = linked("One", "Two")
    world.folder.edit("| One | | Open", "| One | | In progress")
    world.folder.edit("| Two | | Open", "| Two | | In progress")
    archived = Refused("the project is archived: read-only", whole_project=True)
    world.on("update", lambda _act: archived)

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert world.steps.calls.count("ops.update") == 1
    assert [done.why for done in report.done.values()] == [archived.why] * 2
    assert_settles(world, "One", "Two", minutes=0)


def test_f34_a_refusal_for_the_whole_project_ends_its_creates_at_once() -> None:
    world = two_trackers()
    world.on("create", refuses("the quota is used up", whole_project=True))

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert world.steps.calls.count("ops.create") == 1
    assert world.open_tickets() == {"Three": 1}
    assert world.store.state.intents == {}
    assert_settles(world, "One", "Two", "Three", minutes=0)


@pytest.mark.parametrize("hidden", [2, 3, 5])
def test_f35_a_permission_that_was_lost_stops_the_run(hidden: int) -> None:
    world = linked("One", "Two", "Three", "Four", "Five")
    world.folder.write(document("A new one"), "b.md")
    keys = sorted(ticket.ref.key for ticket in world.project.since(0))
    world.hidden = set(keys[:hidden])
    before = world.everything()

    with pytest.raises(SafetyStopError, match=r"hides|shows none"):
        world.run(verify_now=True)

    assert world.everything() == before
    world.hidden = set()
    assert_settles(world, "One", "Two", "Three", "Four", "Five", "A new one")


def test_f35_one_ticket_that_became_invisible_is_only_reported() -> None:
    world = linked("One", "Two", "Three", "Four", "Five")
    world.hidden = {world.key("One")}

    report = world.run(verify_now=True)

    (lost,) = lost_of(report)
    assert lost.absence is Absence.INVISIBLE
    assert report.exit_code is ExitCode.CONFLICT


@pytest.mark.parametrize("call", ["changed", "marked"])
def test_f36_a_revoked_token_ends_with_one_request(call: str) -> None:
    world = linked("One")
    if call == "marked":
        world.store.lose()
    world.on(call, raises(AuthenticationError("401: the token is not accepted")))

    if call == "marked":
        with pytest.raises(AuthenticationError):
            world.run()
    else:
        assert world.run().exit_code is ExitCode.USAGE

    assert [c for c in world.steps.calls if c.startswith("ops.")] == [f"ops.{call}"]
    world.faults.clear()


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            refuses("403: the token lacks the scope issues:write", denied=True),
            id="create",
        ),
    ],
)
def test_f37_a_missing_scope_is_named_and_other_trackers_go_on(fault: Fault) -> None:
    world = two_trackers()
    world.on("create", fault)

    report = world.run()

    assert report.exit_code is ExitCode.USAGE
    (failure,) = report.failures
    assert isinstance(failure, PermissionDeniedError)
    assert "issues:write" in failure.message
    assert world.steps.calls.count("ops.create") == 1
    assert world.open_tickets() == {"Three": 1}
    assert world.store.state.lease is None
    assert_settles(world, "One", "Two", "Three", minutes=0)


def test_f37_an_update_without_permission_ends_that_trackers_writes_alone() -> None:
    world = two_trackers()
    world.run()
    world.folder.edit("Open", "In progress")
    world.folder.edit("Open", "In progress", "b.md")
    world.on("update", lambda _act: Refused("403: no push access", denied=True))

    report = world.run()

    assert report.exit_code is ExitCode.USAGE
    assert world.steps.calls.count("ops.update") == 1
    assert world.steps.calls.count("other.update") == 1
    assert_settles(world, "One", "Two", "Three", minutes=0)


@pytest.mark.parametrize("call", ["ops.changed", "ops.identity"])
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TrackerUnavailableError("no connection"), ExitCode.PART_FAILED),
        (PermissionDeniedError("403: needs the scope issues:read"), ExitCode.USAGE),
    ],
)
def test_f37_a_tracker_that_cannot_be_read_does_not_hold_up_the_others(
    call: str, error: Exception, code: ExitCode
) -> None:
    world = two_trackers()
    world.on(call, raises(error))

    report = world.run()

    assert report.exit_code is code
    assert world.open_tickets() == {"Three": 1}
    assert "tracker.example/team/other" in world.folder.text("b.md")
    assert_settles(world, "One", "Two", "Three", minutes=0)


def test_f38_a_tracker_that_shows_nothing_of_what_is_linked_stops_the_run() -> None:
    world = linked("One", "Two", "Three")
    world.hidden = {ticket.ref.key for ticket in world.project.since(0)}
    before = world.everything()

    with pytest.raises(SafetyStopError, match="none of its 3 linked tickets"):
        world.run(verify_now=True)

    with pytest.raises(SafetyStopError):
        world.run(verify_now=True, overrides=Overrides(empty_list="0123456789ab"))
    assert world.everything() == before
    digest = world.run(verify_now=True, dry_run=True).digest
    world.run(verify_now=True, overrides=Overrides(empty_list=digest))
    world.hidden = set()
    assert_settles(world, "One", "Two", "Three")


def test_f39_a_mass_change_is_carried_out_only_with_its_digest() -> None:
    world = linked(*NAMES)
    for name in NAMES:
        world.project.close(world.key(name))
    before = world.everything()

    with pytest.raises(SafetyStopError, match="24 of 24 linked rows") as refused:
        world.run()

    assert world.everything() == before
    assert refused.value.hint is not None
    with pytest.raises(SafetyStopError):
        world.run(overrides=Overrides(mass_change="0123456789ab"))
    digest = world.run(dry_run=True).digest
    assert f"--allow-mass-change {digest}" in refused.value.hint
    report = world.run(overrides=Overrides(mass_change=digest))
    assert report.exit_code is ExitCode.DONE
    assert world.folder.text().count("| Done |") == 24


def test_f39_twenty_rows_or_a_quarter_are_no_mass_change() -> None:
    world = linked(*NAMES)
    for name in NAMES[:20]:
        world.project.close(world.key(name))

    assert world.run().exit_code is ExitCode.DONE


def test_f39_more_than_twenty_rows_of_a_hundred_are_no_mass_change() -> None:
    names = [f"Alert on queue {n}" for n in range(100)]
    world = World({"a.md": document(*names)})
    world.settings = replace(
        world.settings, policy=Policy("ops", guards=Guards(max_creates=100))
    )
    world.run()
    for name in names[:24]:
        world.project.close(world.key(name))

    assert world.run().exit_code is ExitCode.DONE


def test_f39_neither_new_tickets_nor_links_that_are_still_to_be_written_count() -> None:
    world = World({"a.md": document(*NAMES)}, mode="pull-request")
    world.run()
    world.folder.proposal = None
    new = [f"Rehearse the failover of region {n}" for n in range(24)]
    world.folder.write(document(*new), "b.md")

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    assert world.sent("create") == len(NAMES) + len(new)


def test_a_row_whose_link_is_not_merged_goes_on_with_its_tracker_whatever_routes_say() -> (
    None
):
    world = World(
        {"a.md": document("One")}, trackers=("ops", "other"), mode="pull-request"
    )
    world.run()
    world.settings = replace(world.settings, policy=Policy("other"))
    world.folder.edit("| One | | Open |", "| One | | Done |")
    world.on("other.changed", raises(TrackerUnavailableError("no connection")))

    world.run()

    assert status(world, "One") == Status.DONE


def test_a_create_that_was_not_carried_out_is_sent_again_to_the_same_tracker() -> None:
    world = World({"a.md": document("One")}, trackers=("ops", "other"))
    world.on("create", never)
    world.run()
    world.settings = replace(world.settings, policy=Policy("other"))
    world.clock.advance(minutes=20)

    report = world.run()

    (create,) = [c for c in report.plan.changes if isinstance(c, CreateTicket)]
    assert create.tracker == "ops"


def test_f40_a_changed_configuration_only_plans_until_somebody_says_so() -> None:
    world = linked("One")
    world.folder.write(document("Two"), "b.md")
    before = world.everything()

    with pytest.raises(SafetyStopError, match="configuration has changed"):
        world.run(digest="another")
    with pytest.raises(SafetyStopError, match="configuration has changed"):
        world.run(digest="another", overrides=Overrides(config_change="0123456789ab"))

    assert world.everything() == before
    digest = world.run(digest="another", dry_run=True).digest
    world.run(digest="another", overrides=Overrides(config_change=digest))
    world.settings = replace(world.settings, digest="another")
    assert_settles(world, "One", "Two", minutes=0)


@pytest.mark.parametrize("times", [1, 2])
def test_f41_a_ticket_that_changed_meanwhile_is_planned_again(times: int) -> None:
    world = linked("One")
    world.folder.edit("| One | | Open", "| One | | In progress")

    def changes(act: object) -> object:
        owner = f"person{len(world.project.journal)}"
        world.project.edit(world.key("One"), {Field.OWNER: owner})
        world.project.edit(world.key("One"), {Field.STATUS: Status.IN_PROGRESS})
        return act()  # type: ignore[operator]

    world.on("update", *[changes] * times)

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    assert status(world, "One") == Status.IN_PROGRESS
    assert_settles(world, "One", minutes=0)


def test_f41_a_ticket_that_keeps_changing_is_reported_after_three_rounds() -> None:
    world = linked("One")
    world.folder.edit("| One | | Open", "| One | | In progress")
    stale = Refused("it was changed meanwhile", stale=True)
    world.on("update", *[lambda _act: stale] * 5)

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert len(world.faults["ops.update"]) == 2
    assert_settles(world, "One", minutes=0)


def test_f43_one_bad_row_does_not_hold_up_the_rest() -> None:
    world = World({"a.md": document("One", "Two")})
    world.on("create", refuses("422: a label is too long"))

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert world.open_tickets() == {"Two": 1}
    assert_settles(world, "One", "Two", minutes=0)


def test_f44_an_update_waits_as_long_as_the_tracker_says() -> None:
    world = linked("One")
    world.folder.edit("| One | | Open", "| One | | In progress")
    world.on("update", lambda _act: Refused("429", retry_after=90.0))

    assert world.run().exit_code is ExitCode.DONE

    assert world.clock.slept == [90.0]
    assert status(world, "One") == Status.IN_PROGRESS


def test_f44_a_limit_longer_than_the_lease_ends_the_updates() -> None:
    world = linked("One", "Two")
    world.folder.edit("| One | | Open", "| One | | In progress")
    world.folder.edit("| Two | | Open", "| Two | | In progress")
    world.on("update", lambda _act: Refused("429", retry_after=7200.0))

    report = world.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert world.clock.slept == []
    assert world.steps.calls.count("ops.update") == 1
    assert world.store.state.lease is None
    assert_settles(world, "One", "Two", minutes=0)


def test_f41_a_ticket_that_a_person_closes_again_just_before_we_reopen_it_is_theirs() -> (
    None
):
    world = linked("One")
    world.folder.edit("| One | | Open |", "| One | | Done |")
    world.run()
    world.folder.edit("| One | | Done |", "| One | | Open |")
    key = world.key("One")

    def meanwhile(act: Callable[[], object]) -> object:
        world.project.reopen(key)
        world.project.close(key)
        return act()

    world.on("update", meanwhile)
    report = world.run()

    assert report.exit_code is ExitCode.CONFLICT
    assert status(world, "One") == Status.DONE
    assert "| One | | Open |" in world.folder.text()


def _renamed_twice(world: World, fault: Fault) -> Report:
    """Let the update of one new title meet a fault; a person then writes another."""
    world.folder.edit("| One |", "| Two |")
    world.on("update", fault)
    with suppress(Killed):
        world.run()
    world.folder.edit("| Two |", "| Three |")
    return world.run()


@pytest.mark.parametrize(
    "fault", [dies_after, lost_update], ids=["killed", "no answer"]
)
def test_f11_an_update_that_was_carried_out_is_no_edit_of_a_person(
    fault: Fault,
) -> None:
    world = linked("One")

    report = _renamed_twice(world, fault)

    assert report.exit_code is ExitCode.DONE, report.plan.changes
    assert world.open_tickets() == {"Three": 1}
    assert_settles(world, "Three", minutes=0)


def test_f11_a_ticket_that_a_killed_run_closed_is_reopened_with_its_row() -> None:
    world = linked("One")
    world.folder.edit("| One | | Open |", "| One | | Done |")
    world.on("update", dies_after)
    with pytest.raises(Killed):
        world.run()
    world.folder.edit("| One | | Done |", "| One | | Open |")

    assert world.run().exit_code is ExitCode.DONE
    assert status(world, "One") == Status.OPEN


def test_f11_what_a_person_writes_after_a_refused_update_is_theirs() -> None:
    world = linked("One")
    key = world.key("One")

    def refused(_act: Callable[[], object]) -> object:
        return Refused("422 title")

    world.folder.edit("| One |", "| Two |")
    world.on("update", refused)
    world.run()
    world.project.edit(key, {Field.TITLE: "Two"})
    world.folder.edit("| Two |", "| Three |")

    report = world.run()

    assert report.exit_code is ExitCode.CONFLICT
    assert world.open_tickets() == {"Two": 1}


def test_f11_a_ticket_put_back_after_an_unrecorded_update_is_a_persons_edit() -> None:
    world = linked("One")
    key = world.key("One")
    world.folder.edit("| One | | Open |", "| One | | Done |")
    world.on("update", dies_after)
    with pytest.raises(Killed):
        world.run()
    world.project.edit(key, {Field.STATUS: Status.OPEN})

    assert world.run().exit_code is ExitCode.CONFLICT
    assert status(world, "One") == Status.OPEN
    assert "| One | | Done |" in world.folder.text()


@pytest.mark.parametrize(
    "fault", [dies_after, lost_update], ids=["killed", "no answer"]
)
def test_f11_a_row_put_back_after_an_unrecorded_update_is_a_persons_edit(
    fault: Fault,
) -> None:
    world = linked("One")
    key = world.key("One")
    world.folder.edit("| One | | Open |", "| One | | In progress |")
    world.on("update", fault)
    with suppress(Killed):
        world.run()
    world.folder.edit("| One | | In progress |", "| One | | Open |")
    world.project.edit(key, {Field.STATUS: Status.BLOCKED})

    assert world.run().exit_code is ExitCode.CONFLICT
    assert status(world, "One") == Status.BLOCKED
    assert "| One | | Open |" in world.folder.text()


@pytest.mark.parametrize("owner", ["@bob", "@ann"], ids=["changed again", "put back"])
def test_f11_an_owner_that_a_person_took_off_a_ticket_whose_update_never_came_stays_off(
    owner: str,
) -> None:
    world = World({"a.md": f"{document()}| One | @ann | Open | |\n"})
    world.run()
    key = world.key("One")
    world.folder.edit("| One | @ann |", "| Two | |")
    world.on("update", lambda _act: Unknown("502 from a proxy"))
    assert world.run().exit_code is ExitCode.PART_FAILED
    world.folder.edit("| Two | |", f"| Two | {owner} |")
    world.project.edit(key, {Field.OWNER: None}, actor="alice")

    assert world.run().exit_code is ExitCode.CONFLICT
    found = world.project.find(key)
    assert found is not None
    assert found.fields[Field.OWNER] is None
    assert f"| {owner} |" in world.folder.text()


def test_a_row_that_waits_for_an_answer_is_told_where_it_stands_by_now() -> None:
    world = two_trackers()
    world.on("create", never, never)
    world.run()
    world.folder.edit("| Two | | Open | |\n", "")
    text = f"{world.folder.text('b.md')}| Two | | Open | |\n"
    world.folder.write(text, "b.md")

    report = world.run()

    line = text.splitlines().index("| Two | | Open | |") + 1
    waiting = [c for c in report.plan.changes if isinstance(c, Pending)]
    assert ("b.md", line) in [(one.path, one.line) for one in waiting]


def test_a_row_whose_create_was_set_aside_is_filed_though_no_row_has_its_tracker_now() -> (
    None
):
    world = two_trackers()
    world.on("create", never, never)
    world.run()
    rows = "| One | | Open | |\n| Two | | Open | |\n"
    text = f"{world.folder.text('b.md')}| Four | | Open | |\n"
    world.folder.write(text, "b.md")
    world.folder.write("\0", "a.md")
    world.clock.advance(hours=3)
    world.run()
    assert len(world.store.state.settled) == 2
    world.folder.write(document(), "a.md")
    world.folder.write(f"{world.folder.text('b.md')}{rows}", "b.md")
    world.clock.advance(minutes=5)

    world.run()

    assert_settles(world, "One", "Two", "Three", "Four")
