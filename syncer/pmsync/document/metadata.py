"""What the head of a document says of the whole document."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from pmsync.domain.model import Citation


class Metadata(NamedTuple):
    """The head of a post-mortem, see ``PostMortem`` for the meaning of each name."""

    incident_id: str | None
    title: str | None
    date: date | None
    severity: str | None
    status: str | None
    summary: str | None
    parent: str | None
    parent_citations: tuple[Citation, ...]
    parent_line: int | None
    template: bool
    draft: bool


def read_metadata(text: str, path: str) -> Metadata:
    """The metadata of a document at ``path`` (with ``/``)."""
    del text, path
    return Metadata(None, None, None, None, None, None, None, (), None, False, False)
