"""A tracker in a file, and a person who edits that with an editor."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from pmsync.domain.model import Field, Marker, Ticket
from pmsync.domain.ports import Done, Draft, Lookup, Patch
from pmsync_adapters.beads.embedded import EmbeddedTracker

MARKER = Marker("k", "s")
NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
BY_HAND = (
    '{"id": "bd-hand", "title": "By hand", "status": "open", "priority": 1, '
    '"issue_type": "bug", "created_at": "2026-01-01T00:00:00Z", '
    '"updated_at": "2026-01-01T00:00:00Z", "x-team": {"z": 1.10}}'
)


class Desk:
    """A repository, its tracker, and a person with an editor."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.file = root / ".pmsync" / "tickets.jsonl"
        self.tracker = EmbeddedTracker(root, now=lambda: NOW)

    def write(self, *lines: str) -> None:
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")

    def lines(self) -> list[str]:
        return self.file.read_text(encoding="utf-8").split("\n")

    def record(self, id_: str) -> dict[str, object]:
        (found,) = [
            record
            for line in self.lines()
            if line and (record := json.loads(line)).get("id") == id_
        ]
        assert isinstance(found, dict)
        return found

    def edit(self, id_: str, **values: object) -> Ticket:
        self.write(
            *(
                json.dumps({**json.loads(line), **values})
                if line and json.loads(line).get("id") == id_
                else line
                for line in self.lines()[:-1]
            )
        )
        return self.read(id_)

    def read(self, id_: str) -> Ticket:
        ticket = self.tracker.fetch([Lookup(id_)])[id_]
        assert isinstance(ticket, Ticket)
        return ticket

    def open(self, key: str = "k1", **fields: str) -> Ticket:
        (outcome,) = self.tracker.create(
            [
                Draft(
                    Marker(key, "s"),
                    "Rotate keys",
                    "Why",
                    {Field(f): v for f, v in fields.items()},
                )
            ]
        )
        assert isinstance(outcome, Done)
        return outcome.ticket

    def send(self, ticket: Ticket, field: Field, value: str | None) -> Ticket:
        outcome = self.tracker.update(Patch(ticket, {field: value}))
        assert isinstance(outcome, Done), outcome
        return outcome.ticket
