"""Action items in an HTML table are not read, so their author is told."""

from __future__ import annotations

import pytest

from pmsync.document.reader import read

HEADER = "<tr><th>Action</th><th><b>Owner</b></th><th>Status</th></tr>"


def findings(document: str) -> list[tuple[int, str]]:
    """Return line and code of each finding."""
    return [(each.line, each.code) for each in read(document.encode(), "a.md").problems]


@pytest.mark.parametrize(
    "table",
    [
        f"<table>\n  {HEADER}\n</table>",
        f'<table class="wide"><thead>{HEADER}</thead>',
        f"<TABLE>{HEADER.upper()}</TABLE>",
        "<table>\n<tr>\n<td>Maßnahme</td>\n<td>Wer</td>\n</tr>\n</table>",
    ],
)
def test_a_table_of_action_items_in_html_is_named(table: str) -> None:
    assert findings(f"# A\r\n\r\n## Action items\n\n{table}\n") == [(5, "PM014")]


def test_each_table_of_a_block_is_looked_at_on_its_own() -> None:
    other = "<table><tr><td>Time</td><td>Event</td></tr></table>"
    block = f"{other}\n<table>{HEADER}</table>\n{other}\n<table>{HEADER}</table>\n"

    assert findings(f"# A\n\n{block}") == [(4, "PM014"), (6, "PM014")]


@pytest.mark.parametrize(
    "document",
    [
        "<table><tr><td><img src='a'></td><td>Ann</td></tr></table>",
        "<table></table>",
        "<table>\n<tr>",
        "<tablet><tr><th>Action</th><th>Owner</th></tr></tablet>",
        f"```html\n<table>{HEADER}</table>\n```",
        f"<!-- <table>{HEADER}</table> -->",
        f"    <table>{HEADER}</table>",
        "## Timeline\n\n<table><tr><th>Time</th><th>Action</th></tr></table>",
    ],
)
def test_other_html_is_nobodys_fault(document: str) -> None:
    assert findings(f"# A\n\n{document}\n") == []
