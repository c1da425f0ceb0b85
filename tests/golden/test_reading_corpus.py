"""How well real post-mortems are read; ``make bench`` prints the figures."""

from __future__ import annotations

import re
from pathlib import Path

from support.annotated import FIELDS, annotated, items, score

WAITING = re.compile(
    r"^\W*$|[\[{<…]|\.\.\.|\b(?:description|TODO|TBD|here)\b", re.IGNORECASE
)


def test_action_items_of_real_documents_are_found_and_nothing_else_is(
    corpus: Path,
) -> None:
    found = score(annotated(corpus))

    assert found.matched > 300
    assert found.recall >= 0.98, found.missed
    assert found.precision >= 0.98, found.invented


def test_their_raw_values_are_right(corpus: Path) -> None:
    found = score(annotated(corpus))

    right = {name: found.part_right(name) for name in FIELDS}
    assert min(right.values()) >= 0.97, right


def test_no_row_that_waits_to_be_filled_in_becomes_an_item(corpus: Path) -> None:
    templates = [path for path, about in annotated(corpus) if about["template"]]
    titles = [item.title for path in templates for item in items(path)]

    assert len(templates) > 10
    assert [each for each in titles if WAITING.search(each)] == []
