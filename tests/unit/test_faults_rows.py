"""People edit rows and tickets in every way; no ticket is doubled, no edit is lost.

Each test is a fault of the list that the design names, seen through whole runs.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import (
    Agree,
    Conflict,
    Noticed,
    Result,
    UpdateTicket,
)
from pmsync.domain.model import Field, Status, TicketRef
from pmsync.domain.ports import Outcome, Patch, Refused
from pmsync_adapters.memory import MemoryTracker
from pmsync_adapters.memory.project import HOLDS_ALL
from support.engine import Engine, creates, kinds, rows_of

DISK = "Alert when the disk is nearly full"
CERTIFICATES = "Rotate the certificates before they expire"
RUNBOOK = "Write a runbook for the queue"


@pytest.fixture
def engine() -> Engine:
    """Three rows with their tickets, in step."""
    made = Engine()
    made.write("a.md", *(f"{t}|@alice|Open|" for t in (DISK, CERTIFICATES, RUNBOOK)))
    made.run()
    assert len(made.tickets) == 3
    made.assert_at_rest()
    return made


def with_rows(engine: Engine, rows: list[str], path: str = "a.md") -> None:
    """Give a document other rows."""
    text = engine.documents.files["a.md"]
    head = text[: text.index("|---|---|---|---|\n") + len("|---|---|---|---|\n")]
    engine.documents.files[path] = head + "\n".join([*rows, ""])


def test_f19_an_edit_made_during_the_run_is_kept(engine: Engine) -> None:
    engine.project.close(engine.ticket(DISK).id)
    replace_ = engine.documents.replace
    edited: list[str] = []

    def edited_meanwhile(path: str, expected: bytes, data: bytes) -> None:
        if not edited:
            edited.append(path)
            engine.edit("a.md", RUNBOOK, f"{RUNBOOK} and its alerts")
        replace_(path, expected, data)

    engine.documents.replace = edited_meanwhile  # type: ignore[method-assign]
    engine.run()

    assert any("and its alerts" in row for row in rows_of(engine))
    assert engine.ticket(f"{RUNBOOK} and its alerts")
    assert "Done" in rows_of(engine)[0]
    engine.assert_at_rest()


def test_f20_two_edits_of_one_cell_are_shown_and_neither_is_overwritten(
    engine: Engine,
) -> None:
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Blocked")
    engine.project.edit(
        engine.ticket(DISK).id, {Field.STATUS: Status.IN_PROGRESS, Field.OWNER: "bob"}
    )

    report = engine.run()

    (conflict,) = [c for c in report.plan.changes if isinstance(c, Conflict)]
    shown = conflict.fields["status"]
    assert (shown.document, shown.tracker) == ("blocked", "in_progress")
    assert report.exit_code is ExitCode.CONFLICT
    assert "@bob | Blocked" in rows_of(engine)[0], "the other field is not held up"
    assert engine.ticket(DISK).fields[Field.STATUS] == Status.IN_PROGRESS
    engine.assert_at_rest()


def test_f21_the_same_change_on_both_sides_is_no_conflict(engine: Engine) -> None:
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    engine.project.close(engine.ticket(DISK).id)
    writes = len(engine.project.journal)

    report = engine.run()

    assert kinds(report) == [Agree]
    assert len(engine.project.journal) == writes
    assert report.exit_code is ExitCode.DONE
    engine.assert_at_rest()


def test_f22_a_resorted_table_costs_nothing(engine: Engine) -> None:
    with_rows(engine, rows_of(engine)[::-1])
    writes = len(engine.project.journal)

    report = engine.run()

    assert report.plan.changes == ()
    assert len(engine.project.journal) == writes
    engine.assert_at_rest()


def test_f22_a_row_moved_to_another_document_keeps_its_ticket(engine: Engine) -> None:
    first, *others = rows_of(engine)
    with_rows(engine, [first], "b.md")
    with_rows(engine, others)

    report = engine.run()

    assert not creates(report)
    engine.edit("b.md", DISK, f"{DISK} again")
    engine.run()
    assert engine.ticket(f"{DISK} again")
    assert len(engine.tickets) == 3
    engine.assert_at_rest()


def test_f23_a_renamed_row_renames_its_ticket(engine: Engine) -> None:
    number = engine.ticket(DISK).ref.key
    engine.edit("a.md", DISK, "Page somebody before the disk is full")

    engine.run()

    assert engine.ticket("Page somebody before the disk is full").ref.key == number
    assert len(engine.tickets) == 3
    engine.assert_at_rest()


def test_f23_two_rows_that_swap_titles_keep_their_tickets(engine: Engine) -> None:
    disk, certificates = engine.ticket(DISK).id, engine.ticket(CERTIFICATES).id
    text = engine.documents.files["a.md"]
    engine.documents.files["a.md"] = (
        text.replace(DISK, "§").replace(CERTIFICATES, DISK).replace("§", CERTIFICATES)
    )

    engine.run()

    assert engine.ticket(DISK).id == certificates
    assert engine.ticket(CERTIFICATES).id == disk
    engine.assert_at_rest()


def test_f23_a_row_renamed_and_moved_at_once_keeps_its_ticket(engine: Engine) -> None:
    first, *others = rows_of(engine)
    with_rows(engine, [first.replace(DISK, "Buy larger disks")], "b.md")
    with_rows(engine, others)

    engine.run()

    assert engine.ticket("Buy larger disks")
    assert len(engine.tickets) == 3
    engine.assert_at_rest()


def test_f24_a_copied_row_does_not_write_to_the_ticket(engine: Engine) -> None:
    first = rows_of(engine)[0]
    with_rows(
        engine, [first.replace(DISK, "Something else").replace("Open", "Done")], "b.md"
    )
    writes = len(engine.project.journal)

    report = engine.run()

    assert len(engine.project.journal) == writes
    assert not creates(report)
    assert engine.ticket(DISK).fields[Field.STATUS] == Status.OPEN
    engine.assert_at_rest()


def test_f24_a_copied_document_receives_what_becomes_of_the_tickets(
    engine: Engine,
) -> None:
    engine.documents.files["b.md"] = engine.documents.files["a.md"]
    engine.run()
    engine.assert_at_rest()

    engine.project.close(engine.ticket(DISK).id)
    engine.run()

    assert "Done" in rows_of(engine, "a.md")[0]
    assert "Done" in rows_of(engine, "b.md")[0]
    assert len(engine.tickets) == 3
    engine.assert_at_rest()


def test_f24_a_row_that_was_copied_first_and_deleted_later_has_moved(
    engine: Engine,
) -> None:
    first, *others = rows_of(engine)
    with_rows(engine, [first], "b.md")
    engine.run()
    with_rows(engine, others)
    engine.run()

    engine.edit("b.md", "| Open |", "| Done |")
    engine.run()

    assert engine.ticket(DISK).fields[Field.STATUS] == Status.DONE
    assert len(engine.tickets) == 3
    engine.assert_at_rest()


def test_f24_a_reused_document_does_not_rename_the_tickets_of_the_former(
    engine: Engine,
) -> None:
    first = rows_of(engine)[0]
    with_rows(engine, [first.replace(DISK, "Teach everybody to knit")], "b.md")
    engine.run()
    del engine.documents.files["a.md"]
    engine.run()
    engine.run()

    assert engine.ticket(DISK), "it is kept as it is, and so is the row"
    engine.assert_at_rest()

    # The document comes back: the ticket is still its own.
    engine.documents.files["a.md"] = engine.documents.files["b.md"].replace(
        "Teach everybody to knit", DISK
    )
    engine.run()
    engine.run()
    engine.edit("a.md", "| Open |", "| Done |")
    engine.run()
    assert engine.ticket(DISK).fields[Field.STATUS] == Status.DONE
    assert len(engine.tickets) == 3


def test_f24_a_document_split_in_two_keeps_every_ticket(engine: Engine) -> None:
    first, *others = rows_of(engine)
    del engine.documents.files["a.md"]
    engine.write("b.md")
    engine.write("c.md")
    engine.documents.files["b.md"] += first + "\n"
    engine.documents.files["c.md"] += "\n".join([*others, ""])

    report = engine.run()

    assert set(kinds(report)) == {UpdateTicket}, "their descriptions name the document"
    assert len(engine.tickets) == 3
    engine.assert_at_rest()


def test_f24_a_duplicated_table_has_one_writer(engine: Engine) -> None:
    text = engine.documents.files["a.md"]
    engine.documents.files["a.md"] = text + text[text.index("## Action Items") :]
    writes = len(engine.project.journal)

    engine.run()

    assert len(engine.project.journal) == writes
    engine.assert_at_rest()


def test_f25_a_deleted_row_closes_nothing_and_is_told_once(engine: Engine) -> None:
    first, *others = rows_of(engine)
    with_rows(engine, others)

    report = engine.run()

    (gone,) = report.plan.changes
    assert isinstance(gone, Agree)
    assert gone.noticed is Noticed.VANISHED
    assert report.exit_code is ExitCode.DONE
    assert engine.open_tickets == 3
    engine.assert_at_rest()

    with_rows(engine, [*others, first.replace(DISK, f"{DISK} soon")])
    engine.run()
    assert engine.ticket(f"{DISK} soon"), "what comes back is the same item"
    assert len(engine.tickets) == 3
    engine.assert_at_rest()


def test_f25_a_document_that_cannot_be_read_loses_nothing(engine: Engine) -> None:
    engine.documents.unreadable.add("a.md")
    report = engine.run()
    assert report.plan.changes == ()
    assert report.exit_code is ExitCode.PART_FAILED

    engine.documents.unreadable.clear()
    engine.assert_at_rest()


def test_f26_a_renamed_document_keeps_its_tickets(engine: Engine) -> None:
    engine.documents.files["z.md"] = engine.documents.files.pop("a.md")

    report = engine.run()

    assert not creates(report)
    assert len(engine.tickets) == 3
    engine.run()
    engine.assert_at_rest()


def test_f26_a_document_renamed_before_its_links_came_back_opens_nothing() -> None:
    engine = Engine()
    engine.write("a.md", f"{DISK}|@alice|Open|", f"{RUNBOOK}|@alice|Open|")
    engine.documents.lands_at_once = False
    engine.run()
    engine.documents.files = {"z.md": engine.documents.files["a.md"]}
    engine.documents.lands_at_once = True

    report = engine.run()

    assert not creates(report)
    assert len(engine.tickets) == 2
    assert all("issues/" in row for row in rows_of(engine, "z.md"))
    engine.assert_at_rest()


def test_f32_a_moved_ticket_is_followed_and_not_taken_for_done(engine: Engine) -> None:
    moved = engine.project.move(engine.ticket(DISK).id, "org/other")

    report = engine.run()

    assert moved.ref.url.rpartition("/")[2] in rows_of(engine)[0]
    assert "| Open |" in rows_of(engine)[0]
    assert not creates(report)
    engine.run()
    engine.assert_at_rest()

    engine.project.close(moved.id)
    engine.run()
    assert "| Done |" in rows_of(engine)[0], "it is followed where it is now"


@pytest.mark.parametrize("exact", [True, False], ids=["exact", "lists"])
def test_f32_a_ticket_that_keeps_its_id_under_a_new_key_is_followed(
    *, exact: bool
) -> None:
    """So Jira moves a ticket: only the key becomes another."""
    engine = Engine(replace(HOLDS_ALL, exact_reads=exact))
    engine.write("a.md", f"{DISK}|@alice|Open|")
    engine.run()
    ticket = engine.ticket(DISK)
    moved = TicketRef("", "org/repo#77", "https://github.com/org/repo/issues/77")
    kept = engine.project._kept[ticket.id]
    kept.ticket = replace(kept.ticket, ref=moved)
    engine.project._current[moved.key] = ticket.id
    engine.project.close(ticket.id)

    engine.run()

    assert f"| Done | [#77]({moved.url}) |" in rows_of(engine)[0]
    engine.run()
    engine.assert_at_rest()


def test_f32_a_moved_ticket_is_known_by_its_new_id(engine: Engine) -> None:
    before = engine.ticket(DISK)
    moved = engine.project.move(before.id, "org/other")
    engine.run()
    engine.run()
    # What was known by the former id and key is known no more, as after a year.
    for name in (before.id, before.ref.key):
        del engine.project._current[name]
    engine.project.close(moved.id)

    engine.run(verify_now=True)

    assert "| Done |" in rows_of(engine)[0]


def test_f33_a_ticket_closed_as_not_planned_is_not_done(engine: Engine) -> None:
    engine.project.close(engine.ticket(DISK).id, Status.WONT_DO)

    engine.run()

    assert "| Won't Do |" in rows_of(engine)[0]
    engine.assert_at_rest()


class Fussy(MemoryTracker):
    """Refuses every write of one word."""

    def update(self, patch: Patch) -> Outcome:
        if "forbidden" in (patch.fields.get(Field.TITLE) or ""):
            return Refused("422: title is not allowed")
        return super().update(patch)


def test_f43_one_refused_field_does_not_hold_up_the_other_rows(engine: Engine) -> None:
    engine.tracker = Fussy(engine.project, name="memory")
    engine.edit("a.md", DISK, f"{DISK} forbidden")
    engine.edit("a.md", RUNBOOK, f"{RUNBOOK} today")

    report = engine.run()

    refused = [done for done in report.done.values() if done.result is Result.REFUSED]
    assert [done.why for done in refused] == ["422: title is not allowed"]
    assert engine.ticket(f"{RUNBOOK} today")
    assert report.exit_code is ExitCode.PART_FAILED


def test_f53_our_own_commit_starts_a_run_that_does_nothing(engine: Engine) -> None:
    engine.write("b.md", "Cap the retries of the importer|@bob|Open|")
    engine.run()

    engine.assert_at_rest()
