"""What a row and its ticket may do to each other, seen through whole runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.app.report import Report
from pmsync.domain.changes import (
    AdoptTicket,
    Agree,
    Conflict,
    LostTicket,
    Noticed,
    UpdateRow,
    UpdateTicket,
    Withheld,
)
from pmsync.domain.errors import UsageError
from pmsync.domain.merge import Side
from pmsync.domain.model import Field, Status
from pmsync.domain.ports import Capabilities, Draft, Listing, Outcome, Unknown
from pmsync.domain.view import Resolve
from pmsync_adapters.memory import MemoryTracker
from support.engine import Engine, creates, kinds

DISK = "Alert when the disk is nearly full"
RUNBOOK = "Write a runbook for the queue"
LISTS = Capabilities(
    fields=frozenset(Field),
    statuses=frozenset(Status) - {Status.UNKNOWN},
    free_owners=True,
)
"""A tracker that shows what changed, and other tickets only when it is asked."""


def made(capabilities: Capabilities | None = None) -> Engine:
    """Two rows with their tickets, in step."""
    engine = Engine(capabilities) if capabilities else Engine()
    engine.write("a.md", f"{DISK}|@alice|Open|", f"{RUNBOOK}|@bob|Open|")
    engine.run()
    engine.assert_at_rest()
    return engine


@pytest.fixture(params=[None, LISTS], ids=["exact", "lists"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return made(request.param)


def rows_of(engine: Engine, path: str = "a.md") -> list[str]:
    """The rows of a document as they are written."""
    lines = engine.documents.files[path].splitlines()
    return [line for line in lines if line.startswith("|")][2:]


def item_of(engine: Engine, text: str) -> object:
    """What the state remembers of a row."""
    assert engine.state.state is not None
    (found,) = [
        item
        for document in engine.state.state.documents.values()
        for item in document.items
        if item.text == text
    ]
    return found


def resolved(engine: Engine, side: Side, text: str = DISK) -> Report:
    """A run of one row for which a person takes a side."""
    lines = engine.documents.files["a.md"].splitlines()
    (line,) = [n for n, found in enumerate(lines, 1) if text in found]
    return engine.run(resolve=Resolve("a.md", line, side))


def without_column(engine: Engine, index: int) -> None:
    """Take a column out of the table."""
    lines = engine.documents.files["a.md"].splitlines()
    for n, line in enumerate(lines):
        if line.startswith("|"):
            cells = line.strip("|").split("|")
            del cells[index]
            lines[n] = f"|{'|'.join(cells)}|"
    engine.documents.files["a.md"] = "\n".join([*lines, ""])


def with_column(engine: Engine, index: int, header: str) -> None:
    """Put a column with blank cells into the table."""
    lines = engine.documents.files["a.md"].splitlines()
    blank = [f" {header} ", "---"]
    for n, line in enumerate(lines):
        if line.startswith("|"):
            cells = line.strip("|").split("|")
            cells.insert(index, blank.pop(0) if blank else " ")
            lines[n] = f"|{'|'.join(cells)}|"
    engine.documents.files["a.md"] = "\n".join([*lines, ""])


# Columns


def test_a_column_that_is_taken_out_clears_nothing_in_the_tickets(
    engine: Engine,
) -> None:
    without_column(engine, 1)
    engine.run()

    assert engine.ticket(DISK).fields[Field.OWNER] == "alice"
    engine.assert_at_rest()


def test_a_column_that_comes_back_blank_is_filled_and_clears_nothing(
    engine: Engine,
) -> None:
    without_column(engine, 1)
    engine.run()
    with_column(engine, 1, "Owner")
    engine.run()
    engine.run()

    assert engine.ticket(DISK).fields[Field.OWNER] == "alice"
    assert "alice" in rows_of(engine)[0]
    engine.assert_at_rest()


def test_a_status_column_that_is_taken_out_reopens_nothing(engine: Engine) -> None:
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    engine.edit("a.md", f"{RUNBOOK} | @bob | Open", f"{RUNBOOK} | @bob | Blocked")
    engine.run()
    without_column(engine, 2)
    report = engine.run()

    assert not [
        c for c in report.plan.changes if isinstance(c, UpdateTicket | Conflict)
    ]
    assert engine.ticket(DISK).fields[Field.STATUS] == Status.DONE
    assert engine.ticket(RUNBOOK).fields[Field.STATUS] == Status.BLOCKED
    assert "✅ [" in rows_of(engine)[0], "without a column the link shows it"
    engine.assert_at_rest()


def test_a_status_column_that_is_put_in_shows_the_tickets_statuses() -> None:
    engine = made()
    without_column(engine, 2)
    engine.run()
    engine.project.edit(engine.ticket(DISK).id, {Field.STATUS: Status.BLOCKED})
    engine.run()
    with_column(engine, 2, "Status")
    engine.run()

    assert "| Blocked |" in rows_of(engine)[0]
    assert engine.ticket(DISK).fields[Field.STATUS] == Status.BLOCKED
    engine.run()
    engine.assert_at_rest()


# What a tracker makes of what it is sent


def test_a_title_that_the_tracker_cuts_is_told_once_and_not_sent_again() -> None:
    short = Capabilities(
        fields=LISTS.fields, statuses=LISTS.statuses, free_owners=True, title_limit=250
    )
    engine = made(short)
    stored = engine.project._stored

    def without_please(field: Field, value: str | None) -> str | None:
        kept = stored(field, value)
        return kept.replace("please ", "") if kept else kept

    engine.project._stored = without_please  # type: ignore[method-assign]
    engine.edit("a.md", DISK, f"please {DISK}")

    report = engine.run()

    (told,) = [done.why for done in report.done.values() if done.why]
    assert told.startswith("the tracker did not accept title")
    assert f"please {DISK}" in rows_of(engine)[0], "the row keeps what a person wrote"
    engine.assert_at_rest()


def test_white_space_of_a_ticket_never_makes_two_runs_differ(engine: Engine) -> None:
    engine.project._stored = lambda _field, value: value  # type: ignore[method-assign]
    engine.project.edit(engine.ticket(DISK).id, {Field.TITLE: f"  {DISK}\t now \n"})
    engine.run()

    assert f"| {DISK} now |" in rows_of(engine)[0]
    engine.assert_at_rest()


def test_what_nobody_sees_in_a_tickets_title_is_no_conflict(engine: Engine) -> None:
    engine.project._stored = lambda _field, value: value  # type: ignore[method-assign]
    unseen = "\u202eright\u202c \u200bto\ufeff left\u00ad"
    engine.project.edit(engine.ticket(DISK).id, {Field.TITLE: unseen})
    engine.run()

    assert "| right to left |" in rows_of(engine)[0]
    assert engine.run().exit_code is ExitCode.DONE
    engine.assert_at_rest()


def test_a_status_that_is_not_understood_is_not_blamed_on_the_tracker(
    engine: Engine,
) -> None:
    engine.edit("a.md", f"| {DISK} | @alice | Open |", f"| {DISK} | @alice | Umm |")

    (told,) = [c for c in engine.run().plan.changes if isinstance(c, Agree)]

    assert told.reason == "the document's status is not understood"


def test_an_owner_from_the_ticket_changes_its_description_in_the_same_run(
    engine: Engine,
) -> None:
    engine.project.edit(engine.ticket(DISK).id, {Field.OWNER: "carol"})
    engine.run()

    assert "@carol" in rows_of(engine)[0]
    assert "Owner: @carol" in engine.ticket(DISK).body
    engine.assert_at_rest()


def test_an_owner_without_an_account_is_told_when_the_ticket_is_opened() -> None:
    named = Capabilities(fields=frozenset({Field.TITLE, Field.STATUS, Field.OWNER}))
    engine = Engine(named)
    engine.write("a.md", f"{DISK}|@alice|Open|")

    report = engine.run()

    (note,) = report.plan.notes
    assert "knows no @alice" in note.message
    assert "| @alice |" in rows_of(engine)[0]
    engine.assert_at_rest()


def test_a_name_that_the_tracker_does_not_know_unassigns_nobody() -> None:
    named = Capabilities(fields=frozenset({Field.TITLE, Field.STATUS, Field.OWNER}))
    engine = Engine(named)
    engine.project.users["@alice"] = "alice"
    engine.write("a.md", f"{DISK}|@alice|Open|")
    engine.run()
    assert engine.ticket(DISK).fields[Field.OWNER] == "alice"
    engine.edit("a.md", "@alice", "@ghost")

    engine.run()

    assert engine.ticket(DISK).fields[Field.OWNER] == "alice"
    assert "| @ghost |" in rows_of(engine)[0]
    engine.assert_at_rest()


def test_an_owner_that_a_checklist_has_no_place_for_fails_no_run() -> None:
    engine = Engine()
    text = f"# P\n\n## Action Items\n\n- [ ] {DISK}\n  - Owner: @alice\n"
    engine.documents.files["a.md"] = text
    engine.run()
    before = engine.documents.files["a.md"]
    assert engine.ticket(DISK).fields[Field.OWNER] == "alice"
    engine.project.edit(engine.ticket(DISK).id, {Field.OWNER: "bob"})

    report = engine.run()

    assert report.exit_code is ExitCode.DONE
    assert engine.documents.files["a.md"] == before
    engine.assert_at_rest()


# Proposed edits


def test_an_edit_that_a_ticket_takes_back_leaves_no_trace(engine: Engine) -> None:
    engine.documents.lands_at_once = False
    ticket = engine.ticket(DISK)
    engine.project.edit(ticket.id, {Field.STATUS: Status.BLOCKED})
    engine.run()
    engine.project.edit(ticket.id, {Field.STATUS: Status.OPEN})
    engine.run()
    engine.assert_at_rest()

    # A person now writes just what had been proposed: it is theirs.
    engine.documents.lands_at_once = True
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Blocked")
    engine.run()

    assert engine.ticket(DISK).fields[Field.STATUS] == Status.BLOCKED
    assert "Blocked" in rows_of(engine)[0]


def test_an_unmerged_proposal_is_never_read_as_a_persons_edit(engine: Engine) -> None:
    engine.documents.lands_at_once = False
    engine.project.close(engine.ticket(DISK).id)
    for _ in range(2):
        report = engine.run()
        assert kinds(report) == [UpdateRow]

    assert engine.ticket(DISK).fields[Field.STATUS] == Status.DONE


# Links


def unlink(engine: Engine) -> None:
    """Take the first row's link out, as a person does."""
    row = rows_of(engine)[0]
    head = row[: row.index("[")]
    engine.edit("a.md", row, f"{head}|")


def test_a_link_that_was_taken_out_is_asked_about_until_a_person_decides(
    engine: Engine,
) -> None:
    unlink(engine)
    first = engine.run()
    again = engine.run()

    assert kinds(first) == [Agree]
    assert again.plan.changes == ()
    assert "--take tracker" in again.plan.notes[0].message
    assert "[" not in rows_of(engine)[0]
    assert len(engine.tickets) == 2
    engine.assert_at_rest()


def test_taking_the_trackers_side_links_a_row_again(engine: Engine) -> None:
    unlink(engine)
    engine.run()

    resolved(engine, Side.TRACKER)

    assert "[#" in rows_of(engine)[0]
    assert len(engine.tickets) == 2
    engine.assert_at_rest()


def test_a_row_that_is_linked_again_by_a_proposal_stays_so(engine: Engine) -> None:
    unlink(engine)
    engine.run()
    engine.documents.lands_at_once = False
    resolved(engine, Side.TRACKER)

    report = engine.run()

    assert kinds(report) == [UpdateRow], "the proposal is made again, not taken back"


def test_taking_the_documents_side_opens_a_new_ticket_and_leaves_the_old_one(
    engine: Engine,
) -> None:
    old = engine.ticket(DISK)
    unlink(engine)
    engine.run()

    resolved(engine, Side.DOCUMENT)

    assert len(engine.tickets) == 3
    after = engine.project.find(old.id)
    assert after is not None
    assert after.version == old.version, "the old one is left untouched"
    engine.assert_at_rest()
    assert engine.open_tickets == 3, "and is no duplicate of the new one"


def test_a_persons_own_link_goes_on_with_the_ticket(engine: Engine) -> None:
    row = rows_of(engine)[0]
    unlink(engine)
    engine.run()
    engine.edit("a.md", rows_of(engine)[0], row)
    engine.run()

    engine.project.close(engine.ticket(DISK).id)
    engine.run()
    assert "Done" in rows_of(engine)[0]


def test_a_link_to_another_ticket_leaves_the_first_one_alone(engine: Engine) -> None:
    first = engine.ticket(DISK)
    other = engine.project.create("alice", {Field.TITLE: "Watch the disks"})
    row = rows_of(engine)[0]
    engine.edit("a.md", row, row[: row.index("[")] + f"{other.ref.key} |")

    report = engine.run()
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Blocked")
    engine.run()

    assert AdoptTicket in kinds(report)
    still = engine.project.find(first.id)
    assert still is not None
    assert still.version == first.version
    found = engine.project.find(other.id)
    assert found is not None
    assert found.fields[Field.STATUS] == Status.BLOCKED
    engine.assert_at_rest()


def test_a_link_to_another_rows_ticket_makes_no_second_writer(engine: Engine) -> None:
    first, second = rows_of(engine)
    link = second[second.index("[") :]
    engine.edit("a.md", first, first[: first.index("[")] + link)
    engine.run()
    before = engine.ticket(RUNBOOK)

    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    report = engine.run()

    assert Conflict in kinds(report)
    assert engine.ticket(RUNBOOK).version == before.version
    assert len(engine.tickets) == 2


def test_a_run_for_one_document_knows_that_another_cites_the_same_ticket(
    engine: Engine,
) -> None:
    other = engine.project.create("alice", {Field.TITLE: "Watch the disks"})
    for path in ("b.md", "c.md"):
        engine.write(path, f"Watch the disks|@carol|Open|{other.ref.key}")

    for status in ("Open", "Blocked"):
        engine.edit("b.md", "| Open |", f"| {status} |")
        engine.run(selected=lambda path, _tracker: path == "b.md")

    found = engine.project.find(other.id)
    assert found is not None
    assert found.version == other.version


def test_a_finished_row_that_is_linked_to_another_rows_open_ticket_stays_finished(
    engine: Engine,
) -> None:
    engine.project.edit(engine.ticket(RUNBOOK).id, {Field.STATUS: Status.DONE})
    engine.run()
    assert "| Done |" in rows_of(engine)[1]
    here, there = (row.split("|")[4] for row in rows_of(engine))
    engine.edit("a.md", there, here)

    report = engine.run()

    assert "| Done |" in rows_of(engine)[1]
    assert Conflict in kinds(report)
    assert engine.ticket(DISK).fields[Field.STATUS] == Status.OPEN
    assert engine.ticket(RUNBOOK).fields[Field.STATUS] == Status.DONE


def test_of_rows_that_cite_a_second_ticket_the_one_whose_create_left_it_owns_it(
    engine: Engine,
) -> None:
    first = engine.ticket(DISK)
    second = engine.project.create(
        engine.tracker.identity(), dict(first.fields), marker=first.marker
    )
    (cited, other) = rows_of(engine)
    for row in (cited, other):
        link = row.split("|")[4]
        engine.edit("a.md", row, row.replace(link, f" {second.ref.key} "))

    engine.run()
    engine.edit("a.md", "| @alice | Open |", "| @alice | Blocked |")
    engine.edit("a.md", "| @bob | Open |", "| @bob | In Progress |")
    report = engine.run()

    found = engine.project.find(second.id)
    assert found is not None
    assert found.fields[Field.STATUS] == Status.BLOCKED
    assert UpdateTicket in kinds(report)


def test_rows_that_share_a_strangers_ticket_only_receive_until_one_is_left() -> None:
    engine = Engine()
    other = engine.project.create("alice", {Field.TITLE: DISK})
    cited = other.ref.key
    engine.write("a.md", f"{DISK}|@alice|Open|{cited}", f"{RUNBOOK}|@bob|Open|{cited}")
    engine.run()
    engine.project.edit(other.id, {Field.STATUS: Status.BLOCKED})
    engine.run()
    assert [("Blocked" in row) for row in rows_of(engine)] == [True, True]
    engine.assert_at_rest()

    engine.edit("a.md", rows_of(engine)[1] + "\n", "")
    engine.run()
    engine.edit("a.md", "Blocked", "In Progress")
    engine.run()

    found = engine.project.find(other.id)
    assert found is not None
    assert found.fields[Field.STATUS] == Status.IN_PROGRESS
    engine.assert_at_rest()


def test_a_deleted_ticket_is_told_every_time_and_opened_again_only_on_request(
    engine: Engine,
) -> None:
    engine.project.delete(engine.ticket(DISK).id)
    for _ in range(3):
        report = engine.run(verify_now=True)
        assert kinds(report) == [LostTicket]
        assert report.exit_code is ExitCode.CONFLICT
    report = engine.run()
    assert kinds(report) == [LostTicket], "also between two sweeps"

    unlink(engine)
    report = engine.run()

    assert len(creates(report)) == 1
    assert len(engine.tickets) == 2
    engine.assert_at_rest()


def test_a_ticket_that_may_only_be_invisible_is_not_opened_again() -> None:
    engine = made(LISTS)
    disk = engine.ticket(DISK)
    engine.project._kept.pop(disk.id)
    for _ in range(2):
        engine.run(verify_now=True)
    unlink(engine)
    for _ in range(2):
        report = engine.run(verify_now=True)
        assert not creates(report)

    resolved(engine, Side.DOCUMENT)
    assert len(engine.tickets) == 2


def test_a_lost_ticket_that_is_shown_again_is_followed() -> None:
    engine = made(LISTS)
    disk = engine.ticket(DISK)
    kept = engine.project._kept.pop(disk.id)
    engine.run(verify_now=True)
    engine.project._kept[disk.id] = kept
    engine.run()
    engine.assert_at_rest()

    engine.project.close(disk.id)
    engine.run()
    assert "Done" in rows_of(engine)[0]


# Conflicts, and what a person decides


def conflict(engine: Engine) -> None:
    """The status is set differently on both sides."""
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Blocked")
    engine.project.edit(engine.ticket(DISK).id, {Field.STATUS: Status.IN_PROGRESS})
    assert Conflict in kinds(engine.run())


def test_a_conflict_holds_up_no_other_field_of_its_row(engine: Engine) -> None:
    conflict(engine)
    engine.edit("a.md", DISK, f"{DISK} soon")

    report = engine.run()

    assert Conflict in kinds(report)
    assert engine.ticket(f"{DISK} soon").fields[Field.STATUS] == Status.IN_PROGRESS
    assert "| Blocked |" in rows_of(engine)[0]
    engine.assert_at_rest()


@pytest.mark.parametrize(
    ("side", "status", "word"),
    [
        (Side.DOCUMENT, Status.BLOCKED, "Blocked"),
        (Side.TRACKER, Status.IN_PROGRESS, "In Progress"),
    ],
)
def test_the_side_that_a_person_takes_wins(
    engine: Engine, side: Side, status: Status, word: str
) -> None:
    conflict(engine)
    engine.edit("a.md", RUNBOOK, f"{RUNBOOK} soon")

    resolved(engine, side)

    assert engine.ticket(DISK).fields[Field.STATUS] == status
    assert f"| {word} |" in rows_of(engine)[0]
    assert engine.ticket(RUNBOOK), "another row is not touched by it"
    engine.run()
    engine.assert_at_rest()


def test_a_ticket_that_a_person_closed_is_reopened_only_by_a_person(
    engine: Engine,
) -> None:
    engine.project.close(engine.ticket(DISK).id)
    engine.run()
    engine.edit("a.md", f"{DISK} | @alice | Done", f"{DISK} | @alice | Open")
    assert kinds(engine.run()) == [Conflict]

    resolved(engine, Side.DOCUMENT)

    assert engine.ticket(DISK).fields[Field.STATUS] == Status.OPEN
    engine.assert_at_rest()


def test_a_ticket_that_pmsync_closed_and_a_person_closed_again_is_theirs(
    engine: Engine,
) -> None:
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    engine.run()
    # People may use the very account that pmsync uses.
    engine.project.reopen(engine.ticket(DISK).id, actor="pmsync")
    engine.run()
    assert "Open" in rows_of(engine)[0]
    engine.project.close(engine.ticket(DISK).id, actor="pmsync")
    engine.run()
    engine.edit("a.md", f"{DISK} | @alice | Done", f"{DISK} | @alice | Open")

    assert kinds(engine.run()) == [Conflict]


def test_there_is_nothing_to_decide_twice(engine: Engine) -> None:
    conflict(engine)
    resolved(engine, Side.DOCUMENT)

    report = resolved(engine, Side.TRACKER)

    assert report.plan.changes == ()
    assert [note.message for note in report.plan.notes] == [
        "there is nothing to decide about this row"
    ]
    assert report.exit_code is ExitCode.DONE


def test_a_place_without_a_row_is_a_wrong_call(engine: Engine) -> None:
    with pytest.raises(UsageError, match=r"a\.md:1: there is no action item"):
        engine.run(resolve=Resolve("a.md", 1, Side.DOCUMENT))


def test_a_withheld_row_is_the_vanished_one_or_a_new_one_as_a_person_says() -> None:
    for side, tickets in ((Side.TRACKER, 2), (Side.DOCUMENT, 3)):
        engine = made()
        first, second = rows_of(engine)
        moved = "| Tell people that the disk fills | @alice | Open | |"
        engine.edit("a.md", f"{first}\n{second}", f"{second}\n{moved}")
        report = engine.run()
        assert Withheld in kinds(report)
        assert len(engine.tickets) == 2

        resolved(engine, side, "Tell people")
        engine.run()

        assert len(engine.tickets) == tickets
        assert "[#" in rows_of(engine)[1]
        assert engine.ticket("Tell people that the disk fills")
        engine.assert_at_rest()


def test_a_conflict_is_remembered_without_asking_the_tracker(engine: Engine) -> None:
    conflict(engine)

    assert item_of(engine, DISK).seen[Field.STATUS] == Status.IN_PROGRESS  # type: ignore[attr-defined]
    engine.assert_at_rest()


def test_a_finished_row_that_met_an_open_ticket_closes_it_if_a_person_says_so(
    engine: Engine,
) -> None:
    other = engine.project.create("alice", {Field.TITLE: "Cap the retries"})
    engine.write("b.md", f"Cap the retries|@carol|Done|{other.ref.key}")
    assert Conflict in kinds(engine.run())
    assert Conflict in kinds(engine.run())

    engine.run(resolve=Resolve("b.md", 7, Side.DOCUMENT))

    found = engine.project.find(other.id)
    assert found is not None
    assert found.fields[Field.STATUS] == Status.DONE
    engine.assert_at_rest()


def test_a_row_that_only_receives_can_take_the_tickets_status_and_not_set_it(
    engine: Engine,
) -> None:
    engine.documents.files["b.md"] = engine.documents.files["a.md"]
    engine.run()
    engine.edit("b.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    engine.run()
    writes = len(engine.project.journal)

    report = engine.run(resolve=Resolve("b.md", 7, Side.DOCUMENT))
    assert kinds(report) == [Conflict]
    engine.run(resolve=Resolve("b.md", 7, Side.TRACKER))

    assert len(engine.project.journal) == writes
    assert "| Open |" in rows_of(engine, "b.md")[0]
    engine.assert_at_rest()


def test_a_run_for_one_document_notices_nothing_of_the_others(engine: Engine) -> None:
    engine.write("b.md", "Cap the retries|@carol|Open|")
    engine.edit("a.md", rows_of(engine)[0] + "\n", "")

    report = engine.run(selected=lambda path, _tracker: path == "b.md")

    assert {change.path for change in report.plan.changes} == {"b.md"}
    everything = engine.run()
    assert [c.noticed for c in everything.plan.changes if isinstance(c, Agree)] == [
        Noticed.VANISHED
    ]


def test_rows_of_one_title_keep_their_tickets_when_sorted_before_they_are_linked() -> (
    None
):
    engine = Engine()
    engine.write("a.md", f"{DISK}|@alice|Open|", f"{DISK}|@bob|Open|")
    engine.documents.lands_at_once = False
    engine.run()
    writes = len(engine.project.journal)
    engine.write("a.md", f"{DISK}|@bob|Open|", f"{DISK}|@alice|Open|")
    engine.documents.lands_at_once = True

    engine.run()

    assert len(engine.project.journal) == writes
    first, second = (row.split("issues/")[1] for row in rows_of(engine))
    assert first > second
    engine.assert_at_rest()


def test_a_finished_ticket_shows_before_its_link_where_there_is_no_status() -> None:
    engine = Engine()
    table = "| Action | Ticket |\n|---|---|\n"
    text = f"# P\n\n## Action Items\n\n{table}| {DISK} | |\n"
    engine.documents.files["a.md"] = text
    engine.run()
    engine.project.close(engine.ticket(DISK).id)
    engine.run()

    assert rows_of(engine)[0].startswith(f"| {DISK} | ✅ [#1](")
    engine.assert_at_rest()

    engine.project.reopen(engine.ticket(DISK).id)
    engine.run()
    assert "✅" not in rows_of(engine)[0]
    engine.assert_at_rest()


class Unanswered(MemoryTracker):
    """Carries creates out, and does not say so."""

    def create(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        super().create(drafts)
        return [Unknown("time-out")] * len(drafts)

    def marked(self, since: datetime | None) -> Listing:
        return replace(super().marked(since), tickets=())


def test_a_new_ticket_in_place_of_an_old_one_is_opened_once_whatever_is_answered(
    engine: Engine,
) -> None:
    old = engine.ticket(DISK)
    unlink(engine)
    engine.run()
    engine.tracker, answering = (
        Unanswered(engine.project, name="memory"),
        engine.tracker,
    )
    resolved(engine, Side.DOCUMENT)
    assert len(engine.tickets) == 3
    engine.tracker = answering

    engine.run()

    assert len(engine.tickets) == 3
    assert "[#" in rows_of(engine)[0]
    assert old.ref.url not in rows_of(engine)[0]
    engine.assert_at_rest()
    still = engine.project.find(old.id)
    assert still is not None
    assert still.version == old.version


def test_the_link_in_a_description_stays_that_of_the_day_it_was_filed() -> None:
    engine = Engine()
    engine.documents.commit = "aaaa"
    engine.write("a.md", f"{DISK}|@alice|Open|")
    engine.run()
    filed = "https://github.com/org/repo/blob/aaaa/a.md#L7"
    assert filed in engine.ticket(DISK).body

    engine.documents.commit = "bbbb"
    engine.assert_at_rest()
    engine.edit("a.md", DISK, f"{DISK} again")
    engine.run()

    assert filed in engine.ticket(f"{DISK} again").body
    assert "bbbb" not in engine.ticket(f"{DISK} again").body
    engine.assert_at_rest()


def test_rows_that_share_a_lost_ticket_say_so(engine: Engine) -> None:
    other = engine.project.create("alice", {Field.TITLE: "Cap the retries"})
    rows = (
        f"{word} the retries|@carol|Open|{other.ref.key}" for word in ("Cap", "See")
    )
    engine.write("b.md", *rows)
    engine.run()
    engine.project.delete(other.id)

    report = engine.run(verify_now=True)

    assert kinds(report) == [LostTicket, LostTicket]
    assert report.exit_code is ExitCode.CONFLICT
    engine.run(verify_now=True)
    engine.assert_at_rest()


def test_what_a_tracker_drops_at_creation_is_told_once_and_not_sent_again() -> None:
    due = replace(LISTS, free_owners=False)
    engine = Engine(due)
    engine.settings = replace(
        engine.settings, owners={engine.tracker.name: {"@alice": "alice-left"}}
    )
    engine.write("a.md", f"{DISK}|@alice|Open|")

    report = engine.run()

    (why,) = [done.why for done in report.done.values() if done.why]
    assert (
        why == 'the tracker did not accept owner: sent "alice-left", it shows nothing'
    )
    engine.assert_at_rest()


def test_a_status_that_the_tracker_cannot_tell_from_another_is_not_sent() -> None:
    engine = made(replace(LISTS, statuses=frozenset({Status.OPEN, Status.DONE})))
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Blocked")
    before = engine.ticket(DISK).version

    report = engine.run()
    engine.edit("a.md", f"{DISK} | @alice | Blocked", f"{DISK} | @alice | In Progress")
    engine.run()

    assert UpdateTicket not in kinds(report)
    assert engine.ticket(DISK).version == before
    engine.assert_at_rest()


def test_a_row_without_a_status_is_open_and_filed() -> None:
    engine = Engine()
    engine.write("a.md", f"{DISK}|@alice||")

    engine.run()

    assert engine.ticket(DISK).fields[Field.STATUS] == Status.OPEN
    engine.assert_at_rest()


def test_a_link_taken_out_before_the_ticket_is_surely_deleted_opens_no_ticket() -> None:
    engine = made(LISTS)
    engine.project.delete(engine.ticket(DISK).id)
    engine.run(verify_now=True)
    unlink(engine)

    for _ in range(2):
        assert not creates(engine.run(verify_now=True))

    assert len(engine.tickets) == 1


def test_a_row_that_cites_a_second_ticket_is_left_alone_and_so_are_both(
    engine: Engine,
) -> None:
    other = engine.project.create("alice", {Field.TITLE: "Watch the disks"})
    row = rows_of(engine)[0]
    two = row.removesuffix(" |").replace(DISK, "Another title")
    engine.edit("a.md", row, f"{two}, {other.ref.key} |")
    before = [ticket.version for ticket in engine.tickets]

    report = engine.run()

    assert [ticket.version for ticket in engine.tickets] == before
    (noticed,) = report.plan.changes
    assert noticed.reason == "no row has org/repo#1 alone any more; it is left as it is"
    engine.assert_at_rest()


def test_a_pull_request_is_neither_adopted_nor_written_however_many_rows_cite_it() -> (
    None
):
    engine = Engine()
    opened = [
        engine.project.create("alice", {Field.TITLE: f"Change {n}"}) for n in range(2)
    ]
    for ticket in opened:
        kept = engine.project._kept[ticket.id]
        kept.ticket = replace(kept.ticket, pull_request=True)
    alone, shared = (ticket.ref.key for ticket in opened)
    engine.write(
        "a.md",
        f"{DISK}|@alice|Open|{alone}",
        f"{RUNBOOK}|@bob|Open|{shared}",
        f"Test the restore|@bob|Open|{shared}",
    )
    before = engine.documents.files["a.md"]
    engine.project.close(opened[1].id)

    report = engine.run()
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    again = engine.run()

    assert report.plan.changes == again.plan.changes == ()
    assert dict(report.plan.tally.skipped) == {"it cites a pull request": 3}
    assert engine.documents.files["a.md"] == before.replace(
        f"{DISK} | @alice | Open", f"{DISK} | @alice | Done"
    )
    assert [write.actor for write in engine.project.journal] == ["alice"] * 3


def test_a_row_that_cites_a_strangers_ticket_too_is_left_alone(engine: Engine) -> None:
    row = rows_of(engine)[0]
    stranger = "https://linear.app/example/issue/OPS-12"
    engine.edit("a.md", row, f"{row.removesuffix(' |')}, {stranger} |")
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    before = engine.ticket(DISK).version

    report = engine.run()

    assert engine.ticket(DISK).version == before
    assert "it no longer cites only" in report.plan.notes[0].message
    engine.assert_at_rest()


def test_a_ticket_that_pmsync_closed_is_reopened_with_its_row(engine: Engine) -> None:
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    engine.run()
    assert engine.ticket(DISK).fields[Field.STATUS] == Status.DONE
    engine.edit("a.md", f"{DISK} | @alice | Done", f"{DISK} | @alice | Open")

    engine.run()

    assert engine.ticket(DISK).fields[Field.STATUS] == Status.OPEN
    engine.assert_at_rest()


def test_a_ticket_that_a_person_closed_over_ours_between_two_runs_is_theirs(
    engine: Engine,
) -> None:
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Done")
    engine.run()
    engine.project.reopen(engine.ticket(DISK).id)
    engine.project.close(engine.ticket(DISK).id)
    engine.edit("a.md", f"{DISK} | @alice | Done", f"{DISK} | @alice | Open")

    report = engine.run()

    assert Conflict in kinds(report)
    assert engine.ticket(DISK).fields[Field.STATUS] == Status.DONE


def test_a_finished_row_that_is_linked_to_an_open_ticket_stays_finished(
    engine: Engine,
) -> None:
    engine.project.close(engine.ticket(DISK).id)
    engine.run()
    other = engine.project.create("alice", {Field.TITLE: DISK})
    row = rows_of(engine)[0]
    assert "| Done |" in row
    engine.edit("a.md", row, row[: row.index("[")] + f"{other.ref.key} |")

    for _ in range(2):
        assert Conflict in kinds(engine.run()), "nothing was agreed with this ticket"

    assert "| Done |" in rows_of(engine)[0]
    found = engine.project.find(other.id)
    assert found is not None
    assert found.fields[Field.STATUS] == Status.OPEN


def test_a_new_row_that_cites_a_second_ticket_does_not_take_the_rows_place(
    engine: Engine,
) -> None:
    first = engine.ticket(DISK)
    second = engine.project.create(
        engine.tracker.identity(), dict(first.fields), marker=first.marker
    )
    engine.write("b.md", f"See there|@carol|Open|{second.ref.key}")
    engine.run()

    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Blocked")
    engine.run()

    found = engine.project.find(first.id)
    assert found is not None
    assert found.fields[Field.STATUS] == Status.BLOCKED
    engine.run()
    engine.assert_at_rest()
