"""The comment with which a person keeps a row, an entry, a table or a list unfiled."""

from __future__ import annotations

import pytest

from pmsync.document.reader import read

_TABLE = "| Action | Owner |\n|---|---|\n"
_PLACES = {
    "row": f"{_TABLE}| Fix it {{}} | @ana |\n",
    "table": f"{{}}\n{_TABLE}| Fix it | @ana |\n",
    "entry": "- [ ] Fix it {}\n",
    "list": "{}\n\n- [ ] Fix it\n",
}


@pytest.mark.parametrize("place", _PLACES)
@pytest.mark.parametrize(
    "comment",
    [
        "<!-- pmsync: skip -->",
        "<!--pmsync:skip-->",
        "<!-- pmsync:  Skip -->",
        "<!-- PMSYNC: SKIP -->",
    ],
)
def test_what_asks_to_be_left_alone_is_left_alone_however_it_is_spelled(
    comment: str, place: str
) -> None:
    text = f"# Outage\n\n## Action items\n\n{_PLACES[place].format(comment)}"

    (item,) = read(text.encode(), "a.md").items

    assert item.skipped


@pytest.mark.parametrize("place", _PLACES)
@pytest.mark.parametrize(
    "comment", ["<!-- pmsync: skipped -->", "<!-- skip -->", "`pmsync: skip`"]
)
def test_what_only_looks_like_the_comment_keeps_no_row_from_its_ticket(
    comment: str, place: str
) -> None:
    text = f"# Outage\n\n## Action items\n\n{_PLACES[place].format(comment)}"

    assert not any(item.skipped for item in read(text.encode(), "a.md").items)
