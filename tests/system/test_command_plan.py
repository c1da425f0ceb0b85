"""``pmsync plan --out`` and ``pmsync apply`` as two people use them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Repository

PATH = "postmortems/a.md"
TICKETS = ".pmsync/tickets.jsonl"
ROWS = """\
# Outage

## Action Items

| Action | Owner | Status | Ticket |
|---|---|---|---|
| Fix it | @maya | Open | |
| Prove it | @ines | Open | |
"""


@pytest.fixture
def outage(repository: Repository) -> Repository:
    repository.write(PATH, ROWS)
    repository.commit()
    return repository


def test_a_plan_prints_what_a_dry_run_prints(outage: Repository) -> None:
    planned = outage.pmsync("plan")
    dry = outage.pmsync("sync", "--dry-run")

    assert (planned.stdout, planned.returncode) == (dry.stdout, dry.returncode)
    assert not (outage.root / ".pmsync").exists()


def test_a_saved_plan_is_carried_out_with_the_keys_that_it_drew(
    outage: Repository,
) -> None:
    planned = outage.pmsync("plan", "--out", "run.plan")
    assert "pmsync apply run.plan" in planned.stderr
    assert outage.pmsync("status", "-q").stdout.startswith("2 open")
    assert sorted(p.name for p in outage.root.iterdir()) == [
        ".git", "postmortems", "run.plan"
    ]  # fmt: skip

    ended = outage.pmsync("apply", "run.plan")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[-1] == "Done: 2 created, 2 rows edited."
    saved = json.loads(outage.read("run.plan"))
    drawn = {change["key"] for change in saved["plan"]["changes"]}
    state = outage.read(".pmsync/state/default.json")
    assert all(key in state for key in drawn)
    assert outage.pmsync("sync", "-q").stdout == "Done: nothing to do.\n"


def test_a_plan_that_is_out_of_date_ends_with_4_and_says_why(
    outage: Repository,
) -> None:
    outage.pmsync("plan", "--out", "run.plan")
    outage.write(PATH, ROWS.replace("Fix it", "Fix it well"))

    ended = outage.pmsync("apply", "run.plan")

    assert (ended.returncode, ended.stdout) == (4, "")
    assert f"since the plan was made, document {PATH} changed" in ended.stderr
    assert not (outage.root / ".pmsync").exists()


def test_a_plan_for_some_documents_changes_only_these(outage: Repository) -> None:
    outage.write("postmortems/b.md", ROWS)
    outage.pmsync("plan", "postmortems/b.md", "--out", "run.plan")

    ended = outage.pmsync("apply", "run.plan")

    assert ended.returncode == 0
    assert outage.read(PATH) == ROWS
    assert "bd://" in outage.read("postmortems/b.md")


def test_a_saved_plan_holds_no_description_of_a_ticket(outage: Repository) -> None:
    outage.write(
        PATH, ROWS.replace("# Outage\n", "# Outage\n\n## Summary\n\nA secret.\n")
    )
    shown = outage.pmsync("plan", "--out", "run.plan", "--format", "json")

    assert json.loads(outage.read("run.plan"))["plan"] == json.loads(shown.stdout)
    assert "A secret" not in outage.read("run.plan")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"version": 2, "kind": "pmsync plan"}', "it has version 2"),
        ('{"version": 1, "kind": "pmsync plan"}', "it is not a saved plan"),
        ("[]", "it is not a saved plan"),
        ("[" * 100_000, "it is not a saved plan"),
        ("\x00", "it is not a saved plan"),
        (None, "No such file"),
    ],
)
def test_a_file_that_is_no_plan_of_this_version_is_refused(
    outage: Repository, content: str | None, message: str
) -> None:
    if content is not None:
        outage.write("run.plan", content)

    ended = outage.pmsync("apply", "run.plan")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert message in ended.stderr


def test_a_plan_over_a_limit_is_let_through_with_its_own_digest(
    outage: Repository,
) -> None:
    outage.write("pmsync.toml", "[guards]\nmax_creates = 1\n")
    shown = outage.pmsync("plan", "--out", "run.plan")
    assert shown.returncode == 4

    refused = outage.pmsync("apply", "run.plan")
    assert refused.returncode == 4
    assert "2 tickets would be opened" in refused.stderr

    assert outage.pmsync("apply", "run.plan", "--max-creates", "2").returncode == 0


def test_a_post_mortem_gets_its_own_ticket_in_the_line_that_waits_for_it(
    outage: Repository,
) -> None:
    outage.write("pmsync.toml", 'parent = "create"\n')
    head = "# Outage\n\n**Incident ID:** INC-7\n**Beads Issue:** [bd://xxx]\n"
    outage.write(PATH, ROWS.replace("# Outage\n", head))

    shown = outage.pmsync("plan", "--out", "run.plan")
    assert "+**Beads Issue:** (new)" in shown.stdout
    assert shown.stdout.splitlines()[-1] == "Plan: 3 to create, 3 rows to edit."
    ended = outage.pmsync("apply", "run.plan")

    assert (ended.returncode, ended.stderr) == (0, "")
    tickets = [json.loads(line) for line in outage.read(TICKETS).splitlines()]
    (parent,) = [t for t in tickets if t["title"] == "INC-7: Outage"]
    assert f"**Beads Issue:** bd://{parent['id']}\n" in outage.read(PATH)
    children = [t for t in tickets if t.get("parent") == parent["id"]]
    assert {t["title"] for t in children} == {"Fix it", "Prove it"}
    assert outage.pmsync("sync", "-q").stdout == "Done: nothing to do.\n"


def test_a_plan_of_another_configuration_is_carried_out_with_it_only(
    outage: Repository,
) -> None:
    outage.write("other.toml", 'labels = ["incident"]\n')
    outage.pmsync("plan", "--config", "other.toml", "--out", "run.plan")

    refused = outage.pmsync("apply", "run.plan")
    assert refused.returncode == 4
    assert "since the plan was made" in refused.stderr

    assert outage.pmsync("apply", "run.plan", "--config", "other.toml").returncode == 0


@pytest.mark.parametrize("part", ["call", "basis", "effects"])
@pytest.mark.parametrize("value", ["null", "[]", "7", '{"documents": 7}', '{"a": 7}'])
def test_a_plan_that_was_edited_into_nonsense_is_refused(
    outage: Repository, part: str, value: str
) -> None:
    outage.pmsync("plan", "--out", "run.plan")
    document = json.loads(outage.read("run.plan"))
    document[part] = json.loads(value)
    outage.write("run.plan", json.dumps(document))

    ended = outage.pmsync("apply", "run.plan")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "it is not a saved plan" in ended.stderr
