"""The words that documents are read with; configuration adds to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from pmsync.document.header_cells import Headers
from pmsync.document.statuses import status_words
from pmsync.domain.model import Column, Form, Status

_FORMS = frozenset({Form.TABLE, Form.CHECKLIST})


@dataclass(frozen=True)
class Vocabulary:
    """What is recognised beyond the built-in words, and which forms are read."""

    columns: Mapping[Column, Sequence[str]] = field(default_factory=dict)
    """More header words."""
    statuses: Mapping[Status, Sequence[str]] = field(default_factory=dict)
    """More status words."""
    date_formats: tuple[str, ...] = ()
    """``strptime`` formats that decide dates which have two readings."""
    forms: frozenset[Form] = _FORMS

    @cached_property
    def headers(self) -> Headers:
        """The header vocabulary."""
        return Headers(self.columns)

    @cached_property
    def status_words(self) -> Mapping[str, Status]:
        """The status vocabulary."""
        return status_words(self.statuses)

    @cached_property
    def memo_statuses(self) -> dict[str | None, Status]:
        """Clear status texts that were read before: they repeat in every document."""
        return {}

    @cached_property
    def memo_dues(self) -> dict[date | None, dict[str | None, date]]:
        """Clear due texts that were read before, by the date of the incident."""
        return {}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may cost; beyond it the document is refused."""

    size: int = 5_000_000
    """Bytes of a file."""
    rows: int = 20_000
    """Table rows and list entries in it."""


DEFAULT = Vocabulary()
DEFAULT_LIMITS = Limits()
NO_LIMITS = Limits(size=1 << 40, rows=1 << 40)
"""For what was within the limits when it was read: an edit must not lock it out."""
