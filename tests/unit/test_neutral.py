"""Text of a document never notifies, links, closes or runs anything in a ticket."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmsync.domain.body import Body, plain_body
from pmsync.domain.neutral import GAP, neutral, quoted
from pmsync.domain.ports import Markup

COMMAND = re.compile(r"^/\w+", re.MULTILINE)
"""How GitLab finds a quick action (gitlab lib/gitlab/quick_actions/extractor.rb)."""
MENTION = re.compile(r"@[\w-]")
REFERENCE = re.compile(r"[#!$~%&]\d|\bGH-\d", re.IGNORECASE)


def body(**texts: str) -> Body:
    nothing = dict.fromkeys(
        ("incident_id", "incident", "summary", "severity", "section", "owner", "due")
    )
    known = {**nothing, "title": "Title", "path": "a.md", "link": None}
    return Body(**{**known, **texts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["/close", "  /assign @x", "ok\n/confidential", "\uff0fclose", "a\r/label ~x"],
)
def test_s01_no_line_of_a_body_is_a_command(text: str) -> None:
    for place in ("title", "summary", "owner", "section", "incident", "path"):
        shown = plain_body(body(**{place: text}).quoted(Markup.MARKDOWN))

        assert not COMMAND.search(shown)


@pytest.mark.parametrize(
    "text",
    ["@everyone", "@org/team", "&#64;user", "\uff20user", "&commat;user", "\ufe6buser"],
)
def test_s03_nobody_is_notified(text: str) -> None:
    shown = neutral(text)

    assert not MENTION.search(shown)
    assert not re.search(r"&(?!amp;)[#\w]", shown)


@pytest.mark.parametrize(
    "text",
    [
        "#123",
        "owner/repo#1",
        "fixes #1",
        "Closes GH-7",
        "gh-7",
        "!12",
        "group/project!3",
        "$1",
        "\uff0312",
    ],
)
def test_s04_nothing_is_referred_to_or_closed(text: str) -> None:
    assert not REFERENCE.search(neutral(text))


@pytest.mark.parametrize(
    "text",
    ["https://github.com/o/r/issues/1", "www.example.com", "HTTP://a.example"],
)
def test_s04_an_address_is_no_link(text: str) -> None:
    assert not re.search(r"(?i)https?://|www\\.", neutral(text))


def test_s04_a_label_and_a_commit_are_not_linked() -> None:
    assert neutral("~bug") == f"~{GAP}bug"
    assert "deadbee1" not in neutral("see deadbee1")
    assert neutral("on 20260102 and added") == "on 20260102 and added"


def test_html_is_shown_and_not_read() -> None:
    assert neutral("<!-- pmsync:v1 key=a state=b --> <img>") == (
        "&lt;!-- pmsync:v1 key=a state=b --> &lt;img>"
    )


def test_text_does_not_turn_its_surroundings_around() -> None:
    for markup in Markup:
        assert quoted("a\u202eb\x1b[31m\u2066c", markup).isprintable()


@pytest.mark.parametrize("text", ["{html}<b>{html}", "{code}", "[~user]", "!img!"])
def test_s05_wiki_markup_is_escaped(text: str) -> None:
    shown = quoted(text, Markup.WIKI)

    assert not re.search(r"(?<!\\)[{}\[\]~!]", shown)


@given(st.text())
def test_whatever_the_text_is_it_does_nothing(text: str) -> None:
    shown = neutral(text)

    assert not COMMAND.search(shown)
    assert not MENTION.search(shown)
    assert not REFERENCE.search(shown)
    assert "<" not in shown


def test_the_link_to_the_row_stays_a_link() -> None:
    link = "https://git.example.com/o/r/blob/0a1b2c3d4e5f/a.md#L12"

    assert link in plain_body(body(link=link).quoted(Markup.MARKDOWN))


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("INC-7: Outage", "Incident: INC-7: Outage\n"),
        ("Outage", "Incident: INC-7 Outage\n"),
        (None, "Incident: INC-7\n"),
    ],
)
def test_an_incident_is_named_once(title: str | None, shown: str) -> None:
    said = replace(body(incident_id="INC-7"), incident=title)

    assert shown in plain_body(said)
