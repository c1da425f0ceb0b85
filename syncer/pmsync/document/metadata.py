"""What the head of a document says of the whole document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from pmsync.document import front_matter, head
from pmsync.document.citations import read_citations
from pmsync.document.dates import first_date, read_date
from pmsync.document.days import calendar_day
from pmsync.document.head import Value
from pmsync.document.metadata_words import DRAFT, NAMES, TEMPLATE, TEMPLATE_WORDS, Name
from pmsync.document.nothing import is_nothing
from pmsync.document.placeholders import is_placeholder
from pmsync.document.text import plain
from pmsync.domain.model import Citation

_MAX_SUMMARY = 300
"""Characters of the summary line."""
_MAX_STATUS = 80
"""Characters; what is longer tells a story."""
_MAX_WORDS = 4
"""Words beside the ticket that a parent may have: *tracked in OPS-12*."""
_PATH_DATE = re.compile(r"(?<!\d)(\d{4})([-_]?)(\d{2})\2(\d{2})(?!\d)")
_ID = re.compile(r"[^\W\d_]{1,15}[-_#]?\d[\w.-]{0,30}|\d{1,12}")
_TITLE_ID = re.compile(
    r"\[?([A-Z]{2,10}-\d[\w-]{0,20})(?:\]|\s*[:\uff1a\u2014\u2013]|\s-\s)"
)
_PULL = re.compile(r"(?i)(?:pr|mr|pull request|merge request)\b|.*!\d")
_LINK = re.compile(r"\[[^\[\]]*+\]\([^()\s]*+\)|<?[a-z]+://\S+")


class Metadata(NamedTuple):
    """The head of a post-mortem, see ``PostMortem`` for the meaning of each name."""

    incident_id: str | None
    title: str | None
    date: date | None
    severity: str | None
    status: str | None
    summary: str | None
    parent: str | None
    parent_citations: tuple[Citation, ...]
    parent_line: int | None
    parent_blank: bool
    template: bool
    draft: bool


def read_metadata(text: str, path: str) -> Metadata:
    """Return the metadata of a document at ``path`` (with ``/``).

    It stands in front matter, in lines such as ``**Date:** 2026-01-02``, in a table of
    names and values, or below a heading such as *Status*, in this order of belief,
    and always before the story begins. A date can also come from the title, the file
    name or a folder's name.
    """
    text = text.removeprefix("\ufeff")
    front = front_matter.read(text)
    top = head.read(text, front.end)
    fields = top.fields
    for key, value in front.values.items():
        if (name := NAMES.get(key)) is not None:
            fields[name] = Value(value, fields[name].line if name in fields else 1)
    title = top.title or _given(fields, Name.TITLE)
    identity = _given(fields, Name.INCIDENT_ID)
    status = _short(_given(fields, Name.STATUS), _MAX_STATUS)
    given = _given(fields, Name.PARENT)
    parent, citations = _parent(given)
    return Metadata(
        incident_id=_incident_id(identity, title),
        title=(plain(title) or None) if title else None,
        date=_date(fields, title, path),
        severity=_line(_given(fields, Name.SEVERITY)),
        status=status,
        summary=_summary(top.summary) or _summary(_given(fields, Name.SUMMARY)),
        parent=parent,
        parent_citations=citations,
        parent_line=fields[Name.PARENT].line if Name.PARENT in fields else None,
        parent_blank=Name.PARENT in fields and given is None,
        template=_is_template(fields, title, identity, path),
        draft=_is_true(fields, Name.DRAFT)
        or (status is not None and DRAFT.search(status) is not None),
    )


def _given(fields: Mapping[Name, Value], name: Name) -> str | None:
    """Return a value that was really filled in, as raw Markdown."""
    if name not in fields:
        return None
    text = fields[name].text
    return None if is_nothing(text.strip().strip("*_").strip()) else text


def _is_true(fields: Mapping[Name, Value], name: Name) -> bool:
    return name in fields and fields[name].text.casefold() in ("true", "yes")


def _is_template(
    fields: Mapping[Name, Value], title: str | None, identity: str | None, path: str
) -> bool:
    return (
        "template" in path.rpartition("/")[2].casefold()
        or (title is not None and _names_template(plain(title)))
        or _is_true(fields, Name.TEMPLATE)
        or (
            (identity is None and Name.INCIDENT_ID in fields)
            and (title is not None and is_placeholder(title))
        )
    )


def _names_template(title: str) -> bool:
    folded = title.casefold()
    return (
        any(map(folded.__contains__, TEMPLATE_WORDS))
        and TEMPLATE.search(title) is not None
    )


def _incident_id(value: str | None, title: str | None) -> str | None:
    """Return the id of a field, else one that opens the title: ``PM-7: Outage``."""
    if value is not None:
        text = plain(value)
        found = _ID.match(text)
        return found[0] if found else (text if len(text.split()) == 1 else None)
    opening = _TITLE_ID.match(plain(title)) if title else None
    return opening[1] if opening else None


def _date(fields: Mapping[Name, Value], title: str | None, path: str) -> date | None:
    values = (_given(fields, Name.DATE), title, _given(fields, Name.DETECTED))
    for value in values:
        if value and (found := read_date(value) or first_date(value)):
            return found
    for part in reversed(path.split("/")):
        if named := _PATH_DATE.search(part):
            found = calendar_day(int(named[1]), int(named[3]), int(named[4]))
            if found is not None:
                return found
    return None


def _parent(value: str | None) -> tuple[str | None, tuple[Citation, ...]]:
    """Return a value that names a ticket, and no story about one or a pull request."""
    citations = read_citations(value) if value else ()
    tickets = [each for each in citations if not _is_pull_request(each)]
    words = _LINK.sub("", value or "").split()
    if not tickets or len(words) > len(citations) + _MAX_WORDS:
        return None, ()
    return value, citations


def _is_pull_request(citation: Citation) -> bool:
    address = citation.url or ""
    return (
        "/pull/" in address
        or "/merge_requests/" in address
        or _PULL.match(citation.text) is not None
    )


def _line(value: str | None) -> str | None:
    return (plain(value) or None) if value else None


def _short(value: str | None, longest: int) -> str | None:
    line = _line(value)
    return line if line and len(line) <= longest else None


def _summary(value: str | None) -> str | None:
    line = _line(value)
    if value is None or line is None or is_placeholder(value):
        return None
    if len(line) <= _MAX_SUMMARY:
        return line
    return line[: _MAX_SUMMARY - 1].rstrip() + "…"
