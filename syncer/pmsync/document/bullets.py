"""Action items out of plain lists, when the configuration asks for them."""

from __future__ import annotations

from collections.abc import Sequence

from pmsync.document.elements import Entry
from pmsync.document.entry_items import read_entry
from pmsync.document.headings import Family
from pmsync.document.reading import Reading
from pmsync.document.sections import Sections, section_of
from pmsync.domain.model import ActionItem


def read_bullets(
    entries: Sequence[Entry], sections: Sections, reading: Reading
) -> list[ActionItem]:
    """Return the action items of plain lists in sections of action items.

    An entry that only names a group (*Monitoring:*, a bold word) stands over the
    entries nested in it; otherwise what is nested are details of the item.
    """
    mixed = {entry.block for entry in entries if entry.checkbox is not None}
    groups = {
        index
        for index, entry in enumerate(entries)
        if _is_group(reading.data[entry.content.start : entry.content.end])
    }
    parents = {entry.parent for entry in entries}
    items: list[ActionItem] = []
    for index, entry in enumerate(entries):
        if entry.checkbox is not None or entry.block in mixed:
            continue
        if index in groups and index in parents:
            continue
        if not _stands_alone(entry, entries, groups):
            continue
        section = section_of(entry, entries, sections, reading.data)
        if section.place is not Family.ACTION:
            continue
        item = read_entry(entry, section, reading)
        if item is not None:
            items.append(item)
    return items


def _stands_alone(entry: Entry, entries: Sequence[Entry], groups: set[int]) -> bool:
    parent = entry.parent
    while parent is not None:
        if parent not in groups:
            return False
        parent = entries[parent].parent
    return True


def _is_group(content: bytes) -> bool:
    text = content.strip()
    bold = text.startswith(b"**") and text.rstrip(b":").endswith(b"**")
    return text.endswith(b":") or (bold and text.count(b"**") == 2)  # noqa: PLR2004
