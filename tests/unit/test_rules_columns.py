"""A column that comes or goes costs no value, and a row without a status is open."""

from __future__ import annotations

from pmsync.domain.changes import Conflict, UpdateTicket
from pmsync.domain.model import Field, Status
from support.engine import Engine, rows_of
from support.two_rows import DISK, RUNBOOK, made


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


def test_a_row_without_a_status_is_open_and_filed() -> None:
    engine = Engine()
    engine.write("a.md", f"{DISK}|@alice||")

    engine.run()

    assert engine.ticket(DISK).fields[Field.STATUS] == Status.OPEN
    engine.assert_at_rest()
