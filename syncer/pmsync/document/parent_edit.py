"""Write the document's own ticket into the line that waits for it, and verify it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pmsync.document import front_matter, ticket_cells
from pmsync.document.edits import Link
from pmsync.document.head import name_of
from pmsync.document.metadata_words import Name
from pmsync.document.reader import read
from pmsync.document.vocabulary import DEFAULT, NO_LIMITS, Vocabulary
from pmsync.domain.errors import EditRefusedError
from pmsync.domain.model import PostMortem

_KEY = r"(?:\*\*|__)?([^\W\d_][^:\uff1a*|\n]{0,39}?)"
_NAMED = re.compile(rf"{_KEY}(?:\*\*[ \t]*[:\uff1a]|[:\uff1a])(?:\*\*|__)?[ \t]*")
_NEXT = re.compile(
    r"[ \t]*[|\u00b7\u2022;,]?[ \t]*\*\*[^\W\d_][^:\uff1a*|\n]{0,39}[:\uff1a*]"
)
_END = re.compile(r"[ \t]*(?:\\|<br>)?[ \t]*\Z")
_PIPE = re.compile(r"(?<!\\)\|")


def edit_parent(
    data: bytes, path: str, line: int, link: Link, vocabulary: Vocabulary = DEFAULT
) -> bytes:
    """Return the document with ``link`` as its own ticket, at ``line`` (1-based).

    Raises ``EditRefusedError`` when nothing waits for it there, or when the result
    would say anything else that is new.
    """
    lines = data.decode().split("\n")
    before = read(data, path, vocabulary, NO_LIMITS)
    for at, start, end, plain in _places(lines, line):
        row = lines[at]
        written = _written(link, plain=plain, table=_is_table(row))
        gap = "" if start == 0 or row[start - 1] in " \t" else " "
        edited = row[:start] + gap + written + row[end:]
        after = "\n".join([*lines[:at], edited, *lines[at + 1 :]]).encode()
        if _is_verified(before, read(after, path, vocabulary, NO_LIMITS), link):
            return after
    raise EditRefusedError(
        f"{path}:{line}: there is no place for the post-mortem's own ticket",
        hint="write it there by hand",
    )


def _written(link: Link, *, plain: bool, table: bool) -> str:
    """Return the link as Markdown, or the bare address where Markdown means nothing."""
    if plain and link.url is not None:
        return link.url
    try:
        return ticket_cells.markdown(link, None, table=table)
    except ValueError:
        return ""


def _places(lines: list[str], line: int) -> Iterator[tuple[int, int, int, bool]]:
    """Yield where the value may stand: index of the line, span, in front matter."""
    text = "\n".join(lines)
    head = text.removeprefix("\ufeff")
    within = head[: front_matter.read(head).end].count("\n")
    for at in range(within):
        for start, end in _after_name(lines[at]):
            yield at, start, end, True
    at = line - 1
    if within <= at < len(lines):
        spans = (
            _cells_for(lines, at) if _is_table(lines[at]) else _after_name(lines[at])
        )
        for start, end in spans:
            yield at, start, end, False


def _after_name(line: str) -> Iterator[tuple[int, int]]:
    """Yield the span of the value of each name on a line that means the ticket."""
    line = line.removesuffix("\r")
    for named in _NAMED.finditer(line):
        if name_of(named[1].replace("_", " ")) is Name.PARENT:
            following = _NEXT.search(line, named.end())
            rest = line[: following.start()] if following else line
            ended = _END.search(rest, named.end())
            yield named.end(), ended.start() if ended else len(rest)


def _is_table(line: str) -> bool:
    return line.lstrip(" \t>").startswith("|")


def _cells_for(lines: list[str], at: int) -> Iterator[tuple[int, int]]:
    """Yield the cell beside a name, or below it in a table of one row."""
    cells = _cells(lines[at])
    names = [lines[at][slice(*cell)] for cell in cells]
    if len(cells) > 1 and name_of(names[0]) is Name.PARENT:
        yield cells[1]
    if at > 1 and _is_table(lines[at - 2]):
        header = [lines[at - 2][slice(*cell)] for cell in _cells(lines[at - 2])]
        for name, cell in zip(header, cells, strict=False):
            if name_of(name) is Name.PARENT:
                yield cell


def _cells(line: str) -> list[tuple[int, int]]:
    """Return the spans of a row's cells without the white space around them."""
    pipes = [pipe.start() for pipe in _PIPE.finditer(line)]
    if line.rstrip()[-1:] != "|":
        pipes.append(len(line.rstrip()))
    spans = []
    for left, right in pairwise(pipes):
        inside = line[left + 1 : right]
        start = left + 1 + len(inside) - len(inside.lstrip())
        end = start + len(inside.strip())
        spans.append((start, end) if inside.strip() else (min(left + 2, right),) * 2)
    return spans


def _is_verified(before: PostMortem, after: PostMortem, link: Link) -> bool:
    """Tell whether only the ticket is new, and reads back as what was written."""
    cited = any(
        link.url in (each.url, each.text) or each.text == link.text
        for each in after.parent_citations
    )
    same = (
        before._replace(parent=None, parent_citations=(), parent_blank=False),
        after._replace(parent=None, parent_citations=(), parent_blank=False),
    )
    # A ticket that is still to be opened shows as words.
    return before.parent_blank and same[0] == same[1] and (cited or link.url is None)
