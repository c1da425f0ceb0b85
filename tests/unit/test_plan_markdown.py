"""A plan that reviewers see says what would happen, and no text in it acts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmsync.app.plan_markdown import plan_markdown, sentence, value
from pmsync.domain.changes import (
    Conflict,
    CreateTicket,
    FieldChange,
    Plan,
)
from pmsync.domain.model import Marker, TicketRef
from pmsync.domain.ports import Draft

REF = TicketRef("ops", "OPS-1", "https://example.com/OPS-1")


def create(title: str, line: int = 1, path: str = "a.md") -> CreateTicket:
    draft = Draft(Marker("k1", "s1"), title, "")
    at = (path, line, f"k{line}", "ops", "it has no ticket")
    return CreateTicket(*at, draft=draft, title=title)


def test_the_first_sentence_counts_by_project() -> None:
    changes = (
        create("One"),
        create("Two", 2),
        Conflict("a.md", 3, "k3", "ops", "both changed", {}, ref=REF),
    )

    said = sentence(Plan(changes), {"ops": "OPS"})

    assert said == "open 2 tickets in OPS; 1 conflict for a person."
    assert sentence(Plan(), {}) == "change nothing."


def test_a_conflict_shows_both_values() -> None:
    fields = {"status": FieldChange("Done", "open", "open", None)}
    change = Conflict("a.md", 3, "k3", "ops", "both changed", fields, ref=REF)

    shown = plan_markdown(Plan((change,)), {})

    assert "status: Done in the document, open in the ticket" in shown


@given(st.text())
def test_s04_any_title_stays_in_its_cell_and_does_nothing(title: str) -> None:
    shown = plan_markdown(Plan((create(title),)), {"ops": "OPS"})

    row = shown.splitlines()[-1]
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 4
    assert not re.search(r"@\w|#\d|<", row)


@pytest.mark.parametrize("text", ["a|b", "a\\", "a\\|b", "|"])
def test_a_value_cannot_leave_its_cell(text: str) -> None:
    assert not re.search(r"(?<!\\)(?:\\\\)*\|", value(text))


def test_a_plan_of_any_size_fits_into_a_comment() -> None:
    changes = tuple(create("word " * 40, n, f"{n}.md") for n in range(2000))

    shown = plan_markdown(Plan(changes), {})

    assert len(shown) < 65_536
    assert re.search(r"… and \d+ more documents\.$", shown)
