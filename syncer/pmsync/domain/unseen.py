"""Characters that nobody sees, and text as a document gives it back without them."""

from __future__ import annotations

import re

INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
)
"""Control, direction and zero-width characters, as a regular expression's class has
them. The joiners U+200C and U+200D stay: emoji and Persian words are written with them."""

UNSEEN = re.compile(f"[{INVISIBLE}]+")


def one_line(text: str) -> str:
    """Return ``text`` without line breaks and without what nobody sees.

    Runs of white space become one space, as Markdown shows them.
    """
    return " ".join(UNSEEN.sub("", text).split())
