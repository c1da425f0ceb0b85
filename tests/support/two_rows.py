"""Two rows and their tickets, and what a person does to them."""

from __future__ import annotations

from pmsync.app.report import Report
from pmsync.domain.merge import Side
from pmsync.domain.ports import Capabilities
from pmsync.domain.view import Resolve
from support.engine import Engine, rows_of

DISK = "Alert when the disk is nearly full"
RUNBOOK = "Write a runbook for the queue"


def made(capabilities: Capabilities | None = None) -> Engine:
    """Two rows with their tickets, in step."""
    engine = Engine(capabilities) if capabilities else Engine()
    engine.write("a.md", f"{DISK}|@alice|Open|", f"{RUNBOOK}|@bob|Open|")
    engine.run()
    engine.assert_at_rest()
    return engine


def resolved(engine: Engine, side: Side, text: str = DISK) -> Report:
    """A run of one row for which a person takes a side."""
    lines = engine.documents.files["a.md"].splitlines()
    (line,) = [n for n, found in enumerate(lines, 1) if text in found]
    return engine.run(resolve=Resolve("a.md", line, side))


def unlink(engine: Engine) -> None:
    """Take the first row's link out, as a person does."""
    row = rows_of(engine)[0]
    head = row[: row.index("[")]
    engine.edit("a.md", row, f"{head}|")
