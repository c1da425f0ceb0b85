"""The installed command against a GitHub of our own, through the network."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from conftest import Repository
from support.github_fake import TOKEN, GitHubFake, github

DOCUMENT = """# Outage

**Date:** 2026-01-02

## Action Items

| Action | Owner | Due | Status | Priority |
|---|---|---|---|---|
| Rotate the keys | @alice | 2026-02-01 | Open | P1 |
| Page the right team | Nobody Known | | In Progress | |
| Tell @everyone at &#64;alice | | | Open | |
"""
ENV = {"PMSYNC_TRACKERS__CODE__TOKEN": TOKEN}


@pytest.fixture(params=["", "/api/v3"], ids=["github.com", "server"])
def fake(request: pytest.FixtureRequest) -> Iterator[GitHubFake]:
    with github(prefix=request.param) as served:
        yield served


@pytest.fixture
def checkout(repository: Repository, fake: GitHubFake) -> Repository:
    repository.write("postmortems/a.md", DOCUMENT)
    repository.write(
        "pmsync.toml",
        f'since = "none"\n[trackers.code]\ntype = "github"\nurl = "{fake.url}"\n'
        'project = "example/payments"\nlabels = ["sre"]\npriorities = { 1 = "P1" }\n',
    )
    repository.commit()
    return repository


def test_rows_become_issues_and_a_second_run_does_nothing(
    checkout: Repository, fake: GitHubFake
) -> None:
    ended = checkout.pmsync("sync", env=ENV)

    assert ended.returncode == 0, ended.stderr
    first, second, third = fake.repository.issues.values()
    assert first.title == "Rotate the keys"
    assert [user.login for user in first.assignees] == ["alice"]
    assert sorted(first.labels) == ["P1", "postmortem", "sre"]
    assert "Due: 2026-02-01" in first.body
    assert sorted(second.labels) == ["postmortem", "sre", "status: in progress"]
    assert third.title == "Tell @everyone at @alice"
    assert fake.site.acted == []
    link = f"[#1]({fake.origin}/example/payments/issues/1)"
    assert link in checkout.read("postmortems/a.md")
    checkout.commit()
    checkout.pmsync("sync", env=ENV)
    fake.sent.clear()

    again = checkout.pmsync("sync", "-v", env=ENV)

    assert again.returncode == 0, again.stderr
    assert len(fake.sent) == 1
    assert "code: 1 request, 4,9" in again.stderr
    assert " of 5,000 left until " in again.stderr


def test_what_a_person_closes_is_written_into_the_row(
    checkout: Repository, fake: GitHubFake
) -> None:
    checkout.pmsync("sync", env=ENV)
    checkout.commit()
    fake.site.edit(fake.repository.issues[1], fake.person, {"state": "closed"})

    ended = checkout.pmsync("sync", "--format", "json", env=ENV)

    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["summary"]["edit"] == 1
    assert "| Done |" in checkout.read("postmortems/a.md")


def test_what_is_done_in_the_row_is_closed_and_what_a_person_closed_stays_closed(
    checkout: Repository, fake: GitHubFake
) -> None:
    checkout.pmsync("sync", env=ENV)
    checkout.commit()
    text = checkout.read("postmortems/a.md")
    checkout.write("postmortems/a.md", text.replace("| In Progress |", "| Done |"))
    checkout.commit()

    ended = checkout.pmsync("sync", env=ENV)

    assert ended.returncode == 0, ended.stderr
    issue = fake.repository.issues[2]
    assert (issue.reason, issue.labels) == ("completed", ["postmortem", "sre"])
    fake.site.edit(issue, fake.person, {"state": "open"})
    fake.site.edit(issue, fake.person, {"state": "closed"})
    checkout.write("postmortems/a.md", text.replace("| In Progress |", "| Open |"))
    checkout.commit()

    conflict = checkout.pmsync("sync", env=ENV)

    assert conflict.returncode == 3, conflict.stdout + conflict.stderr
    assert issue.closed is not None


@pytest.mark.parametrize("args", [("sync", "-v"), ("sync", "--format", "json")])
def test_s21_a_token_is_in_no_output_and_in_no_file(
    args: tuple[str, ...], checkout: Repository, fake: GitHubFake
) -> None:
    said = json.dumps({"message": f"no such token {TOKEN}"})
    for method in ("GET", "POST"):
        fake.fail("status", method, "", times=9, status=401, body=said)

    refused = checkout.pmsync(*args, env=ENV)
    fake.faults.clear()
    taken = checkout.pmsync(*args, env=ENV)

    assert refused.returncode == 2
    assert taken.returncode == 0, taken.stderr
    for ended in (refused, taken):
        assert TOKEN not in ended.stdout + ended.stderr
    for file in checkout.root.rglob("*"):
        assert not file.is_file() or TOKEN.encode() not in file.read_bytes(), file


def test_f34_an_archived_repository_is_said_and_its_rows_stay(
    checkout: Repository, fake: GitHubFake
) -> None:
    fake.repository.archived = True
    before = checkout.read("postmortems/a.md")

    ended = checkout.pmsync("sync", env=ENV)

    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "archived" in ended.stdout + ended.stderr
    assert checkout.read("postmortems/a.md") == before
    assert fake.repository.issues == {}
