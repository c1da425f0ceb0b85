"""Priorities as people write them, and back."""

from __future__ import annotations

from collections.abc import Sequence


def read_priority(raw: str | None) -> str | None:
    """``"0"`` (most urgent) to ``"4"``, None when not understood."""
    del raw
    return None


def format_like(samples: Sequence[str], canonical: str) -> str | None:
    """``canonical`` as the samples write priorities, None if they cannot tell."""
    del samples, canonical
    return None
