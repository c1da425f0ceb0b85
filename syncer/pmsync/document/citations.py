"""Tickets as a cell cites them."""

from __future__ import annotations

from pmsync.domain.model import Citation


def read_citations(markdown: str) -> tuple[Citation, ...]:
    """Every ticket reference of a cell, in order."""
    del markdown
    return ()
