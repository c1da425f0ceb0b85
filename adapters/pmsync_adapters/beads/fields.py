"""Our fields as Beads writes them, in its file and through its command alike."""

from __future__ import annotations

from collections.abc import Mapping

from pmsync.domain.model import Field, Status
from pmsync_adapters.beads.values import day, priority, text

TITLE_LIMIT = 500


def fields_of(
    values: Mapping[str, object], status: Status
) -> Mapping[Field, str | None]:
    """Return the fields that an issue shows; raises ``ValueError``, ``TypeError``."""
    return {
        Field.TITLE: one_line(text(values, "title")),
        Field.OWNER: text(values, "assignee").strip() or None,
        Field.DUE: day(values, "due_at"),
        Field.STATUS: status,
        Field.PRIORITY: priority(values),
    }


def title(value: str | None) -> str:
    """Return a title as Beads takes it: one line, cut."""
    return one_line(value)[:TITLE_LIMIT].rstrip()


def one_line(value: str | None) -> str:
    """Return a value on one line, as an argument of a command can be."""
    return " ".join((value or "").replace("\0", "").split())


def with_newlines(body: str) -> str:
    """Return a body of which every line ends in the same way."""
    return body.replace("\r\n", "\n").replace("\r", "\n")
