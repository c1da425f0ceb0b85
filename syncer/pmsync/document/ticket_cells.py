"""Ticket links, written as the column already writes them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from pmsync.document import escaping
from pmsync.document.citations import read_citations
from pmsync.document.edits import Link
from pmsync.document.nothing import is_nothing
from pmsync.document.text import plain
from pmsync.domain.model import Citation

_QUALIFIED = re.compile(r"[\w.-]+/[\w.-]+#[0-9]+")
_GITHUB_ADDRESS = re.compile(r"https?://[^/]+/([\w.-]+/[\w.-]+)/issues/([0-9]+)")


class Manner(StrEnum):
    """How a column cites tickets."""

    LINK = "[#12](url)"
    QUALIFIED = "[org/repo#12](url)"
    BARE = "#12"
    ADDRESS = "url"


def manner_of(cells: Iterable[str]) -> Manner | None:
    """Return the commonest way in which ``cells`` cite tickets, None if none does."""
    seen = Counter(
        manner
        for cell in cells
        for citation in read_citations(cell)[:1]
        if (manner := _manner(cell, citation)) is not None
    )
    return max(seen, key=lambda manner: seen[manner]) if seen else None


def markdown(link: Link, manner: Manner | None, *, table: bool) -> str:
    """Return the citation of a ticket.

    Without a manner it is a link, or the bare address of a bead, since nothing
    opens a ``bd:`` link. Raises ``ValueError`` for an unsafe address.
    """
    if link.url is None or manner is Manner.BARE:
        return escaping.escape(link.text, table=table)
    bead = link.url.startswith("bd://")
    if manner is Manner.ADDRESS or (manner is None and bead):
        return escaping.address(link.url)
    text = link.text
    found = _GITHUB_ADDRESS.fullmatch(link.url)
    if manner is Manner.QUALIFIED and found:
        text = f"{found[1]}#{found[2]}"
    return escaping.link(text, link.url, table=table)


def with_ticket(cell: str, link: Link, manner: Manner | None) -> str:
    """Return a ticket cell that cites ``link``, and keeps what else it says.

    A single citation that is there is replaced; other text stays behind the link.
    Raises ``ValueError`` when several tickets are cited.
    """
    citations = read_citations(cell)
    if len(citations) > 1:
        raise ValueError("several tickets are cited")
    if citations:
        if same(citations[0], link):
            return cell
        span = locate(cell, citations[0])
        if span is None:
            raise ValueError("the ticket that is cited cannot be replaced")
        own = _manner(cell, citations[0]) or manner
        written = markdown(link, own, table=True)
        return cell[: span[0]] + written + cell[span[1] :]
    written = markdown(link, manner, table=True)
    return written if is_nothing(cell) else f"{written} {cell}"


def after_text(text: str, link: Link, *, table: bool) -> str:
    """Return a title or entry with the ticket at its end, in parentheses."""
    written = markdown(link, Manner.LINK, table=table)
    return f"{text} ({written})"


def same(citation: Citation, link: Link) -> bool:
    """Return True when a citation already is the link."""
    if link.url is not None and citation.url is not None:
        return citation.url == link.url
    return citation.text in (link.text, link.url)


def locate(cell: str, citation: Citation) -> tuple[int, int] | None:
    """Return where the citation stands in the cell, None if that is not certain."""
    if citation.url:
        target = cell.find(f"]({citation.url}")
        if target >= 0:
            start, end = cell.rfind("[", 0, target), cell.find(")", target)
            return (start, end + 1) if 0 <= start < end else None
    for raw in (f"<{citation.url}>", citation.url, citation.text):
        if raw and cell.count(raw) == 1:
            start = cell.index(raw)
            return start, start + len(raw)
    return None


def _manner(cell: str, citation: Citation) -> Manner | None:
    span = locate(cell, citation)
    if span is None:
        return None
    raw = cell[slice(*span)]
    if raw.startswith("["):
        qualified = _QUALIFIED.fullmatch(plain(raw))
        return Manner.QUALIFIED if qualified else Manner.LINK
    return Manner.ADDRESS if "://" in raw else Manner.BARE


def cited(cells: Sequence[str]) -> bool:
    """Return True when any of the cells cites a ticket."""
    return any(read_citations(cell) for cell in cells)
