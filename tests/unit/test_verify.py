"""An edited document is read again: whatever else would change stops the edit."""

from __future__ import annotations

from datetime import date

import pytest

from pmsync.document.edits import CellChange, ItemEdit, Link, Value
from pmsync.document.verify import verify
from pmsync.document.vocabulary import Vocabulary
from pmsync.domain.errors import EditRefusedError
from pmsync.domain.model import Column, Status

BEFORE = """\
# Outage

## Action Items

| Action | Owner | Status |
|---|---|---|
| Alert early | @alice | Open |
| Write a runbook | @bob |
"""
WIDER = """\
# Outage

## Action Items

| Action | Owner | Status | Ticket |
|---|---|---|---|
| Alert early | @alice | Open | |
| Write a runbook | @bob | | |
"""
HEADER = 5


def verified(after: str, *edits: ItemEdit) -> None:
    add = (
        {HEADER: [Column.TICKET]} if after.count("---|") > BEFORE.count("---|") else {}
    )
    verify(BEFORE.encode(), after.encode(), "a.md", edits, add, (), Vocabulary())


def test_a_column_of_one_cell_in_each_row_is_let_through() -> None:
    verified(BEFORE)
    verified(WIDER)


@pytest.mark.parametrize(
    ("what", "to"),
    [
        ("@alice", "@mallory"),
        ("| Alert early | @alice | Open | |", "| Alert early | @alice | Open |"),
        ("| Alert early | @alice | Open | |", "| | Alert early | @alice | Open |"),
        ("| Write a runbook | @bob | | |", "| Write a runbook | @bob | |"),
        ("| Owner | Status |", "| Status | Owner |"),
        ("| Write a runbook | @bob | | |\n", ""),
        ("| Write a runbook | @bob | | |\n", "| Write a runbook | @bob | | |\n| x |\n"),
        ("## Action Items", "## Action items"),
        ("\n## Action", "\n- [ ] One more\n\n## Action"),
    ],
    ids=[
        "an old cell",
        "a row without the new cell",
        "a cell moved",
        "a short row that is not padded",
        "the header",
        "a row gone",
        "a row more",
        "a heading",
        "an entry more",
    ],
)
def test_anything_beside_the_new_column_is_refused(what: str, to: str) -> None:
    assert what in WIDER

    with pytest.raises(EditRefusedError):
        verified(WIDER.replace(what, to, 1))


def test_a_row_that_is_not_edited_may_not_change_in_any_cell() -> None:
    with pytest.raises(EditRefusedError, match="cells would move or change"):
        verified(BEFORE.replace("@bob", "@mallory"))


def test_an_edit_that_would_read_back_as_something_else_is_refused() -> None:
    done = ItemEdit(7, {Column.STATUS: Status.DONE})

    with pytest.raises(EditRefusedError, match="would not read back as planned"):
        verified(BEFORE, done)


FULL = """\
# Outage

## Action Items

| Action | Owner | Due | Priority | Status | Ticket |
|---|---|---|---|---|---|
| Alert early | @alice | 2026-12-01 | P1 | Blocked | [#1](https://t.example/1) |
"""


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (Column.TITLE, "Alert sooner"),
        (Column.OWNER, "@bob"),
        (Column.OWNER, None),
        (Column.DUE, date(2026, 12, 24)),
        (Column.DUE, None),
        (Column.PRIORITY, "0"),
        (Column.PRIORITY, None),
        (Column.STATUS, Status.IN_PROGRESS),
        (Column.TICKET, Link("#2", "https://t.example/2")),
    ],
    ids=str,
)
def test_a_value_that_would_not_stand_in_its_cell_is_refused(
    column: Column, value: Value
) -> None:
    edits = [ItemEdit(7, {column: value})]

    with pytest.raises(EditRefusedError, match=f"the {column.value} would not read"):
        verify(FULL.encode(), FULL.encode(), "a.md", edits, {}, (), Vocabulary())


LISTS = f"""{BEFORE}
- [ ] Cap the retries

## Timeline

- 10:00 the alert
"""


@pytest.mark.parametrize(
    ("before", "what", "to", "why"),
    [
        pytest.param(
            BEFORE,
            "@bob |\n",
            "@bob |\n\n| Time | What |\n|---|---|\n| 10:00 | Alert |\n",
            "a table would appear",
            id="a table more",
        ),
        pytest.param(
            LISTS, "alert\n", "alert\n- 10:05 more\n", "a list entry would", id="entry"
        ),
        pytest.param(
            LISTS, "\n- [ ]", "\n\n- [ ]", "a list entry would move", id="a line more"
        ),
        pytest.param(
            LISTS,
            "the alert",
            "an alarm!",
            "entry would change",
            id="as long as before",
        ),
        pytest.param(
            LISTS,
            "the alert",
            "the alert, again",
            "list entry would change",
            id="longer",
        ),
        pytest.param(
            LISTS, "the retries", "the repeats", "entry would change", id="an item"
        ),
        pytest.param(
            LISTS, "[ ] Cap", "[x] Cap", "entry would change", id="a box that is ticked"
        ),
    ],
)
def test_nothing_may_change_in_the_rest_of_a_document(
    before: str, what: str, to: str, why: str
) -> None:
    assert what in before
    after = before.replace(what, to, 1)

    with pytest.raises(EditRefusedError, match=why):
        verify(before.encode(), after.encode(), "a.md", (), {}, (), Vocabulary())


def test_no_action_item_may_vanish_by_its_edit() -> None:
    after = BEFORE.replace("Alert early", "[Action 1]")
    edits = [ItemEdit(7, {Column.TITLE: "[Action 1]"})]
    changes = [CellChange(7, Column.TITLE, "Alert early", "[Action 1]")]

    with pytest.raises(EditRefusedError, match="appear or vanish"):
        verify(
            BEFORE.encode(), after.encode(), "a.md", edits, {}, changes, Vocabulary()
        )


def test_an_edit_of_what_is_no_action_item_is_refused() -> None:
    with pytest.raises(EditRefusedError, match="no action item any more"):
        verified(BEFORE, ItemEdit(3, {Column.STATUS: Status.DONE}))


def test_no_row_is_understood_otherwise_because_of_an_edit_beside_it() -> None:
    before = """# Outage

## Action Items

| Ref | Action | Status |
|---|---|---|
| 1 | Alert early | Open |
| 2 | Write a runbook | Open |
"""
    after = before.replace("| 1 |", "| [OPS-1](https://t.example/OPS-1) |")
    changes = [CellChange(7, Column.TICKET, "1", "OPS-1")]

    with pytest.raises(EditRefusedError, match="another action item would change"):
        verify(before.encode(), after.encode(), "a.md", (), {}, changes, Vocabulary())
