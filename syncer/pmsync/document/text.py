"""Markdown as one line of plain text."""

from __future__ import annotations


def plain(markdown: str) -> str:
    """The text that a reader of the rendered Markdown sees, on one line."""
    return " ".join(markdown.split())
