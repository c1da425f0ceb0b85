"""What a status says, in many languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pmsync.domain.model import Status

NO_EXTRA: Mapping[Status, Sequence[str]] = MappingProxyType({})


def status_words(
    extra: Mapping[Status, Sequence[str]] = NO_EXTRA,
) -> Mapping[str, Status]:
    """The vocabulary: folded words and the status that each means."""
    return {word: status for status, words in extra.items() for word in words}


def read_status(raw: str | None, words: Mapping[str, Status]) -> Status:
    """The status of a status cell or checkbox."""
    return words.get(raw or "", Status.OPEN)


def status_in(text: str, words: Mapping[str, Status]) -> Status | None:
    """A status that sits in a cell of another kind, None unless it is clear."""
    return words.get(text)


def of_section(heading: str) -> Status | None:
    """The status that a heading gives to its items, None for most headings."""
    return None if heading else None
