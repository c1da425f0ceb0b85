"""What the configuration says is what a run does."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from pmsync.cli.reading import site_of, vocabulary_of
from pmsync.cli.rules import owners_of, policy_of, style_of, templates_of
from pmsync.domain.merge import Authority
from pmsync.domain.model import Column, Field, Form, Status
from pmsync.domain.policy import Parent
from pmsync_config import Settings, load

TODAY = date(2026, 4, 1)
CONFIGURATION = """
forms = ["table", "bullet"]
date_formats = ["%d/%m/%Y"]
ticket_column = "title"
status_column = "add"
parent = "off"
labels = ["postmortem"]
due_from_horizon = false
[authority]
due = "tracker"
[columns]
owner = ["Verantwortlich"]
[statuses]
done = ["shipped", "live"]
[owners]
"@alice" = { ops = "alice@example.com", github = "alice" }
"@bob" = { github = "bob" }
[trackers.code]
type = "github"
project = "example/payments"
labels = ["sre"]
[trackers.ops]
type = "jira"
url = "https://example.atlassian.net"
project = "OPS"
[trackers.here]
type = "embedded"
[[routes]]
match = { owner = "@platform-*", path = "payments/**" }
tracker = "ops"
[guards]
max_creates = 7
max_changes = 8
max_changes_percent = 9
[state]
grace = "5m"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "pmsync.toml").write_text(CONFIGURATION)
    return load(tmp_path).settings


def test_every_rule_of_the_file_reaches_the_plan(settings: Settings) -> None:
    policy = policy_of(settings, TODAY, max_creates=None)

    assert policy.default_tracker == "code"
    (route,) = policy.routes
    assert (route.tracker, route.owner, route.path, route.section) == (
        "ops",
        "@platform-*",
        "payments/**",
        None,
    )
    assert policy.authority_of(Field.DUE) is Authority.TRACKER
    assert policy.authority_of(Field.STATUS) is Authority.MERGE
    assert policy.labels["code"] == {"postmortem", "sre"}
    assert policy.labels["ops"] == {"postmortem"}
    assert policy.ticket_in_title
    assert policy.add_status_column
    assert not policy.due_from_horizon
    assert policy.parent is Parent.OFF
    assert policy.grace == timedelta(minutes=5)
    guards = policy.guards
    assert (guards.max_creates, guards.max_changes, guards.max_changes_percent) == (
        7,
        8,
        9,
    )


def test_the_command_line_may_allow_more_tickets_than_the_file(
    settings: Settings,
) -> None:
    assert policy_of(settings, TODAY, max_creates=60).guards.max_creates == 60
    assert policy_of(settings, TODAY, max_creates=0).guards.max_creates == 0


def test_old_documents_are_filed_here_but_not_in_a_tracker_that_people_watch(
    tmp_path: Path,
) -> None:
    more = """
[trackers.lab]
type = "gitlab"
project = "example/payments"
[trackers.workspace]
type = "beads"
"""
    (tmp_path / "pmsync.toml").write_text(CONFIGURATION + more)

    policy = policy_of(load(tmp_path).settings, TODAY, None)

    ninety_days_ago = date(2026, 1, 1)
    assert policy.since == {
        "code": ninety_days_ago,
        "ops": ninety_days_ago,
        "lab": ninety_days_ago,
        "workspace": ninety_days_ago,
        "here": None,
    }


@pytest.mark.parametrize(
    ("since", "expected"),
    [("30d", date(2026, 3, 2)), ("2025-12-01", date(2025, 12, 1)), ("none", None)],
)
def test_a_configured_since_holds_for_every_tracker(
    tmp_path: Path, since: str, expected: date | None
) -> None:
    (tmp_path / "pmsync.toml").write_text(f'since = "{since}"\n{CONFIGURATION}')

    policy = policy_of(load(tmp_path).settings, TODAY, None)

    assert set(policy.since.values()) == {expected}


def test_an_account_of_one_tracker_wins_over_that_of_its_kind(
    settings: Settings,
) -> None:
    assert owners_of(settings) == {
        "code": {"@alice": "alice", "@bob": "bob"},
        "ops": {"@alice": "alice@example.com"},
        "here": {},
    }


def test_words_are_read_and_the_first_one_is_written(settings: Settings) -> None:
    vocabulary, style = vocabulary_of(settings), style_of(settings)

    assert vocabulary.columns[Column.OWNER] == ("Verantwortlich",)
    assert vocabulary.statuses[Status.DONE] == ("shipped", "live")
    assert vocabulary.forms == {Form.TABLE, Form.BULLET}
    assert vocabulary.date_formats == style.date_formats == ("%d/%m/%Y",)
    assert style.words == {Status.DONE: "shipped"}
    assert style.ticket_column == "title"


def test_tickets_are_recognised_by_the_addresses_of_the_file(
    settings: Settings,
) -> None:
    sites = [site_of(name, tracker) for name, tracker in settings.trackers.items()]

    assert [(s.name, s.type, s.url, s.project) for s in sites] == [
        ("code", "github", "https://api.github.com", "example/payments"),
        ("ops", "jira", "https://example.atlassian.net", "OPS"),
        ("here", "embedded", "", "bd"),
    ]


def test_jinja_is_not_even_imported_without_a_template(
    settings: Settings, tmp_path: Path
) -> None:
    assert templates_of(settings, tmp_path) == {}
