"""Which row is which item: rows of documents against the items of the state.

In this order: by ticket reference; by the same title within the document, also after a
rename of the file; by unique title among what vanished anywhere; and only then, within
the document, by a title that is alike. What is left is a new row, or a vanished item.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from pmsync.domain.likeness import (
    Known,
    cited_one,
    closeness,
    is_compatible,
    likeliest,
    similarity,
)
from pmsync.domain.model import Field, name_of
from pmsync.domain.renamed_files import renamed_files
from pmsync.domain.renamed_rows import RENAMED, Anchor, clear_best, sole_between
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import DocumentState

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Address(NamedTuple):
    """Where a row stands."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """The result: every row is an item, new, or held back."""

    keys: Mapping[Address, str] = field(default_factory=dict)
    """Row to the item that it is."""
    vanished: tuple[Known, ...] = ()
    withheld: Mapping[Address, Known] = field(default_factory=dict)
    """New rows that might be a vanished item, or one of a document that is not read;
    one that cites the ticket of such an item, too."""


def align(
    pages: Sequence[Page],
    known: Sequence[Known],
    documents: Mapping[str, DocumentState],
    unread: frozenset[str],
) -> Alignment:
    """Match the rows of all documents with the known items.

    ``documents`` is the state's view of the files, to follow a rename; items of
    ``unread`` paths are neither matched nor vanished, but hold back rows like them.
    """
    unseen = [item for item in known if item.path in unread]
    search = _Search(pages, [item for item in known if item.path not in unread])
    search.by_reference()
    titles = _grouped((item.path, item.text) for item in known)
    renamed = renamed_files(pages, titles, documents, unread)
    same = sorted((page.path, page.path) for page in pages)
    pairs = [*same, *renamed.items()]
    search.by_title(pairs)
    search.aside = True
    search.by_title(pairs)
    return search.result(unseen)


class _Search:
    """Rows and items that are still free, and what was matched so far."""

    def __init__(self, pages: Sequence[Page], known: Sequence[Known]) -> None:
        self.rows = {Address(r.path, r.line): r for p in pages for r in p.rows}
        self.items = {item.key: item for item in known}
        self.keys: dict[Address, str] = {}
        self._copies: set[Address] = set()
        """Rows beyond the first that cite an item's ticket."""
        self.aside = False
        """Whether rows are matched with what was set aside, after all else."""
        self._taken: set[str] = set()
        self._rows_of = _grouped((at.path, at) for at in self.rows)
        self._items_of = _grouped((item.path, item) for item in known)

    def _match(self, at: Address, key: str) -> None:
        self.keys[at] = key
        self._taken.add(key)

    def _match_all(self, found: Iterable[tuple[Row, Known]]) -> None:
        for row, item in found:
            self._match(Address(row.path, row.line), item.key)

    def _left(self, path: str, former: str) -> tuple[list[Row], list[Known]]:
        rows = [self.rows[at] for at in self._free_rows(path)]
        return rows, self._free_items(former)

    def _free_rows(self, path: str) -> list[Address]:
        return [
            at
            for at in self._rows_of.get(path, [])
            if at not in self.keys and at not in self._copies
        ]

    def _free_items(self, path: str) -> list[Known]:
        return [i for i in self._items_of.get(path, []) if self._is_free(i)]

    def _all_free_items(self) -> list[Known]:
        return [i for i in self.items.values() if self._is_free(i)]

    def _is_free(self, item: Known) -> bool:
        return item.key not in self._taken and item.aside is self.aside

    def by_reference(self) -> None:
        """Match rows that cite the ticket of an item; the likest row owns it."""
        citing = _grouped(
            (name_of(row.refs[0]), at)
            for at, row in self.rows.items()
            if len(row.refs) == 1
        )
        having = _grouped(
            (name_of(item.ref), item)
            for item in self.items.values()
            if item.ref is not None
        )
        for name, addresses in citing.items():
            items = having.get(name, [])
            if len(addresses) == len(items) == 1:
                self._match(addresses[0], items[0].key)
            elif items:
                self._pair_up(addresses, self._candidates(addresses, items))
                self._copies.update(at for at in addresses if at not in self.keys)

    def _candidates(self, addresses: list[Address], items: list[Known]) -> list[Known]:
        """Let the last row that cites a ticket be the one that owned it, if alike.

        A row that was first copied and then deleted where it came from has moved.
        """
        if len(addresses) > 1:
            return items
        text = self.rows[addresses[0]].text
        alike = [i for i in items if i.owns and similarity(text, i.text) >= RENAMED]
        return alike or items

    def _pair_up(self, addresses: list[Address], items: list[Known]) -> None:
        """Give each item the row that is most like it, best first."""
        scored = sorted(
            (
                (closeness(self.rows[at], item), at, item.key)
                for at in addresses
                for item in items
            ),
            reverse=True,
        )
        for _, at, key in scored:
            if at not in self.keys and key not in self._taken:
                self._match(at, key)

    def by_title(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Match what is left by titles; ``pairs`` are paths and where they were.

        A row that stands elsewhere under its own title has moved: certainties first.
        """
        for path, before in pairs:
            self.exact(path, before)
        self.by_unique_title()
        for path, before in pairs:
            self.alike(path, before)
        self.by_unique_title()

    def exact(self, path: str, former: str) -> None:
        """Match the rows of a document with its items of the same title."""
        if not (self._free_rows(path) and self._free_items(former)):
            return
        self._same(path, former, _all_of_row, _all_of_item)
        self._same(
            path, former, lambda r: (r.section, r.text), lambda i: (i.section, i.text)
        )
        self._same(path, former, lambda r: r.text, lambda i: i.text)

    def alike(self, path: str, former: str) -> None:
        """Match what is left of both, when it is alike enough and nothing else is."""
        rows, items = self._left(path, former)
        if not (rows and items):
            return
        anchors = [
            Anchor(at.line, self.items[key].line)
            for at in self._rows_of.get(path, [])
            if (key := self.keys.get(at)) and self.items[key].path == former
        ]
        self._match_all(sole_between(rows, items, anchors))
        self._match_all(clear_best(*self._left(path, former)))

    def _same(
        self,
        path: str,
        former: str,
        of_row: Callable[[Row], Hashable],
        of_item: Callable[[Known], Hashable],
    ) -> None:
        rows = _grouped(
            (of_row(self.rows[at]), at) for at in sorted(self._free_rows(path))
        )
        items = _grouped(
            (of_item(item), item)
            for item in sorted(self._free_items(former), key=lambda item: item.line)
        )
        for name, addresses in rows.items():
            for at, item in zip(addresses, items.get(name, []), strict=False):
                if is_compatible(self.rows[at], item):
                    self._match(at, item.key)

    def by_unique_title(self) -> None:
        """Match rows with what vanished anywhere, when the title is unique on both."""
        vanished = _grouped((item.text, item) for item in self._all_free_items())
        if not vanished:
            return
        free = [at for path in self._rows_of for at in self._free_rows(path)]
        rows = Counter(self.rows[at].text for at in free)
        for at in free:
            text = self.rows[at].text
            candidates = vanished.get(text, [])
            unique = rows[text] == 1 and len(candidates) == 1
            if unique and is_compatible(self.rows[at], candidates[0]):
                self._match(at, candidates[0].key)

    def result(self, unseen: Sequence[Known]) -> Alignment:
        """Say what is left on both sides.

        A row may have moved here from a document that cannot be read just now.
        """
        left = [item for item in self.items.values() if item.key not in self._taken]
        vanished = tuple(sorted(left, key=lambda item: (item.path, item.line)))
        withheld: dict[Address, Known] = {}
        missing = [*(item for item in vanished if not item.aside), *unseen]
        for path in self._rows_of if missing else ():
            for at in self._free_rows(path):
                row = self.rows[at]
                like = cited_one(row, unseen) if row.refs else likeliest(row, missing)
                if like is not None:
                    withheld[at] = like
        return Alignment(self.keys, vanished, withheld)


def _all_of_row(row: Row) -> Hashable:
    values = row.values
    return row.section, row.text, values.get(Field.OWNER), values.get(Field.DUE)


def _all_of_item(item: Known) -> Hashable:
    return item.section, item.text, item.owner, item.due


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)
