"""A tracker that hides or forgets tickets makes pmsync neither open nor overwrite any."""

from __future__ import annotations

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.app.report import Report
from pmsync.domain.changes import CreateTicket, LostTicket
from pmsync.domain.errors import SafetyStopError
from pmsync.domain.guards import Overrides
from pmsync.domain.model import Field, Status
from pmsync.domain.ports import Absence
from support.beginnings import linked
from support.faults import World, assert_settles, document


def lost_of(report: Report) -> list[LostTicket]:
    return [change for change in report.plan.changes if isinstance(change, LostTicket)]


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
