"""A person who takes out or replaces a row's link decides, and no ticket pays for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pmsync.domain.changes import AdoptTicket, Agree, Conflict
from pmsync.domain.merge import Side
from pmsync.domain.model import Field, Status
from pmsync.domain.ports import Draft, Listing, Outcome, Unknown
from pmsync_adapters.memory import MemoryTracker
from support.engine import Engine, kinds, rows_of
from support.two_rows import DISK, resolved, unlink


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
