"""What the readers of tables, checklists and bullets share about a document."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from pmsync.document import problems
from pmsync.document.citations import read_citations
from pmsync.document.dates import read_due
from pmsync.document.days import Due
from pmsync.document.placeholders import is_date_pattern, is_placeholder, is_sample
from pmsync.document.priorities import read_priority
from pmsync.document.skip_comments import says_skip
from pmsync.document.status_marks import status_in
from pmsync.document.statuses import read_status
from pmsync.document.text import plain
from pmsync.document.vocabulary import Vocabulary
from pmsync.domain.model import Citation, Problem, Status

_T = TypeVar("_T")
_MEMO = 50_000
"""Texts remembered per vocabulary; beyond it everything is forgotten."""
_NUMERIC_DATE = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")
_COUNTS_ELSE = re.compile(
    r"(?i)\b(?:ac|criteri(?:on|a)|step|rule|option|phase|sprint|item|action|row|point"
    r"|question|lesson|finding|cause|factor|recommendation|gap|risk|hypothesis|why|note"
    r"|test|case|node|host|shard|worker|replica|pod|round|attempt|run|build|job|line"
    r"|ai|comment|iteration|chapter|figure|incident|postmortem|outage|alert)s? (#[0-9]+)"
)
"""A number of something that is no ticket: ``(AC #4)``, ``incident #465``."""
_DASHES = frozenset("-–—―‒−")
_NO = frozenset(
    [
        "no",
        "n",
        "not",
        "yet",
        "false",
        "nein",
        "non",
        "nao",
        "não",
        "nie",
        "nee",
        "нет",
        "ні",
        "hayır",
        "否",
        "没有",
        "未",
        "まだ",
        "いいえ",
        "아니오",
        "✗",
        "✘",
        "❌",
        "x",
    ]
) | {"not yet", "noch nicht", "pas encore", "ainda não", "todavía no", "non ancora"}


class Reading:
    """One document that is being read: its circumstances and its findings."""

    def __init__(
        self,
        data: bytes,
        vocabulary: Vocabulary,
        incident: date | None,
        *,
        template: bool,
    ) -> None:
        self.data = data
        self.vocabulary = vocabulary
        self.template = template
        self.may_skip = says_skip(data)
        self.problems: list[Problem] = []
        self._incident = incident
        self._words = vocabulary.status_words
        self._statuses = vocabulary.memo_statuses
        self._dues = vocabulary.memo_dues.setdefault(incident, {})
        self.known_status: Callable[[str | None], Status | None] = self._statuses.get
        """Returns what a status cell says, None where it takes a closer look."""
        self.known_due: Callable[[str | None], date | None] = self._dues.get
        """Returns the date of a cell, None where it takes a closer look."""

    def status(self, raw: str) -> Status:
        """Return what a status cell says."""
        found = self._statuses.get(raw)
        if found is None:
            found = read_status(raw, self._words)
            if found is not Status.UNKNOWN and not is_blank(raw):
                _remember(self._statuses, raw, found)
        return found

    def answer(self, raw: str) -> Status:
        """Return what a cell says in a column that asks whether it is done."""
        if plain(raw).casefold().strip(".!") in _NO:
            return Status.OPEN
        return Status.DONE if self.due(raw).date else Status.UNKNOWN

    def status_in(self, raw: str | None) -> Status | None:
        """Return a status that stands in a cell of another kind."""
        return status_in(raw, self._words) if raw else None

    def due(self, raw: str) -> Due:
        """Return the date that a cell means."""
        known = self._dues.get(raw)
        if known is not None:
            return Due(known, ambiguous=False)
        found = read_due(raw, self._incident, self.vocabulary.date_formats)
        if found.date is not None:
            _remember(self._dues, raw, found.date)
        return found

    def level(self, raw: str | None) -> str | None:
        """Return the priority that a text gives, ``0`` (highest) to ``4``."""
        return read_priority(raw) if raw else None

    def citations(self, raw: str) -> tuple[Citation, ...]:
        """Return the tickets that a text cites."""
        return read_citations(raw)

    def citations_in_text(self, raw: str) -> tuple[Citation, ...]:
        """Return the tickets that a sentence cites as its own.

        In a sentence ``sha-256`` is a word; in a ticket cell it could be a key.
        """
        cited = self.citations(raw)
        if not cited:
            return ()
        others = _COUNTS_ELSE.findall(raw) if " #" in raw else ()
        tickets = tuple(
            each
            for each in cited
            if each.url is not None or each.text not in others
            if each.url is not None
            or not each.text[:1].islower()
            or each.text.startswith("bd-")
            or "#" in each.text
            or f"({each.text})" in raw
        )
        from pmsync.document.own_citations import own  # noqa: PLC0415 - slow

        return own(raw, tickets)

    def add(self, line: int, position: int, code: str, detail: str = "") -> None:
        """Note a problem at a byte."""
        start = self.data.rfind(b"\n", 0, position) + 1
        column = len(self.data[start:position].decode(errors="replace")) + 1
        self.problems.append(problems.problem(line, column, code, detail))

    def check_due(self, line: int, position: int, raw: str) -> date | None:
        """Return the date of a cell, and note when it has none or two readings."""
        due = self.due(raw)
        if due.ambiguous:
            self.add(line, position, problems.AMBIGUOUS_DATE, raw)
        elif due.date is None and _NUMERIC_DATE.fullmatch(raw.strip()):
            self.add(line, position, problems.IMPOSSIBLE_DATE, raw)
        return due.date


def is_blank(raw: str | None) -> bool:
    """Tell whether a cell says nothing: absent, empty or a dash."""
    return not raw or _DASHES.issuperset(raw)


def is_wordless(text: str) -> bool:
    """Tell whether a title has neither letter nor digit: blank, a dash, ``:::``."""
    return not text[:1].isalnum() and not any(map(str.isalnum, text))


def is_waiting(raw: str | None) -> bool:
    """Tell whether a cell is a template's own text that waits to be filled in."""
    return raw is not None and is_placeholder(raw)


def is_unfilled(owner: str | None, due: str | None) -> bool:
    """Tell whether an item's date is a pattern, and its owner waits as well."""
    return (
        due is not None
        and is_date_pattern(due)
        and (is_blank(owner) or is_waiting(owner))
    ) or (owner is not None and due is not None and is_sample(due) and is_sample(owner))


def _remember(memo: dict[str | None, _T], raw: str, meaning: _T) -> None:
    if len(memo) > _MEMO:
        memo.clear()
    memo[raw] = meaning
