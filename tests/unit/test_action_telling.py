"""A job that ends well although a person must decide says so where people look."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pmsync.action.telling import annotations_of, carried_out, details
from pmsync.app.exit_codes import ExitCode
from pmsync.app.plan_markdown import sentence
from pmsync.daemon.metrics import Metrics
from pmsync.domain.model import Field, Status
from support.engine import Engine

DISK = "Alert when the disk is nearly full"
RUNBOOK = "Write a runbook for the queue"


def conflict(engine: Engine) -> None:
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Blocked")
    engine.project.edit(engine.ticket(DISK).id, {Field.STATUS: Status.IN_PROGRESS})


def lost(engine: Engine) -> None:
    engine.project.delete(engine.ticket(DISK).id)


def withheld(engine: Engine) -> None:
    lines = engine.documents.files["a.md"].splitlines()
    (row,) = [line for line in lines if DISK in line]
    engine.edit("a.md", row, "| Tell people that the disk fills | @alice | Open | |")


@pytest.mark.parametrize(
    ("happens", "title", "said"),
    [
        (conflict, "Conflict", "1 conflict for a person."),
        (lost, "Lost", "1 lost ticket for a person."),
        (withheld, "Held back", "1 withheld row for a person."),
    ],
)
def test_what_waits_for_a_person_stands_beside_its_row_and_in_every_figure(
    happens: Callable[[Engine], None], title: str, said: str
) -> None:
    engine = Engine()
    engine.write("a.md", f"{DISK}|@alice|Open|", f"{RUNBOOK}|@bob|Open|")
    engine.run()
    happens(engine)

    report = engine.run()

    assert report.exit_code is ExitCode.CONFLICT
    (shown,) = annotations_of(report)
    assert (shown.kind, shown.path, shown.line, shown.title) == (
        "warning",
        "a.md",
        7,
        title,
    )
    assert said in sentence(carried_out(report).plan, {})
    assert "| 7 | **" in details(report, {})
    metrics = Metrics()
    metrics.report("payments", report)
    assert b'pmsync_conflicts{repository="payments"} 1.0' in metrics.page()
