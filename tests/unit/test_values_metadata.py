"""What the head of a post-mortem says is found, and nothing in it is executed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmsync.document.metadata import read_metadata

FILLED = """# Post-Mortem: Checkout down

## Summary

**Incident ID:** INC-2041
**Date:** 2026-03-02
**Duration:** 47 minutes
**Severity:** SEV1
**Status:** In Review
**Beads Issue:** bd://bd-a1b2

**Author:** Lee

### One-Line Summary

Every card was rejected, because an *intermediate* certificate expired.
"""
TEMPLATE = """# Post-Mortem: [Incident Title]

**Incident ID:** [INC-XXXX]
**Date:** [YYYY-MM-DD]
**Severity:** SEV1 | SEV2 | SEV3 | SEV4
**Status:** Draft | In Review | Complete
**Beads Issue:** [bd://issue-id or N/A]
"""


def test_every_field_of_the_template_is_read() -> None:
    about = read_metadata(FILLED, "artifacts/postmortem_INC-2041.md")

    assert about.incident_id == "INC-2041"
    assert about.title == "Post-Mortem: Checkout down"
    assert about.date == date(2026, 3, 2)
    assert about.severity == "SEV1"
    assert about.status == "In Review"
    assert about.parent == "bd://bd-a1b2"
    assert about.parent_line == 10
    assert about.summary == (
        "Every card was rejected, because an intermediate certificate expired."
    )
    assert not about.draft
    assert not about.template


def test_an_unfilled_template_is_a_template_and_says_nothing() -> None:
    about = read_metadata(TEMPLATE, "artifacts/x.md")

    assert about.template
    assert (about.incident_id, about.date, about.severity) == (None, None, None)
    assert about.parent is None


@pytest.mark.parametrize(
    "title",
    [
        "Postmortem Template",
        "Incident Report Template (short)",
        "Template de Post-Mortem",
        "Postmortem-Vorlage",
        "Plantilla de postmortem",
        "Modèle de rapport d'incident",
        "Шаблон постмортема",
        "复盘模板",
        "ポストモーテムテンプレート",
        "장애 보고서 템플릿",
    ],
)
def test_a_template_is_known_by_its_title_and_gets_no_tickets(title: str) -> None:
    assert read_metadata(f"# {title}\n", "docs/x.md").template


@pytest.mark.parametrize(
    "title",
    [
        "Incident report: broken email template",
        "Postmortem: template rendering was down",
        "Outage of the template engine",
        "消息模板故障复盘",
        "Rechnungen ohne Vorlage",
    ],
)
def test_an_incident_about_templates_is_no_template_and_gets_its_tickets(
    title: str,
) -> None:
    assert not read_metadata(f"# {title}\n", "docs/x.md").template


@pytest.mark.parametrize(
    "head",
    [
        "---\nincident_id: INC-7\ndate: 2026-03-02\nseverity: SEV2\n---\n# Out\n",
        '---\r\nincident_id: "INC-7"\r\ndate: 2026-03-02\r\nseverity: SEV2\r\n---\r\n# Out\r\n',
        '+++\nincident_id = "INC-7"\ndate = 2026-03-02\nseverity = "SEV2"\n+++\n# Out\n',
        "# Out\n\n| Field | Value |\n|---|---|\n| Incident ID | INC-7 |\n"
        "| Date | 2026-03-02 |\n| Severity | SEV2 |\n",
        "# Out\n\n- **Incident ID**: INC-7\n- **Date**: 2026-03-02\n- **Severity**: SEV2\n",
        "# Out\n\n| Incident ID | Date | Severity |\n|---|---|---|\n"
        "| INC-7 | 2026-03-02 | SEV2 |\n",
    ],
)
def test_metadata_is_found_wherever_people_keep_it(head: str) -> None:
    about = read_metadata(head, "a.md")

    assert about.incident_id == "INC-7"
    assert about.date == date(2026, 3, 2)
    assert about.severity == "SEV2"


def test_a_draft_is_known_so_that_it_is_not_filed_too_early() -> None:
    assert read_metadata("# A\n\n**Status:** Draft\n", "a.md").draft
    assert not read_metadata("# A\n\n**Status:** Complete\n", "a.md").draft


def test_a_file_name_gives_the_date_that_the_text_does_not() -> None:
    assert read_metadata("# A\n", "pm/2026-03-02-dns.md").date == date(2026, 3, 2)


def test_metadata_in_code_and_comments_is_not_believed() -> None:
    text = "# A\n\n```\n**Date:** 2026-01-01\n```\n<!--\n**Severity:** SEV1\n-->\n"

    about = read_metadata(text, "a.md")

    assert about.date is None
    assert about.severity is None


def test_S18_front_matter_is_never_evaluated() -> None:
    bomb = "a: &a [lol, lol]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n"
        for n in range(20)
    )
    hostile = (
        f"---\n{bomb}severity: !!python/object/apply:os.system ['true']\n"
        "title: &x Evil\nincident_id: INC-1\nincident_id: INC-2\n---\n# Real title\n"
    )

    about = read_metadata(hostile, "a.md")

    assert about.severity is None
    assert about.title == "Real title"
    assert about.incident_id == "INC-1"


@given(st.text(max_size=300))
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    read_metadata(text, "a.md")
    read_metadata(f"---\n{text}\n---\n", "a.md")
    read_metadata(f"+++\n{text}\n+++\n", "a.md")


def test_a_field_among_fields_is_not_taken_for_what_happened() -> None:
    text = (
        "# PM-1: Outage\n\n## Summary\n\n**Incident ID:** INC-7\n**Duration:** 2 hours\n"
        "**Severity:** SEV2\n\nCause: the disk was full.\n"
    )

    assert read_metadata(text, "a.md").summary == "Cause: the disk was full."
