"""Texts of a template that wait to be filled in."""

from __future__ import annotations


def is_placeholder(text: str) -> bool:
    """True when the text is a template's own and says nothing."""
    return not text
