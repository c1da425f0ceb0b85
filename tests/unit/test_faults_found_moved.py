"""What a row says stays with its ticket wherever that moves."""

from __future__ import annotations

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import Conflict
from pmsync.domain.model import Field, Status
from support.faults import Killed, World, document
from support.in_step import in_step, rows_of, ticket_of


def test_f32_what_a_row_says_of_a_ticket_that_moved_away_is_a_persons_to_carry() -> (
    None
):
    world = World({"a.md": document("One")})
    world.run()
    world.project.move(world.key("One"), "team/elsewhere")
    world.run(verify_now=True)
    world.folder.edit("One | | Open", "One | | Blocked")
    world.clock.advance(minutes=5)

    report = world.run()

    assert report.exit_code is ExitCode.CONFLICT
    (conflict,) = [c for c in report.plan.changes if isinstance(c, Conflict)]
    assert "cannot be written" in conflict.reason
    before = world.everything()
    world.run()
    assert world.everything() == before
    (kept,) = [k.ticket for k in world.project._kept.values()]
    assert kept.fields[Field.STATUS] == Status.OPEN


def test_a_link_that_waits_for_a_ticket_that_moved_still_leads_to_its_row() -> None:
    world = in_step("One")
    world.project.move(world.key("One"), "team/elsewhere")
    world.run(verify_now=True)
    first = rows_of(world)
    world.project.move(ticket_of(world, "One").id, "team/further")
    with pytest.raises(Killed):
        world.run(verify_now=True, before=10)
    assert world.steps.calls[-1] == "folder.replace"
    assert rows_of(world) == first

    world.run()

    assert ["team/further" in row for row in rows_of(world)] == [True]


def test_an_owner_taken_out_of_a_row_whose_ticket_moved_twice_stays_out() -> None:
    world = World({"a.md": f"{document()}| One | @ann | Open | |\n"})
    world.run()
    world.project.move(world.key("One"), "team/elsewhere")
    with pytest.raises(Killed):
        world.run(verify_now=True, before=10)
    assert world.steps.calls[-1] == "folder.replace"
    world.project.move(ticket_of(world, "One").id, "team/further")
    world.folder.edit("@ann", "")

    report = world.run(verify_now=True)

    assert report.exit_code is ExitCode.CONFLICT
    assert ["@ann" in row for row in rows_of(world)] == [False]


def test_a_row_whose_ticket_moved_twice_is_given_the_tickets_new_title() -> None:
    world = in_step("One")
    world.project.move(world.key("One"), "team/elsewhere")
    with pytest.raises(Killed):
        world.run(verify_now=True, before=10)
    assert world.steps.calls[-1] == "folder.replace"
    one = world.project.move(ticket_of(world, "One").id, "team/further").id
    world.project.edit(one, {Field.TITLE: "One thing"}, actor="alice")

    report = world.run()

    assert report.exit_code is ExitCode.DONE
    assert ["| One thing |" in row for row in rows_of(world)] == [True]
