"""A state of many documents is written often: only what changed is made anew."""

from __future__ import annotations

from dataclasses import replace

from pmsync.domain.kept import Kept
from pmsync.domain.state import DocumentState, ItemState
from support.rows import page

KNOWN = {
    f"{name}.md": DocumentState((ItemState(name, name, line=1),), "d", None)
    for name in "abc"
}
PAGES = tuple(page(path=path) for path in KNOWN)


def kept() -> tuple[Kept, list[str]]:
    """All items, and the keys of those that were looked at since."""
    looked: list[str] = []

    def as_seen(item: ItemState) -> ItemState:
        looked.append(item.key)
        return item

    made = Kept(KNOWN, {}, as_seen)
    made.documents(PAGES)
    looked.clear()
    return made, looked


def test_what_did_not_change_is_neither_looked_at_nor_made_anew() -> None:
    items, looked = kept()
    items.change(replace(items["b"], vanished=True))

    documents = items.documents(PAGES)

    assert looked == ["b"]
    assert documents["a.md"] is KNOWN["a.md"]
    assert documents["b.md"].items[0].vanished


def test_what_was_changed_back_is_what_it_was() -> None:
    items, _ = kept()
    before = items["b"]
    items.change(replace(before, vanished=True))
    items.documents(PAGES)
    items.change(before)

    assert items.documents(PAGES)["b.md"] is KNOWN["b.md"]


def test_an_item_that_moved_is_in_one_document_only() -> None:
    items, _ = kept()
    items.put("b.md", items["a"])

    documents = items.documents(PAGES)

    assert [item.key for item in documents["b.md"].items] == ["a", "b"]
    assert "a.md" not in documents


def test_a_document_that_is_left_alone_keeps_what_is_known_of_it() -> None:
    items, _ = kept()
    dirty = page(path="a.md", digest="other", incident_id="INC-9")._replace(
        writable=False
    )

    assert items.documents([dirty])["a.md"] == KNOWN["a.md"]
