"""A status is written as the column writes it, and without what it says of one row."""

from __future__ import annotations

import pytest

from pmsync.document.status_cells import spellings
from pmsync.document.statuses import status_words
from pmsync.domain.model import Status


@pytest.mark.parametrize(
    ("cell", "spelled"),
    [
        ("✅ Sprint 13: 79 tests", "✅"),
        ("✅ 442 tests pushed", "✅"),
        ("✅ Merged by Ana", "✅ Merged"),
        ("✅ Done (git f4eb131)", "✅ Done"),
        ("✅ Erledigt", "✅ Erledigt"),
        ("✅", "✅"),
        ("**Done** in #12", "**Done**"),
        ("Complete", "Complete"),
    ],
)
def test_another_row_gets_the_status_and_not_the_story_of_this_one(
    cell: str, spelled: str
) -> None:
    assert spellings([cell], status_words())[Status.DONE] == spelled
