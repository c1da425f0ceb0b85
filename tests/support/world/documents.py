"""The post-mortems of the world: how people write them, and what stands in them.

Each row has a name of its own in a column that pmsync does not know, so that whoever
judges a run can tell rows apart whatever becomes of their titles and places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

BOM = b"\xef\xbb\xbf"
MEMO = "Memo"
NAMES = {"Action": "title", "Owner": "owner", "Status": "status", "Ticket": "ticket"}
"""What the columns are that pmsync may write."""
HEADS: Mapping[str, Sequence[str]] = {
    "all": ("Action", "Owner", "Status", "Ticket", MEMO),
    "ticket last": ("Action", MEMO, "Status", "Owner", "Ticket"),
    "no ticket": ("Action", "Owner", "Status", MEMO),
}
_LINK = re.compile(r"https://github\.com/(team/[\w-]+)/issues/(\d+)")


class Row(NamedTuple):
    """One action item as it stands in a document."""

    name: str
    path: str
    line: int
    values: Mapping[str, str | None]
    """Title, owner, status and ticket; a column that is absent is left out."""
    link: str | None
    """Key of the ticket that it cites."""


class Line(NamedTuple):
    """One line of a table: its cells and what stands around them."""

    cells: list[str]
    end: str


def document(number: int, head: str, rows: Sequence[Mapping[str, str]]) -> bytes:
    """Write a post-mortem with one action table."""
    names = HEADS[head]
    lines = [
        f"# Outage {number}",
        "",
        f"**Incident ID:** INC-{number}",
        "",
        "Pages were slow | for an hour.",
        "",
        "## Action Items",
        "",
        f"| {' | '.join(names)} |",
        "|" + "---|" * len(names),
        *(f"| {' | '.join(row.get(name, '') for name in names)} |" for row in rows),
        "",
        "## Timeline",
        "",
        "Somebody looked at it.",
        "",
    ]
    return "\n".join(lines).encode()


def rows(files: Mapping[str, bytes]) -> dict[str, Row]:
    """Read the rows of all documents by their names."""
    return {row.name: row for path in sorted(files) for row in _rows(path, files[path])}


def _rows(path: str, data: bytes) -> Iterator[Row]:
    lines = data.removeprefix(BOM).decode().splitlines()
    start = table_at(lines)
    names = cells(lines[start])
    for number in range(start + 2, len(lines)):
        if not lines[number].startswith("|"):
            return
        found = dict(zip(names, cells(lines[number]), strict=False))
        values = {NAMES[n]: found[n] or None for n in NAMES if n in found}
        link = _LINK.search(values.get("ticket") or "")
        key = f"{link[1]}#{link[2]}" if link else None
        yield Row(found[MEMO], path, number + 1, values, key)


def table_at(lines: Sequence[str]) -> int:
    """Return the index of a table's header."""
    return next(n for n, line in enumerate(lines) if line.startswith("| Action "))


def cells(line: str) -> list[str]:
    """Return the cells of a line of a table."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def put(line: str, index: int, value: str) -> str:
    """Return a line of a table with one cell as a person would write it."""
    parts = line.split("|")
    if index + 1 >= len(parts) - 1:
        return line
    parts[index + 1] = f" {value} "
    return "|".join(parts)


def outside(data: bytes) -> list[bytes]:
    """Return everything that pmsync must not change, line by line."""
    lines = data.removeprefix(BOM).decode().splitlines(keepends=True)
    start = table_at(lines)
    names = cells(lines[start])
    kept = [b"BOM" if data.startswith(BOM) else b""]
    inside = True
    for number, line in enumerate(lines):
        if number <= start + 1 or not (inside and line.startswith("|")):
            inside = number <= start + 1
            kept.append(line.encode())
            continue
        body = line.rstrip("\r\n")
        parts = body.split("|")
        kept += [
            part.encode()
            for name, part in zip(names, parts[1:-1], strict=False)
            if name not in NAMES
        ]
        kept.append(f"{parts[0]}|{parts[-1]}{line[len(body) :]}".encode())
    return kept


def without_column(data: bytes, before: bytes) -> bytes:
    """Return a document without the column that was added on the right since."""
    lines = data.decode("utf-8").splitlines(keepends=True)
    plain = before.decode("utf-8").splitlines(keepends=True)
    start, was = table_at(_bare(lines)), table_at(_bare(plain))
    if cells(lines[start]) != [*cells(plain[was]), "Ticket"]:
        return data
    for number in range(start, len(lines)):
        if not lines[number].startswith("|"):
            break
        body = lines[number].rstrip("\r\n")
        *kept, _, last = body.split("|")
        lines[number] = "|".join([*kept, last]) + lines[number][len(body) :]
    return "".join(lines).encode()


def _bare(lines: Sequence[str]) -> list[str]:
    return [line.removeprefix("\ufeff") for line in lines]
