r"""Text from trackers as Markdown that shows exactly this text and nothing else.

The rules are those of the GitHub Flavored Markdown specification
(https://github.github.com/gfm/). Inside a table any backslash before a pipe keeps
the cell together, so that a pipe is written ``\|`` and nothing more.
"""

from __future__ import annotations

import re

from pmsync.domain.unseen import UNSEEN, one_line

_SAFE_SCHEMES = ("http://", "https://", "bd://")
_ENTITY = re.compile(r"&(?=#?[0-9A-Za-z]{1,32};)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ORDERED = re.compile(r"([0-9]{1,9})([.)])(?=\s|$)")
_BARE_ADDRESS = re.compile(r"(https?|ftp|www)([:.])", re.IGNORECASE)
_BLOCK_MARKS = frozenset("#>+-=:~")
_URL_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\"()<>\[\\\]^`{|}]")


def escape(text: str, *, table: bool, block_start: bool = False) -> str:
    """Return Markdown that a reader sees as ``one_line(text)``.

    ``table``: it stands in a table cell. ``block_start``: it begins where Markdown
    would look for a heading, a list or a fence, as in a bullet or in a row without a
    leading pipe.
    """
    text = one_line(text)
    marks = frozenset("\\`*[]")
    if text.count("~") > 1:
        marks |= {"~"}
    if table:
        marks |= {"|"}
    escaped = " ".join(_word(word, marks) for word in text.split(" "))
    return _at_block_start(escaped) if block_start else escaped


def link(text: str, url: str, *, table: bool) -> str:
    """Return ``[text](url)`` that shows ``text`` and leads to ``url``.

    Raises ``ValueError`` for an address that is not http, https or bd.
    """
    return f"[{escape(text, table=table)}]({address(url)})"


def address(url: str) -> str:
    """Return ``url`` as it may stand in a table cell and in a link's parentheses.

    Raises ``ValueError`` for an address that is not http, https or bd.
    """
    if not url.lower().startswith(_SAFE_SCHEMES):
        raise ValueError(f"{url!r} is not an address that may be written")
    visible = UNSEEN.sub("", url).encode("utf-8", "ignore").decode()
    return _URL_UNSAFE.sub(_percent, _ENTITY.sub("&amp;", visible))


def _word(word: str, marks: frozenset[str]) -> str:
    escaped = "".join(_escaped(word, at, marks) for at in range(len(word)))
    if escaped == word:
        return word
    # Backslashes have no meaning inside a bare address: it must not become a link.
    return _BARE_ADDRESS.sub(r"\1\\\2", escaped)


def _escaped(text: str, at: int, marks: frozenset[str]) -> str:
    char = text[at]
    if char in marks or (char == "_" and not _inside_word(text, at)):
        return f"\\{char}"
    # As entities: raw text must not hold what a search takes for a comment or a tag.
    if char == "<" and _TAG.match(text, at):
        return "&lt;"
    if char == "&" and _ENTITY.match(text, at):
        return "&amp;"
    if char == ">" and text.endswith("--", 0, at):
        return "\\>"
    return char


def _inside_word(text: str, at: int) -> bool:
    """Return True between letters or digits, where ``_`` is never emphasis."""
    return text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum()


def _at_block_start(markdown: str) -> str:
    if markdown[:1] in _BLOCK_MARKS:
        return f"\\{markdown}"
    if found := _ORDERED.match(markdown):
        return f"{found[1]}\\{markdown[found.end(1) :]}"
    return markdown


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())
