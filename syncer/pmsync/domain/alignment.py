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

from rapidfuzz import fuzz, process

from pmsync.domain.model import Field, TicketRef
from pmsync.domain.renamed_files import renamed_files
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import DocumentState, Link

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

RENAMED = 60.0
"""Similarity (0-100) from which the best and only candidate is the same row."""
SOLE = 50.0
"""The same, when row and item are the only ones left between two known rows."""
SURELY = 85.0
"""The same, where something speaks against it."""
MARGIN = 10.0
"""How much better the best candidate must be than the second."""
MOST_PAIRS = 250_000
"""Above this many row-item pairs in one document no rename is looked for."""
PLAUSIBLE = 50.0
"""Similarity from which a vanished item might be a new row of its document."""
PLAUSIBLE_ELSEWHERE = 85.0
"""The same for a row of another document."""


class Known(NamedTuple):
    """An item that a row may be: from the state, or from an intent."""

    key: str
    path: str
    text: str
    section: str | None
    line: int
    ref: TicketRef | None
    link: Link
    owns: bool = True
    """False when it only receives the status of another row's ticket."""
    owner: str | None = None
    due: str | None = None
    """With the owner it tells rows of one title apart."""
    gone: bool = False
    """True when its row was gone already in an earlier run."""
    aside: bool = False
    """True for an intent that left no ticket so far and is not waited for."""


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
    former = {page.path: page.path for page in pages}
    titles = _grouped((item.path, item.text) for item in known)
    renamed = renamed_files(pages, titles, documents, unread)
    pairs = [*sorted(former.items()), *renamed.items()]
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
        citing: dict[tuple[str, str], list[Address]] = defaultdict(list)
        for at, row in self.rows.items():
            if len(row.refs) == 1:
                citing[_name(row.refs[0])].append(at)
        items: dict[tuple[str, str], list[Known]] = defaultdict(list)
        for item in self.items.values():
            if item.ref is not None:
                items[_name(item.ref)].append(item)
        for name, addresses in citing.items():
            self._pair_up(addresses, self._candidates(addresses, items.get(name, [])))
            if items.get(name):
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
                (_closeness(self.rows[at], item), at, item.key)
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
        if not (self._free_rows(path) and self._free_items(former)):
            return
        self._sole_between(path, former)
        self._renamed(path, former)

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
            candidates = [
                (at, item)
                for at, item in zip(addresses, items.get(name, []), strict=False)
                if _compatible(self.rows[at], item)
            ]
            for at, item in candidates:
                self._match(at, item.key)

    def _sole_between(self, path: str, former: str) -> None:
        """Match the only row and the only item left between two matched rows."""
        anchors = sorted(
            (at.line, self.items[key].line)
            for at in self._rows_of.get(path, [])
            if (key := self.keys.get(at)) and self.items[key].path == former
        )
        rows = _gaps([(at.line, at) for at in self._free_rows(path)], anchors, 0)
        items = _gaps([(i.line, i) for i in self._free_items(former)], anchors, 1)
        for gap, addresses in rows.items():
            candidates = items.get(gap, [])
            if len(addresses) == 1 and len(candidates) == 1:
                at, item = addresses[0], candidates[0]
                row = self.rows[at]
                alike = similarity(row.text, item.text)
                if alike >= _least(row, item, SOLE) and _compatible(row, item):
                    self._match(at, item.key)

    def _renamed(self, path: str, former: str) -> None:
        """Match rows and items that are each other's clear best."""
        rows, items = self._free_rows(path), self._free_items(former)
        if len(rows) * len(items) > MOST_PAIRS:
            return
        scores = [
            (similarity(self.rows[at].text, item.text), at, item.key)
            for at in rows
            for item in items
            if _compatible(self.rows[at], item)
        ]
        best: dict[Hashable, list[float]] = defaultdict(list)
        for score, at, key in sorted(scores, reverse=True):
            best[at].append(score)
            best[key].append(score)
        for score, at, key in scores:
            clear = all(
                scored[0] == score and (len(scored) == 1 or score - scored[1] >= MARGIN)
                for scored in (best[at], best[key])
            )
            least = _least(self.rows[at], self.items[key], RENAMED)
            if score >= least and clear:
                self._match(at, key)

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
            if unique and _compatible(self.rows[at], candidates[0]):
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
                like = _cited(row, unseen) if row.refs else _plausible(row, missing)
                if like is not None:
                    withheld[at] = like
        return Alignment(self.keys, vanished, withheld)


def similarity(one: str, two: str) -> float:
    """Return how alike two titles are, 0 to 100."""
    return fuzz.ratio(one.casefold(), two.casefold())


def _closeness(row: Row, item: Known) -> tuple[bool, bool, float, bool, int]:
    return (
        row.path == item.path,
        row.text == item.text,
        similarity(row.text, item.text),
        item.owns,
        -abs(row.line - item.line),
    )


def _all_of_row(row: Row) -> Hashable:
    values = row.values
    return row.section, row.text, values.get(Field.OWNER), values.get(Field.DUE)


def _all_of_item(item: Known) -> Hashable:
    return item.section, item.text, item.owner, item.due


def _least(row: Row, item: Known, usual: float) -> float:
    """Return how alike a row must be to be an item under a new title.

    A person who changes a title leaves row and link where they are. So a row that does
    not cite the ticket, or comes when the item's row has long been gone, is more likely
    another one.
    """
    unlinked = item.link is Link.LANDED and not row.refs
    return SURELY if unlinked or item.gone else usual


def _compatible(row: Row, item: Known) -> bool:
    """Tell whether a row may be an item although the ticket did not say so.

    A row that cites another ticket may be the item whose link a person replaced; a
    row that cites several is nobody's.
    """
    if len(row.refs) > 1 or row.foreign:
        return False
    return not row.refs or item.link is Link.LANDED


def _cited(row: Row, items: Sequence[Known]) -> Known | None:
    """Return the item whose ticket a row cites, None if there is none."""
    refs = {_name(ref) for ref in row.refs}
    return next((i for i in items if i.ref is not None and _name(i.ref) in refs), None)


def _plausible(row: Row, missing: Sequence[Known]) -> Known | None:
    """Return the missing item that the row most likely is, None if none could be."""
    here = [item for item in missing if item.path == row.path]
    for items, enough in ((here, PLAUSIBLE), (missing, PLAUSIBLE_ELSEWHERE)):
        best = process.extractOne(
            row.text.casefold(),
            [item.text.casefold() for item in items],
            scorer=fuzz.ratio,
            score_cutoff=enough,
        )
        if best is not None:
            return items[best[2]]
    return None


def _name(ref: TicketRef) -> tuple[str, str]:
    return ref.tracker, ref.key


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)


def _gaps(
    lines: Sequence[tuple[int, V]], anchors: Sequence[tuple[int, int]], side: int
) -> dict[int, list[V]]:
    """Group by the number of matched rows above."""
    return _grouped(
        (sum(anchor[side] < line for anchor in anchors), value) for line, value in lines
    )
