"""Attack S19: documents made to keep a parser or a pattern busy."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from pmsync.document.reader import read
from pmsync.domain.errors import DocumentError

MEGABYTE = 1_000_000
SECONDS = 3.0
"""Of processor time for a megabyte. What is quadratic takes minutes, also where an idle
machine reads it in a fifth of a second; the aim is one second there."""
HEAD = "# Outage\n\n## Action Items\n\n"
TABLE = "| Action | Status | Ticket |\n|---|---|---|\n"


def _in_cell(unit: str) -> str:
    return f"{TABLE}| {unit * (MEGABYTE // len(unit))} | Open | |\n"


def _lines(unit: str) -> str:
    return unit * (MEGABYTE // len(unit))


HOSTILE = {
    "nested quotes": ">" * MEGABYTE,
    "links that never close": TABLE + "\n" + _lines("[a]("),
    "runs of backticks": TABLE + "\n" + " ".join("`" * n for n in range(1, 1400)),
    "emphasis": TABLE + "\n" + _lines("*a_"),
    "pipes": TABLE + "\n" + _lines("a | b\n"),
    "definitions": TABLE + "\n" + _lines("[x]: /url\n"),
    "comments that never close": TABLE + "\n" + _lines("<!-- "),
    "delimiter rows": _lines("|-|-|-|\n"),
    "one delimiter row": "| a |\n" + "| -" * (MEGABYTE // 3),
    "a table of 3,000 columns": "|a" * 3000
    + "|\n"
    + "|-" * 3000
    + "|\n"
    + "|x\n" * 3000,
    "tables": _lines(TABLE + "| a | Open | |\n\n"),
    "nested lists": "".join("  " * min(n, 400) + "- [ ] a\n" for n in range(1200)),
    "a long cell": _in_cell("x"),
    "a cell of code": _in_cell("`a "),
    "a cell of links": _in_cell("[a](b"),
    "a cell of escapes": _in_cell("\\\\"),
    "a cell of tags": _in_cell("<b "),
    "a cell of entities": _in_cell("&amp;"),
    "a cell of placeholders": _in_cell("[x] "),
    "a cell of comments": _in_cell("<!-- pmsync: skip "),
    "a status of words": TABLE + "| a | " + _lines("done ") + "| |\n",
    "a status of choices": TABLE + "| a | " + _lines("done/open/") + "| |\n",
    "a status of parentheses": TABLE + "| a | " + _lines("(") + "| |\n",
    "a ticket of keys": TABLE + "| a | Open | " + _lines("a-1-") + " |\n",
    "a ticket of paths": TABLE + "| a | Open | " + _lines("a/b/") + "#1 |\n",
    "a date of numbers": "| Action | Due |\n|---|---|\n| a | " + _lines("1 ") + "|\n",
    "an entry of owners": "- [ ] " + _lines("(owner: "),
    "an entry of mentions": "- [ ] " + _lines("@a "),
    "bold names": "**Date:** " * (MEGABYTE // 10) + "\n\n" + TABLE,
    "front matter": "---\n" + _lines("a: b\n") + "\n" + TABLE,
    "a heading of actions": "## " + _lines("action ") + "\n\n" + TABLE + "| a | | |\n",
    "paragraphs": _lines("\n\nA" + "b" * 100 + "\n") + "\n\n" + TABLE,
    "lines of paragraphs": _lines("**Ab\n") + "\n\n" + TABLE,
    "tabs": _lines("\t") + TABLE,
    "carriage returns": _lines("\r") + TABLE,
}

CELLS = {
    "title": "{}| b | c | Open | |",
    "owner": "x | {}| c | Open | |",
    "due": "x | b | {}| Open | |",
    "status": "x | b | c | {}| |",
    "ticket": "x | b | c | Open | {}|",
    "title without a status": "{}| b | c | | |",
}
"""By column: a row with a long cell."""
UNITS = (
    " ", "a ", "a-", " - a", " — a", "[", "[a](b ", "[[a", "](", "{", "{a", "<", "<a ",
    "<!-- ", "&a", "`a", "**a ", "**a** ", "*a _b ", "a** b* ", "~~a ", "(a ", "(a) ",
    ":a", ":a_", "a/", "a#1", "a/b#", "AB-", "OPS-1 ", "(#12) ", "https://a/b/1 ", "a://",
    "xxx-", "yyyy-", "@a, ", "1", "12/12/12 ", "2 weeks ", "[ ] ", "P1 high ", "e.g. ",
    "done ", "\u0301", "完", "🔥", "\u00a0", "\\",
)  # fmt: skip
ENTRIES = {
    "entry": "- [ ] {}\n",
    "nested line": "- [ ] a\n  - {}\n",
    "nested owner": "- [ ] a\n  - **Owner:** {}\n",
    "entry above": "- {}\n  - [ ] a\n",
    "heading": "## {}\n\n- [ ] a\n",
    "label": "{}:\n\n- [ ] a\n",
    "metadata": "**Date:** {}\n",
}
STEP = 20_000
"""Bytes of the smaller of two documents."""
LINEAR = 8
"""Between what is linear, 4, and what is quadratic, 16. What is beyond it is measured
once more, because somebody else may have kept the machine busy."""


def _grows(shape: str, unit: str) -> float:
    """How much longer four times the text takes: four times if it is linear."""

    def seconds(size: int) -> float:
        text = unit * (size // len(unit.encode()))
        data = (HEAD + shape.replace("{}", text)).encode()
        start = time.process_time()
        read(data, "a.md")
        return time.process_time() - start

    small, big = seconds(STEP), seconds(4 * STEP)
    return big / max(small, 0.05)  # Below it a measurement says nothing.


@pytest.mark.parametrize("column", CELLS)
def test_S19_a_cell_of_four_times_the_length_takes_no_more_than_about_that(
    column: str,
) -> None:
    head = "| Action | Owner | Due | Status | Ticket |\n|---|---|---|---|---|\n| "

    grown = {
        unit: _grows(head + CELLS[column] + "\n", unit)
        for unit in UNITS
        if _grows(head + CELLS[column] + "\n", unit) > LINEAR
    }

    assert grown == {}


@pytest.mark.parametrize("place", ENTRIES)
def test_S19_a_line_of_four_times_the_length_takes_no_more_than_about_that(
    place: str,
) -> None:
    grown = {
        unit: _grows(ENTRIES[place], unit)
        for unit in UNITS
        if _grows(ENTRIES[place], unit) > LINEAR
    }

    assert grown == {}


@pytest.mark.parametrize("name", HOSTILE)
def test_S19_no_document_keeps_the_reader_busy(name: str) -> None:
    data = (HEAD + HOSTILE[name]).encode()
    start = time.process_time()

    with suppress(DocumentError):  # refused by its number of rows
        read(data, "a.md")

    assert time.process_time() - start < SECONDS * max(len(data) / MEGABYTE, 0.5)


@pytest.mark.parametrize("unit", ["- [ ] a\n", "- a\n", "1. [ ] a\n"])
def test_S19_endless_lists_are_refused_before_they_are_read_to_the_end(
    unit: str,
) -> None:
    data = (HEAD + "- [ ] one\n\n" + unit * (4_900_000 // len(unit))).encode()
    start = time.process_time()

    with pytest.raises(DocumentError, match="more than the limit of 20,000"):
        read(data, "a.md")

    assert time.process_time() - start < SECONDS
