"""Which list entries with a checkbox are action items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pmsync.document.elements import Entry
from pmsync.document.entry_fields import owner_of_group, read_fields
from pmsync.document.entry_items import entry_text, read_entry
from pmsync.document.headings import Family
from pmsync.document.reading import Reading
from pmsync.document.sections import Section, Sections, section_of
from pmsync.domain.model import ActionItem


def read_checklists(
    entries: Sequence[Entry], sections: Sections, reading: Reading
) -> list[ActionItem]:
    """Return the action items among the entries that have a checkbox."""
    items: list[ActionItem] = []
    below = _lines_below(entries)
    trusted: dict[int, bool] = {}
    lists: dict[int, list[Entry]] = {}
    for entry in entries:
        if entry.checkbox is not None:
            lists.setdefault(entry.block, []).append(entry)
    for index, entry in enumerate(entries):
        if entry.checkbox is None:
            continue
        section = section_of(entry, entries, sections, reading.data)
        if section.place not in (Family.ACTION, Family.HORIZON):
            if section.place is not Family.NEUTRAL:
                continue
            if entry.block not in trusted:
                trusted[entry.block] = _names_owners(lists[entry.block], reading)
            if not trusted[entry.block]:
                continue
        lines = [entry_text(each, reading.data) for each in below.get(index, ())]
        group = _group_owner(entry, entries, section, reading.data)
        item = read_entry(entry, section, reading, lines, group)
        if item is not None:
            items.append(item)
    return items


def _lines_below(entries: Sequence[Entry]) -> Mapping[int, Sequence[Entry]]:
    """Return the plain entries right below entries with a checkbox, by their index."""
    below: dict[int, list[Entry]] = {}
    for entry in entries:
        parent = entry.parent
        if parent is None or entry.checkbox is not None:
            continue
        if entries[parent].checkbox is not None:
            below.setdefault(parent, []).append(entry)
    return below


def _group_owner(
    entry: Entry, entries: Sequence[Entry], section: Section, data: bytes
) -> str | None:
    """Return whom the entry above, or the heading, names."""
    if entry.parent is None:
        text = section.text or ""
        return owner_of_group(text) if text.startswith("@") else None
    above = entries[entry.parent]
    return (
        None if above.checkbox is not None else owner_of_group(entry_text(above, data))
    )


def _names_owners(entries: Sequence[Entry], reading: Reading) -> bool:
    """Tell whether most entries of a list name who does it, or until when."""
    inlines = [read_fields(entry_text(entry, reading.data)) for entry in entries]
    named = sum(
        inline.owner is not None or inline.due is not None for inline in inlines
    )
    return 2 * named > len(entries)
