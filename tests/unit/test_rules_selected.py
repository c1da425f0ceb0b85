"""A run for one document knows what the others cite, and notices nothing of them."""

from __future__ import annotations

from pmsync.domain.changes import Agree, Noticed
from pmsync.domain.model import Field
from support.engine import Engine, rows_of


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


def test_a_run_for_one_document_notices_nothing_of_the_others(engine: Engine) -> None:
    engine.write("b.md", "Cap the retries|@carol|Open|")
    engine.edit("a.md", rows_of(engine)[0] + "\n", "")

    report = engine.run(selected=lambda path, _tracker: path == "b.md")

    assert {change.path for change in report.plan.changes} == {"b.md"}
    everything = engine.run()
    assert [c.noticed for c in everything.plan.changes if isinstance(c, Agree)] == [
        Noticed.VANISHED
    ]
