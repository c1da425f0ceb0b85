"""What an edit changes in a checklist entry: its box, its text, the link at its end."""

from __future__ import annotations

from pmsync.document import rendering
from pmsync.document.edits import CellChange, ItemEdit, Link, Value
from pmsync.document.elements import Entry
from pmsync.document.entry_items import entry_text
from pmsync.document.splices import Splice
from pmsync.document.ticket_cells import after_text
from pmsync.domain.model import Column, Status


def entry_changes(
    entry: Entry, edit: ItemEdit, data: bytes
) -> tuple[list[Splice], list[CellChange]]:
    """Return what is replaced in the document, and the same for people.

    Raises ``ValueError`` for a value that has no place in the entry.
    """
    before = entry_text(entry, data).rstrip()
    start, end = entry.content
    one_line = b"\n" not in data[start:end]
    text, splices, changes = before, list[Splice](), list[CellChange]()
    for column, value in sorted(edit.values.items()):
        match column, value:
            case Column.STATUS, Status() if entry.checkbox is not None:
                box = data[entry.checkbox.start : entry.checkbox.end]
                flipped = _flipped(box, finished=value.terminal)
                if flipped != box:
                    splices.append(Splice(*entry.checkbox, flipped))
                    changes.append(
                        CellChange(entry.line, column, box.decode(), flipped.decode())
                    )
            case Column.TITLE, str() if one_line:
                text = rendering.title(text, value, table=False, block_start=True)
            case Column.TICKET, Link() if _unlinked(text, value):
                text = _linked(text, value)
            case Column.TICKET, Link():
                pass
            case _:
                raise ValueError(f"no place for the {column.value}")
    if text != before:
        splices.append(_text(entry, before, text, one_line=one_line))
        changes.append(CellChange(entry.line, Column.TITLE, before, text))
    return splices, changes


def _linked(text: str, link: Link) -> str:
    if link.url is None:  # A plan shows a ticket that is still to be opened.
        return f"{text} {link.text}"
    return after_text(text, link, table=False)


def _text(entry: Entry, before: str, text: str, *, one_line: bool) -> Splice:
    start, end = entry.content
    if text.startswith(before):
        return Splice(end, end, text[len(before) :].encode())
    if not one_line:
        raise ValueError("its text spans several lines")
    return Splice(start, end, text.encode())


def _flipped(box: bytes, *, finished: bool) -> bytes:
    if finished == (box[1:2] in (b"x", b"X")):
        return box
    return b"[x]" if finished else b"[ ]"


def _unlinked(text: str, value: Value) -> bool:
    return isinstance(value, Link) and f"({value.url})" not in text
