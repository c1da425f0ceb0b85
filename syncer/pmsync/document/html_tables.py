"""Tables in HTML: they are not read, but it is said where action items are missed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pmsync.document import problems
from pmsync.document.elements import Structure
from pmsync.document.sections import Sections
from pmsync.document.vocabulary import Vocabulary
from pmsync.domain.model import Problem

_HEADER_BYTES = 4_000
"""Of a table, in which its header stands."""
_ROW = re.compile(r"(?i)<tr\b")
_CELL = re.compile(r"(?i)<t[hd]\b[^<>]*>")


def html_tables(
    data: bytes, structure: Structure, sections: Sections, vocabulary: Vocabulary
) -> Iterator[Problem]:
    """Yield a finding for each table in HTML whose header is that of action items."""
    for line, start, end in structure.html:
        header = _header(data[start : min(end, start + _HEADER_BYTES)])
        place = sections.at(start).place
        if header and vocabulary.headers.layout(header, place) is not None:
            yield problems.problem(line, 1, problems.HTML_TABLE)


def _header(table: bytes) -> list[str]:
    """Return the cells of the first row."""
    rows = _ROW.split(table.decode(errors="replace"), maxsplit=2)
    cells = _CELL.split(rows[1]) if len(rows) > 1 else []
    return [" ".join(cell.split()) for cell in cells[1:]]
