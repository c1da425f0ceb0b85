"""Beads' export format: one JSON object a line, issues and other things.

Every line keeps its bytes until a value in it is changed, and then every byte but
that value. Source of the keys and their order: gastownhall/beads,
``internal/types/types.go`` and ``cmd/bd/export.go``; its counts are of blocking
dependencies only, so a child does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from pmsync.domain.errors import TrackerError
from pmsync_adapters.beads import json_text
from pmsync_adapters.beads.ids import ID

KEYS = (
    "_type",
    "id",
    "title",
    "description",
    "design",
    "acceptance_criteria",
    "notes",
    "spec_id",
    "status",
    "priority",
    "issue_type",
    "assignee",
    "owner",
    "estimated_minutes",
    "created_at",
    "created_by",
    "updated_at",
    "started_at",
    "closed_at",
    "close_reason",
    "closed_by_session",
    "lease_expires_at",
    "heartbeat_at",
    "due_at",
    "defer_until",
    "external_ref",
    "source_system",
    "metadata",
    "compaction_level",
    "compacted_at",
    "compacted_at_commit",
    "original_size",
    "labels",
    "dependencies",
    "comments",
    "sender",
    "ephemeral",
    "no_history",
    "wisp_type",
    "pinned",
    "is_template",
    "dependency_count",
    "dependent_count",
    "comment_count",
    "parent",
)
"""The keys of an issue, in the order of the export."""

_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line of the file; the same bytes, read again, are the same line."""

    raw: bytes
    """As it stands, with its line end."""
    values: Mapping[str, object] = field(default_factory=dict)
    """The issue that it holds; empty for any other thing and for a blank line."""

    @property
    def id(self) -> str:
        """The issue's id, empty if it is none."""
        return str(self.values.get("id", ""))

    @property
    def digest(self) -> str:
        """What changes with the line, whoever changed it."""
        return sha256(self.raw.strip(_BLANK)).hexdigest()[:16]


def load(data: bytes, name: str) -> list[Line]:
    """Read a whole file; ``name`` is what people call it.

    Raises ``TrackerError`` with the number of the first line that is not JSON Lines.
    """
    lines = []
    *whole, last = data.split(b"\n")
    for number, raw in enumerate([*(line + b"\n" for line in whole), last], start=1):
        try:
            lines.append(_line(raw))
        except (ValueError, TypeError) as error:
            raise malformed(name, number, str(error)) from error
    return lines


def store(lines: Iterable[Line]) -> bytes:
    """Return the bytes of the file."""
    return b"".join(line.raw for line in lines)


def add(lines: list[Line], values: Mapping[str, object]) -> Line:
    """Put a new issue at the end; keys without a value are left out.

    Line ends are those of the first line, also for a last line that has none.
    """
    end = b"\r\n" if lines[0].raw.endswith(b"\r\n") else b"\n"
    last = lines.pop()
    if last.raw:
        lines.append(Line(last.raw.removesuffix(b"\r") + end, last.values))
    ordered = {key: values[key] for key in KEYS if values.get(key) is not None}
    new = _line(json_text.dump(ordered).encode() + end)
    lines += [new, Line(b"")]
    return new


def change(line: Line, changes: Mapping[str, object]) -> Line:
    """Return an issue's line with values set, or (None) taken out."""
    return _line(json_text.put(line.raw.decode(), changes, KEYS).encode())


def malformed(name: str, number: int, what: str) -> TrackerError:
    """Return the error for a line that cannot be read."""
    return TrackerError(
        f"{name}:{number}: {what}",
        hint="correct the line, or restore the file from git; nothing was written",
    )


@lru_cache(maxsize=50_000)
def _line(raw: bytes) -> Line:
    """Read one line; raises ``ValueError`` or ``TypeError``."""
    text = raw.removeprefix(_BOM).strip(_BLANK).decode()
    if not text:
        return Line(raw)
    values = json_text.parse(text)
    if values.get("_type", "issue") != "issue":
        return Line(raw)
    id_ = values.get("id")
    if not isinstance(id_, str) or not ID.fullmatch(id_):
        raise ValueError(f"{id_!r} is not the id of a Beads issue")
    return Line(raw, values)
