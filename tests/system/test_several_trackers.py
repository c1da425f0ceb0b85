"""One post-mortem whose items go to several trackers, by the installed command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from conftest import Repository
from support import github_fake, gitlab_fake, jira_fake
from support.github_fake import GitHubFake, github
from support.gitlab_fake import GitLabFake, gitlab
from support.jira_cloud_fake import jira_cloud
from support.jira_fake import JiraFake
from support.jira_site import DOING, DONE

DOCUMENT = """# Payments outage

**Incident ID:** INC-7
**Date:** 2026-01-02
**Severity:** SEV1

## Immediate Actions

| Action | Owner | Due | Status | Ticket |
|---|---|---|---|---|
| Rotate the keys | @platform-alice | 2026-02-01 | Open | |
| Page the right team | Bob Miller | | In Progress | |

## Long-term Actions

| Action | Owner | Status | Ticket |
|---|---|---|---|
| Shard the database | Payments Team | Open | |
| Write a /close runbook for @everyone | nobody | Open | |
"""
ENV = {
    "PMSYNC_TRACKERS__CODE__TOKEN": github_fake.TOKEN,
    "PMSYNC_TRACKERS__PLATFORM__TOKEN": gitlab_fake.TOKEN,
    "PMSYNC_TRACKERS__OPS__TOKEN": jira_fake.TOKEN,
    "PMSYNC_TRACKERS__OPS__USER": jira_fake.EMAIL,
}
CONFIGURATION = """
since = "none"
labels = ["postmortem"]

[owners]
"@platform-alice" = {{ gitlab = "alice.w" }}
"Bob Miller" = {{ ops = "alice@example.com" }}
"Payments Team" = {{ code = "alice" }}

[trackers.local]
type = "embedded"
body = "templates/local.md.j2"

[trackers.code]
type = "github"
url = "{code}"
project = "example/payments"
body = "templates/code.md.j2"

[trackers.platform]
type = "gitlab"
url = "{platform}"
project = "example/payments"
labels = ["platform"]

[trackers.ops]
type = "jira"
url = "{ops}"
project = "OPS"
statuses = {{ in_progress = "In Progress" }}
body = "templates/ops.md.j2"

[[routes]]
match = {{ owner = "@platform-*", section = "Immediate*", severity = "SEV1" }}
tracker = "platform"

[[routes]]
match = {{ section = "Immediate*", path = "postmortems/**" }}
tracker = "ops"

[[routes]]
match = {{ owner = "Payments*" }}
tracker = "code"
"""


class Trackers:
    """Three sites."""

    def __init__(self, open_: ExitStack) -> None:
        self.code: GitHubFake = open_.enter_context(github())
        self.platform: GitLabFake = open_.enter_context(gitlab())
        self.ops: JiraFake = open_.enter_context(jira_cloud())
        self.all = (self.code, self.platform, self.ops)


@pytest.fixture
def trackers() -> Iterator[Trackers]:
    with ExitStack() as open_:
        yield Trackers(open_)


@pytest.fixture
def checkout(repository: Repository, trackers: Trackers) -> Repository:
    repository.write("postmortems/a.md", DOCUMENT)
    for name, text in {
        "local": "{{ title }} after {{ incident_id }}",
        "code": "# {{ title }}\n\nOwner: {{ owner }}\n",
        "ops": "{{ title }} ({{ severity }})\n\n{{ section }}",
    }.items():
        repository.write(f"templates/{name}.md.j2", text)
    addresses = {
        "code": trackers.code.url,
        "platform": trackers.platform.url,
        "ops": trackers.ops.url,
    }
    repository.write("pmsync.toml", CONFIGURATION.format(**addresses))
    repository.commit()
    return repository


def rows(checkout: Repository) -> list[str]:
    text = checkout.read("postmortems/a.md")
    return [line for line in text.splitlines() if "http" in line or "bd://" in line]


def test_each_item_goes_where_its_route_leads_with_owner_status_labels_and_body(
    checkout: Repository, trackers: Trackers
) -> None:
    ended = checkout.pmsync("sync", env=ENV)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    (ours,) = trackers.platform.project.issues.values()
    assert ours.title == "Rotate the keys"
    assert [user.username for user in ours.assignees] == ["alice.w"]
    assert sorted(ours.labels) == ["platform", "postmortem"]
    (task,) = trackers.ops.site.issues.values()
    assert task.fields["summary"] == "Page the right team"
    assert task.state is DOING
    assert "Immediate Actions" in json.dumps(task.fields["description"])
    assert task.fields["assignee"] is trackers.ops.person
    (issue,) = trackers.code.repository.issues.values()
    assert issue.title == "Shard the database"
    assert "# Shard the database\n\nOwner: Payments Team" in issue.body
    assert [user.login for user in issue.assignees] == ["alice"]
    (line,) = checkout.read(".pmsync/tickets.jsonl").splitlines()
    assert "Write a /close runbook for @everyone after INC-7" in line
    assert len(rows(checkout)) == 4

    for fake in trackers.all:
        fake.sent.clear()
    checkout.commit()
    again = checkout.pmsync("sync", "--format", "json", env=ENV)
    assert json.loads(again.stdout)["changes"] == []
    assert not any(
        fake.count(m) for fake in trackers.all for m in ("POST", "PUT", "PATCH")
    )


def test_what_is_done_in_each_tracker_comes_back_and_one_that_is_down_holds_up_no_other(
    checkout: Repository, trackers: Trackers
) -> None:
    checkout.pmsync("sync", env=ENV)
    checkout.commit()
    code, platform = trackers.code, trackers.platform
    code.site.edit(code.repository.issues[1], code.person, {"state": "closed"})
    platform.site.edit(
        platform.project.issues[1], platform.person, {"state_event": "close"}
    )
    (task,) = trackers.ops.site.issues.values()
    trackers.ops.site.enter(task, trackers.ops.person, DONE)
    for method in ("GET", "POST"):
        trackers.ops.fail("status", method, "", times=99, status=503)

    ended = checkout.pmsync("sync", env=ENV, timeout=60)

    assert ended.returncode == 1, ended.stdout + ended.stderr
    text = checkout.read("postmortems/a.md")
    assert "| Rotate the keys | @platform-alice | 2026-02-01 | Done |" in text
    assert "| Shard the database | Payments Team | Done |" in text
    assert "| Page the right team | Bob Miller | | In Progress |" in text
    assert "ops" in ended.stderr + ended.stdout

    trackers.ops.faults.clear()
    checkout.commit()
    ended = checkout.pmsync("sync", env=ENV)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    text = checkout.read("postmortems/a.md")
    assert "| Page the right team | Bob Miller | | Done |" in text


def test_a_tracker_that_is_renamed_in_the_configuration_keeps_its_tickets(
    repository: Repository,
) -> None:
    repository.write("postmortems/a.md", DOCUMENT)
    repository.pmsync("sync")
    linked = repository.read("postmortems/a.md")
    tickets = repository.read(".pmsync/tickets.jsonl")
    repository.write("pmsync.toml", '[trackers.local]\ntype = "embedded"\n')

    ran = repository.pmsync("sync", "-q")

    assert (ran.returncode, ran.stdout) == (0, "Done: 4 adopted.\n")
    assert repository.pmsync("sync").stdout == "Done: nothing to do.\n"
    assert repository.read("postmortems/a.md") == linked
    assert repository.read(".pmsync/tickets.jsonl") == tickets
    repository.write("postmortems/a.md", linked.replace("| Open |", "| Done |", 1))
    assert "1 closed" in repository.pmsync("sync", "-q").stdout


def test_a_tracker_that_is_not_configured_any_more_leaves_its_rows_alone(
    repository: Repository,
) -> None:
    repository.write("postmortems/a.md", DOCUMENT)
    repository.pmsync("sync")
    tickets = repository.read(".pmsync/tickets.jsonl")
    other = '[trackers.other]\ntype = "embedded"\nproject = "zz"\n'
    repository.write("pmsync.toml", other)

    ran = repository.pmsync("sync")

    assert ran.returncode == 0
    why = "tracker tickets could not be read, or is not configured any more"
    assert f"4  {why}" in ran.stdout
    assert repository.read(".pmsync/tickets.jsonl") == tickets
    assert repository.pmsync("status").returncode == 0
