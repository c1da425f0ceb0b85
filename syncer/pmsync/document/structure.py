"""Where headings, tables and list entries stand in a Markdown file, in bytes.

The parser is pulldown-cmark (through pyromark), which reads GitHub-flavoured
Markdown. Where GitHub's own parser, cmark-gfm, is known to see something else, a
``Doubt`` says so, and nothing should be written there.

Offsets count bytes of the original file, including a byte order mark. Nothing
inside code, HTML, comments, block quotes or front matter is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pyromark

from pmsync.document import doubts
from pmsync.document.blocks import Blocks
from pmsync.document.cells import Span
from pmsync.document.condense import Condensed, condense, delimiter_lines
from pmsync.document.elements import Structure
from pmsync.document.list_entries import Item

_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_TASKLISTS
_BLOCKS: Mapping[str, Callable[[Blocks, Any, Any], None]] = {
    "Heading": Blocks.heading,
    "Paragraph": Blocks.paragraph,
    "HtmlBlock": Blocks.html,
    "CodeBlock": Blocks.code,
    "List": Blocks.list_start,
    "Item": Blocks.item,
    "Table": Blocks.table,
    "TableHead": Blocks.table_row,
    "TableRow": Blocks.table_row,
}
_ENDS: Mapping[str, Callable[[Blocks], None]] = {
    "List": Blocks.list_end,
    "Item": Blocks.item_end,
    "Table": Blocks.table_end,
}


def parse(
    data: bytes, condensed: Condensed | None = None, most: int = 1 << 40
) -> Structure:
    """Return headings, tables and list entries of a document.

    ``condensed`` is what ``condense`` makes of it, if somebody has done so already.
    Behind more than ``most`` list entries nothing is read.
    Raises ``UnicodeDecodeError`` when the bytes are not UTF-8.
    """
    if condensed is None:
        condensed = condense(data, delimiter_lines(data))
    return _structure(Blocks(data, condensed), most)


def _structure(found: Blocks, most: int) -> Structure:  # noqa: C901, PLR0912 - one loop over all events
    """Consume all events, and return what stands where."""
    events: Iterable[tuple[Any, Any]] = pyromark.events_with_range(
        found.condensed.text, options=_OPTIONS
    )
    quotes = 0
    items = found.lists.open
    plain = found.condensed.plain
    original = found.original
    blocks = _BLOCKS
    ends = _ENDS
    for event, span in events:
        kind, tag = event.popitem() if event.__class__ is dict else (event, "")
        if kind == "Start":
            name = tag if tag.__class__ is str else next(iter(tag))
            if (read := blocks.get(name)) is not None:
                if not quotes:
                    read(found, span, tag)
            elif name == "BlockQuote":
                if not quotes:
                    found.unread(span)
                quotes += 1
            elif items and not quotes and not items[-1].closed:
                items[-1].add(original(span["start"]), original(span["end"]))
        elif kind == "End":
            name = tag if tag.__class__ is str else next(iter(tag))
            if (end := ends.get(name)) is not None:
                if not quotes:
                    end(found)
                if len(found.lists.entries) > most:
                    break
            elif name == "BlockQuote":
                quotes -= 1
        elif kind == "Rule" and (start := original(span["start"])) in plain:
            found.plain(plain[start])
        elif items and not quotes:
            _inline(original, kind, items[-1], span)
    delimiters = found.condensed.delimiters
    if delimiters:
        found.doubts += doubts.broken_tables(
            found.lines, delimiters, found.zones, found.condensed.offset
        )
    found.doubts.sort()
    return Structure(
        tuple(found.headings),
        tuple(found.tables),
        tuple(found.lists.entries),
        tuple(found.doubts),
        tuple(found.html_tables),
    )


def _inline(original: Callable[[int], int], kind: str, item: Item, span: Any) -> None:
    """Note what happens in the text of a list entry."""
    if kind == "TaskListMarker":
        start = original(span["start"])
        item.checkbox = Span(start, start + 3)
    elif kind == "Rule":
        item.closed = True
    elif not item.closed:
        item.add(original(span["start"]), original(span["end"]))
