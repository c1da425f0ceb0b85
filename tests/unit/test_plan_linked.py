"""What a row and the ticket that it cites get from each other, and what neither gets."""

from __future__ import annotations

import pytest

from pmsync.domain.changes import (
    AdoptTicket,
    Agree,
    Conflict,
    CreateTicket,
    LostTicket,
    Noticed,
    UpdateRow,
    UpdateTicket,
)
from pmsync.domain.model import Field, Status
from pmsync.domain.ports import Absence
from pmsync.domain.state import Closer, Link, Loss
from support.planned import TITLE, agreed, kinds, planned, ticket
from support.rows import ref, row


def test_a_row_and_a_ticket_in_step_cost_nothing() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),))

    result, _ = planned(cited, items=(agreed(),), tickets=(ticket(),))

    assert result.changes == ()
    assert result.tally.unchanged == 1


def test_a_closed_ticket_comes_back_into_the_row() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),))

    result, _ = planned(cited, items=(agreed(),), tickets=(ticket(status=Status.DONE),))

    assert kinds(result) == [UpdateRow]
    assert result.changes[0].fields["status"].to == Status.DONE


def test_a_status_set_in_the_document_goes_to_the_ticket() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),), status=Status.IN_PROGRESS)

    result, _ = planned(cited, items=(agreed(),), tickets=(ticket(),))

    (update,) = result.changes
    assert isinstance(update, UpdateTicket)
    assert update.send == {Field.STATUS: Status.IN_PROGRESS}


def test_two_different_edits_are_shown_and_nothing_is_written() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),), status=Status.BLOCKED)

    result, _ = planned(cited, items=(agreed(),), tickets=(ticket(status=Status.DONE),))

    (conflict,) = result.changes
    assert isinstance(conflict, Conflict)
    shown = conflict.fields["status"]
    assert (shown.document, shown.tracker) == (Status.BLOCKED, Status.DONE)


def test_a_ticket_that_a_person_closed_is_not_reopened() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),), status=Status.OPEN)
    item = agreed(status=Status.DONE)

    result, _ = planned(cited, items=(item,), tickets=(ticket(status=Status.DONE),))

    assert kinds(result) == [Conflict]


def test_a_reopening_is_planned_for_a_ticket_that_pmsync_closed() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),), status=Status.OPEN)
    item = agreed(status=Status.DONE, closed_by=Closer.PMSYNC)

    result, _ = planned(cited, items=(item,), tickets=(ticket(status=Status.DONE),))

    (update,) = result.changes
    assert isinstance(update, UpdateTicket)
    assert update.send == {Field.STATUS: Status.OPEN}


def test_a_checkbox_is_not_rewritten_for_a_status_it_cannot_show() -> None:
    box = row(TITLE, refs=(ref("bd-1"),), two_state=True)

    result, _ = planned(
        box, items=(agreed(),), tickets=(ticket(status=Status.IN_PROGRESS),)
    )

    assert kinds(result) == [Agree]


def test_a_first_meeting_fills_blanks_and_takes_the_tickets_status() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),))
    found = ticket(status=Status.IN_PROGRESS, owner="alice", due="2026-07-01")

    result, _ = planned(cited, tickets=(found,))

    assert kinds(result) == [AdoptTicket, UpdateRow, Agree]
    fields = result.changes[1].fields
    assert {name: shown.to for name, shown in fields.items()} == {
        "owner": "alice",
        "due": "2026-07-01",
        "status": Status.IN_PROGRESS,
    }


def test_a_finished_row_that_meets_an_open_ticket_is_a_persons_decision() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),), status=Status.DONE)

    result, _ = planned(cited, tickets=(ticket(),))

    assert Conflict in kinds(result)
    assert UpdateTicket not in kinds(result)


def test_a_link_that_a_person_took_out_is_neither_put_back_nor_filed_anew() -> None:
    result, _ = planned(row(TITLE), items=(agreed(),), tickets=(ticket(),))

    (noticed,) = result.changes
    assert isinstance(noticed, Agree)
    assert noticed.noticed is Noticed.UNLINKED

    again, _ = planned(
        row(TITLE), items=(agreed(link=Link.UNLINKED),), tickets=(ticket(),)
    )
    assert again.changes == ()
    assert len(again.notes) == 1


def test_a_link_that_was_not_written_yet_is_written_again() -> None:
    item = agreed(link=Link.UNWRITTEN)

    result, _ = planned(row(TITLE), items=(item,), tickets=(ticket(),))

    (update,) = result.changes
    assert isinstance(update, UpdateRow)
    assert update.fields["ticket"].to == "bd-1"


def test_a_link_to_another_ticket_gives_the_row_to_that_ticket() -> None:
    cited = row(TITLE, refs=(ref("bd-2"),))
    shown = (ticket(), ticket("bd-2"))

    result, _ = planned(cited, items=(agreed(),), tickets=shown)

    adopt = result.changes[0]
    assert isinstance(adopt, AdoptTicket)
    assert (adopt.key, adopt.ticket.ref.key) == ("k", "bd-2")
    assert UpdateTicket not in kinds(result)


def test_rows_that_cite_one_ticket_never_write_to_it() -> None:
    cited = (ref("bd-1"),)
    rows = [row(TITLE, n, refs=cited, status=Status.DONE) for n in (3, 4)]

    result, _ = planned(*rows, tickets=(ticket(),))

    assert set(kinds(result)) == {Conflict, Agree}


@pytest.mark.parametrize("back", ["a", "z"])
def test_a_row_that_is_back_does_not_take_its_ticket_from_the_row_that_stayed(
    back: str,
) -> None:
    cited = (ref("bd-1"),)
    rows = [row(TITLE, 3, refs=cited), row(TITLE, 4, refs=cited, status=Status.BLOCKED)]
    items = (agreed(back, vanished=True), agreed("k"))

    result, _ = planned(*rows, items=items, tickets=(ticket(),))

    (update,) = [c for c in result.changes if isinstance(c, UpdateTicket)]
    assert (update.key, update.send) == ("k", {Field.STATUS: Status.BLOCKED})


def test_rows_that_cite_one_ticket_receive_its_status() -> None:
    cited = (ref("bd-1"),)
    rows = [row(TITLE, n, refs=cited) for n in (3, 4)]

    result, _ = planned(*rows, tickets=(ticket(status=Status.DONE),))

    assert kinds(result) == [UpdateRow, UpdateRow]


def test_a_ticket_that_is_gone_is_reported_and_not_opened_again() -> None:
    cited = row(TITLE, refs=(ref("bd-1"),))

    result, _ = planned(cited, items=(agreed(),), tickets=(("bd-1", Absence.DELETED),))

    assert kinds(result) == [LostTicket]


def test_a_row_is_filed_anew_when_its_lost_tickets_link_is_taken_out() -> None:
    item = agreed(loss=Loss.CONFIRMED)

    result, _ = planned(row(TITLE), items=(item,), tickets=(("bd-1", Absence.DELETED),))

    assert CreateTicket in kinds(result)
