"""Which rows of a table say something: others are blank, captions, or wait."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from pmsync.document import problems
from pmsync.document.cells import Row, Rows
from pmsync.document.columns import Layout
from pmsync.document.placeholders import is_counted, is_placeholder, is_real_word
from pmsync.document.reading import (
    Reading,
    is_blank,
    is_unfilled,
    is_waiting,
    is_wordless,
)


def filled_in(
    rows: Rows | Sequence[Row],
    columns: list[list[str]],
    layout: Layout,
    reading: Reading,
) -> tuple[Rows | Sequence[Row], list[list[str]]]:
    """Return the rows that say something, and their columns.

    A blank column stands behind the others: an absent one has the index -1.
    """
    titles, dues = columns[layout.title], columns[layout.due]
    dated = all(map(reading.known_due, filter(None, dues)))
    filled = [
        is_real_word(each.partition(" ")[0])
        or not (is_wordless(each) or is_placeholder(each))
        for each in titles
    ]
    marked = "**" in "\n".join(titles)
    if all(filled) and dated and not (marked or reading.template):
        return rows, columns
    bold = [each.startswith("**") for each in titles]
    others = zip(columns[layout.owner], dues, columns[layout.ticket], strict=True)
    for index, (owner, due, ticket) in enumerate(others):
        title = titles[index]
        if filled[index]:
            waits = reading.template and _waits(title, owner, due, ticket)
            unknown = due != "" and reading.known_due(due) is None
            filled[index] = not (waits or (unknown and is_unfilled(owner, due)))
        elif not (title or reading.template) and _say_more(owner, due, ticket):
            row = rows[index]
            reading.add(row.line, row.start, problems.NO_TITLE)
    # Where all titles are bold and nothing else is filled in, they are the items.
    if not all(compress(bold, filled)):
        for index in compress(range(len(rows)), bold):
            if _stands_alone([each[index] for each in columns], titles[index]):
                filled[index] = False
    return list(compress(rows, filled)), [[*compress(each, filled)] for each in columns]


def _stands_alone(cells: Sequence[str], title: str) -> bool:
    """Tell whether a row is a caption of the rows below it: ``| **Prevention** | | |``."""
    return title.find("**", 2) == len(title) - 2 and sum(map(bool, cells)) == 1


def _say_more(*cells: str) -> bool:
    return not all(is_blank(cell) or is_waiting(cell) for cell in cells)


def _waits(title: str, *others: str) -> bool:
    """Tell whether a row of a template waits to be filled in."""
    return is_counted(title) or any(cell and is_waiting(cell) for cell in others)
