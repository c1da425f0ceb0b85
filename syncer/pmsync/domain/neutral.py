"""Text from documents as text: in a ticket it mentions, closes and runs nothing.

Trackers act on what they find in a body: they notify people who are mentioned, link
and close what is referred to, and run commands. What comes from a document is data, so
each such place is broken by a character that nobody sees, or written as an entity.
"""

from __future__ import annotations

import re
import unicodedata

from pmsync.domain.ports import Markup

GAP = "\u200b"
"""A zero-width space: shown as nothing, and no part of any mention or reference."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0085\u2028\u2029]")
_BIDI = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ENTITY = re.compile(r"&(?=#|[A-Za-z][A-Za-z0-9]*;)")
_MENTION = re.compile(r"@(?=[\w-])")
# #12, GH-12, !12, $12, ~label, %milestone, &epic, org/repo#12, ABC-12: what GitHub and
# GitLab link ("Autolinked references", "GitLab-specific references").
_REFERENCE = re.compile(r"(?<!\w)([#!$~%&^])(?=[\w\"])|(?<=[\w.-])([#!$~%&])(?=\d)")
_GITHUB = re.compile(r"\b(GH)-(?=\d)", re.IGNORECASE)
_COMMIT = re.compile(
    r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])([0-9a-f]{6})(?=[0-9a-f]{1,34}\b)"
)
# The signs that Jira's wiki markup gives a meaning ("Text Formatting Notation Help").
_WIKI = re.compile(r"[\\{}\[\]!*_?+^~|#-]")
_SCHEME = re.compile(r"\b(https?|ftp|mailto|www)(?=://|:|\.)", re.IGNORECASE)


def quoted(text: str, markup: Markup) -> str:
    """Return text so that a body in ``markup`` shows it as it is and does nothing."""
    match markup:
        case Markup.PLAIN:
            return readable(text)
        case Markup.MARKDOWN:
            return neutral(text)
        case Markup.WIKI:
            return _WIKI.sub(lambda m: f"\\{m[0]}", readable(text))


def readable(text: str) -> str:
    """Return text without control characters and without those that turn it around."""
    kept = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _BIDI.sub("", kept)


def neutral(text: str) -> str:
    """Return text that GitHub and GitLab show as it is, as Markdown that does nothing.

    Mentions, references, closing keywords (which need a reference), bare addresses,
    HTML and commands at the start of a line lose their power; letters stay.
    """
    return "\n".join(map(_line, readable(text).split("\n")))


def _line(line: str) -> str:
    line = "".join(map(_plain, line))
    line = _MENTION.sub(f"@{GAP}", line)
    line = _REFERENCE.sub(lambda m: f"{m[0]}{GAP}", line)
    line = _GITHUB.sub(rf"\1{GAP}-", line)
    line = _COMMIT.sub(rf"\1{GAP}", line)
    line = _SCHEME.sub(rf"\1{GAP}", line)
    line = _ENTITY.sub("&amp;", line).replace("<", "&lt;")
    # A command is "/word" where a line begins (docs: GitLab quick actions).
    return f"{GAP}{line}" if line.lstrip().startswith("/") else line


def _plain(letter: str) -> str:
    """Return the ASCII sign that a wide or small form of it may be taken for."""
    if letter.isascii():
        return letter
    folded = unicodedata.normalize("NFKC", letter)
    return folded if folded in ("@", "#", "!", "/", "<", "&") else letter
