"""Faults of a ``bd`` command by their names; each is a program that ends so."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.errors import (
    SafetyStopError,
    TrackerError,
    TrackerUnavailableError,
    UsageError,
)
from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.ports import Absence, Done, Draft, Lookup, Patch, Refused, Unknown
from pmsync.domain.tracker_sites import TrackerSite
from pmsync_adapters.beads import command
from pmsync_adapters.beads.bd import BdTracker
from support.bd_fake import Bd
from support.remote import Remote, documents

FIRST = "000001.md"
SITE = TrackerSite("beads", "beads", "", "bd")


@pytest.fixture
def bd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bd:
    made = Bd(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{made.folder}{os.pathsep}{os.environ['PATH']}")
    return made


def draft(title: str = "A title") -> Draft:
    return Draft(Marker("k0001", "s8t4t3"), title, "Why")


def opened(bd: Bd) -> Ticket:
    (outcome,) = bd.tracker().create([draft()])
    assert isinstance(outcome, Done), outcome
    return outcome.ticket


def beside(bd: Bd, rows: int) -> Remote:
    return Remote(documents(rows), SITE, bd.tracker)


@pytest.mark.parametrize("out", ["", "<html>", '{"id": ', '[{"id": 1}]', "{}"])
@pytest.mark.parametrize("code", [0, 137])
def test_f06_f07_f09_f47_a_create_without_its_answer_is_found_and_not_sent_again(
    out: str, code: int, bd: Bd
) -> None:
    bd.fail("create", out=out, code=code, commits=True)

    (outcome,) = bd.tracker().create([draft()])

    assert isinstance(outcome, Done), outcome
    assert outcome.ticket.marker == draft().marker
    assert bd.count("create") == 1


def test_f08_f45_a_create_that_does_not_end_is_given_up_and_looked_for(
    bd: Bd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "DEADLINE", 1.0)
    bd.fail("create", commits=True, wait=60)

    (outcome,) = bd.tracker().create([draft()])

    assert isinstance(outcome, Done), outcome
    assert bd.count("create") == 1


def test_f10_a_create_that_was_not_carried_out_is_known_to_be_none(bd: Bd) -> None:
    bd.fail("create", out='{"error": "database is locked"}')
    passes = beside(bd, 1)

    report = passes.run()

    assert report.exit_code is ExitCode.PART_FAILED
    assert bd.count("create") == 1
    bd.heal()
    assert passes.run().exit_code is ExitCode.DONE
    assert len(bd.issues) == 1


def test_f06_f12_a_create_that_cannot_be_looked_for_is_unknown_and_adopted_later(
    bd: Bd,
) -> None:
    bd.fail("create", commits=True)
    bd.fail("list")

    (outcome,) = bd.tracker().create([draft()])

    assert isinstance(outcome, Unknown)
    bd.heal()
    (ticket,) = bd.tracker().marked(None).tickets
    assert ticket.marker == draft().marker


def test_f11_a_change_whose_answer_was_lost_is_seen_and_not_sent_again(bd: Bd) -> None:
    ticket = opened(bd)
    bd.fail("update", commits=True)
    patch = Patch(ticket, {Field.TITLE: "Ours"})

    first = bd.tracker().update(patch)
    bd.heal()
    shown = bd.tracker().fetch([Lookup(ticket.ref.key, ticket.id)])[ticket.ref.key]

    assert not isinstance(first, Done)
    assert isinstance(shown, Ticket)
    assert shown.fields[Field.TITLE] == "Ours"
    assert not shown.touched_by_others
    again = bd.tracker().update(Patch(shown, {Field.TITLE: "Ours"}))
    assert isinstance(again, Done)
    assert bd.count("update") == 1


def test_f31_a_deleted_issue_is_reported_and_not_opened_again(bd: Bd) -> None:
    passes = beside(bd, 8)
    passes.run()
    passes.run()
    issues = bd.issues
    del issues["bd-a3"]
    bd.keep(issues)
    files = dict(passes.folder.files)

    for _ in range(2):
        assert passes.run(verify_now=True).exit_code is ExitCode.CONFLICT

    assert bd.count("create") == 8
    assert passes.folder.files == files
    lookup = Lookup("bd-a3", "bd-a3")
    assert bd.tracker().fetch([lookup]) == {"bd-a3": Absence.DELETED}


@pytest.mark.parametrize("reason", ["Duplicate of bd-a1", "obsolete", "Not planned"])
def test_f33_what_was_closed_without_being_done_is_not_done(
    reason: str, bd: Bd
) -> None:
    ticket = opened(bd)
    closed = {"status": "closed", "close_reason": reason}
    bd.keep({ticket.id: {**bd.issues[ticket.id], **closed}})

    (shown,) = bd.tracker().changed(None).tickets

    assert shown.fields[Field.STATUS] == Status.WONT_DO


def test_f38_an_emptied_workspace_stops_the_run(bd: Bd) -> None:
    passes = beside(bd, 8)
    passes.run()
    passes.run()
    bd.keep({})
    files = dict(passes.folder.files)

    with pytest.raises(SafetyStopError, match="none of its 8 linked tickets"):
        passes.run(verify_now=True)

    assert bd.count("create") == 8
    assert passes.folder.files == files


def test_f39_f40_a_mass_change_and_another_configuration_stop_the_run(bd: Bd) -> None:
    passes = beside(bd, 24)
    passes.run()
    passes.run()
    for id_ in list(bd.issues):
        bd.close(id_)
    files = dict(passes.folder.files)

    with pytest.raises(SafetyStopError, match="24 of 24 linked rows"):
        passes.run()
    with pytest.raises(SafetyStopError):
        passes.run(digest="another")

    assert passes.folder.files == files


def test_f41_a_persons_change_meanwhile_means_plan_again(bd: Bd) -> None:
    ticket = opened(bd)
    bd.keep({ticket.id: {**bd.issues[ticket.id], "title": "Theirs"}})

    outcome = bd.tracker().update(Patch(ticket, {Field.TITLE: "Ours"}))

    assert isinstance(outcome, Refused)
    assert outcome.stale
    assert bd.count("update") == 0


def test_f42_a_command_that_no_longer_exists_is_named(bd: Bd) -> None:
    bd.fail("list", out='{"error": "unknown command \\"list\\" for \\"bd\\""}')

    with pytest.raises(
        TrackerUnavailableError, match='bd list: unknown command "list"'
    ):
        bd.tracker().changed(None)


def test_f43_one_refused_draft_does_not_stop_the_others(bd: Bd) -> None:
    first, blank, last = bd.tracker().create([draft("One"), draft(" "), draft("Two")])

    assert isinstance(first, Done)
    assert isinstance(blank, Refused)
    assert isinstance(last, Done)
    assert not blank.whole_project


def test_f45_a_list_that_does_not_end_is_given_up(
    bd: Bd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "DEADLINE", 0.5)
    bd.fail("list", wait=60)

    with pytest.raises(TrackerUnavailableError, match="did not end"):
        bd.tracker().changed(None)


def test_f46_without_a_workspace_the_remedy_is_named(bd: Bd) -> None:
    bd.fail("list", out='{"error": "no beads database found; run bd init"}')

    with pytest.raises(UsageError, match="no workspace") as refused:
        bd.tracker().changed(None)

    assert "bd init" in str(refused.value.hint)


LISTS: dict[str, Callable[[BdTracker], object]] = {
    "changed": lambda tracker: tracker.changed(None),
    "marked": lambda tracker: tracker.marked(None),
    "fetch": lambda tracker: tracker.fetch([Lookup("bd-a1", "bd-a1")]),
}


@pytest.mark.parametrize("ask", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("out", ["<html>", "[1]", '{"id": 7}', '[{"id": "bd-a1"}]'])
def test_f47_an_answer_that_is_not_beads_is_no_empty_list(
    out: str, ask: Callable[[BdTracker], object], bd: Bd
) -> None:
    opened(bd)
    bd.fail("list", out=out, code=0)

    with pytest.raises(TrackerError):
        ask(bd.tracker())


def test_s07_only_ids_go_to_the_command_and_none_is_an_option(bd: Bd) -> None:
    opened(bd)

    found = bd.tracker().fetch([Lookup("--db=/etc/passwd"), Lookup("bd-a1; rm -rf /")])

    assert set(found.values()) == {Absence.DELETED}
    assert "passwd" not in (bd.folder / "calls").read_text()
