"""Tables as GitHub's own parser sees them, on generated and on real documents."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Sequence
from pathlib import Path

import cmarkgfm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmsync.document.elements import DoubtKind
from pmsync.document.structure import parse

_TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_QUOTE = re.compile(r"<blockquote>.*?</blockquote>", re.DOTALL)

_WORDS = ("Action", "Owner", "a", "b c", "1", "x\\|y", "`c`", "", "é", "-", "**d**")
_cell = st.sampled_from(_WORDS)
_row = st.lists(_cell, min_size=1, max_size=4)


@st.composite
def _table_lines(draw: st.DrawFn) -> list[str]:
    style = draw(st.sampled_from(("full", "bare", "left")))
    width = draw(st.integers(2 if style == "bare" else 1, 4))
    header = [draw(st.sampled_from(_WORDS[:5])) for _ in range(width)]
    dashes = [draw(st.sampled_from(("---", ":-", "-:", ":---:"))) for _ in range(width)]
    rows = draw(st.lists(_row, max_size=5))
    return [_line(cells, style) for cells in (header, dashes, *rows)]


def _line(cells: Sequence[str], style: str) -> str:
    middle = " | ".join(cells)
    return {"full": f"| {middle} |", "bare": middle, "left": f"| {middle}"}[style]


_OTHER = (
    "",
    "",
    "text",
    "text | with pipe",
    "# Heading",
    "- item",
    "  - nested",
    "1. number",
    "> quote",
    "```",
    "<!-- comment",
    "-->",
    "<div>",
    "    code",
    "|",
    "---",
    "| --- |",
    "|---|---|",
    "| a | b |",
    "[x]: /url",
    "- [ ] task",
    "\t| tab |",
    "   | three |",
    ":-",
    "--:",
)
_block = st.one_of(
    _table_lines(),
    st.lists(st.sampled_from(_OTHER), min_size=1, max_size=3),
    st.just([""]),
)
_indent = st.sampled_from(("", "", "", "  ", "   "))
documents = st.lists(st.tuples(_block, _indent), min_size=1, max_size=6).map(
    lambda blocks: "\n".join(
        f"{indent}{line}" if line else line
        for lines, indent in blocks
        for line in lines
    )
)
ends = st.sampled_from(("\n", "\r\n"))


def ours(data: bytes) -> list[list[list[str]]]:
    """Return the cells of each table, cut and padded to the header's width."""
    tables = []
    for table in parse(data).tables:
        above = [] if table.blank is None else [table.blank]
        written = [row.texts() for row in (*above, table.header, *table.rows)]
        width = len(written[0])
        rows = [row[:width] for row in written]
        tables.append([row + [""] * (width - len(row)) for row in rows])
    return tables


def githubs(data: bytes) -> list[list[list[str]]]:
    """Return the rendered text of the cells of each table outside quotes."""
    rendered = _QUOTE.sub("", cmarkgfm.github_flavored_markdown_to_html(data.decode()))
    return [
        [
            [html.unescape(_TAG.sub("", cell)).strip() for cell in _CELL.findall(row)]
            for row in _ROW.findall(table)
        ]
        for table in _TABLE.findall(rendered)
    ]


def shapes(tables: Sequence[Sequence[Sequence[str]]]) -> list[list[int]]:
    """Return how many cells each row has."""
    return [[len(row) for row in table] for table in tables]


@given(documents, ends)
def test_a_table_has_the_rows_that_github_shows_or_is_not_edited(
    text: str, end: str
) -> None:
    data = text.replace("\n", end).encode()
    structure = parse(data)

    if structure.doubts or any(table.doubt for table in structure.tables):
        return

    assert shapes(ours(data)) == shapes(githubs(data))


_odd = st.lists(
    st.sampled_from(
        ("|", "| ", "a", " ", "\t", "\x0b", "\xa0", "-", ":", "*", "[x]", "!", "&amp;")
    ),
    max_size=7,
).map("".join)
_above = st.sampled_from(
    ("", "text\n\n", "- item\n\n", "# H\n\n", "<div>\n\n", "<!-- c\n\n", "```\n\n",
     "> q\n\n", "1. a\n   - b\n\n", "[f]: /u 'x\n\n", "    code\n\n", "<pre>\n\n")
)  # fmt: skip
_below = st.sampled_from(
    (
        "",
        "\n",
        "\ntext\n",
        "\n- x\n",
        "\n***\n",
        "\n===\n",
        "\n-->\n\ntext\n",
        "\n```\n",
    )
)


@given(_above, _odd, st.lists(_odd, max_size=3), _below, ends)
def test_an_odd_table_between_blank_lines_is_one_where_github_shows_one(
    above: str, header: str, rows: list[str], below: str, end: str
) -> None:
    dashes = "---|" * (header.count("|") + 1)
    lines = [f"|{header}|", f"|{dashes}", *(f"|{row}|" for row in rows)]
    data = (above + "\n".join(lines) + "\n" + below).replace("\n", end).encode()

    if not parse(data).doubts:
        assert shapes(ours(data)) == shapes(githubs(data))


@pytest.mark.parametrize(
    "text",
    [
        "| A |\n|---|\n| x |\n| y |\n|---|\n| z |\n| w |\n|---|\n| v |\n",
        "| A |\n|---|\n| x |\n|---|\n| y |\n|---|\n| z |",
        "  | A |\n  |---|\n| x |\n|---|\n| y |\n",
        "| A |\n|---|\ntext\n| x |\n|---|\n| y |\n",
        "|-|\n|---|\n\ntext\n",
        "# H\n\n|-|\n|-|\n| x |\n",
    ],
)
def test_rows_below_a_second_line_of_dashes_are_not_lost(text: str) -> None:
    assert shapes(ours(text.encode())) == shapes(githubs(text.encode()))


@given(_table_lines(), ends)
def test_a_cell_holds_the_text_that_github_shows(lines: list[str], end: str) -> None:
    data = (end.join(lines) + end).encode()

    seen = [
        [[_rendered(cell) for cell in row] for row in table] for table in ours(data)
    ]

    assert seen == githubs(data)


def _rendered(cell: str) -> str:
    return cell.replace("\\|", "|").replace("`", "").replace("**", "")


@given(documents, ends)
def test_the_spans_of_cells_hold_their_texts(text: str, end: str) -> None:
    data = text.replace("\n", end).encode()

    for table in parse(data).tables:
        for row in (table.header, *table.rows):
            spans = [data[first:last].decode() for first, last in row.cells]
            assert spans == row.texts()
            assert all(
                row.start <= span.start <= span.end <= row.end for span in row.cells
            )


@given(documents, ends)
def test_a_byte_order_mark_moves_every_offset_by_three(text: str, end: str) -> None:
    data = text.replace("\n", end).encode()

    plain, marked = parse(data), parse(b"\xef\xbb\xbf" + data)

    assert [each.start + 3 for each in plain.tables] == [
        each.start for each in marked.tables
    ]
    assert [each.content.start + 3 for each in plain.entries] == [
        each.content.start for each in marked.entries
    ]
    assert [each.start + 3 for each in plain.headings] == [
        each.start for each in marked.headings
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("| a | b |\n|---|---|\n    | c | d |\n", DoubtKind.INDENTED_ROW),
        ("| a | b |\n|---|---|\n\t| c | d |\n", DoubtKind.INDENTED_ROW),
        ("| a | b |\n|---|---|\n| c | d |\n\f\n| e | f |\n", DoubtKind.CONTROL_ROW),
        ("x | y\n| a | b |\n|---|---|\n| c | d |\n", DoubtKind.GLUED_HEADER),
    ],
)
def test_a_table_that_parsers_see_differently_is_not_edited(
    text: str, kind: DoubtKind
) -> None:
    structure = parse(text.encode())

    assert [each.kind for each in structure.doubts] == [kind]
    assert [table.doubt for table in structure.tables] == [kind]


def test_tables_of_real_documents_are_those_that_github_shows() -> None:
    corpus = os.environ.get("PMSYNC_CORPUS")
    if not corpus:
        pytest.skip("PMSYNC_CORPUS names no real documents")
    for path in sorted(Path(corpus).glob("*/*.*md")):
        data = path.read_bytes()
        bare = re.sub(rb"\A---\r?\n.*?\n---\r?\n", b"", data, flags=re.DOTALL)

        assert shapes(ours(data)) == shapes(githubs(bare)), path.name
