"""The example workflow, run by nektos act against the emulator of GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from support import emulated
from support.act import ACT, ROOT, WORKFLOW, Ran, run_workflow
from support.action import DOCUMENT, NAME, Workplace, document, workplace
from support.emulated import BOT, PERSON, EmulatedPlace

pytestmark = pytest.mark.full

EXAMPLE = WORKFLOW.read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8").split("```yaml\n")[1].split("```")[0]
FILE = ".github/workflows/pmsync.yml"
PUSH: dict[str, Any] = {
    "ref": "refs/heads/main",
    "head_commit": {"message": "A post-mortem", "author": {"name": "alice"}},
}


@pytest.fixture
def github(tmp_path: Path) -> Iterator[EmulatedPlace]:
    if not (emulated.installed() and ACT.exists()):
        pytest.skip("make test-all installs the emulator and act")
    served = EmulatedPlace(tmp_path)
    yield served
    served.close()


@pytest.fixture
def place(tmp_path: Path, github: EmulatedPlace) -> Iterator[Workplace]:
    with workplace(tmp_path / "hosts", github.url, BOT) as made:
        yield made


def ask(github: EmulatedPlace, method: str, path: str, body: object = None) -> Any:
    """Let a person ask the emulator."""
    answer = requests.request(
        method,
        f"{github.url}/repos/{NAME}{path}",
        json=body,
        headers={"Authorization": f"token {PERSON}"},
        timeout=10,
    )
    answer.raise_for_status()
    return answer.json()


def run(
    place: Workplace,
    github: EmulatedPlace,
    event_name: str,
    event: dict[str, Any],
    branch: str = "main",
) -> Ran:
    clone = place.checkout()
    clone.git("checkout", "--quiet", "-B", branch, f"origin/{branch}")
    env = {**place.env, "GITHUB_API_URL": github.url}
    return run_workflow(place.root, clone, event_name, event, env, BOT)


@pytest.mark.parametrize("text", [EXAMPLE, README], ids=["example", "readme"])
def test_a_merge_opens_tickets_and_a_closed_ticket_comes_back_into_its_row(
    text: str, place: Workplace, github: EmulatedPlace
) -> None:
    place.push(FILE, text)
    place.push(DOCUMENT, document())

    merged = run(place, github, "push", PUSH)

    assert merged.code == 0, merged
    assert merged.jobs() in ({"Sync"}, {"sync"})
    assert "open 3 tickets in example/payments" in merged.summary()
    assert merged.output("created") == "3"
    assert {one["title"] for one in ask(github, "GET", "/issues")} == {
        f"Rotate key {n}" for n in range(3)
    }
    assert "[#1](" in place.host.show(DOCUMENT).decode()
    ask(github, "PATCH", "/issues/1", {"state": "closed"})

    closed = run(place, github, "schedule", {})

    assert closed.code == 0, closed
    assert place.host.show(DOCUMENT).decode().count("| Done |") == 1
    tip = place.host.log(form="%H")[0]

    nothing = run(place, github, "workflow_dispatch", {})

    assert nothing.code == 0, nothing
    assert "change nothing" in nothing.summary()
    assert place.host.log(form="%H")[0] == tip


def test_an_event_of_an_issue_starts_a_pass(
    place: Workplace, github: EmulatedPlace
) -> None:
    place.push(FILE, EXAMPLE)
    place.push(DOCUMENT, document())

    ran = run(place, github, "issues", {"action": "closed", "issue": {"number": 9}})

    assert (ran.code, ran.jobs()) == (0, {"Sync"}), ran
    assert len(ask(github, "GET", "/issues")) == 3


def test_a_commit_of_pmsync_starts_no_pass(
    place: Workplace, github: EmulatedPlace
) -> None:
    place.push(FILE, EXAMPLE)
    place.push(DOCUMENT, document())
    ours = {"message": "Bring 1\n\nPmsync-Run: r", "author": {"name": "pmsync"}}

    ran = run(place, github, "push", {**PUSH, "head_commit": ours})

    assert ran.code == 0, ran
    assert ran.jobs() == set()
    assert ask(github, "GET", "/issues") == []


def test_a_pull_request_gets_the_plan_below_it(
    place: Workplace, github: EmulatedPlace
) -> None:
    place.push(FILE, EXAMPLE)
    place.push(DOCUMENT, document(), "topic")
    # The emulator keeps comments of issues, which those of pull requests are.
    number = ask(github, "POST", "/issues", {"title": "A post-mortem"})["number"]
    repository = {"full_name": NAME}
    event = {
        "number": number,
        "pull_request": {
            "number": number,
            "head": {"ref": "topic", "repo": repository},
            "base": {"sha": place.host.log(form="%H")[0], "repo": repository},
        },
    }

    ran = run(place, github, "pull_request", event, "topic")
    again = run(place, github, "pull_request", event, "topic")

    assert (ran.code, again.code) == (0, 0), ran
    assert ran.jobs() == {"Plan"}
    says = "Merging will open 3 tickets in example/payments, edit 3 rows."
    assert says in ran.summary()
    (comment,) = ask(github, "GET", f"/issues/{number}/comments")
    assert says in comment["body"]
    assert len(ask(github, "GET", "/issues")) == 1
