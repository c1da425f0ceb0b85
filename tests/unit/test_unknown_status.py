"""A status that nobody understands: it stays as it is written, and reaches no ticket."""

from __future__ import annotations

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import Conflict, UpdateTicket
from pmsync.domain.merge import Side
from pmsync.domain.model import Field, Status
from pmsync.domain.view import Resolve
from support.engine import Engine, kinds

DISK = "Alert when the disk is nearly full"
WORD = "Simmering"


def made(status: str = "Open") -> Engine:
    """A row with its ticket, in step."""
    engine = Engine()
    engine.write("a.md", f"{DISK}|@alice|{status}|")
    engine.run()
    engine.assert_at_rest()
    return engine


def status_of(engine: Engine) -> str:
    """The status as the document writes it."""
    return engine.read("a.md")[0][2]


def test_a_word_that_a_person_writes_stays_until_the_ticket_changes() -> None:
    engine = made("Blocked")
    before = engine.ticket(DISK).version

    engine.edit("a.md", "Blocked", WORD)
    report = engine.run()

    assert UpdateTicket not in kinds(report)
    assert engine.ticket(DISK).version == before
    assert status_of(engine) == WORD
    engine.assert_at_rest()

    engine.project.close(engine.ticket(DISK).id)
    engine.run()
    assert status_of(engine) == "Done"
    engine.assert_at_rest()


def test_a_word_that_meets_a_ticket_is_not_replaced() -> None:
    engine = Engine()
    other = engine.project.create("alice", {Field.TITLE: DISK})
    engine.project.edit(other.id, {Field.STATUS: Status.BLOCKED})
    engine.write("a.md", f"{DISK}|@alice|{WORD}|{other.ref.key}")

    engine.run()

    assert status_of(engine) == WORD
    assert engine.ticket(DISK).fields[Field.STATUS] == Status.BLOCKED
    engine.assert_at_rest()


def test_a_word_and_a_change_of_the_ticket_are_for_a_person_to_decide() -> None:
    engine = made("Blocked")
    engine.edit("a.md", "Blocked", WORD)
    engine.project.edit(engine.ticket(DISK).id, {Field.STATUS: Status.OPEN})
    before = engine.ticket(DISK).version

    assert kinds(engine.run()) == [Conflict]
    line = engine.documents.files["a.md"].splitlines().index("## Action Items") + 5
    report = engine.run(resolve=Resolve("a.md", line, Side.DOCUMENT))

    (conflict,) = report.plan.changes
    assert "status is not understood" in conflict.reason
    assert report.exit_code is ExitCode.CONFLICT
    assert engine.ticket(DISK).version == before
    assert status_of(engine) == WORD

    engine.run(resolve=Resolve("a.md", line, Side.TRACKER))
    assert status_of(engine) == "Open"
    engine.assert_at_rest()
