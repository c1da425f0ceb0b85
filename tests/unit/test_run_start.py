"""With no state: a first run, or a lost state, and never a guess between the two."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import AdoptTicket, CreateTicket, Withheld
from pmsync.domain.errors import (
    AuthenticationError,
    SafetyStopError,
    TrackerUnavailableError,
)
from pmsync.domain.model import Field, Marker
from support.faults import SITE, World, assert_settles, document, raises

TITLE = "Rotate keys"


def lost_state(*titles: str, mode: str = "none") -> World:
    """Rows with their tickets, and no state any more."""
    world = World({"a.md": document(*titles)}, mode=mode)
    world.run()
    world.store.lose()
    return world


def test_a_tracker_that_cannot_be_read_never_means_a_first_run() -> None:
    world = World(trackers=("ops", "other"))
    world.on("other.marked", raises(TrackerUnavailableError("no connection")))

    with pytest.raises(TrackerUnavailableError):
        world.run()

    assert world.everything()[:2] == (0, 0)


def test_a_list_with_a_page_missing_never_means_a_first_run() -> None:
    world = World()
    world.on("marked", lambda act: replace(act(), complete=False))

    with pytest.raises(TrackerUnavailableError, match="first run"):
        world.run()

    assert world.everything()[:2] == (0, 0)


def test_a_token_that_is_not_accepted_never_means_a_first_run() -> None:
    world = World()
    world.on("marked", raises(AuthenticationError("401")))

    with pytest.raises(AuthenticationError):
        world.run()


def test_f27_a_lost_state_is_rebuilt_and_nothing_is_created_in_that_run() -> None:
    world = lost_state("Rotate keys", "Alert early")
    world.folder.write(document("A new one"), "b.md")
    sent, text = world.sent(), world.folder.text()

    report = world.run()

    assert report.exit_code is ExitCode.SAFETY_STOP
    assert "rebuilt from links and markers" in report.failures[-1].message
    kinds = [type(change) for change in report.plan.changes]
    assert kinds.count(AdoptTicket) == 2
    assert Withheld in kinds
    assert (world.sent(), world.folder.text()) == (sent, text)
    assert_settles(world, "Rotate keys", "Alert early", "A new one", minutes=0)


def test_f27_a_run_that_rebuilds_the_state_changes_neither_tickets_nor_documents() -> (
    None
):
    world = lost_state("Rotate keys", "Alert early", "Cap the retries")
    world.folder.edit("Rotate keys | | Open", "Rotate keys | | Done")
    world.folder.edit("Alert early | |", "Alert early | bob |")
    world.project.close(world.project.since(0)[1].id)
    world.project.edit(world.project.since(0)[2].id, {Field.OWNER: "alice"})
    sent, text = world.sent(), world.folder.text()

    assert world.run().exit_code is ExitCode.SAFETY_STOP

    assert (world.sent(), world.folder.text()) == (sent, text)
    world.run()
    assert "| alice |" in world.folder.text()
    found = world.project.find(world.key("Alert early"))
    assert found is not None
    assert found.fields[Field.OWNER] == "bob"


def test_f27_a_state_that_is_lost_before_links_were_merged_opens_nothing_twice() -> (
    None
):
    world = lost_state("Rotate keys", "Alert early", mode="pull-request")
    world.folder.proposal = None

    assert world.run().exit_code is ExitCode.SAFETY_STOP
    world.run()
    world.folder.merge()

    assert_settles(world, "Rotate keys", "Alert early", minutes=0)
    assert world.sent("create") == 2


@pytest.mark.parametrize(("before", "after"), [(1, 2), (2, 1)], ids=["rows", "tickets"])
def test_f27_of_several_of_one_title_nothing_is_guessed(
    before: int, after: int
) -> None:
    world = lost_state(*[TITLE] * before, mode="pull-request")
    world.folder.proposal = None
    world.folder.write(document(*[TITLE] * after))

    report = world.run()

    assert [type(change) for change in report.plan.changes] == [Withheld] * after
    assert world.sent("create") == before


def test_f27_a_row_that_was_renamed_while_the_state_was_lost_is_held_back() -> None:
    world = lost_state("Rotate the keys of the bastion", mode="pull-request")
    world.folder.proposal = None
    world.folder.edit(
        "Rotate the keys of the bastion", "Rotate the keys of the bastions"
    )
    world.run()

    report = world.run()

    assert [type(change) for change in report.plan.changes] == [Withheld]
    assert report.exit_code is ExitCode.CONFLICT
    assert world.sent("create") == 1


def test_f27_a_force_push_that_takes_documents_back_opens_nothing_twice() -> None:
    world = World()
    before = world.folder.text()
    world.run()

    world.folder.write(before)
    world.run()

    assert world.sent("create") == 1
    written = world.everything()
    assert world.run().exit_code is ExitCode.DONE
    assert world.everything() == written


def test_tickets_of_another_repository_in_the_same_project_are_not_ours() -> None:
    world = lost_state(TITLE)
    world.project.create(
        "pmsync", {Field.TITLE: "Theirs"}, marker=Marker("k", "another")
    )

    report = world.run()

    assert report.exit_code is ExitCode.SAFETY_STOP
    assert world.store.state.id != "another"
    assert len(world.store.state.documents["a.md"].items) == 1


OURS = "https://github.com/acme/payments"
THEIRS = "https://github.com/acme/search"


def marked(world: World, body: str, author: str = "pmsync", state: str = "q") -> None:
    world.project.create(
        author, {Field.TITLE: TITLE}, marker=Marker("k", state), body=body
    )


@pytest.mark.parametrize("number", [1, 3])
def test_a_project_of_other_repositories_is_no_lost_state_of_this_one(
    number: int,
) -> None:
    world = World()
    world.folder.address = OURS
    for n in range(number):
        link = f"{THEIRS}{n}/blob/0123abc/b.md#L7"
        marked(world, f"Rotate keys\n\nPost-mortem: {link}", state=f"q{n}")

    assert world.run().exit_code is ExitCode.DONE

    assert not world.store.state.id.startswith("q")
    assert world.sent("create") == 1 + number


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"Post-mortem: {OURS}/blob/0123abc/a.md#L7", id="plain"),
        pytest.param(f"*Post-mortem:* [x|{OURS}/-/blob/0123abc/a.md#L7]", id="wiki"),
        pytest.param(f"See {THEIRS}/blob/0123abc/x.md too", id="a link of the row's"),
        pytest.param("Written by a template of their own", id="no link"),
    ],
)
def test_a_mark_that_may_be_ours_is_never_taken_for_a_first_run(body: str) -> None:
    world = World()
    world.folder.address = OURS
    marked(world, body)

    assert world.run().exit_code is ExitCode.SAFETY_STOP

    assert world.store.state.id == "q"


def test_a_mark_that_anybody_wrote_gives_nobody_a_row() -> None:
    world = World()
    marked(world, "", author="mallory")

    for _ in range(3):
        world.run()

    assert f"{SITE}/team/ops/issues/1" not in world.folder.text()
    ours = World()
    marked(ours, "", author="mallory", state="forged")
    marked(ours, "")
    ours.run()
    assert ours.store.state.id == "q"


def test_marks_of_two_states_and_no_link_are_for_a_person_to_sort_out() -> None:
    world = World()
    for state in ("one", "two"):
        world.project.create("pmsync", {Field.TITLE: "x"}, marker=Marker("k", state))

    with pytest.raises(SafetyStopError, match="2 others"):
        world.run()


def test_a_document_that_cites_tickets_of_another_state_stops_the_run() -> None:
    world = World()
    world.run()
    theirs = world.project.create(
        "pmsync", {Field.TITLE: "Theirs"}, marker=Marker("k", "another")
    )
    number = theirs.ref.key.partition("#")[2]
    row = f"| Theirs | | Open | {SITE}/team/ops/issues/{number} |\n"
    world.folder.write(document() + row, "b.md")
    before = world.everything()

    with pytest.raises(SafetyStopError, match=r"b\.md:7"):
        world.run()

    assert world.everything() == before
    world.folder.write(
        document() + row.replace("Theirs", "Theirs <!-- pmsync: skip -->")
    )
    world.folder.files.pop("b.md")
    world.run()


def test_a_name_that_means_another_kind_of_tracker_than_before_stops_the_run() -> None:
    world = World()
    world.run()
    before = world.everything()

    with pytest.raises(SafetyStopError, match="ops is configured as jira"):
        world.run(types={"ops": "jira"})

    assert world.everything() == before


def test_a_document_that_is_left_alone_stops_no_run_by_what_it_cites() -> None:
    world = World()
    world.run()
    theirs = world.project.create(
        "pmsync", {Field.TITLE: "Theirs"}, marker=Marker("k", "another")
    )
    number = theirs.ref.key.partition("#")[2]
    row = f"| Theirs | | Open | {SITE}/team/ops/issues/{number} |\n"
    world.folder.write(document() + row, "b.md")
    world.folder.write(document("Alert early"), "c.md")
    world.folder.left_alone = {"b.md": "it differs from main"}

    assert world.run().exit_code is ExitCode.PART_FAILED

    assert world.open_tickets()["Alert early"] == 1


def test_a_dry_run_without_a_state_says_that_it_would_be_rebuilt() -> None:
    world = lost_state(TITLE)

    report = world.run(dry_run=True)

    assert report.exit_code is ExitCode.SAFETY_STOP
    assert world.store.kept == []
    assert not any(isinstance(one, CreateTicket) for one in report.plan.changes)
