"""What a heading says, and which paragraphs serve as one, in bytes."""

from __future__ import annotations

import re

from pmsync.document.elements import CAPTION, LABEL

LONGEST = 200
"""Bytes of a paragraph that can serve as a heading."""
_LONGEST_LABEL = 120
_SIGN_BYTES = 16
_COLONS = (b":", "\uff1a".encode())
_WORD = re.compile(rb"[0-9A-Za-z]")


def text_of(heading: bytes) -> str:
    """Return a heading without what makes it one."""
    raw = heading.strip()
    if raw.startswith(b"#"):
        raw = raw.lstrip(b"#").strip()
        bare = raw.rstrip(b"#")
        raw = bare.rstrip() if bare[-1:] in b" \t" else raw
    else:
        raw = raw[: max(raw.rfind(b"\n"), raw.rfind(b"\r"))].strip()
    return raw.decode()


def level_of(paragraph: bytes) -> int | None:
    """Return the level of a paragraph that serves as a heading, None for others."""
    if len(paragraph) > LONGEST or ord("\n") in paragraph:
        return None
    if _is_bold(paragraph):
        return CAPTION
    labels = len(paragraph) <= _LONGEST_LABEL and paragraph.endswith(_COLONS)
    return LABEL if labels else None


def _is_bold(raw: bytes) -> bool:
    """True for a paragraph that is one bold text, with a sign before or after it."""
    start = raw.find(b"**")
    mark = b"**"
    if start < 0:
        start = raw.find(b"__")
        mark = b"__"
    if start < 0 or start > _SIGN_BYTES or _WORD.search(raw[:start]):
        return False
    end = raw.rfind(mark)
    tail = raw[end + 2 :]
    return (
        end > start + 2
        and mark not in raw[start + 2 : end]
        and len(tail) <= _SIGN_BYTES
        and not _WORD.search(tail)
    )
