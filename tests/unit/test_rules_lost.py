"""A ticket that is not shown any more is told, and not opened again unasked."""

from __future__ import annotations

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import LostTicket
from pmsync.domain.merge import Side
from pmsync.domain.model import Field
from support.capabilities import LISTS
from support.engine import Engine, creates, kinds, rows_of
from support.two_rows import DISK, made, resolved, unlink


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


def test_a_link_taken_out_before_the_ticket_is_surely_deleted_opens_no_ticket() -> None:
    engine = made(LISTS)
    engine.project.delete(engine.ticket(DISK).id)
    engine.run(verify_now=True)
    unlink(engine)

    for _ in range(2):
        assert not creates(engine.run(verify_now=True))

    assert len(engine.tickets) == 1
