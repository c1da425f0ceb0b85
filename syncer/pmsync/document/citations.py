"""Tickets as a cell cites them.

Which tracker a citation belongs to is decided elsewhere, against the configuration.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pmsync.document.placeholders import is_placeholder
from pmsync.domain.model import Citation

# Every alternative starts with a fixed character class and has no nested repetition,
# so that hostile text costs linear time.
_TOKEN = re.compile(
    r"""
    (?P<code>`[^`\n]{1,80}`)
  | (?P<wiki>\[\[[^\[\]\n]{1,200}\]\])
  | \[(?P<text>[^\[\]\n]{0,300})\]\(\s*<?(?P<url>[^()\s<>]{1,2000})>?[^()\n]{0,200}\)
  | <(?P<auto>(?:https?|bd)://[^\s<>]{1,2000})>
  | (?P<bead>bd://[\w.-]{1,200})
  | (?P<bare>https?://[^\s<>()|\\"'`\]]{1,2000})
  | (?<![\w/&])(?P<pull>(?:PR|MR|[Pp]ull\ [Rr]equest|[Mm]erge\ [Rr]equest)[ ]?[\#!]?\d{1,9})\b
  | (?<![\w/&.-])(?P<number>(?:[\w.-]{1,100}(?:/[\w.-]{1,100}){0,8})?[\#!][1-9]\d{0,8})\b(?!-)
  | (?<![\w/.\#@-])(?P<key>[A-Za-z][A-Za-z0-9_]{0,30}(?:-[A-Za-z0-9_]{1,30}){0,3}-[0-9a-z]{1,12}
      (?:\.\d{1,4}){0,3})(?![\w/-])
    """,
    re.VERBOSE | re.ASCII,
)
# Without any of these nothing is cited. Each begins with its sign, which few texts have.
_KEY_OR_BEAD = re.compile(r"-(?:(?<=bd-)|(?<=[A-Za-z0-9]-)[A-Za-z0-9]*[0-9])")
_NUMBER_OR_LINK = re.compile(r"[#!][0-9]|://|\][(\[:]|<")
# What most ticket cells hold, and nothing beside it.
_ONLY_LINK = re.compile(
    r"\[([^\[\]\n]{0,300})\]\(((?:https?|bd)://[^()\s<>]{1,2000})\)", re.ASCII
)
_tuple = tuple.__new__
"""Makes a citation; its own constructor does the same in twice the time."""
_ONLY_BEAD = r"(?:\[(bd-[0-9a-z]{1,12})\]\()?(bd://bd-(?!xxx\b)[0-9a-z]{1,12})(?(1)\))"
_BEAD_ALONE = re.compile(_ONLY_BEAD)
_BEADS_OR_BLANK = re.compile(rf"^(?:{_ONLY_BEAD})?$", re.MULTILINE)
_JIRA = re.compile(r"[A-Z][A-Z0-9_]{1,30}-[1-9][0-9]{0,8}")
_GITHUB_KEY = re.compile(r"GH-([1-9][0-9]{0,8})")
_BEAD = re.compile(r"bd-[0-9a-z]{1,12}(?:\.\d{1,4}){0,3}")
# Without its prefix being known, a key of a Beads repository is believed only when it
# does not look like a word: a digit in the hash, or a child's number.
_LIKE_BEAD = re.compile(r"[a-z][\w-]{0,40}-(?=[0-9a-z]{0,11}[0-9])[0-9a-z]{3,12}")
_NOT_JIRA = re.compile(
    r"(?:UTF|ISO|SHA|RFC|CVE|ADR|COVID|UTC|GMT|RSA|AES|HTTP|TLS|GPT|EC|IPV|SEV|PM|INC|P)"
    r"-[0-9]+",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?。、，；：）"
_PULL_TEXT = re.compile(r"(?i)(?:pr|mr|pull request|merge request)\b|!\d")
_WEB = re.compile(r"(?i)(?:https?|bd)://")


def read_citations(markdown: str) -> tuple[Citation, ...]:
    """Return every ticket that a cell cites, in order, as it is written.

    A link is cited with its text and address, a bare address with an empty text, a
    bare ``#12``, ``org/repo#12``, ``OPS-12`` or ``bd-a1b2`` without address. A pull
    request keeps the word that says so (``PR #12``, ``!12``, its address).
    """
    bead = _BEAD_ALONE.fullmatch(markdown)
    if bead is not None:
        return (_tuple(Citation, bead.groups("")),)
    if cites_nothing(markdown):
        return ()
    alone = _ONLY_LINK.fullmatch(markdown)
    if alone is not None:
        link = _link(alone[1], alone[2])
        return () if link is None else (link,)
    found: list[Citation] = []
    for match in _TOKEN.finditer(markdown):
        citation = _citation(match)
        if citation is not None:
            found.append(citation)
    return tuple(found)


def read_column(cells: Sequence[str]) -> list[tuple[Citation, ...]]:
    """Return what each cell of a column cites; one of beads is read at once."""
    found = _BEADS_OR_BLANK.findall("\n".join(cells))
    if len(found) != len(cells):
        return list(map(read_citations, cells))
    return [(_tuple(Citation, each),) if each[1] else () for each in found]


def cites_nothing(text: str) -> bool:
    """Tell cheaply of most texts, of one line or several, that they cite nothing."""
    if "-" in text and _KEY_OR_BEAD.search(text) is not None:
        return False
    signs = "#" in text or "!" in text or ":" in text or "]" in text or "<" in text
    return not signs or _NUMBER_OR_LINK.search(text) is None


def _citation(match: re.Match[str]) -> Citation | None:
    match match.lastgroup:
        case "code":
            return _in_code(match["code"][1:-1])
        case "url":
            return _link(match["text"], match["url"])
        case "auto":
            return Citation("", match["auto"])
        case "bead":
            address = match["bead"].rstrip(_TRAILING)
            return None if _waits(address) else Citation("", address)
        case "bare":
            return Citation("", match["bare"].rstrip(_TRAILING))
        case "pull" | "number":
            return Citation(match[0], None)
        case "key":
            return _key(match["key"])
        case _:
            return None


def _in_code(code: str) -> Citation | None:
    """Read a code span that is a citation and nothing else."""
    if _BEAD.fullmatch(code) or _JIRA.fullmatch(code):
        return _key(code)
    if code.startswith("bd://") and not _waits(code):
        return Citation("", code)
    return None


def _link(text: str, url: str) -> Citation | None:
    if not _WEB.match(url) or _waits(url):
        return None
    return Citation(text.strip().strip("`*_"), url)


def _key(key: str) -> Citation | None:
    github = _GITHUB_KEY.fullmatch(key)
    if github:
        return Citation(f"#{github[1]}", None)
    if _JIRA.fullmatch(key):
        return None if _NOT_JIRA.fullmatch(key) else Citation(key, None)
    if (_BEAD.fullmatch(key) and key != "bd-xxx") or _LIKE_BEAD.fullmatch(key):
        return Citation(key, None)
    return None


def _waits(address: str) -> bool:
    """Tell whether an address is a template's own."""
    name = address.rpartition("://")[2]
    if name in {"xxx", "bd-xxx", "issue-id", "id"}:
        return True
    return _BEAD.fullmatch(name) is None and is_placeholder(name)
