"""What people do to documents, tickets, permissions and pull requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.repository import ProposalState
from support.world.chance import Deed
from support.world.documents import (
    BOM,
    HEADS,
    MEMO,
    Row,
    cells,
    document,
    put,
    rows,
    table_at,
)
from support.world.judge import SECRET
from support.world.repositories import MAIN, OURS
from support.world.titles import alike, strangers
from support.world.trackers import Server

if TYPE_CHECKING:
    from support.world.play import World

OWNERS = ("@ann", "@bob", "")
STATUSES = ("Open", "In Progress", "Blocked", "Done", "Won't Do", "", "maybe")
REVIEWED = b"Reviewed.\n"
WEIGHTS = {
    Deed.WAIT: 4,
    Deed.ADD_ROW: 4,
    Deed.SET_STATUS: 4,
    Deed.SET_OWNER: 3,
    Deed.RENAME_ROW: 3,
    Deed.PROGRESS: 4,
    Deed.CLOSE: 3,
    Deed.RETITLE: 2,
    Deed.ASSIGN: 2,
    Deed.MERGE: 6,
}
"""How often people do one thing rather than another."""


class People:
    """Everybody but pmsync."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance = world.chance
        self.alike = self.chance.odds(0.25)
        """True when titles are much like each other."""
        self._count = 0
        self._titles = -1
        self._deeds = [
            deed
            for deed in Deed
            if deed not in self.chance.off
            for _ in range(WEIGHTS.get(deed, 1))
        ]

    def begin(self) -> dict[str, bytes]:
        """Write the first documents."""
        chance = self.chance
        files = {}
        for number in range(1 + chance.below(3)):
            head = chance.one(tuple(HEADS))
            written = [self.row() for _ in range(1 + chance.below(3))]
            files[f"{'abc'[number]}.md"] = document(number + 1, head, written)
        return files

    def row(self, title: str | None = None) -> dict[str, str]:
        """Think of a new action item."""
        self._count += 1
        chance = self.chance
        return {
            "Action": title or self.title(),
            "Owner": self.owner(),
            "Status": chance.one(STATUSES[:3]),
            MEMO: f"r{self._count}",
        }

    def title(self) -> str:
        """Think of a title that nobody has used."""
        if self.alike:
            self._count += 1
            return alike(self._count, self.chance.random)
        self._titles += 1
        return strangers()[self._titles]

    def owner(self) -> str:
        """Think of an owner whom nobody has named, or of nobody."""
        self._count += 1
        name = self.chance.one(OWNERS)
        return f"{name}{self._count}" if name else ""

    def act(self) -> None:
        """Do one thing, if there is something to do it to."""
        if not self._deeds:
            return
        deed = self.chance.one(self._deeds)
        act: Callable[[], str | None] = getattr(self, deed.name.casefold())
        told = act()
        if told is not None:
            self.chance.fired[deed] += 1
            self.world.say("people", f"{deed.value}: {told}")

    # Rows

    def add_row(self) -> str | None:
        return self._add(self.row())

    def add_twin(self) -> str | None:
        found = self._any_row()
        return self._add(self.row(found.values["title"])) if found else None

    def rename_row(self) -> str | None:
        found = self._any_row()
        if found is None:
            return None
        # A letter more leaves no doubt that it is the same.
        letter = self.chance.one("abcdefghijklmnopqrstuvwxyz")
        return self._set(found, "Action", f"{found.values['title']}{letter}")

    def rewrite_row(self) -> str | None:
        """Give a row a title of which only its link says that it is the same row."""
        linked = [row for row in self._rows() if row.link]
        return (
            self._set(self.chance.one(linked), "Action", self.title())
            if linked
            else None
        )

    def set_owner(self) -> str | None:
        return self._set(self._any_row(), "Owner", self.owner())

    def set_status(self) -> str | None:
        return self._set(self._any_row(), "Status", self.chance.one(STATUSES))

    def unlink_row(self) -> str | None:
        linked = [row for row in self._rows() if row.link]
        return self._set(self.chance.one(linked), "Ticket", "") if linked else None

    def delete_row(self) -> str | None:
        found = self._any_row()
        if found is None:
            return None
        lines = self._lines(found.path)
        del lines[found.line - 1]
        return self._write({found.path: lines}, found.name)

    def move_row(self) -> str | None:
        found = self._any_row()
        others = [p for p in self.world.files if found and p != found.path]
        if found is None or not others:
            return None
        target = self.chance.one(others)
        source, lines = self._lines(found.path), self._lines(target)
        line = source.pop(found.line - 1)
        named = dict(zip(self._names(found.path), cells(line), strict=False))
        self._insert(lines, named)
        return self._write(
            {found.path: source, target: lines}, f"{found.name} to {target}"
        )

    def copy_row(self) -> str | None:
        found = self._any_row()
        if found is None:
            return None
        self._count += 1
        lines = self._lines(found.path)
        line = lines[found.line - 1]
        index = self._names(found.path).index(MEMO)
        lines.insert(found.line, put(line, index, f"r{self._count}"))
        self.world.judge.copies[f"r{self._count}"] = found.name
        return self._write({found.path: lines}, f"{found.name} as r{self._count}")

    def sort_rows(self) -> str | None:
        path = self.chance.one(sorted(self.world.files))
        lines = self._lines(path)
        places = [row.line - 1 for row in self._rows() if row.path == path]
        mixed = self.chance.shuffled([lines[place] for place in places])
        for place, line in zip(places, mixed, strict=True):
            lines[place] = line
        return self._write({path: lines}, path)

    # Files

    def crlf(self) -> str | None:
        path = self.chance.one(sorted(self.world.files))
        data = self.world.files[path]
        plain = data.replace(b"\r\n", b"\n")
        data = plain if plain != data else data.replace(b"\n", b"\r\n")
        return self._give({path: data}, path)

    def bom(self) -> str | None:
        path = self.chance.one(sorted(self.world.files))
        data = self.world.files[path]
        plain = data.removeprefix(BOM)
        return self._give({path: plain if plain != data else BOM + data}, path)

    def prose(self) -> str | None:
        path = self.chance.one(sorted(self.world.files))
        end = self.chance.one((b"A line more.\n", b"A line more.\r\n", b"No end"))
        return self._give({path: self.world.files[path] + end}, path)

    def rename_file(self) -> str | None:
        path = self.chance.one(sorted(self.world.files))
        self._count += 1
        files = dict(self.world.files)
        files[f"n{self._count}.md"] = files.pop(path)
        self.world.set_files(files, "person")
        return f"{path} to n{self._count}.md"

    def force_push(self) -> str | None:
        world = self.world
        commit = world.remote.at(MAIN)
        if world.mode == "folder" or commit is None or commit.parent is None:
            return None
        before = world.files
        world.remote.swap(MAIN, commit.id, commit.parent)
        world.saw(before, "person")
        world.judge.restored()
        return commit.parent[:7]

    # Tickets

    def comment(self) -> str | None:
        found = self._any_ticket()
        if found is None:
            return None
        server, ticket = found
        server.comment(ticket.id)
        return ticket.ref.key

    def retitle(self) -> str | None:
        return self._edit({Field.TITLE: self.title()})

    def assign(self) -> str | None:
        return self._edit({Field.OWNER: self.owner()[1:] or None})

    def progress(self) -> str | None:
        word = self.chance.one((Status.OPEN, Status.IN_PROGRESS, Status.BLOCKED))
        return self._edit({Field.STATUS: word})

    def close(self) -> str | None:
        word = self.chance.one((Status.DONE, Status.WONT_DO))
        return self._edit({Field.STATUS: word})

    def reopen(self) -> str | None:
        return self._edit({Field.STATUS: Status.OPEN})

    def edit_body(self) -> str | None:
        return self._edit({}, f"{SECRET}\n\n<!-- pmsync:begin -->\nours")

    def unmark(self) -> str | None:
        found = self._any_ticket()
        if found is None:
            return None
        found[0].unmark(found[1].id)
        return found[1].ref.key

    def move_ticket(self) -> str | None:
        found = self._any_ticket()
        if found is None:
            return None
        after = found[0].move(found[1].id, f"{found[0].name}-before")
        return f"{found[1].ref.key} to {after.ref.key}"

    def delete_ticket(self) -> str | None:
        found = self._any_ticket()
        if found is None:
            return None
        found[0].delete(found[1].id)
        return found[1].ref.key

    # Permissions

    def revoke(self) -> str | None:
        server = self.chance.one(tuple(self.world.servers.values()))
        server.hidden = not server.hidden
        return f"{server.name} {'hidden' if server.hidden else 'shown'}"

    def archive(self) -> str | None:
        server = self.chance.one(tuple(self.world.servers.values()))
        server.archived = not server.archived
        return f"{server.name} {'archived' if server.archived else 'in use'}"

    # Pull requests

    def merge(self) -> str | None:
        """Merge the pull request, if the documents that it edits are as they were."""
        world = self.world
        main, ours = world.remote.at(MAIN), world.remote.at(OURS)
        if world.forge.state is not ProposalState.OPEN or not (main and ours):
            return None
        base = world.remote.commits[ours.parent or ""].tree
        edited = {p: d for p, d in ours.tree.items() if base.get(p) != d}
        if any(main.tree.get(path) != base.get(path) for path in edited):
            return None
        pure = {path: _unreviewed(data, base[path]) for path, data in edited.items()}
        world.remote.swap(OURS, ours.id, None)
        world.forge.state = ProposalState.MERGED
        world.set_files({**main.tree, **pure}, "pmsync")
        if pure != edited:
            world.set_files({**main.tree, **edited}, "person")
        return ours.id[:7]

    def decline(self) -> str | None:
        world = self.world
        if world.forge.state is not ProposalState.OPEN:
            return None
        world.forge.state = ProposalState.DECLINED
        return "closed"

    def delete_branch(self) -> str | None:
        """Take away a branch that pmsync leaves alone, and its pull request."""
        world = self.world
        ours = world.remote.at(OURS)
        if ours is None or ours.author == "pmsync":
            return None
        world.remote.swap(OURS, ours.id, None)
        if world.forge.state is ProposalState.OPEN:
            world.forge.state = ProposalState.DECLINED
        return ours.id[:7]

    def push_onto(self) -> str | None:
        world = self.world
        ours = world.remote.at(OURS)
        if world.forge.state is not ProposalState.OPEN or ours is None:
            return None
        path = min(ours.tree)
        tree = {**ours.tree, path: ours.tree[path] + REVIEWED}
        new = world.remote.commit(tree, ours.parent, "alice", "Review")
        world.remote.swap(OURS, ours.id, new.id)
        return new.id[:7]

    def wait(self) -> str | None:
        minutes = self.chance.one((1, 5, 20, 60, 60 * 26))
        self.world.advance(minutes=minutes)
        return f"{minutes} minutes"

    # How

    def _rows(self) -> list[Row]:
        return list(rows(self.world.files).values())

    def _any_row(self) -> Row | None:
        found = self._rows()
        return self.chance.one(found) if found else None

    def _any_ticket(self) -> tuple[Server, Ticket] | None:
        """Return a ticket that documents cite: people come from there."""
        links = sorted({row.link for row in self._rows() if row.link})
        if not links:
            return None
        link = self.chance.one(links)
        server = self.world.server_of(link)
        ticket = server.find(link) if server else None
        return (server, ticket) if server and ticket else None

    def _edit(
        self, values: Mapping[Field, str | None], body: str | None = None
    ) -> str | None:
        found = self._any_ticket()
        if found is None:
            return None
        found[0].edit(found[1].id, values, body=body)
        shown = {field.value: value for field, value in values.items()}
        return f"{found[1].ref.key} {shown or ''}"

    def _names(self, path: str) -> list[str]:
        lines = self._lines(path)
        return cells(lines[table_at(lines)])

    def _lines(self, path: str) -> list[str]:
        return self.world.files[path].removeprefix(BOM).decode().splitlines()

    def _add(self, row: Mapping[str, str]) -> str | None:
        path = self.chance.one(sorted(self.world.files))
        lines = self._lines(path)
        self._insert(lines, row)
        return self._write({path: lines}, f"{row[MEMO]} {row['Action']} in {path}")

    def _insert(self, lines: list[str], row: Mapping[str, str]) -> None:
        start = table_at(lines)
        names = cells(lines[start])
        end = start + 2
        while end < len(lines) and lines[end].startswith("|"):
            end += 1
        at = start + 2 + self.chance.below(end - start - 1)
        lines.insert(at, f"| {' | '.join(row.get(name, '') for name in names)} |")

    def _set(self, row: Row | None, column: str, value: str) -> str | None:
        if row is None or column not in self._names(row.path):
            return None
        lines = self._lines(row.path)
        index = self._names(row.path).index(column)
        lines[row.line - 1] = put(lines[row.line - 1], index, value)
        return self._write({row.path: lines}, f"{row.name} {column} = {value!r}")

    def _write(self, changed: Mapping[str, list[str]], told: str) -> str | None:
        files = {}
        for path, lines in changed.items():
            was = self.world.files[path]
            end = "\r\n" if b"\r\n" in was else "\n"
            text = end.join(lines) + (end if was.endswith(b"\n") else "")
            files[path] = (BOM if was.startswith(BOM) else b"") + text.encode()
        return self._give(files, told)

    def _give(self, files: Mapping[str, bytes], told: str) -> str | None:
        after = {**self.world.files, **files}
        if after == self.world.files:
            return None
        self.world.set_files(after, "person")
        return told


def _unreviewed(data: bytes, base: bytes) -> bytes:
    """Return what pmsync proposed, without what reviewers wrote below it."""
    bare = base
    while bare.endswith(REVIEWED):
        bare = bare.removesuffix(REVIEWED)
    while data.endswith(REVIEWED):
        data = data.removesuffix(REVIEWED)
    return data + base[len(bare) :]
