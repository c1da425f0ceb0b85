"""``pmsync resolve`` as a person uses it who reads what the plan says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Repository

PATH = "postmortems/a.md"
TICKETS = ".pmsync/tickets.jsonl"


@pytest.fixture
def torn(repository: Repository) -> Repository:
    """A row and its ticket that were changed differently."""
    row = "| Fix it | @maya | Open | |\n"
    table = f"| Action | Owner | Status | Ticket |\n|---|---|---|---|\n{row}"
    repository.write(PATH, f"# P\n\n## Action Items\n\n{table}")
    repository.pmsync("sync")
    repository.write(PATH, repository.read(PATH).replace("| Open |", "| Blocked |"))
    edit_ticket(repository, status="in_progress")
    return repository


def ticket(repository: Repository) -> dict[str, str]:
    (line,) = repository.read(TICKETS).splitlines()
    found: dict[str, str] = json.loads(line)
    return found


def edit_ticket(repository: Repository, **values: str) -> None:
    repository.write(TICKETS, f"{json.dumps(ticket(repository) | values)}\n")


def test_a_conflict_ends_with_the_side_that_is_taken(torn: Repository) -> None:
    shown = torn.pmsync("sync")
    assert shown.returncode == 3
    assert "pmsync resolve" in shown.stderr

    ended = torn.pmsync("resolve", f"{PATH}:7", "--take", "document")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "1 updated" in ended.stdout
    assert ticket(torn)["status"] == "blocked"
    assert torn.pmsync("sync").returncode == 0


def test_a_dry_run_of_a_decision_writes_nothing(torn: Repository) -> None:
    before = torn.read(PATH), torn.read(TICKETS)

    shown = torn.pmsync("resolve", f"{PATH}:7", "--take", "tracker", "--dry-run")

    assert shown.returncode == 0
    assert "+| Fix it | @maya | In Progress |" in shown.stdout
    assert (torn.read(PATH), torn.read(TICKETS)) == before


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (f"{PATH}:1", f"{PATH}:1: there is no action item on this line"),
        (PATH, "is not PATH:LINE"),
        ("gone.md:7", "gone.md: no such file or directory"),
    ],
)
def test_a_place_that_is_none_is_answered_with_how_to_name_one(
    torn: Repository, place: str, message: str
) -> None:
    ended = torn.pmsync("resolve", place, "--take", "tracker")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert message in ended.stderr
    assert "hint: " in ended.stderr or "gone" in place
