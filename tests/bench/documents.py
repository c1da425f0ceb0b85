"""The documents that benchmarks read: their size and shape are fixed.

One document is 6,144 ± 100 bytes: a post-mortem of the usual sections with three
action tables of ten rows and five columns. Beside it stand one without tables, and one
with a table of 60 rows. Titles, tickets and dates differ in every document.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

SIZE = 6_144
TOLERANCE = 100
_HORIZONS = (
    "Immediate (Within 1 Week)",
    "Short-Term (Within 1 Month)",
    "Long-Term (Within 1 Quarter)",
)
_HEADER = (
    "| Action | Owner | Due Date | Status | Beads Issue |\n"
    "|--------|-------|----------|--------|-------------|\n"
)
_WORK = (
    "Page the on-call when the queue is deep",
    "Cap retries of the payment client",
    "Write a runbook for failover",
    "Test restores of the ledger",
    "Alert on replica lag over a minute",
    "Remove the *legacy* `cron` job",
    "Add a canary to the deploy",
    "Review quotas with the vendor",
    "Rotate certificates by machine",
    "Document who owns the cache",
)
_STATUSES = ("Open", "In Progress", "Done", "Blocked", "Open")
_PROSE = (
    "The *ledger* fell behind, see [the graph](https://example.com/d/7?from=1), and "
    "clients retried at once. `ledger-writer` ran out of memory and restarted. "
)


def usual(number: int) -> bytes:
    """Build document ``number``: three tables of ten rows."""
    tables = "".join(
        f"### {horizon}\n\n{_HEADER}{_rows(number, table, 10)}\n"
        for table, horizon in enumerate(_HORIZONS)
    )
    return _document(number, f"## Action Items\n\n{tables}", SIZE)


def without_tables(number: int) -> bytes:
    """Build a document of the same size without action items."""
    return _document(number, "## Action Items\n\nNone were needed.\n", SIZE)


def long_table(number: int) -> bytes:
    """Build a document with one table of 60 rows."""
    return _document(number, f"## Action Items\n\n{_HEADER}{_rows(number, 0, 60)}\n", 0)


def endless_table(rows: int) -> bytes:
    """Build a document with one table of many rows."""
    return (_head(0) + f"## Action Items\n\n{_HEADER}{_rows(0, 0, rows)}").encode()


def write_all(directory: Path, build: object, count: int) -> list[str]:
    """Write documents as files and return their paths."""
    paths = []
    for number in range(count):
        path = directory / f"postmortem-{number:05}.md"
        path.write_bytes(build(number))  # type: ignore[operator]
        paths.append(str(path))
    return paths


def _rows(number: int, table: int, count: int) -> str:
    return "".join(_row(number, table, row) for row in range(count))


def _row(number: int, table: int, row: int) -> str:
    item = number * 30 + table * 10 + row
    ticket = f"[bd-{item:x}](bd://bd-{item:x})" if row % 3 else ""
    day = 1 + (number + row) % 28
    return (
        f"| {_WORK[row % len(_WORK)]} ({item}) | @dev-{item % 40} "
        f"| 2026-{1 + table * 2:02}-{day:02} | {_STATUSES[row % 5]} | {ticket} |\n"
    )


def _head(number: int) -> str:
    return (
        f"# Post-Mortem: payments delayed ({number})\n\n## Summary\n\n"
        f"**Incident ID:** INC-{number}\n**Date:** 2026-01-{1 + number % 28:02}\n"
        "**Duration:** 2 hours 5 minutes\n**Severity:** SEV2\n**Status:** Complete\n"
        f"**Beads Issue:** bd://bd-p{number}\n\n"
    )


def _paragraphs(size: int) -> Iterator[str]:
    while size > 0:
        part = _PROSE[: max(size - 2, 1)].rstrip()
        yield f"{part}\n\n"
        size -= len(part) + 2


def _document(number: int, actions: str, size: int) -> bytes:
    head = _head(number) + "## Root Cause\n\n"
    timeline = (
        "## Timeline\n\n| Time | Event |\n|------|-------|\n"
        "| 10:02 | Alert |\n| 12:07 | Restored |\n\n"
    )
    if "|" not in actions:
        timeline = ""
    missing = size - len(head) - len(timeline) - len(actions)
    return (head + "".join(_paragraphs(missing)) + timeline + actions).encode()
