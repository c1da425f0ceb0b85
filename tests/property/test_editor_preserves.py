"""An edit changes its own cells and no other byte, whatever a ticket says."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from pmsync.document.editor import edit
from pmsync.document.edits import ItemEdit, Link, Style, Value
from pmsync.document.reader import read
from pmsync.document.structure import parse
from pmsync.domain.errors import EditRefusedError
from pmsync.domain.model import ActionItem, Column, Status
from pmsync.domain.unseen import one_line

TICKET = Link("bd-a1b2", "bd://bd-a1b2")
HOSTILE = st.text(max_size=40) | st.sampled_from(
    [
        "a | b",
        "line\nbreak",
        "--> <!-- open",
        "```",
        "\x1b[31mred\x1b]0;title\x07",
        "\u202eevil\u2066",
        "[x](javascript:alert(1))",
        "<img src=x onerror=y>",
        "\\| \\\\|",
        "~~gone~~ **Done**",
    ]
)
CELL = st.sampled_from(
    ["plain", "`a \\| b`", "*x*", "", "[l](https://e.org)", "日本語"]
)
ENDS = st.sampled_from([b"\n", b"\r\n"])


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A document with one action table, in the manners that people have."""
    end = draw(ENDS)
    pipes = draw(st.booleans())
    rows = draw(st.integers(1, 4))
    lines = ["# Outage", "", "## Action Items", ""]
    table = [["Action", "Owner", "Due", "Status", "Ticket"], ["---"] * 5]
    table += [
        [f"Alert on disk {n} of the database", draw(CELL), "2026-01-02", "Open", ""]
        for n in range(rows)
    ]
    for cells in table:
        row = " | ".join(cells)
        lines.append(
            f"| {row} |" if pipes else row.rstrip() + (" |" if cells[-1] == "" else "")
        )
    lines += ["", "The end | of it."]
    data = end.join(line.encode() for line in lines)
    bom = b"\xef\xbb\xbf" if draw(st.booleans()) else b""
    return bom + data + (end if draw(st.booleans()) else b"")


def items(data: bytes) -> tuple[ActionItem, ...]:
    return read(data, "a.md").items


def edited(data: bytes, line: int, values: dict[Column, Value]) -> bytes:
    return edit(data, "a.md", [ItemEdit(line, values)], {}, Style()).data


@given(documents(), HOSTILE)
def test_S08_a_hostile_title_stays_in_its_cell(data: bytes, title: str) -> None:
    line = items(data)[0].line
    if not one_line(title):
        return

    try:
        after = edited(data, line, {Column.TITLE: title})
    except EditRefusedError:
        return  # Refusing loses nothing.

    assert items(after)[0].text == one_line(title)
    assert len(parse(after).tables[0].rows) == len(parse(data).tables[0].rows)
    before_lines, after_lines = data.split(b"\n"), after.split(b"\n")
    assert len(before_lines) == len(after_lines)
    different = [
        n
        for n, pair in enumerate(zip(before_lines, after_lines, strict=True), 1)
        if pair[0] != pair[1]
    ]
    assert different in ([], [line])


@given(documents())
def test_a_link_and_a_status_change_two_cells_and_nothing_else(data: bytes) -> None:
    line = items(data)[-1].line

    after = edited(data, line, {Column.TICKET: TICKET, Column.STATUS: Status.DONE})

    row = parse(data).tables[0].rows[-1].texts()
    now = parse(after).tables[0].rows[-1].texts()
    assert now[:3] == row[:3]
    assert now[3:] == ["Done", "bd://bd-a1b2"]
    assert [r.texts() for r in parse(after).tables[0].rows[:-1]] == [
        r.texts() for r in parse(data).tables[0].rows[:-1]
    ]


@given(documents())
def test_the_same_edit_again_changes_nothing(data: bytes) -> None:
    line = items(data)[0].line
    values: dict[Column, Value] = {
        Column.TICKET: TICKET,
        Column.STATUS: Status.IN_PROGRESS,
        Column.DUE: date(2026, 3, 4),
    }
    once = edited(data, line, values)

    assert edited(once, line, values) == once


def test_a_table_without_a_ticket_column_gets_one_and_keeps_every_cell() -> None:
    data = (
        b"## Action items\r\n\r\n"
        b"Action | Owner | Status\r\n"
        b"--- | --- | ---\r\n"
        b"One `a \\| b` | @x | Open\r\n"
        b"Two | @y\r\n"
    )
    line = items(data)[0].line

    after = edit(
        data,
        "a.md",
        [ItemEdit(line, {Column.TICKET: TICKET})],
        {3: [Column.TICKET]},
        Style(),
    ).data

    assert after == (
        b"## Action items\r\n\r\n"
        b"Action | Owner | Status | Ticket\r\n"
        b"--- | --- | --- | ---\r\n"
        b"One `a \\| b` | @x | Open | bd://bd-a1b2\r\n"
        b"Two | @y\r\n"
    )


def test_a_table_whose_header_stands_in_its_first_row_gets_its_column_everywhere() -> (
    None
):
    data = (
        b"## Action items\n\n"
        b"|  |  |\n| --- | --- |\n"
        b"| **Action** | **Owner** |\n"
        b"| Alert sooner | @x |\n"
    )
    line = items(data)[0].line

    after = edit(
        data,
        "a.md",
        [ItemEdit(line, {Column.TICKET: TICKET})],
        {5: [Column.TICKET]},
        Style(),
    ).data

    assert after == (
        b"## Action items\n\n"
        b"|  |  |  |\n| --- | --- | --- |\n"
        b"| **Action** | **Owner** | Ticket |\n"
        b"| Alert sooner | @x | bd://bd-a1b2 |\n"
    )
