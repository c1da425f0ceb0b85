"""A row with more cells than its header: what nobody sees of it is never moved or hidden.

Such a table gets no column, so a link has no place in it: no ticket is opened whose
link could not be written.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.document.editor import edit
from pmsync.document.edits import ItemEdit, Link, Style
from pmsync.domain.changes import AddColumn, CreateTicket, UpdateRow
from pmsync.domain.errors import EditRefusedError
from pmsync.domain.model import Column, Field, Status
from pmsync.domain.ports import Patch
from support.engine import Engine, creates, kinds

WIDE = """# Outage

## Action Items

| Action | Owner | Status |
|---|---|---|
| Alert on a full disk | | Open |
| Pipe it through a | b | | Open |
| Write a runbook | | Open |
"""
SOUND = """
## Action Items of the second team

| Action | Owner | Status |
|---|---|---|
| Rotate the key | | Open |
"""


def test_no_ticket_is_opened_in_a_table_that_can_be_given_no_column_for_its_link() -> (
    None
):
    engine = Engine()
    engine.documents.files["a.md"] = WIDE + SOUND

    plan = engine.run(dry_run=True).plan
    report = engine.run()

    assert [t.fields[Field.TITLE] for t in engine.tickets] == ["Rotate the key"]
    assert [type(change) for change in plan.changes] == kinds(report)
    assert engine.documents.files["a.md"].startswith(WIDE)
    assert report.exit_code is ExitCode.DONE
    engine.assert_at_rest()


def test_one_wide_row_among_very_many_keeps_tickets_from_all_of_them() -> None:
    rows = "".join(f"| Rotate key {n} | | Open |\n" for n in range(600))
    engine = Engine()
    engine.documents.files["a.md"] = WIDE.replace("| Pipe", f"{rows}| Pipe")

    assert creates(engine.run()) == []


def test_a_column_that_would_hide_behind_a_wide_row_is_refused() -> None:
    link = ItemEdit(7, {Column.TICKET: Link("#1", "https://t.example/1")})

    with pytest.raises(EditRefusedError, match="more cells than the header"):
        edit(WIDE.encode(), "a.md", [link], {5: [Column.TICKET]}, Style())


@pytest.mark.parametrize("cell", ["[Action 1]", "Done | it | is"])
def test_a_wide_row_that_is_no_action_item_counts_too(cell: str) -> None:
    engine = Engine()
    row = f"| {cell} | | Open | more |"
    engine.documents.files["a.md"] = WIDE.replace(
        "| Pipe it through a | b | | Open |", row
    )

    assert creates(engine.run()) == []


def test_a_table_with_a_ticket_column_refuses_its_wide_row_alone() -> None:
    engine = Engine()
    before = WIDE.replace("Status |", "Status | Ticket |").replace(
        "---|\n", "---|---|\n"
    )
    before = before.replace("b | | Open |", "b | | Open | | |")
    engine.documents.files["a.md"] = before

    report = engine.run()

    assert len(creates(report)) == 2
    lines = engine.documents.files["a.md"].splitlines()
    assert sum("[#" in line for line in lines) == 2
    assert lines[7] == before.splitlines()[7]
    engine.assert_at_rest()


def test_links_in_titles_need_no_column() -> None:
    engine = Engine()
    policy = replace(engine.policy, ticket_in_title=True)
    style = replace(engine.settings.style, ticket_column="title")
    engine.settings = replace(engine.settings, policy=policy, style=style)
    engine.documents.files["a.md"] = WIDE

    report = engine.run()

    assert len(creates(report)) == 2
    assert report.exit_code is ExitCode.DONE
    engine.assert_at_rest()


def test_a_row_that_became_wide_blocks_neither_a_status_nor_ends_each_run_in_failure() -> (
    None
):
    engine = Engine()
    engine.documents.files["a.md"] = WIDE.replace("a | b", "a to b")
    engine.documents.lands_at_once = False
    engine.run()
    engine.documents.lands_at_once = True
    engine.documents.files["a.md"] = WIDE
    ticket = engine.ticket("Write a runbook")
    engine.tracker.update(Patch(ticket, {Field.STATUS: Status.DONE}))

    report = engine.run()

    assert AddColumn not in kinds(report)
    assert CreateTicket not in kinds(report)
    assert UpdateRow in kinds(report)
    assert "| Write a runbook | | Done |" in engine.documents.files["a.md"]
    assert report.exit_code is ExitCode.DONE
    engine.assert_at_rest()
