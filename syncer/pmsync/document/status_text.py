"""A text that may give a status, made comparable with words of the vocabulary."""

from __future__ import annotations

import re
from unicodedata import combining, normalize

from pmsync.document import status_vocabulary as vocabulary
from pmsync.document.text import plain

_LONGEST = 8
"""Words in the longest phrase of the vocabulary."""
_LONGEST_UNSPACED = 10
"""Characters in the longest phrase of a script without spaces."""

_SHORTCODE = re.compile(r":([a-z_]{2,40}):")
SIGN = re.compile("[" + "".join(vocabulary.SIGNS) + "]")
PARENTHESES = re.compile(r"\([^()]*+\)")
STRUCK = re.compile(r"~~([^~]++)~~")
_DECORATION = re.compile(r"^[^\w\[(]+|[^\w\])%?]+$")
_BOUNDARY = re.compile(r"[()\[\]{}<>:,;.。、!?|/@#\"“”「」『』→⇒=\d]|[–—~]|\s-+\s|--")
_REFUSAL = re.compile(
    r"\W*(?:no|not|false|never|nein|non|nao|não|нет|ні|否|いいえ)(?!\w)"
)
_UNSPACED = (("\u3040", "\u30ff"), ("\u3400", "\u9fff"))
"""First and last letters of scripts without spaces; a pattern takes long to compile."""

DATE = (
    r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? [0-9]{1,2}"
    r"(?:, ?[0-9]{4})?|[0-9]{4}-q[1-4]"
)
REFERENCE = (
    r"(?:\b(?:pr|mr|bug|issue|ticket|pull request|commit)s? )?"
    r"(?:[\w./-]{0,80}[#!][0-9]{1,8}|\b[a-z][a-z0-9_]{1,9}-[0-9]{1,7}\b|(?<=bug )[0-9]{4,9})"
)


def fold_spelling(text: str) -> str:
    """Make spellings that differ only in case, width or hyphens the same."""
    text = normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(text.replace("_", " ").replace("-", " ").split())


def without_accents(text: str) -> str:
    """Return a text with ``ã`` as ``a``."""
    return "".join(c for c in normalize("NFD", text) if not combining(c))


def prepare(raw: str) -> str:
    """Return raw Markdown as plain text in lower case, with signs for shortcodes."""
    text = normalize("NFKC", plain(raw)).casefold().replace("’", "'")
    if ":" in text:
        text = _SHORTCODE.sub(
            lambda code: vocabulary.SHORTCODES.get(code[1], code[0]), text
        )
    return text.replace("_", " ").replace("\ufe0f", "").replace("i\u0307", "i")


def trim(text: str) -> str:
    """Return a text without the signs around it."""
    return _DECORATION.sub("", text)


def prefixes(text: str) -> tuple[tuple[str, bool], ...]:
    """Return the beginnings of a text, longest first.

    Beside each stands whether what follows leaves *done* as it is.
    """
    found = _BOUNDARY.search(text)
    end = found.start() if found is not None else len(text)
    refused = _REFUSAL.match(text, end) is not None
    tokens = fold_spelling(text[:end]).split()[: _LONGEST + 1]
    found_prefixes = [
        (
            " ".join(tokens[:n]),
            not refused and (n == len(tokens) or tokens[n] in vocabulary.GOES_ON),
        )
        for n in range(min(len(tokens), _LONGEST), 0, -1)
    ]
    first = tokens[0] if tokens else ""
    if any(low <= first[:1] <= high for low, high in _UNSPACED):
        found_prefixes += [
            (first[:n], first[n : n + 1].isascii())
            for n in range(min(len(first) - 1, _LONGEST_UNSPACED), 0, -1)
        ]
    return tuple(found_prefixes)
