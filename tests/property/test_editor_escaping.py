"""Any text from a tracker, written into Markdown, shows as that text."""

from __future__ import annotations

import html
import re

import cmarkgfm
from cmarkgfm.cmark import Options
from hypothesis import example, given
from hypothesis import strategies as st

from pmsync.document import escaping
from pmsync.document.text import plain
from pmsync.domain.unseen import one_line

# Small alphabets find collisions.
MARKDOWN = st.text(alphabet="ab1 |\\`*_~[]()<>!&#;:-+=./\n\"'", max_size=24)
CONSTRUCTS = st.lists(
    st.sampled_from(
        [
            *("a", "b c", " ", "|", "\\", "\\|", "\\\\|", "`", "```", "*", "**", "_"),
            *("__", "~~", "~", "[x]", "[x](y)", "[", "]", "(", "<!--", "-->", "<b>"),
            *(
                "</td>",
                "<br>",
                "&amp;",
                "&#124;",
                "&lt",
                "\n",
                "\r\n",
                "# ",
                "- ",
                "1. ",
            ),
            *(
                "<https://a.b>",
                "![i](u)",
                "[^1]",
                "[[w]]",
                "\u202e",
                "\x1b[31m",
                "日本",
            ),
        ]
    ),
    max_size=8,
).map("".join)
VALUES = MARKDOWN | CONSTRUCTS | st.text(max_size=30)


def shown(markdown: str) -> list[list[str]]:
    """The cells of each row as GitHub's own parser shows them."""
    page = cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE)
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [
        [
            " ".join(html.unescape(re.sub("<[^>]*>", "", cell)).split())
            for cell in re.findall(r"<t[dh]>(.*?)</t[dh]>", row, re.DOTALL)
        ]
        for row in rows
    ]


@given(VALUES)
@example("a\\")
@example("\\|")
@example("<!-- pmsync: skip -->")
@example("*a_b*~~c~~")
def test_any_text_in_a_cell_is_read_back(text: str) -> None:
    wanted = one_line(text)

    assert plain(escaping.escape(text, table=True)) == wanted


@given(VALUES.filter(lambda text: "\u200c" not in text))
@example("a\\")
@example("\\|")
@example("`|`")
def test_github_shows_any_text_in_a_cell_as_it_is(text: str) -> None:
    cell = escaping.escape(text, table=True)

    table = f"| h | i |\n|---|---|\n| {cell} | z |\n"

    assert shown(table)[1:] == [[one_line(text), "z"]]


@given(VALUES)
@example("# a")
@example("- a")
@example("1. a")
@example("```")
@example("---")
@example("<div>")
def test_github_shows_any_text_in_a_row_without_leading_pipe(text: str) -> None:
    wanted = one_line(text)
    cell = escaping.escape(text, table=True, block_start=True)
    if not cell:
        return

    assert shown(f"h | i\n---|---\n{cell} | z\n")[1:] == [[wanted, "z"]]


@given(VALUES)
def test_escaped_text_holds_no_comment_no_fence_and_no_control_character(
    text: str,
) -> None:
    cell = escaping.escape(text, table=True)

    assert "<!--" not in cell
    assert "-->" not in cell
    assert "``" not in cell
    assert cell.isprintable() or not text.isprintable()
    assert "\n" not in cell


@given(VALUES, VALUES)
def test_a_link_shows_its_text_and_keeps_its_row(text: str, tail: str) -> None:
    address = f"https://example.test/{tail}"
    cell = escaping.link(f"x{text}", address, table=True)

    assert plain(cell) == one_line(f"x{text}")
    page = shown(f"| h | i |\n|---|---|\n| {cell} | z |\n")
    assert page[1:] == [[one_line(f"x{text}"), "z"]]
