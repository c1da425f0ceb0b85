"""What ``status`` says of each row is what the last run left behind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from pmsync.app.overview import Mark, Overview, Standing, overview
from pmsync.cli.status_output import counts, last_line, status_json, status_lines
from pmsync.cli.terminal import Paint
from pmsync.domain.model import Field, Status
from pmsync.domain.ports import Capabilities, Draft, Outcome, Unknown
from pmsync_adapters.memory import MemoryTracker
from pmsync_adapters.memory.project import HOLDS_ALL
from support.engine import Engine

DISK = "Alert when the disk is nearly full"
RUNBOOK = "Write a runbook for the queue"


class Deaf:
    """A tracker that nobody may ask."""

    name = "memory"
    project = "org/repo"

    def __init__(self, capabilities: Capabilities) -> None:
        self.capabilities = capabilities


@pytest.fixture
def engine() -> Engine:
    made = Engine()
    made.write("a.md", f"{DISK}|@alice|Open|", f"{RUNBOOK}|@bob|Done|")
    made.run()
    return made


def seen(engine: Engine) -> Overview:
    """The overview, with a tracker that cannot be asked."""
    tracker, engine.tracker = engine.tracker, Deaf(engine.capabilities)  # type: ignore[assignment]
    try:
        return overview(engine.ports(), engine.settings)
    finally:
        engine.tracker = tracker


def row(found: Overview, text: str = DISK) -> Standing:
    """The one row with a title."""
    rows = [r for document in found.documents for r in document.rows]
    (one,) = [r for r in rows if r.title == text]
    return one


def test_rows_in_step_bear_no_mark(engine: Engine) -> None:
    found = seen(engine)

    assert row(found).marks == ()
    assert row(found).ref is not None
    assert (counts(found)["open"], counts(found)["finished"]) == (1, 1)


def test_a_conflict_is_shown_with_both_values_and_no_tracker_is_asked(
    engine: Engine,
) -> None:
    engine.edit("a.md", "| Open |", "| Blocked |")
    engine.project.edit(engine.ticket(DISK).id, {Field.STATUS: Status.IN_PROGRESS})
    engine.run()

    found = seen(engine)

    assert row(found).marks == (Mark.CONFLICT,)
    shown = row(found).fields["status"]
    assert (shown.document, shown.tracker) == ("blocked", "in_progress")
    text = "\n".join(status_lines(found, Paint(on=False), verbose=False))
    assert "document blocked, ticket in_progress, last agreed open" in text
    assert last_line(found) == "1 open, 0 overdue, 1 finished, 1 conflict."


def test_a_finished_row_that_meets_an_open_ticket_is_a_conflict_here_too() -> None:
    engine = Engine()
    other = engine.project.create("alice", {Field.TITLE: DISK})
    engine.write("a.md", f"{DISK}|@alice|Done|{other.ref.key}")
    engine.run()

    assert row(seen(engine)).marks == (Mark.CONFLICT,)


def test_finished_rows_that_share_an_open_ticket_are_conflicts_here_too() -> None:
    engine = Engine()
    other = engine.project.create("alice", {Field.TITLE: DISK})
    cited = other.ref.key
    engine.write("a.md", f"{DISK}|@a|Done|{cited}", f"{RUNBOOK}|@b|Done|{cited}")
    engine.run()

    assert row(seen(engine)).marks == (Mark.CONFLICT,)
    assert row(seen(engine), RUNBOOK).marks == (Mark.CONFLICT,)
    engine.assert_at_rest()


def test_a_date_that_is_past_is_overdue_until_the_row_is_finished() -> None:
    engine = Engine()
    text = "# P\n\n## Action Items\n\n| Action | Due | Status |\n|---|---|---|\n"
    rows = f"| {DISK} | 2020-01-01 | Open |\n| {RUNBOOK} | 2020-01-01 | Done |\n"
    engine.documents.files["a.md"] = text + rows

    found = seen(engine)

    assert row(found).due == "2020-01-01"
    assert date.fromisoformat("2020-01-01") < engine.clock.now().date()
    assert Mark.OVERDUE in row(found).marks
    assert row(found, RUNBOOK).marks == ()
    assert Mark.UNFILED in row(found).marks


def test_what_waits_in_a_proposal_is_pending(engine: Engine) -> None:
    engine.documents.lands_at_once = False
    engine.project.close(engine.ticket(DISK).id)
    engine.run()

    assert Mark.PENDING in row(seen(engine)).marks


def test_what_a_person_declined_is_listed_until_the_ticket_changes(
    engine: Engine,
) -> None:
    engine.documents.lands_at_once = False
    engine.project.close(engine.ticket(DISK).id)
    engine.run()
    engine.documents.closed_unmerged = True
    engine.run()

    assert row(seen(engine)).marks == (Mark.DECLINED,)


def test_a_lost_ticket_and_a_link_that_was_taken_out_are_shown(engine: Engine) -> None:
    engine.write("b.md", "Cap the retries|@carol|Open|")
    engine.run()
    engine.project.delete(engine.ticket(DISK).id)
    text = engine.documents.files["b.md"]
    engine.documents.files["b.md"] = text[: text.rindex("[")] + " |\n"
    engine.run()

    found = seen(engine)

    assert row(found).marks == (Mark.LOST,)
    assert row(found, "Cap the retries").marks == (Mark.UNLINKED,)


def test_a_ticket_whose_row_is_gone_is_still_named(engine: Engine) -> None:
    engine.write("a.md", f"{RUNBOOK}|@bob|Done|")
    engine.run()

    (gone,) = seen(engine).gone

    assert (gone.title, gone.ref.key) == (DISK, engine.ticket(DISK).ref.key)


def test_a_repository_without_a_state_can_be_looked_at() -> None:
    engine = Engine()
    engine.write("a.md", f"{DISK}|@alice|Open|")

    found = seen(engine)

    assert row(found).marks == (Mark.UNFILED,)
    assert engine.state.writes == 0


def test_texts_of_documents_do_nothing_to_a_terminal_or_a_log() -> None:
    engine = Engine()
    engine.write("a.md", "##[error]x \x1b[31m|@a|Open|")

    found = seen(engine)
    text = "\n".join(status_lines(found, Paint(on=False), verbose=False))

    assert "\x1b" not in text
    assert "##[" not in status_json(found)
    assert json.loads(status_json(found))["version"] == 1


class Mute(MemoryTracker):
    """Answers no create, and carries none out."""

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        return [Unknown("502 from a proxy")] * len(drafts)


def test_a_create_without_an_answer_is_shown_as_waiting() -> None:
    engine = Engine(replace(HOLDS_ALL, exact_reads=False))
    engine.tracker = Mute(engine.project, name="memory")
    engine.write("a.md", f"{DISK}|@alice|Open|")
    engine.run()

    assert row(seen(engine)).marks == (Mark.PENDING,)


def test_a_row_that_is_held_back_is_shown_so(engine: Engine) -> None:
    (line,) = [s for s in engine.documents.files["a.md"].splitlines() if DISK in s]
    told = "Tell people that the disk fills"
    engine.edit("a.md", line, f"| {told} | @alice | Open | |")

    assert row(seen(engine), told).marks == (Mark.WITHHELD,)


def test_a_link_that_was_just_taken_out_is_shown_before_any_run(engine: Engine) -> None:
    text = engine.documents.files["a.md"]
    at = text.index("[#")
    engine.documents.files["a.md"] = text[:at] + text[text.index(" |", at) :]

    assert Mark.UNLINKED in row(seen(engine)).marks


def test_templates_and_skipped_rows_are_no_work_that_is_open() -> None:
    engine = Engine()
    engine.write("template.md", f"{DISK}|@alice|Open|")
    engine.write("a.md", f"{RUNBOOK} <!-- pmsync: skip -->|@bob|Open|")

    assert seen(engine).documents == ()
