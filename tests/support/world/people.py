"""What persons do to documents and tickets, remembered so that it can be looked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from pmsync.domain.model import Field, Status, Ticket
from support.world.chance import Chance
from support.world.host import Host
from support.world.tracking import Service

HEADER = "| Action | Owner | Status | Notes | Ticket |"
COLUMNS = {"title": 0, "owner": 1, "status": 2, "notes": 3, "ticket": 4}
TOKEN = re.compile(r"\b([a-z]+-\d+)\b")
"""What stays in every title that a row ever has: who it is, for us alone."""
_VERSION = re.compile(r" v\d+$")
_VERBS = (
    "Rotate", "Alert on", "Write down", "Cap", "Rehearse", "Page about", "Remove",
    "Review", "Automate", "Measure", "Encrypt", "Shard", "Throttle", "Document",
)  # fmt: skip
_THINGS = (
    "ledger certificates", "full disks", "the failover", "client retries", "restores",
    "queue depth", "old feature flags", "vendor quotas", "dns changes", "kernel updates",
    "backup keys", "slow queries", "login limits", "cache warmups", "pager schedules",
)  # fmt: skip
_PLACES = (
    "in every region", "before Fridays", "with one command", "without downtime",
    "for new hires", "per tenant", "on the edge", "after each deploy", "by hand first",
)  # fmt: skip
_NAMES = ("amber", "birch", "cedar", "dune", "ember", "fjord", "grove", "heath")
_OWNERS = ("maya", "jonas", "priya", "tomas")
_STATUSES = ("Open", "In Progress", "Blocked", "Done")
_MEANS = {
    "Open": Status.OPEN,
    "In Progress": Status.IN_PROGRESS,
    "Blocked": Status.BLOCKED,
    "Done": Status.DONE,
}


@dataclass
class Wrote:
    """One value that a person wrote."""

    at: datetime
    side: str
    """``document`` or ``ticket``."""
    value: str | None


@dataclass
class People:
    """Everybody who works beside pmsync."""

    chance: Chance
    host: Host
    service: Service
    wrote: dict[tuple[str, str], list[Wrote]] = field(default_factory=dict)
    """By token of the row and field, in order."""
    deleted: set[str] = field(default_factory=set)
    """Tokens of rows that a person took out."""
    _named: int = 0

    def document(self, number: int, rows: int) -> bytes:
        """Write a new post-mortem."""
        lines = [self.new_row() for _ in range(rows)]
        end = self.chance.one(("\n", "\r\n"))
        bom = self.chance.one((b"", b"\xef\xbb\xbf"))
        head = [
            f"# Outage {number}", "", f"**Incident ID:** INC-{number}", "",
            "Some *prose* with | a pipe.", "", "## Action Items", "",
            HEADER, "|---|---|---|---|---|",
        ]  # fmt: skip
        text = end.join([*head, *lines, "", "The end."])
        return bom + text.encode()

    def new_row(self) -> str:
        """Write a row that nobody has seen."""
        self._named += 1
        token = f"{self.chance.one(_NAMES)}-{self._named}"
        words = (self.chance.one(each) for each in (_VERBS, _THINGS, _PLACES))
        title = f"{' '.join(words)} {token}"
        owner = self.chance.one(_OWNERS)
        for name, value in (("title", title), ("owner", owner), ("status", "open")):
            self._remember(token, name, "document", value)
        return f"| {title} | {owner} | Open | note {token} | |"

    def act(self) -> None:
        """Do one thing."""
        deed = self.chance.one(
            (
                self.edit_cell, self.edit_cell, self.edit_ticket, self.edit_ticket,
                self.add_row, self.delete_row, self.sort_rows, self.move_row,
                self.rename_file, self.edit_prose, self.comment, self.merge,
                self.merge, self.decline,
            )
        )  # fmt: skip
        deed()

    def edit_cell(self) -> None:
        """Change a title, an owner or a status in a document."""
        found = self._some_row()
        if found is None:
            return
        path, index, cells = found
        token = self._token(cells)
        name = self.chance.one(("title", "owner", "status"))
        value = self._value(name, cells[COLUMNS["title"]])
        if cells[COLUMNS[name]] == value:
            return  # Nobody can see that it was written again.
        cells[COLUMNS[name]] = value
        self._put(path, index, f"| {' | '.join(cells)} |")
        meant = str(_MEANS[value]) if name == "status" else value
        self._remember(token, name, "document", meant)
        self.chance.tell(f"person: {token} {name} = {value!r} in {path}")

    def edit_ticket(self) -> None:
        """Change a title, an owner or a status in the tracker."""
        tickets = [t for t in self.service.project.since(0) if t.marker is not None]
        if not tickets:
            return
        ticket = self.chance.one(tickets)
        found = TOKEN.search(ticket.fields[Field.TITLE] or "")
        if found is None:
            return
        name = self.chance.one(("title", "owner", "status"))
        value = self._value(name, ticket.fields[Field.TITLE] or "")
        meant = str(_MEANS[value]) if name == "status" else value
        if ticket.fields[Field(name)] == meant:
            return
        self.service.project.edit(ticket.id, {Field(name): meant}, actor="alice")
        self._remember(found[1], name, "ticket", meant)
        self.chance.tell(f"person: {ticket.ref.key} {name} = {value!r} in the tracker")

    def add_row(self) -> None:
        """Add a row at the end of a table."""
        path = self._some_path()
        lines = self._lines(path)
        at = max((i for i, line in enumerate(lines) if line.startswith("|")), default=0)
        row = self.new_row()
        self._put_lines(path, [*lines[: at + 1], row, *lines[at + 1 :]])
        self.chance.tell(f"person: adds {row} to {path}")

    def delete_row(self) -> None:
        """Take out a row, rarely."""
        found = self._some_row()
        if found is None or not self.chance.happens(0.3):
            return
        path, index, cells = found
        lines = self._lines(path)
        self._put_lines(path, lines[:index] + lines[index + 1 :])
        self.deleted.add(self._token(cells))
        self.chance.tell(f"person: deletes {self._token(cells)} from {path}")

    def sort_rows(self) -> None:
        """Put the rows of a table in another order."""
        path = self._some_path()
        lines = self._lines(path)
        rows = self._rows(lines)
        shuffled = self.chance.order([lines[i] for i in rows])
        for index, line in zip(rows, shuffled, strict=True):
            lines[index] = line
        self._put_lines(path, lines)
        self.chance.tell(f"person: sorts {path}")

    def move_row(self) -> None:
        """Move a row to another document."""
        found = self._some_row()
        if found is None or len(self.host.files) < 2:
            return
        path, index, cells = found
        other = self.chance.one([p for p in sorted(self.host.files) if p != path])
        lines = self._lines(path)
        row = lines.pop(index)
        self._put_lines(path, lines)
        target = self._lines(other)
        at = max(
            (i for i, line in enumerate(target) if line.startswith("|")), default=0
        )
        self._put_lines(other, [*target[: at + 1], row, *target[at + 1 :]])
        self.chance.tell(f"person: moves {self._token(cells)} from {path} to {other}")

    def rename_file(self) -> None:
        """Give a document another name, rarely."""
        if not self.chance.happens(0.3):
            return
        path = self._some_path()
        stem = path.removesuffix(".md").partition("_")[0]
        target = f"{stem}_{len(self.chance.record)}.md"
        self.host.files[target] = self.host.files.pop(path)
        self.chance.tell(f"person: renames {path} to {target}")

    def edit_prose(self) -> None:
        """Write something that is no action item."""
        path = self._some_path()
        data = self.host.files[path]
        self.host.files[path] = data.replace(b"The end.", b"More. The end.", 1)
        self.chance.tell(f"person: writes prose in {path}")

    def comment(self) -> None:
        """Say something below a ticket."""
        tickets = self.service.project.since(0)
        if tickets:
            self.service.project.comment(self.chance.one(tickets).id, actor="alice")

    def merge(self) -> None:
        """Merge the pull request."""
        if self.host.merge():
            self.chance.tell("person: merges the pull request")

    def decline(self) -> None:
        """Close the pull request, rarely."""
        if self.chance.happens(0.2) and self.host.decline():
            self.chance.tell("person: closes the pull request")

    def rows(self) -> dict[str, tuple[str, list[str]]]:
        """Return path and cells of each row, by token."""
        found = {}
        for path in sorted(self.host.files):
            lines = self._lines(path)
            for index in self._rows(lines):
                cells = _cells(lines[index])
                found[self._token(cells)] = (path, cells)
        return found

    def tickets(self) -> dict[str, list[Ticket]]:
        """Return the tickets of ours by token of their title."""
        found: dict[str, list[Ticket]] = {}
        for ticket in self.service.project.since(0):
            token = TOKEN.search(ticket.fields[Field.TITLE] or "")
            if token is not None:
                found.setdefault(token[1], []).append(ticket)
        return found

    def _value(self, name: str, title: str) -> str:
        match name:
            case "title":
                token = TOKEN.search(title)
                words = _VERSION.sub("", title)
                self._named += 1
                return f"{words} v{self._named}" if token else title
            case "owner":
                self._named += 1
                return f"{self.chance.one(_OWNERS)}{self._named}"
            case _:
                return self.chance.one(_STATUSES)

    def _remember(self, token: str, name: str, side: str, value: str | None) -> None:
        wrote = Wrote(self.chance.now(), side, value)
        self.wrote.setdefault((token, name), []).append(wrote)

    def _some_path(self) -> str:
        return self.chance.one(sorted(self.host.files))

    def _some_row(self) -> tuple[str, int, list[str]] | None:
        path = self._some_path()
        lines = self._lines(path)
        rows = self._rows(lines)
        if not rows:
            return None
        index = self.chance.one(rows)
        return path, index, _cells(lines[index])

    def _lines(self, path: str) -> list[str]:
        return self.host.files[path].decode("utf-8").replace("\r\n", "\n").split("\n")

    def _rows(self, lines: list[str]) -> list[int]:
        table = [i for i, line in enumerate(lines) if line.startswith("|")]
        return table[2:]

    def _put(self, path: str, index: int, line: str) -> None:
        lines = self._lines(path)
        lines[index] = line
        self._put_lines(path, lines)

    def _put_lines(self, path: str, lines: list[str]) -> None:
        end = "\r\n" if b"\r\n" in self.host.files[path] else "\n"
        self.host.files[path] = end.join(lines).encode()

    @staticmethod
    def _token(cells: list[str]) -> str:
        found = TOKEN.search(cells[COLUMNS["notes"]])
        return found[1] if found else ""


def _cells(line: str) -> list[str]:
    return [
        cell.strip()
        for cell in line.strip().removeprefix("|").removesuffix("|").split("|")
    ]
