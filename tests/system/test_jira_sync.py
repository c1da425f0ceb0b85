"""The installed command against a Jira of our own, through the network."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator

import pytest

from conftest import Repository
from support.jira_cloud_fake import jira_cloud
from support.jira_dc_fake import jira_data_center
from support.jira_fake import EMAIL, TOKEN, JiraFake
from support.jira_site import DONE

DOCUMENT = """# Outage

**Date:** 2026-01-02

## Action Items

| Action | Owner | Due | Status | Priority |
|---|---|---|---|---|
| Rotate the keys | @alice | 2026-02-01 | Open | P1 |
| Page the right team | Nobody Known | | In Progress | |
| {html} [~alice] is no markup | | | Open | |
"""


@pytest.fixture(params=["cloud", "data center"])
def fake(request: pytest.FixtureRequest) -> Iterator[JiraFake]:
    serve = jira_cloud if request.param == "cloud" else jira_data_center
    with serve() as served:
        yield served


@pytest.fixture
def env(fake: JiraFake) -> dict[str, str]:
    account = {"PMSYNC_TRACKERS__OPS__USER": EMAIL} if fake.site.cloud else {}
    return {"PMSYNC_TRACKERS__OPS__TOKEN": TOKEN, **account}


@pytest.fixture
def checkout(repository: Repository, fake: JiraFake) -> Repository:
    repository.write("postmortems/a.md", DOCUMENT)
    repository.write(
        "pmsync.toml",
        f'since = "none"\n[owners]\n"@alice" = {{ jira = "alice@example.com" }}\n'
        f'[trackers.ops]\ntype = "jira"\nurl = "{fake.url}"\n'
        'project = "OPS"\nlabels = ["sre"]\n',
    )
    repository.commit()
    return repository


def test_rows_become_issues_and_a_second_run_does_nothing(
    checkout: Repository, fake: JiraFake, env: dict[str, str]
) -> None:
    ended = checkout.pmsync("sync", env=env)

    assert ended.returncode == 0, ended.stderr
    assert "did not accept" not in ended.stdout + ended.stderr
    first, second, third = fake.site.issues.values()
    assert first.fields["summary"] == "Rotate the keys"
    assert first.fields["assignee"] is fake.person
    assert (first.fields["duedate"], first.fields["priority"]) == ("2026-02-01", "High")
    assert first.fields["labels"] == ["pmsync", "postmortem", "sre"]
    assert second.state.name == "In Progress"
    assert third.fields["summary"] == "{html} [~alice] is no markup"
    link = f"[OPS-1]({fake.url}/browse/OPS-1)"
    assert link in checkout.read("postmortems/a.md")
    checkout.commit()

    before = len(fake.site.sends)
    again = checkout.pmsync("sync", env=env)

    assert (again.returncode, len(fake.site.issues)) == (0, 3), again.stderr
    assert len(fake.site.sends) == before


def test_what_a_person_changes_is_written_into_the_row(
    checkout: Repository, fake: JiraFake, env: dict[str, str]
) -> None:
    checkout.pmsync("sync", env=env)
    checkout.commit()
    first, second, _ = fake.site.issues.values()
    fake.site.enter(first, fake.person, DONE, "Won't Do")
    who = {"accountId": fake.person.account, "name": fake.person.name}
    fake.site.edit(second, fake.person, {"assignee": who})

    ended = checkout.pmsync("sync", "--format", "json", env=env)

    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["summary"]["edit"] == 2
    rows = checkout.read("postmortems/a.md").split("\n")
    assert "Won't" in rows[8]
    assert "| @alice |" in rows[9], "spelled as the documents do"


def test_a_body_follows_its_row_and_keeps_what_people_wrote(
    checkout: Repository, fake: JiraFake, env: dict[str, str]
) -> None:
    checkout.pmsync("sync", env=env)
    issue = next(iter(fake.site.issues.values()))
    body = issue.fields["description"]
    note = {"type": "paragraph", "content": [{"type": "text", "text": "By hand"}]}
    theirs = (
        {**body, "content": [note, *body["content"]]}
        if fake.site.cloud
        else f"By hand\n{body}"
    )
    fake.site.edit(issue, fake.person, {"description": theirs})
    text = checkout.read("postmortems/a.md")
    checkout.write("postmortems/a.md", text.replace("2026-02-01", "2026-03-01"))
    checkout.commit()

    ended = checkout.pmsync("sync", env=env)

    assert ended.returncode == 0, ended.stderr
    assert issue.fields["duedate"] == "2026-03-01"
    stored = json.dumps(issue.fields["description"]).replace("\\", "")
    assert "By hand" in stored
    assert "Due: 2026-03-01" in stored
    assert "2026-02-01" not in stored


@pytest.mark.parametrize("args", [("sync", "-v"), ("sync", "--format", "json")])
def test_a_token_is_in_no_output(
    args: tuple[str, ...], checkout: Repository, fake: JiraFake, env: dict[str, str]
) -> None:
    """S21: whether it is taken or not, and whatever the server says about it."""
    basic = b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
    said = json.dumps({"errorMessages": [f"no such token {TOKEN}, {basic}"]})
    fake.fail("status", "GET", "", times=9, status=401, body=said)

    refused = checkout.pmsync(*args, env=env)
    fake.faults.clear()
    taken = checkout.pmsync(*args, env=env)

    assert refused.returncode == 2
    assert taken.returncode == 0, taken.stderr
    secrets = [TOKEN, *([basic] if fake.site.cloud else [])]
    for secret in secrets:
        for ended in (refused, taken):
            assert secret not in ended.stdout + ended.stderr
        for file in checkout.root.rglob("*"):
            assert not file.is_file() or secret.encode() not in file.read_bytes()


def test_status_asks_no_jira_and_needs_no_token(
    checkout: Repository, fake: JiraFake, env: dict[str, str]
) -> None:
    checkout.pmsync("sync", env=env)
    fake.sent.clear()

    ended = checkout.pmsync("status")

    assert ended.returncode == 0, ended.stderr
    assert "Rotate the keys" in ended.stdout
    assert fake.sent == []


def test_a_missing_field_is_named_with_what_to_write(
    checkout: Repository, fake: JiraFake, env: dict[str, str]
) -> None:
    fake.ops.screen["customfield_10042"] = {
        "name": "Team",
        "required": True,
        "hasDefaultValue": False,
        "operations": ["set"],
        "schema": {"type": "option"},
        "allowedValues": [{"id": "1", "value": "Reliability"}],
    }

    ended = checkout.pmsync("sync", env=env)

    assert ended.returncode != 0
    said = " ".join((ended.stdout + ended.stderr).split())
    assert 'fields = { customfield_10042 = "Reliability" }' in said
    assert fake.site.issues == {}
