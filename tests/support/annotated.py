"""How well documents are read whose action items people have written down.

Beside each document stands ``expected/<path>.json``: ``items`` with line and raw values,
``ambiguous`` lines on which careful readers differ, and ``template``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pmsync.document.reader import read
from pmsync.domain.model import ActionItem

FIELDS = ("title", "owner", "due", "status", "ticket")


@dataclass
class Score:
    """What was found of the items that are there, and what was not."""

    matched: int = 0
    missed: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    right: Counter[str] = field(default_factory=Counter)

    @property
    def recall(self) -> float:
        """The part of the annotated items that was read."""
        return self.matched / (self.matched + len(self.missed))

    @property
    def precision(self) -> float:
        """The part of the items that were read which are annotated."""
        return self.matched / (self.matched + len(self.invented))

    def part_right(self, name: str) -> float:
        """The part of the matched items whose raw field is the annotated one."""
        return self.right[name] / self.matched

    def lines(self) -> Iterator[str]:
        """Say it in words."""
        found = self.matched + len(self.missed)
        yield f"recall     {self.recall:7.2%}  {self.matched} of {found} annotated items"
        yield f"precision  {self.precision:7.2%}  {len(self.invented)} invented"
        for name in FIELDS:
            yield f"{name:10} {self.part_right(name):7.2%}"
        yield from (f"missed     {each}" for each in self.missed)
        yield from (f"invented   {each}" for each in self.invented)


def annotated(corpus: Path) -> Iterator[tuple[Path, Any]]:
    """Yield each document with its annotation."""
    expected = corpus / "expected"
    for path in sorted(expected.rglob("*.json")):
        document = corpus / path.relative_to(expected).with_suffix("")
        yield document, json.loads(path.read_text(encoding="utf-8"))


def score(documents: Iterable[tuple[Path, Any]]) -> Score:
    """Read documents and compare."""
    total = Score()
    for path, annotation in documents:
        there = {each["line"]: each for each in annotation["items"]}
        read_items = {item.line: item for item in items(path)}
        open_to_doubt = set(annotation["ambiguous"])
        for line, wanted in there.items():
            item = read_items.get(line)
            if item is not None:
                total.matched += 1
                total.right.update(
                    name for name in FIELDS if getattr(item, name) == wanted[name]
                )
            elif line not in open_to_doubt:
                total.missed.append(f"{path.name}:{line} {wanted['title']}")
        total.invented += [
            f"{path.name}:{line} {read_items[line].title}"
            for line in sorted(read_items.keys() - there.keys() - open_to_doubt)
        ]
    return total


def items(path: Path) -> Sequence[ActionItem]:
    """Return the action items of a file."""
    return read(path.read_bytes(), f"postmortems/{path.name}").items
