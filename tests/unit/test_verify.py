"""An edited document is read again: whatever else would change stops the edit."""

from __future__ import annotations

import pytest

from pmsync.document.edits import ItemEdit
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
