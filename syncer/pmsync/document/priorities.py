"""Priorities as people write them, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_NUMBER = re.compile(r"(?i)\bp([0-4])\b")
_SCALES: tuple[tuple[str, ...], ...] = (
    # Each scale from the most urgent to the least; the index is the level.
    ("critical", "high", "medium", "low", "lowest"),
    ("urgent", "high", "medium", "low", "lowest"),
    ("blocker", "major", "normal", "minor", "trivial"),
    ("highest", "high", "medium", "low", "lowest"),
    ("kritisch", "hoch", "mittel", "niedrig", "gering"),
    ("crítica", "alta", "media", "baja", "mínima"),
    ("crítica", "alta", "média", "baixa", "mínima"),
    ("critique", "haute", "moyenne", "basse", "minime"),
    ("critica", "alta", "media", "bassa", "minima"),
    ("kritiek", "hoog", "gemiddeld", "laag", "laagst"),
    ("krytyczny", "wysoki", "średni", "niski", "najniższy"),
    ("критический", "высокий", "средний", "низкий", "минимальный"),
    ("критичний", "високий", "середній", "низький", "мінімальний"),
    ("kritik", "yüksek", "orta", "düşük", "en düşük"),
    ("緊急", "高", "中", "低", "最低"),
    ("紧急", "高", "中", "低", "最低"),
    ("긴급", "높음", "보통", "낮음", "최하"),
)
_LEVELS = {
    word: str(level) for scale in reversed(_SCALES) for level, word in enumerate(scale)
} | {"crit": "0", "med": "2", "moderate": "2", "élevée": "1", "faible": "3"}
_COLOURS = {"🔴": "0", "🟠": "1", "🟡": "2", "🟢": "3"}
_WORD = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)?")


@lru_cache(maxsize=10_000)
def read_priority(raw: str | None) -> str | None:
    """Return ``"0"`` (most urgent) to ``"4"``, None when not understood."""
    if not raw:
        return None
    found = set(_NUMBER.findall(raw))
    if found:
        return found.pop() if len(found) == 1 else None
    words = {word.casefold() for word in _WORD.findall(raw)}
    levels = {_LEVELS[word] for word in words if word in _LEVELS}
    if not levels:
        levels = {level for sign, level in _COLOURS.items() if sign in raw}
    return levels.pop() if len(levels) == 1 else None


def format_like(samples: Sequence[str], canonical: str) -> str | None:
    """Return ``canonical`` as the samples write priorities, None if they cannot tell.

    A sample of the same level is copied; else its scale is followed.
    """
    for sample in samples:
        if read_priority(sample) == canonical:
            return sample
    for sample in samples:
        if _NUMBER.fullmatch(sample.strip()):
            return f"{sample.strip()[0]}{canonical}"
        word = sample.strip()
        for scale in _SCALES:
            if word.casefold() in scale:
                written = scale[int(canonical)]
                return written.capitalize() if word[:1].isupper() else written
    return None
