"""The post-mortem's own ticket is written where it waits for one, and nowhere else."""

from __future__ import annotations

import pytest

from pmsync.document.edits import Link
from pmsync.document.parent_edit import edit_parent
from pmsync.document.reader import read
from pmsync.domain.errors import EditRefusedError

LINK = Link("#12", "https://github.com/o/r/issues/12")
BEAD = Link("bd-a1b2", "bd://bd-a1b2")
REST = "\n## Action Items\n\n| Action | Ticket |\n|---|---|\n| Fix it | #3 |\n"


def line_of(text: str) -> int:
    """Where the document says that its ticket would stand."""
    found = read(text.encode(), "a.md").parent_line
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("**Beads Issue:**", "**Beads Issue:** {}"),
        ("**Beads Issue:** ", "**Beads Issue:** {}"),
        ("**Tracking issue:** N/A", "**Tracking issue:** {}"),
        ("**Tracking issue**: TBD  ", "**Tracking issue**: {}  "),
        ("- **Beads Issue:** [bd://xxx]", "- **Beads Issue:** {}"),
        ("Tracking issue: -", "Tracking issue: {}"),
        ("**Beads Issue:** N/A\\", "**Beads Issue:** {}\\"),
        ("**Severity:** SEV1 | **Beads Issue:** N/A", "**Severity:** SEV1 | **Beads Issue:** {}"),
        ("**Beads Issue:** N/A | **Severity:** SEV1", "**Beads Issue:** {} | **Severity:** SEV1"),
        ("| Field | Value |\n|---|---|\n| Tracking issue | N/A |\n| Severity | SEV1 |",
         "| Field | Value |\n|---|---|\n| Tracking issue | {} |\n| Severity | SEV1 |"),
        ("| Field | Value |\n|---|---|\n| Tracking issue |  |\n| Severity | SEV1 |",
         "| Field | Value |\n|---|---|\n| Tracking issue | {} |\n| Severity | SEV1 |"),
        ("| Severity | Tracking issue |\n|---|---|\n| SEV1 | TBD |",
         "| Severity | Tracking issue |\n|---|---|\n| SEV1 | {} |"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_link_stands_where_it_was_waited_for(
    before: str, after: str, end: str
) -> None:
    text = f"\ufeff# Outage\n\n{before}\n{REST}".replace("\n", end)
    wanted = f"\ufeff# Outage\n\n{after.format(f'[#12]({LINK.url})')}\n{REST}"

    edited = edit_parent(text.encode(), "a.md", line_of(text), LINK)

    assert edited.decode() == wanted.replace("\n", end)


@pytest.mark.parametrize("value", ["N/A", "TBD", '"N/A"'])
def test_front_matter_gets_a_plain_address(value: str) -> None:
    text = f"---\ntitle: Outage\ntracking_issue: {value}\nseverity: 1\n---\n{REST}"

    edited = edit_parent(text.encode(), "a.md", line_of(text), BEAD).decode()

    assert edited == text.replace(f"issue: {value}", "issue: bd://bd-a1b2")


def test_a_plan_shows_a_ticket_that_is_still_to_be_opened() -> None:
    text = f"# Outage\n\n**Beads Issue:** N/A\n{REST}"

    edited = edit_parent(text.encode(), "a.md", 3, Link("(new)", None)).decode()

    assert edited == text.replace("N/A", "(new)")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"# Outage\n\n**Beads Issue:** bd-9x9x\n{REST}", 3),
        (f"# Outage\n\n**Severity:** SEV1\n{REST}", 3),
        (f"# Outage\n\nTracking the issue: we did not.\n{REST}", 3),
        (f"# Outage\n\n**Beads Issue:** N/A\n{REST}", 1),
        (f"# Outage\n\n**Beads Issue:** N/A\n{REST}", 99),
    ],
)
def test_nothing_else_is_ever_written_over(text: str, line: int) -> None:
    with pytest.raises(EditRefusedError):
        edit_parent(text.encode(), "a.md", line, LINK)
