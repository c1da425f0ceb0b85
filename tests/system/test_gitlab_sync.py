"""The installed command against a GitLab of our own, through the network."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from conftest import Repository
from support.gitlab_fake import TOKEN, GitLabFake, gitlab

DOCUMENT = """# Outage

**Date:** 2026-01-02

## Action Items

| Action | Owner | Due | Status | Priority |
|---|---|---|---|---|
| Rotate the keys | @alice.w | 2026-02-01 | Open | P1 |
| Page the right team | Nobody Known | | In Progress | |
| /close is no command | | | Open | |
"""
ENV = {"PMSYNC_TRACKERS__CODE__TOKEN": TOKEN}


@pytest.fixture
def fake() -> Iterator[GitLabFake]:
    with gitlab() as served:
        yield served


@pytest.fixture(params=["path", "id"])
def checkout(
    request: pytest.FixtureRequest, repository: Repository, fake: GitLabFake
) -> Repository:
    project = fake.project.path if request.param == "path" else fake.project.id
    repository.write("postmortems/a.md", DOCUMENT)
    repository.write(
        "pmsync.toml",
        f'since = "none"\n[trackers.code]\ntype = "gitlab"\nurl = "{fake.url}"\n'
        f'project = "{project}"\nlabels = ["sre"]\n',
    )
    repository.commit()
    return repository


def test_rows_become_issues_and_a_second_run_does_nothing(
    checkout: Repository, fake: GitLabFake
) -> None:
    ended = checkout.pmsync("sync", env=ENV)

    assert ended.returncode == 0, ended.stderr
    first, second, third = fake.project.issues.values()
    assert first.title == "Rotate the keys"
    assert [user.username for user in first.assignees] == ["alice.w"]
    assert (first.due, first.labels) == (
        "2026-02-01",
        {"postmortem", "sre", "priority::1"},
    )
    assert second.labels == {"postmortem", "sre", "status::in progress"}
    assert third.title == "/close is no command"
    assert fake.site.ran == []
    link = f"[#1]({fake.url}/example/payments/-/issues/1)"
    assert link in checkout.read("postmortems/a.md")
    checkout.commit()

    again = checkout.pmsync("sync", env=ENV)

    assert (again.returncode, len(fake.project.issues)) == (0, 3), again.stderr
    assert fake.count("PUT") == 0


def test_what_a_person_closes_is_written_into_the_row(
    checkout: Repository, fake: GitLabFake
) -> None:
    checkout.pmsync("sync", env=ENV)
    checkout.commit()
    issue = fake.project.issues[1]
    fake.site.edit(issue, fake.person, {"state_event": "close"})

    ended = checkout.pmsync("sync", "--format", "json", env=ENV)

    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["summary"]["edit"] == 1
    assert "| Done |" in checkout.read("postmortems/a.md")


def test_an_issue_that_a_row_cites_already_is_linked_and_no_second_one_opened(
    checkout: Repository, fake: GitLabFake
) -> None:
    fake.site.create(fake.project, fake.person, {"title": "Rotate the keys"})
    link = f"{fake.url}/Example/payments/-/issues/1"
    checkout.write(
        "postmortems/a.md",
        "# Outage\n\n## Action Items\n\n| Action | Status | Ticket |\n|---|---|---|\n"
        f"| Rotate the keys | Open | [#1]({link}) |\n",
    )
    checkout.commit()
    assert checkout.pmsync("sync", env=ENV).returncode == 0
    fake.site.edit(fake.project.issues[1], fake.person, {"state_event": "close"})

    ended = checkout.pmsync("sync", env=ENV)

    assert ended.returncode == 0, ended.stderr
    assert f"| Done | [#1]({link}) |" in checkout.read("postmortems/a.md")
    assert (fake.count("POST"), fake.count("PUT")) == (0, 0)


@pytest.mark.parametrize("args", [("sync", "-v"), ("sync", "--format", "json")])
def test_a_token_is_in_no_output(
    args: tuple[str, ...], checkout: Repository, fake: GitLabFake
) -> None:
    """S21: whether it is taken or not, and whatever the server says about it."""
    said = f"no such token {TOKEN}"
    fake.fail(
        "status", "GET", "", times=9, status=401, body=json.dumps({"message": said})
    )

    refused = checkout.pmsync(*args, env=ENV)
    fake.faults.clear()
    taken = checkout.pmsync(*args, env=ENV)

    assert refused.returncode == 2
    assert taken.returncode == 0, taken.stderr
    for ended in (refused, taken):
        assert TOKEN not in ended.stdout + ended.stderr
    for file in checkout.root.rglob("*"):
        assert not file.is_file() or TOKEN.encode() not in file.read_bytes(), file
