"""What is cut out before the Markdown parser reads a document changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pmsync.document.condense import Condensed, condense, delimiter_lines
from pmsync.document.elements import DoubtKind, Structure
from pmsync.document.structure import parse

_LONG = "The ledger fell behind, and clients that had no limit retried at once, for an hour."
_TABLE = "| a | b |\n|---|---|\n| 1 | 2 |"
_BLOCKS = (
    "# Title",
    "## Actions",
    "## Closed ##",
    "# ",
    "#",
    "#none",
    "####### none",
    "# ```",
    "# a --> b",
    "# a </pre>",
    "# a | b\n--|--",
    "  ## Indented",
    "Setext\n===",
    _LONG,
    f"{_LONG}\n{_LONG}",
    f"{_LONG}\n\n{_LONG}\n\n{_LONG}",
    "**Date:** 2026-01-02\n**Severity:** SEV1",
    f"text with <b> in it. {_LONG}",
    f"text --> and more. {_LONG}",
    f"text </pre> and more. {_LONG}",
    f"text | pipe. {_LONG}",
    f"{_LONG}\n| x |",
    f"{_LONG}\n===",
    f"- {_LONG}\n\n  {_LONG}\n\n{_LONG}",
    f"1. x\n\n   {_LONG}",
    f"<div>\n{_LONG}",
    f"# H\n{_LONG}",
    "```",
    "~~~",
    "    code",
    "- [ ] do it @ana",
    "- item\n  more",
    "> quote\nlazy text",
    "<!--",
    "-->",
    "<!-- pmsync: skip -->",
    "<pre>",
    "</pre>",
    "</details>",
    _TABLE,
    "| a | b |\n|---|---|",
    "| a |\n|---|\n| > |\n| 2 |",
    "| a |\n|---|\n| 1 |\n|\n| 2 |",
    "a | b\n--|--\n1 | 2",
    "***",
    "[x]: http://a.b/c",
    "Short.",
    "Short:",
    "**Caption**",
)
_gaps = st.sampled_from(("\n", "\n\n", "\n\n", "\n\n\n"))
_documents = st.lists(
    st.tuples(st.sampled_from(_BLOCKS), _gaps), min_size=2, max_size=9
).map(lambda parts: "".join(block + gap for block, gap in parts))


def whole(data: bytes) -> Condensed:
    """Return a document of which nothing is cut."""
    delimiters = delimiter_lines(data)
    return Condensed(data.decode(), (), (0,), {}, {}, delimiters, 0)


def comparable(structure: Structure) -> Structure:
    """Return a structure whose rows are all cut out."""
    tables = [table._replace(rows=tuple(table.rows)) for table in structure.tables]
    return structure._replace(tables=tuple(tables))


@example(f"<!-- pmsync: skip -->\n\n{_LONG}\n\n{_TABLE}\n", "\n", True)
@example(f"<!--\n\nshut --> here. {_LONG}\n\n{_TABLE}\n", "\n", True)
@example(
    f"{_LONG}\r# Heading\r{_LONG}\n\n{_TABLE}\n\n{_LONG}\r# Other\n\n", "\n", False
)
@example("1. one\n####### none\n| a | b |\n|---|---|\n| 1 | 2 |\n", "\n", False)
@given(_documents, st.sampled_from(("\n", "\r\n")), st.booleans())
def test_nothing_is_lost_or_moved_by_what_the_parser_does_not_see(
    text: str, end: str, open_ended: bool
) -> None:
    data = text.rstrip("\n" if open_ended else "").replace("\n", end).encode()

    assert comparable(parse(data)) == comparable(parse(data, whole(data)))


@pytest.mark.parametrize("last", [_LONG, _TABLE])
def test_a_fence_that_nobody_closed_is_told_whatever_stands_last_in_it(
    last: str,
) -> None:
    structure = parse(f"text\n\n```\ncode\n\n{last}\n".encode())

    assert DoubtKind.UNCLOSED_FENCE in [doubt.kind for doubt in structure.doubts]


def test_the_parser_sees_nothing_of_plain_headings_prose_and_tables() -> None:
    table = "| Action | Owner |\n|---|---|\n" + "| Fix it | @ana |\n" * 50
    data = f"# Title\n\n{_LONG}\n\n{table}\n- x\n\n## Actions\n\n{table}".encode()

    seen = condense(data, delimiter_lines(data)).text

    assert seen.split() == ["***", "-", "x", "***"]


def test_a_heading_that_is_no_line_of_its_own_is_left_to_the_parser() -> None:
    for text in ("# Title\ntext\n", "text\n# Title\n\n", "- x\n# Title\n\n"):
        assert "Title" in condense(text.encode(), []).text
