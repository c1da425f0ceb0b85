"""A ticket that pmsync made is known as such under any account, and no other is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import AdoptTicket, CreateTicket, Pending
from pmsync.domain.model import Field, Marker, Status
from pmsync_adapters.memory import MemoryProject
from support.beginnings import TITLE
from support.capabilities import LISTS
from support.engine import kinds
from support.faults import (
    SITE,
    Killed,
    World,
    assert_settles,
    dies_after,
    document,
    lost,
    never,
)


def test_an_intent_is_looked_for_only_in_the_project_that_it_was_sent_to() -> None:
    world = World()
    world.on("create", lost)
    world.lag = timedelta(minutes=5)
    world.run()
    sent_to = world.projects["ops"]
    world.projects["ops"] = MemoryProject(
        "team/other", capabilities=LISTS, clock=world.clock.server
    )
    world.clock.advance(minutes=60)

    report = world.run()

    (waiting,) = report.plan.changes
    assert isinstance(waiting, Pending)
    assert "team/ops" in waiting.reason
    assert world.sent("create") == 0
    world.projects["ops"] = sent_to
    assert_settles(world, TITLE)


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
