"""Reads a Markdown file as a post-mortem."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from pmsync.document import problems
from pmsync.document.condense import condense, delimiter_lines
from pmsync.document.conflicts import conflict_line
from pmsync.document.elements import Entry, Structure
from pmsync.document.html_tables import html_tables
from pmsync.document.metadata import Metadata, read_metadata
from pmsync.document.reading import Reading
from pmsync.document.sections import Sections
from pmsync.document.structure import parse
from pmsync.document.table_rows import read_table
from pmsync.document.tables import ActionTable, action_table
from pmsync.document.vocabulary import DEFAULT, DEFAULT_LIMITS, Limits, Vocabulary
from pmsync.domain.errors import DocumentError
from pmsync.domain.model import ActionItem, Form, PostMortem, Problem
from pmsync.domain.repository import SourceDocument

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_TOGETHER = 32
"""Documents that are read stage by stage."""
_SIZE_TOGETHER = 1 << 20
"""Bytes of documents after which no further one joins them."""
_CHECKBOX = re.compile(rb"\[[ xX\t]\]")


def read(
    data: bytes,
    path: str,
    vocabulary: Vocabulary = DEFAULT,
    limits: Limits = DEFAULT_LIMITS,
) -> PostMortem:
    """Return what a document says.

    ``path`` is relative to the repository's root, with ``/``. Raises
    ``DocumentError`` for a document that is not UTF-8, holds a NUL or a merge conflict,
    or is beyond the limits.
    """
    (found,) = read_each([SourceDocument(path, data)], vocabulary, limits)
    if isinstance(found, DocumentError):
        raise found
    return found


def read_each(
    sources: Iterable[SourceDocument],
    vocabulary: Vocabulary = DEFAULT,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[PostMortem | DocumentError]:
    """Yield what each document says, or why it cannot be read, see ``read``.

    A few are read together, stage by stage: what a processor remembers of one stage
    serves all of them, and a document takes a sixth less time.
    """
    for some in _groups(sources):
        stages = [_stages(one.data, one.path, vocabulary, limits) for one in some]
        found: list[PostMortem | DocumentError | None] = [None] * len(stages)
        unfinished: Sequence[int] = range(len(stages))
        while unfinished:
            for index in unfinished:
                try:
                    found[index] = next(stages[index])
                except DocumentError as error:
                    found[index] = error
            unfinished = [index for index in unfinished if found[index] is None]
        for each in stages:
            # One that is left at its last stage would be ended by an exception.
            next(each, None)
        yield from filter(None, found)


def _groups(sources: Iterable[SourceDocument]) -> Iterator[list[SourceDocument]]:
    some: list[SourceDocument] = []
    size = 0
    for source in sources:
        some.append(source)
        size += len(source.data)
        if len(some) == _TOGETHER or size > _SIZE_TOGETHER:
            yield some
            some, size = [], 0
    if some:
        yield some


def _stages(
    data: bytes, path: str, vocabulary: Vocabulary, limits: Limits
) -> Iterator[PostMortem | None]:
    """Yield None after each stage of reading a document, and at last what it says."""
    text = _text(data, path, limits)
    delimiters = delimiter_lines(data)
    html = ord("<") in data and (b"<table" in data or b"<TABLE" in data)
    if not (delimiters or html or _may_hold_lists(data, vocabulary)):
        yield _post_mortem(path, read_metadata(text, path), (), ())
        return
    condensed = condense(data, delimiters)
    yield None
    structure = parse(data, condensed, limits.rows)
    yield None
    _check_rows(structure, path, limits)
    sections = Sections(structure.headings)
    tables = _action_tables(structure, sections, vocabulary)
    yield None
    if tables:
        # Ids, dates and states below are those of rows, not of the document.
        text = data[: tables[0].table.start].decode()
    about = read_metadata(text, path)
    yield None
    reading = Reading(data, vocabulary, about.date, template=about.template)
    items: list[ActionItem] = []
    for table in tables:
        items += read_table(table, reading)
    if structure.entries:
        items += _in_lists(structure.entries, sections, reading)
        items.sort(key=attrgetter("line"))
    doubts = [
        problems.problem(doubt.line, 1, problems.OF_DOUBT[doubt.kind])
        for doubt in structure.doubts
    ]
    if html:
        doubts += html_tables(data, structure, sections, vocabulary)
    yield _post_mortem(path, about, items, sorted(doubts + reading.problems))


def _in_lists(
    entries: Sequence[Entry], sections: Sections, reading: Reading
) -> list[ActionItem]:
    # Most documents have tables, and these modules take a while to import.
    from pmsync.document.bullets import read_bullets  # noqa: PLC0415
    from pmsync.document.checklists import read_checklists  # noqa: PLC0415

    items: list[ActionItem] = []
    if Form.CHECKLIST in reading.vocabulary.forms:
        items += read_checklists(entries, sections, reading)
    if Form.BULLET in reading.vocabulary.forms:
        items += read_bullets(entries, sections, reading)
    return items


def _post_mortem(
    path: str,
    about: Metadata,
    items: Iterable[ActionItem],
    findings: Iterable[Problem],
) -> PostMortem:
    return PostMortem(
        path,
        about.incident_id,
        about.title,
        about.date,
        about.severity,
        about.status,
        about.summary,
        about.parent,
        about.parent_citations,
        about.parent_line,
        about.draft,
        about.template,
        tuple(items),
        tuple(findings),
        about.parent_blank,
    )


def _text(data: bytes, path: str, limits: Limits) -> str:
    if len(data) > limits.size:
        raise DocumentError(
            f"{path}: {len(data):,} bytes are more than the limit of {limits.size:,}",
            hint="split the document, or leave it out of `documents`",
        )
    nul = data.find(b"\0")
    if data.startswith(_UTF_16):
        raise DocumentError(
            f"{path}:1: UTF-16, not UTF-8", hint="save the file as UTF-8"
        )
    if nul >= 0:
        raise DocumentError(
            f"{path}:{_line(data, nul)}: a NUL byte at offset {nul}: not a text file",
            hint="remove the NUL, or leave the file out of `documents`",
        )
    conflict = conflict_line(data)
    if conflict is not None:
        raise DocumentError(
            f"{path}:{conflict}: an unresolved merge conflict", hint="resolve it"
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        start = error.start
        raise DocumentError(
            f"{path}:{_line(data, start)}: byte 0x{data[start]:02x} at offset {start}"
            " is not UTF-8",
            hint="save the file as UTF-8",
        ) from error


def _line(data: bytes, position: int) -> int:
    before = data[:position].replace(b"\r\n", b"\n")
    return before.count(b"\n") + before.count(b"\r") + 1


def _may_hold_lists(data: bytes, vocabulary: Vocabulary) -> bool:
    """Tell cheaply whether a document can hold items that stand in no table."""
    if Form.BULLET in vocabulary.forms:
        return True
    return Form.CHECKLIST in vocabulary.forms and _CHECKBOX.search(data) is not None


def _check_rows(structure: Structure, path: str, limits: Limits) -> None:
    rows = sum([len(table.rows) for table in structure.tables])
    rows += len(structure.entries)
    if rows > limits.rows:
        raise DocumentError(
            f"{path}: {rows:,} table rows and list entries are more than the limit of"
            f" {limits.rows:,}",
            hint="split the document, or leave it out of `documents`",
        )


def _action_tables(
    structure: Structure, sections: Sections, vocabulary: Vocabulary
) -> list[ActionTable]:
    if Form.TABLE not in vocabulary.forms:
        return []
    return [
        found
        for table in structure.tables
        if (found := action_table(table, sections, vocabulary)) is not None
    ]
