"""The action item that a list entry makes, with a checkbox or without one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from pmsync.document.elements import Entry
from pmsync.document.entry_fields import EntryFields, read_fields, read_line, ticket_of
from pmsync.document.headings import Family, family
from pmsync.document.placeholders import is_counted, is_placeholder
from pmsync.document.reading import Reading, is_unfilled, is_wordless
from pmsync.document.sections import Section
from pmsync.document.skip_comments import says_skip
from pmsync.document.text import plain
from pmsync.domain.model import ActionItem, Citation, Column, Form, Status

_LEADING_TAG = re.compile(r"\s*(?:\*\*|__)?\[([^\[\]|]{2,40})\](?![(\[:])")
_KINDS = frozenset(
    (
        "bug",
        "bugfix",
        "fix",
        "feature",
        "feat",
        "enhancement",
        "docs",
        "doc",
        "test",
        "chore",
        "refactor",
        "optional",
        "new",
        "wip",
        "blocker",
        "todo",
        "action",
        "must",
        "should",
        "could",
        "ai",
        "code",
        "config",
        "infra-as-code",
        "api",
        "ui",
        "db",
        "cli",
        "ci",
        "sdk",
        "core",
        "web",
        "app",
        "perf",
        "build",
        "deps",
    )
)
_BEFORE_NUMBER = re.compile(r"(?i)\b(?:issue|ticket|bug|jira|task)s?:? ?$")


def read_entry(
    entry: Entry,
    section: Section,
    reading: Reading,
    lines: Sequence[str] = (),
    group: str | None = None,
) -> ActionItem | None:
    """Return the action item of a list entry, None if it says nothing.

    ``lines`` are the plain entries nested in it, ``group`` is whom what stands above
    it names.
    """
    title = entry_text(entry, reading.data)
    if is_wordless(title) or is_placeholder(title):
        return None
    inline = _with_lines(_with_tag(read_fields(title), title, reading), lines, group)
    if reading.template and (
        is_counted(title)
        or any(part and is_placeholder(part) for part in (inline.owner, inline.due))
    ):
        return None
    if is_unfilled(inline.owner, inline.due):
        return None
    citations = reading.citations_in_text(title)
    told = title
    for line in lines:
        if not citations and (given := ticket_of(line)) is not None:
            citations, told = reading.citations(given), given
    return ActionItem(
        entry.line,
        Form.BULLET if entry.checkbox is None else Form.CHECKLIST,
        section.text,
        title,
        inline.owner,
        inline.due,
        _status(entry, reading.data),
        _ticket(told, citations),
        inline.priority,
        plain(title),
        _due_date(entry, inline, reading),
        _state(entry, title, section, reading),
        citations,
        section.horizon_days,
        _columns(entry, inline, citations),
        entry.block,
        None,
        checkbox=entry.checkbox is not None,
        skipped=entry.skipped or (reading.may_skip and says_skip(title.encode())),
        editable=True,
        level=reading.level(inline.priority),
    )


def entry_text(entry: Entry, data: bytes) -> str:
    """Return an entry's own text; lines that it wraps over are joined by a blank."""
    start, end = entry.content
    lines = data[start:end].decode().splitlines()
    if len(lines) > 1:
        return " ".join(line.strip() for line in lines)
    stop = _line_end(data, end)
    return data[start:stop].decode()


def _line_end(data: bytes, position: int) -> int:
    """Return where the line ends: an author's trailing blanks are part of the text."""
    stops = [data.find(sign, position) for sign in (b"\n", b"\r")]
    return min((stop for stop in stops if stop >= 0), default=len(data))


def _with_lines(
    inline: EntryFields, lines: Sequence[str], group: str | None
) -> EntryFields:
    """Add what stands in the lines below an entry, and above it."""
    for said in map(read_line, lines):
        inline = EntryFields(
            inline.owner or said.owner,
            inline.due or said.due,
            inline.priority or said.priority,
        )
    return inline if inline.owner or not group else inline._replace(owner=group)


def _with_tag(inline: EntryFields, title: str, reading: Reading) -> EntryFields:
    """Add what a leading tag says: whom it names, or how urgent it is."""
    found = _LEADING_TAG.match(title)
    tag = found[1].strip() if found else ""
    if not tag[:1].isalpha():
        return inline
    if reading.level(tag) is not None:
        return inline if inline.priority else inline._replace(priority=tag)
    return inline if inline.owner else inline._replace(owner=_named(tag, reading))


def _named(tag: str, reading: Reading) -> str | None:
    """Return whom a leading tag names: ``[Platform] Rotate the keys``.

    A tag can also sort by kind or state; that is no owner.
    """
    sorts = (
        tag.casefold() in _KINDS
        or family(tag) is not Family.NEUTRAL
        or is_placeholder(tag)
        or reading.status(tag) is not Status.UNKNOWN
        or bool(reading.citations(tag))
    )
    return None if sorts else tag


def _status(entry: Entry, data: bytes) -> str | None:
    box = entry.checkbox
    return None if box is None else data[box.start : box.end].decode()


def _state(entry: Entry, title: str, section: Section, reading: Reading) -> Status:
    said = reading.status_in(title)
    box = _status(entry, reading.data)
    if box is None:
        return said or section.status or Status.OPEN
    struck = title.strip().startswith("~~") and title.strip().endswith("~~")
    if box[1] in "xX":
        return said if said is Status.WONT_DO else Status.DONE
    if struck:
        return Status.WONT_DO
    return said or Status.OPEN


def _due_date(entry: Entry, inline: EntryFields, reading: Reading) -> date | None:
    if inline.due is None:
        return None
    return reading.check_due(entry.line, entry.content.start, inline.due)


def _columns(
    entry: Entry, inline: EntryFields, citations: Sequence[Citation]
) -> frozenset[Column]:
    present: Mapping[Column, bool] = {
        Column.STATUS: entry.checkbox is not None,
        Column.OWNER: inline.owner is not None,
        Column.DUE: inline.due is not None,
        Column.PRIORITY: inline.priority is not None,
        Column.TICKET: bool(citations),
    }
    more = frozenset(column for column, there in present.items() if there)
    return more | {Column.TITLE}


def _ticket(title: str, citations: Sequence[Citation]) -> str | None:
    """Return the first ticket that an entry cites, as it is written."""
    if not citations:
        return None
    text, url = citations[0]
    if url is not None:
        link = title.find("](" + url)
        start = title.rfind("[", 0, link)
        if link >= 0 and start >= 0:
            return title[start : title.find(")", link + len(url)) + 1]
        return url if url in title else text
    start = title.find(text)
    before = _BEFORE_NUMBER.search(title, 0, max(start, 0))
    return title[before.start() : start] + text if before else text
