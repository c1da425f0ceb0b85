"""An edit that waits in a proposal is neither a person's nor lost."""

from __future__ import annotations

from pmsync.domain.changes import UpdateRow
from pmsync.domain.merge import Side
from pmsync.domain.model import Field, Status
from support.engine import Engine, kinds, rows_of
from support.two_rows import DISK, resolved, unlink


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


def test_a_row_that_is_linked_again_by_a_proposal_stays_so(engine: Engine) -> None:
    unlink(engine)
    engine.run()
    engine.documents.lands_at_once = False
    resolved(engine, Side.TRACKER)

    report = engine.run()

    assert kinds(report) == [UpdateRow], "the proposal is made again, not taken back"


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
