"""``pmsync state``: people look into what pmsync remembers, and free a stuck lease."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conftest import Repository
from pmsync.cli.world import ThisMachine

DOCUMENT = """\
# Checkout was down

**Date:** 2026-03-03

## Action Items

| Action | Owner | Status | Ticket |
|--------|-------|--------|--------|
| Alert before certificates expire | @maya | Open | |
| Write a runbook | @jonas | In Progress | |
"""
STATE = ".pmsync/state/default.json"
GONE = 2**22 + 1
"""No process has this number: Linux counts up to 2**22."""


@pytest.fixture
def filed(repository: Repository) -> Repository:
    """A repository after its first run."""
    repository.write("postmortems/a.md", DOCUMENT)
    repository.commit()
    assert repository.pmsync("sync").returncode == 0
    return repository


def change(repository: Repository, **entries: Any) -> None:
    """Change the state as a person does who edits the file."""
    raw = json.loads(repository.read(STATE))
    repository.write(STATE, json.dumps(raw | entries))


def lease(pid: int, host: str | None = None, expires: str = "") -> dict[str, Any]:
    soon = datetime.now(UTC) + timedelta(minutes=10)
    return {
        "holder": "r1",
        "host": ThisMachine().host if host is None else host,
        "pid": pid,
        "expires": expires or soon.isoformat(),
    }


def test_items_with_their_tickets_are_shown(filed: Repository) -> None:
    shown = filed.pmsync("state", "show")

    assert shown.returncode == 0, shown.stderr
    assert "postmortems/a.md" in shown.stdout
    assert "Alert before certificates expire" in shown.stdout
    assert re.search("(?m)^read +tickets: every linked ticket at 20", shown.stdout)
    assert shown.stdout.endswith("2 items in 1 document, 0 waiting.\n")


def test_json_names_each_item_by_the_keys_of_the_reference(filed: Repository) -> None:
    change(filed, lease=lease(7, "elsewhere"))
    shown = json.loads(filed.pmsync("state", "show", "--format", "json").stdout)

    (document,) = shown["documents"]
    assert document["path"] == "postmortems/a.md"
    assert [item["title"] for item in document["items"]] == [
        "Alert before certificates expire",
        "Write a runbook",
    ]
    assert document["items"][0]["ref"].startswith("tickets:bd-")
    assert (shown["version"], shown["lease"]["host"]) == (1, "elsewhere")


def test_creates_of_which_a_ticket_may_come_late_are_shown_with_their_end(
    filed: Repository,
) -> None:
    item = json.loads(filed.read(STATE))["documents"][0]["items"][0]
    create = {
        "path": "postmortems/a.md",
        "tracker": "tickets",
        "project": "here",
        "identity": "pmsync",
        "started": "2026-03-03T10:00:00+00:00",
    }
    creates = [
        {**create, "key": item["key"], "line": 9, "text": item["text"]},
        {**create, "key": "0f" * 10, "line": 30, "text": "Drain the old host"},
    ]
    change(filed, settled={one["key"]: one for one in creates})

    shown = filed.pmsync("state", "show").stdout
    raw = json.loads(filed.pmsync("state", "show", "--format", "json").stdout)
    aside, had = sorted(raw["settled"], key=lambda one: one["ref"] or "")

    until = "2026-04-02 10:00:00+00:00"
    ticket = had["ref"].partition(":")[2]
    assert f"it is {ticket}, a second may come until {until}" in shown
    assert f"set aside without a ticket, one may come until {until}" in shown
    assert "postmortems/a.md:30  Drain the old host" in shown
    assert shown.endswith("2 items in 1 document, 0 waiting, 1 set aside.\n")
    assert had["key"] == item["key"]
    assert (aside["ref"], aside["title"]) == (None, "Drain the old host")
    assert aside["until"] == "2026-04-02T10:00:00+00:00"


def test_before_the_first_run_there_is_nothing_and_that_is_no_error(
    repository: Repository,
) -> None:
    for command in ("show", "verify"):
        said = repository.pmsync("state", command)
        assert (said.returncode, said.stdout) == (
            0,
            "There is no state: nothing was filed from here yet.\n",
        )
    assert repository.pmsync("state", "unlock").stdout == "No lease is held.\n"
    assert not (repository.root / ".pmsync").exists()


def test_a_sound_state_is_called_so(filed: Repository) -> None:
    said = filed.pmsync("state", "verify")

    assert (said.returncode, said.stdout) == (
        0,
        "2 items in 1 document, 0 waiting: sound.\n",
    )


def test_a_merge_that_doubled_an_item_is_found(filed: Repository) -> None:
    raw = json.loads(filed.read(STATE))
    copy = raw["documents"][0] | {"path": "postmortems/b.md"}
    change(filed, documents=[*raw["documents"], copy])

    said = filed.pmsync("state", "verify")

    assert said.returncode == 1
    assert "belongs to several rows: postmortems/a.md:9, postmortems/b.md:9" in (
        said.stdout
    )
    assert "has several owners" in said.stdout


def test_a_state_that_cannot_be_read_is_named_with_the_remedy(
    filed: Repository,
) -> None:
    filed.write(STATE, "<<<<<<< HEAD\n")

    said = filed.pmsync("state", "verify")

    assert said.returncode == 1
    assert STATE in said.stderr
    assert "restore its previous version" in said.stderr


def test_the_lease_of_a_run_elsewhere_is_taken_away_by_name(filed: Repository) -> None:
    change(filed, lease=lease(7, "runner-9"))
    assert filed.pmsync("sync", "--dry-run").returncode == 0
    filed.write(
        "postmortems/a.md", filed.read("postmortems/a.md") + "| New | | Open | |\n"
    )
    assert filed.pmsync("sync").returncode == 5

    said = filed.pmsync("state", "unlock")

    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith(
        "Unlocked. The lease was held by runner-9, process 7, renewed 5 min ago, until "
    )
    assert filed.pmsync("sync").returncode == 0


def test_a_run_that_is_alive_here_keeps_its_lease_unless_forced(
    filed: Repository,
) -> None:
    change(filed, lease=lease(os.getpid()))

    refused = filed.pmsync("state", "unlock")
    assert refused.returncode == 5
    assert f"process {os.getpid()}" in refused.stderr
    assert "--force" in refused.stderr
    assert json.loads(filed.read(STATE))["lease"]["pid"] == os.getpid()

    assert filed.pmsync("state", "unlock", "--force").returncode == 0
    assert "lease" not in json.loads(filed.read(STATE))


def test_F18_a_run_that_died_here_is_taken_over_at_once(filed: Repository) -> None:
    change(filed, lease=lease(GONE))
    filed.write(
        "postmortems/a.md", filed.read("postmortems/a.md") + "| New | | Open | |\n"
    )

    assert filed.pmsync("sync").returncode == 0


def test_a_lease_until_the_end_of_time_is_a_lease_and_no_crash(
    filed: Repository,
) -> None:
    end = "9999-12-31T23:59:59.999999+00:00"
    change(filed, lease=lease(7, "runner-9", end))
    filed.write(
        "postmortems/a.md", filed.read("postmortems/a.md") + "| New | | Open | |\n"
    )

    assert filed.pmsync("sync").returncode == 5
    assert filed.pmsync("state", "show").returncode == 0
    assert filed.pmsync("state", "unlock").returncode == 0


def test_what_the_state_says_does_not_act_on_the_terminal(filed: Repository) -> None:
    change(filed, lease=lease(7, "\x1b]0;owned\x07"))

    for arguments in (("show",), ("show", "--format", "json"), ("unlock",)):
        said = filed.pmsync("state", *arguments)
        assert "\x1b" not in said.stdout + said.stderr
