"""The head of a document: title, fields, summary, before the story begins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from pmsync.document.headings import Family, family
from pmsync.document.metadata_words import ABOUT, NAMES, ONE_LINE, SUMMARY, Name

_LIMIT = 8_000
"""Characters in which the head is looked for."""
_MAX_UNKNOWN = 1
"""Sections of unknown meaning that may stand in the head."""
_PARAGRAPH_LINES = 60
_MAX_VALUE = 600
_HEADING = re.compile(
    r"^ {0,3}(#{1,6})(?:[ \t]+([^\n]*[^\s#]|[^\n]*?))?[ \t]*#*[ \t]*\r?$", re.MULTILINE
)
_SETEXT = re.compile(r"^ {0,3}(\S[^\n]*)\n {0,3}=+[ \t]*\r?$", re.MULTILINE)
_HIDDEN = re.compile(r"<!--|^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
_VISIBLE = re.compile(r"[^\n]")
_KEY = r"([^\W\d_][^:\uff1a*|\n]{0,39}+)"
_FIELD = re.compile(
    rf"^[ \t>]{{0,4}}(?:[-*+][ \t]++)?(?:\*\*|__)?{_KEY}"
    r"(?:\*\*[ \t]*+[:\uff1a]|[:\uff1a])(?:\*\*|__)?[ \t]*+([^\n]*+)$",
    re.MULTILINE,
)
_NEXT_FIELD = re.compile(
    rf"[ \t]*+[|\u00b7\u2022;,]?[ \t]*+\*\*{_KEY}(?:[:\uff1a]\*\*|\*\*[ \t]*+[:\uff1a])[ \t]*+"
)
_ROWS = re.compile(r"^[ \t>]{0,4}\|[^\n]*(?:\n[ \t>]{0,4}\|[^\n]*)*", re.MULTILINE)
_PIPE = re.compile(r"(?<!\\)\|")
_DELIMITER = re.compile(r"[ \t>|:-]+")
_NOTE = re.compile(r"\s*[(\uff08][^()\uff08\uff09]*[)\uff09]\s*$")
_SAID_BY_HEADING = frozenset({Name.DATE, Name.SEVERITY, Name.STATUS, Name.INCIDENT_ID})
_NO_PARAGRAPH = re.compile(r"\s*(?:[>|#!<]|[-*_]{3,}\s*$|[-*+] \[|```|~~~)")
_tuple = tuple.__new__
"""Makes a value; its own constructor does the same in twice the time."""
_BULLET = re.compile(r"^\s*[-*+] ")
_Lines = Mapping[int, re.Match[str]]
"""Lines that look like a field, by where they start."""


class Value(NamedTuple):
    """What a field says, as raw Markdown."""

    text: str
    line: int
    """1-based."""


class Head(NamedTuple):
    """What the head of a document says, as raw Markdown."""

    title: str | None
    fields: dict[Name, Value]
    summary: str | None
    """The first paragraph below a summary's heading."""


def read(text: str, start: int) -> Head:
    """Return the head of a document that begins at ``start``.

    It ends where the story does begin: at the first heading such as *Timeline*,
    *Impact* or *Action items*. Code and comments say nothing.
    """
    window = text[start : start + _LIMIT]
    headings = list(_head_headings(window))
    head = window[: headings.pop().start()]
    if "<!--" in head or "```" in head or "~~~" in head:
        window = _without_hidden(window)
        headings = list(_head_headings(window))
        head = window[: headings.pop().start()]
    line = text.count("\n", 0, start) + 1
    lines = {field.start(): field for field in _FIELD.finditer(head)}
    fields: dict[Name, Value] = {}
    for name, value, at in _fields(head, headings, lines):
        if name not in fields:
            fields[name] = _tuple(Value, (value, line + head.count("\n", 0, at)))
    return Head(_title(head, headings), fields, _summary(head, headings, lines))


@lru_cache(maxsize=4096)
def name_of(key: str) -> Name | None:
    """Return the field that a key means: ``Date``, ``Start (UTC)``."""
    folded = key.strip(" \t*_:\uff1a`").casefold()
    return NAMES.get(folded) or NAMES.get(_NOTE.sub("", folded))


def _without_hidden(window: str) -> str:
    """Blank code blocks and comments, so that positions and lines stay."""
    found = _HIDDEN.search(window)
    while found is not None:
        fence = found[1]
        if fence is None:
            closed_at = window.find("-->", found.start())
            end = closed_at + len("-->") if closed_at >= 0 else len(window)
        else:
            closing = re.compile(
                rf"^ {{0,3}}{fence}{fence[0]}*[ \t]*\r?$", re.MULTILINE
            )
            closed = closing.search(window, found.end())
            end = closed.end() if closed is not None else len(window)
        hidden = _VISIBLE.sub(" ", window[found.start() : end])
        window = window[: found.start()] + hidden + window[end:]
        found = _HIDDEN.search(window, end)
    return window


def _head_headings(window: str) -> Iterator[re.Match[str]]:
    """Yield the headings of the head, and as the last one that which ends it.

    A document without such a heading ends with an empty match at its end.
    """
    unknown, titles = 0, 0
    for heading in _HEADING.finditer(window):
        words = heading[2] or ""
        top = len(heading[1]) == 1
        titles += top
        if top and titles == 1:
            yield heading
            continue
        if not _in_head(words):
            unknown += len(heading[1]) <= len("##")
            if unknown > _MAX_UNKNOWN or family(words) is not Family.NEUTRAL:
                yield heading
                return
        yield heading
    yield from re.compile(r"\Z").finditer(window)


@lru_cache(maxsize=4096)
def _in_head(words: str) -> bool:
    """Tell whether a heading stands over metadata or a summary."""
    about = SUMMARY.fullmatch(words) or ABOUT.fullmatch(words)
    return about is not None or name_of(words) is not None


def _title(head: str, headings: Sequence[re.Match[str]]) -> str | None:
    for heading in headings:
        if len(heading[1]) == 1:
            return heading[2] or None
    setext = _SETEXT.search(head)
    return setext[1].strip() if setext is not None else None


def _fields(
    head: str, headings: Sequence[re.Match[str]], lines: _Lines
) -> Iterator[tuple[Name, str, int]]:
    """Yield name, value and position: lines first, then tables, then headings."""
    for at, field in lines.items():
        name, value = name_of(field[1]), field[2][:_MAX_VALUE]
        more = _NEXT_FIELD.search(value) if "**" in value else None
        while True:
            if name is not None:
                yield name, _stripped(value[: more.start()] if more else value), at
            if more is None:
                break
            name, value = name_of(more[1]), value[more.end() :]
            more = _NEXT_FIELD.search(value)
    for block in _ROWS.finditer(head) if "|" in head else ():
        yield from _of_table(block[0], block.start())
    for heading in headings:
        name = name_of(heading[2] or "") if len(heading[1]) > 1 else None
        if name in _SAID_BY_HEADING:
            yield name, _paragraph(head, heading.end(), lines), heading.end()


def _of_table(block: str, start: int) -> Iterator[tuple[Name, str, int]]:
    """Read ``| Date | 2026-01-02 |``, or names above one row of values."""
    rows: list[list[str]] = []
    places: list[int] = []
    for line in block.splitlines(keepends=True):
        if not _DELIMITER.fullmatch(line.strip()):
            inside = line.strip(" \t\r\n>").removeprefix("|").removesuffix("|")
            rows.append([cell.strip() for cell in _PIPE.split(inside)])
            places.append(start)
        start += len(line)
    if not rows:
        return
    header = [name_of(cell) for cell in rows[0]]
    named = sum(name is not None for name in header)
    if len(rows) == 2 and named > 1 and 2 * named >= len(header):  # noqa: PLR2004
        for name, value in zip(header, rows[1], strict=False):
            if name is not None:
                yield name, value, places[1]
        return
    names = [name_of(row[0]) if len(row) > 1 else None for row in rows]
    if len(rows[0]) == 2 or sum(name is not None for name in names) > 1:  # noqa: PLR2004
        first = 0 if any(names[1:]) or len(rows) == 1 else 1
        for name, row, at in list(zip(names, rows, places, strict=True))[first:]:
            if name is not None:
                yield name, row[1], at


def _summary(head: str, headings: Sequence[re.Match[str]], lines: _Lines) -> str | None:
    found = [each for each in headings if each[2] and _is_summary(each[2])]
    found.sort(key=lambda each: ONE_LINE.search(each[2]) is None)
    paragraphs = (_paragraph(head, heading.end(), lines) for heading in found)
    return next((paragraph for paragraph in paragraphs if paragraph), None)


@lru_cache(maxsize=4096)
def _is_summary(words: str) -> bool:
    return SUMMARY.fullmatch(words) is not None


def _paragraph(head: str, at: int, fields: _Lines) -> str:
    """Return the first paragraph or bullet after a heading, on one line.

    A field that means nothing to us (*Duration*) is none where it follows one that does.
    """
    lines: list[str] = []
    among_fields = False
    start = head.find("\n", at) + 1 or len(head)
    for line in head[start:].split("\n", _PARAGRAPH_LINES - 1):
        text = line.strip()
        if text.startswith("#") and _HEADING.match(line):
            break
        field = fields.get(start)
        start += len(line) + 1
        known = field is not None and name_of(field[1]) is not None
        among_fields = known or (among_fields and field is not None)
        if not text or among_fields or _NO_PARAGRAPH.match(line):
            if lines:
                break
            continue
        if lines and _BULLET.match(line):
            break
        lines.append(_BULLET.sub("", line).strip())
    return " ".join(lines)


def _stripped(value: str) -> str:
    return (
        value.strip().removesuffix("\\").removesuffix("<br>").strip(" \t|\u00b7\u2022")
    )
