"""The items and parents of all documents while a run changes some of them.

A run writes the state many times: only documents in which something changed since are
made anew, and one that comes out as it was is the very same object.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from pmsync.domain.rows import Page
from pmsync.domain.state import DocumentState, ItemState, ParentTicket


class Kept:
    """Items by key and parents by path, with the documents that they belong to."""

    def __init__(
        self,
        known: Mapping[str, DocumentState],
        parents: Mapping[str, ParentTicket],
        as_seen: Callable[[ItemState], ItemState],
    ) -> None:
        """``as_seen`` completes an item with what its ticket showed."""
        self._known = known
        self._as_seen = as_seen
        self._items: dict[str, ItemState] = {}
        self._paths: dict[str, str] = {}
        self._keys: defaultdict[str, set[str]] = defaultdict(set)
        self._pages: dict[str, Page] = {}
        self._documents: dict[str, DocumentState] = {}
        self._changed: set[str] = set()
        self._parents = dict(parents)
        self._changed.update(parents)
        for path, document in known.items():
            for item in document.items:
                self.put(path, item)

    @property
    def parents(self) -> Mapping[str, ParentTicket]:
        """The documents' own tickets, by path."""
        return self._parents

    def __contains__(self, key: str) -> bool:
        return key in self._items

    def __getitem__(self, key: str) -> ItemState:
        return self._items[key]

    def get(self, key: str) -> ItemState | None:
        """Return an item, None for a new one."""
        return self._items.get(key)

    def placed(self) -> Iterator[tuple[str, ItemState]]:
        """Return every item with its document's path."""
        yield from ((self._paths[key], item) for key, item in self._items.items())

    def put(self, path: str, item: ItemState) -> None:
        """Keep an item in a document, and in no other."""
        self.forget(item.key)
        self._items[item.key] = item
        self._paths[item.key] = path
        self._keys[path].add(item.key)
        self._changed.add(path)

    def change(self, item: ItemState) -> None:
        """Keep an item where it is."""
        self.put(self._paths[item.key], item)

    def forget(self, key: str) -> None:
        """Keep an item no longer."""
        if key in self._items:
            path = self._paths.pop(key)
            del self._items[key]
            self._keys[path].discard(key)
            self._changed.add(path)

    def set_parent(self, path: str, parent: ParentTicket) -> None:
        """Keep a document's own ticket."""
        self._parents[path] = parent
        self._changed.add(path)

    def documents(self, pages: Iterable[Page]) -> Mapping[str, DocumentState]:
        """Return all documents that hold anything; ``pages`` as they were last read."""
        for page in pages:
            if self._pages.get(page.path) is not page:
                self._pages[page.path] = page
                self._changed.add(page.path)
        for path in self._changed:
            self._documents.pop(path, None)
            made = self._made(path)
            if made.items or made.parent:
                known = self._known.get(path)
                self._documents[path] = known if known == made else made
        self._changed.clear()
        return dict(sorted(self._documents.items()))

    def _made(self, path: str) -> DocumentState:
        items = (self._as_seen(self._items[key]) for key in self._keys[path])
        ordered = tuple(sorted(items, key=lambda item: (item.line, item.key)))
        page, known = self._pages.get(path), self._known.get(path)
        parent = self._parents.get(path)
        if page is not None and page.writable:
            return DocumentState(ordered, page.digest, page.incident_id, parent)
        if known is not None:
            return DocumentState(ordered, known.digest, known.incident_id, parent)
        return DocumentState(ordered, parent=parent)
