"""A second run does nothing, and costs next to nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import LostTicket
from pmsync.domain.merge import Authority
from pmsync.domain.model import Field, Status
from pmsync.domain.policy import Guards, Policy
from pmsync.domain.ports import Refused
from support.capabilities import LISTS
from support.faults import SITE, World, document

ROWS = {
    "a.md": document("One", "Two").replace("| Two | | Open", "| Two | ada | Done"),
    "skipped.md": document("Four").replace(
        "| Four | | Open | |",
        f"| Four <!-- pmsync: skip --> | bob | Open | {SITE}/team/ops/issues/9 |",
    ),
    "draft.md": document("Three").replace("# Outage", "# Outage\n\n**Status:** Draft"),
}


def asked(world: World) -> list[str]:
    """What all trackers were asked in the last run."""
    return [c for c in world.steps.calls if c.partition(".")[0] in world.projects]


def test_an_unchanged_pass_is_one_request() -> None:
    world = World(ROWS, capabilities=replace(LISTS, free_owners=False))
    world.run()

    assert world.run().exit_code is ExitCode.DONE

    assert asked(world) == ["ops.changed"]
    assert not {"state.swap", "folder.refresh", "folder.replace"} & set(
        world.steps.calls
    )


def test_a_tracker_whose_reads_are_exact_is_asked_for_the_linked_tickets_alone() -> (
    None
):
    world = World(ROWS, capabilities=replace(LISTS, exact_reads=True))
    world.run()

    world.run()

    assert asked(world) == ["ops.fetch"]
    assert "state.swap" not in world.steps.calls


def test_an_owner_without_an_account_is_not_looked_for_in_every_pass() -> None:
    world = World(
        {"a.md": document("One").replace("| One | ", "| One | a stranger ")},
        capabilities=replace(LISTS, free_owners=False),
    )
    world.run()
    assert "ops.users" in world.steps.calls

    world.run()

    assert asked(world) == ["ops.changed"]


def test_an_owner_is_looked_for_again_when_the_ticket_has_another() -> None:
    """Else a document that has the say would lose it to the ticket."""
    world = World(
        {"a.md": document("One").replace("| One | ", "| One | Ada Byron ")},
        capabilities=replace(LISTS, free_owners=False),
    )
    world.project.users.update({"Ada Byron": "ada", "Bob": "bob"})
    policy = Policy("ops", authority={Field.OWNER: Authority.DOCUMENT})
    world.settings = replace(world.settings, policy=policy)
    world.run()
    world.project.edit(world.key("One"), {Field.OWNER: "bob"})

    world.run()

    found = world.project.find(world.key("One"))
    assert found is not None
    assert found.fields[Field.OWNER] == "ada"


def test_every_linked_ticket_is_read_by_id_once_a_day() -> None:
    world = World(ROWS)
    world.run()
    world.clock.advance(hours=23)
    world.run()
    assert asked(world) == ["ops.changed"]

    world.clock.advance(hours=1)
    world.run()

    assert asked(world) == ["ops.changed", "ops.fetch"]
    world.run()
    assert asked(world) == ["ops.changed"]


def test_a_long_list_is_written_down_once_and_not_listed_again() -> None:
    titles = [f"Alert on queue {n}" for n in range(60)]
    world = World({"a.md": document(*titles)})
    guards = Guards(max_creates=60)
    world.settings = replace(
        world.settings, policy=replace(world.settings.policy, guards=guards)
    )
    world.run()
    world.run()
    for title in titles:
        world.project.comment(world.key(title))

    world.run()
    assert "state.swap" in world.steps.calls

    world.run()
    assert "state.swap" not in world.steps.calls


def test_a_link_that_was_taken_out_costs_no_request_until_somebody_decides() -> None:
    world = World({"a.md": document("One")})
    world.run()
    text = world.folder.text()
    world.folder.write(text[: text.index("[#")] + "|\n")
    world.run()
    world.folder.edit("| Open |", "| Done |")
    world.run()

    world.run()

    assert asked(world) == ["ops.changed"]


def test_a_run_that_writes_does_not_put_the_sweep_off() -> None:
    world = World({"a.md": document("One", "Two", "Three")})
    world.run()
    world.project.delete(world.key("Two"))
    for word in ("Blocked", "Open", "In progress", "Blocked"):
        world.clock.advance(hours=7)
        text = world.folder.text().splitlines()
        cells = text[6].split("|")
        cells[3] = f" {word} "
        text[6] = "|".join(cells)
        world.folder.write("\n".join([*text, ""]))
        report = world.run()

    assert "ops.update" in world.steps.calls
    assert LostTicket in [type(change) for change in report.plan.changes]


def test_a_ticket_whose_row_is_gone_costs_no_request() -> None:
    world = World({"a.md": document("One")})
    world.run()
    world.folder.write(document())
    world.run()
    world.clock.advance(hours=25)

    world.run()

    assert asked(world) == ["ops.changed"]


def test_a_long_list_that_comes_again_is_not_written_down_each_time() -> None:
    """A tracker may list all that changed in one second, over and over."""
    titles = [f"Alert on queue {n}" for n in range(60)]
    world = World({"a.md": document(*titles)})
    guards = Guards(max_creates=60)
    world.settings = replace(
        world.settings, policy=replace(world.settings.policy, guards=guards)
    )
    world.run()
    mark = world.store.state.watermarks["ops"].changed
    world.on("changed", *[lambda act: replace(act(), watermark=mark)] * 2)
    for _ in range(2):
        world.run()

    assert "state.swap" not in world.steps.calls


def test_a_person_can_ask_for_every_linked_ticket() -> None:
    world = World(ROWS)
    world.run()

    world.run(verify_now=True)

    assert asked(world) == ["ops.changed", "ops.fetch"]
    assert "state.swap" not in world.steps.calls


def test_a_clock_that_went_back_does_not_put_the_sweep_off() -> None:
    world = World(ROWS)
    world.run()
    _, version = world.store.read()
    state = world.store.state
    ahead = replace(
        state.watermarks["ops"], verified=world.clock.server().replace(year=2027)
    )
    world.store.compare_and_swap(
        version, replace(state, watermarks={"ops": ahead}), "a clock was wrong"
    )

    world.run()

    assert "ops.fetch" in asked(world)


@pytest.mark.parametrize(
    "text", [document(), document("Three").replace("| Open |", "| Done |")]
)
def test_a_repository_without_anything_to_file_never_writes_a_state(text: str) -> None:
    world = World({"a.md": text})

    for _ in range(2):
        assert world.run().exit_code is ExitCode.DONE

    assert world.store.kept == []
    assert "state.swap" not in world.steps.calls


@pytest.mark.parametrize("days", [1, 3])
def test_nothing_is_missed_between_two_writes_of_the_watermark(days: int) -> None:
    world = World({"a.md": document("One", "Two")})
    world.run()
    for _ in range(3 * days):
        world.clock.advance(hours=8)
        world.run()

    world.project.close(world.key("Two"), Status.WONT_DO)
    world.run()

    assert "| Two | | Won't Do |" in world.folder.text()
    assert world.project.find(world.key("Two")).fields[Field.STATUS] == Status.WONT_DO  # type: ignore[union-attr]


def test_a_refused_update_is_tried_again_although_the_watermark_moved() -> None:
    world = World({"a.md": document("One")})
    world.run()
    world.folder.edit("| One | | Open", "| One | | In progress")
    world.on("update", lambda _act: Refused("not now"))
    assert world.run().exit_code is ExitCode.PART_FAILED

    world.run()

    found = world.project.find(world.key("One"))
    assert found is not None
    assert found.fields[Field.STATUS] == Status.IN_PROGRESS
