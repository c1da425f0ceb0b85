"""A thousand webhooks in ten seconds, many of them faulty, leave what a sweep leaves."""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from support.daemon import signed
from support.github_fake import GitHubFake, github
from support.repositories import Host
from support.serving import COMMAND, ENV, PROJECT, SECRET, Serving, configure, serving

NAMES, ROWS = "abcd", 5
WEBHOOKS = 1_000
SECONDS = 10.0
MEMORY = 60_000
"""KiB that it may grow by, at most."""

pytestmark = pytest.mark.full


def document(name: str) -> bytes:
    """Return a post-mortem with rows that resemble no others."""
    words = ("alert", "runbook", "restore", "quota", "certificate")
    rows = "".join(
        f"| Look after the {word} of service {name}{name} | Open | |\n"
        for word in words
    )
    head = f"# Outage {name}\n\n## Action Items\n\n| Action | Status | Ticket |\n"
    return f"{head}|---|---|---|\n{rows}".encode()


@pytest.fixture
def fake() -> Iterator[GitHubFake]:
    with github() as served:
        yield served


@pytest.fixture
def host(tmp_path: Path, fake: GitHubFake) -> Host:
    one = Host.new(tmp_path)
    person = one.clone("author")
    for name in NAMES:
        person.push(f"postmortems/{name}.md", document(name))
    configure(one, fake)
    return one


class Sender:
    """GitHub on a bad day."""

    def __init__(self, daemon: Serving, seed: int) -> None:
        self.random = random.Random(seed)
        self.answers: Counter[tuple[str, int]] = Counter()
        self._url = f"{daemon.url}/webhooks/github"
        self._late: list[tuple[bytes, dict[str, str]]] = []

    def next(self, number: int, ticket: int) -> tuple[str, requests.Request]:
        """Return one delivery, by its kind: right, or with a fault of its own."""
        body = json.dumps(
            {
                "action": "edited",
                "issue": {"number": ticket},
                "repository": {"full_name": PROJECT},
            }
        ).encode()
        headers = {
            "X-Hub-Signature-256": signed(body, SECRET),
            "X-GitHub-Delivery": f"delivery {number}",
        }
        kind = self.random.choices(
            ("right", "late", "twice", "wrong", "unsigned", "large", "broken"),
            (40, 15, 15, 10, 5, 5, 10),
        )[0]
        match kind:
            case "late":  # what came before comes now, and this one later
                self._late.append((body, headers))
                place = self.random.randrange(len(self._late))
                body, headers = self._late[place]
            case "twice" if self._late:
                body, headers = self.random.choice(self._late)
            case "wrong":
                headers["X-Hub-Signature-256"] = signed(body, "another")
            case "unsigned":
                del headers["X-Hub-Signature-256"]
            case "large":
                body += b" " * 1_200_000
                headers["X-Hub-Signature-256"] = signed(body, SECRET)
            case "broken":
                body = body[: len(body) // 2]
                headers["X-Hub-Signature-256"] = signed(body, SECRET)
            case _:
                pass
        return kind, requests.Request("POST", self._url, headers, data=body)

    def send(self, kind: str, request: requests.Request) -> None:
        """Send a delivery, and remember the answer."""
        with requests.Session() as session:
            answer = session.send(request.prepare(), timeout=30)
        self.answers[kind, answer.status_code] += 1


def memory(daemon: Serving) -> int:
    """Return the KiB that the daemon holds."""
    status = Path(f"/proc/{daemon.process.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1])


def test_a_thousand_webhooks_in_10_seconds_with_faults_leave_what_a_sweep_leaves(
    tmp_path: Path, host: Host, fake: GitHubFake
) -> None:
    schedule = ("--schedule", "0 0 1 1 *")
    with serving(tmp_path, host.root.as_uri(), *schedule) as daemon:
        daemon.until(lambda: daemon.passes("done"))
        tickets = list(fake.repository.issues.values())
        assert len(tickets) == len(NAMES) * ROWS
        sender, held = Sender(daemon, 7), memory(daemon)
        start = time.monotonic()
        with ThreadPoolExecutor(16) as threads:
            for number in range(WEBHOOKS):
                issue = sender.random.choice(tickets)
                if number % 10 == 0:
                    state = "open" if issue.closed is not None else "closed"
                    fake.site.edit(issue, fake.person, {"state": state})
                kind, request = sender.next(number, issue.number)
                threads.submit(sender.send, kind, request)
                due = start + (number + 1) * SECONDS / WEBHOOKS
                time.sleep(max(0.0, due - time.monotonic()))
        took = time.monotonic() - start
        # The last ones may all have been faulty: any one that is heard makes a pass.
        assert daemon.webhook(tickets[0].number) == 202
        ended = daemon.passes()
        daemon.until(
            lambda: (
                daemon.passes() > ended
                and at_rest(daemon)
                and wrong_rows(host, fake) == []
            ),
            60,
        )
        made, results = daemon.passes(), {one["result"] for one in ended_of(daemon)}
        grown = memory(daemon) - held

    print(f"{WEBHOOKS} webhooks in {took:.1f} s, {made} passes, {grown} KiB more")
    assert sum(sender.answers.values()) == WEBHOOKS
    expected = {"wrong": 401, "unsigned": 401, "large": 413, "broken": 400}
    assert {(k, s) for k, s in sender.answers} == {
        (kind, expected.get(kind, 202)) for kind, _ in sender.answers
    }
    assert took < 2 * SECONDS
    assert results == {"done"}
    assert made < WEBHOOKS / 10
    assert grown < MEMORY
    assert wrong_rows(host, fake) == []
    after_a_sweep(host, fake)


def wrong_rows(host: Host, fake: GitHubFake) -> list[str]:
    """Return the rows that say something else than their tickets do."""
    shown = b"".join(host.show(f"postmortems/{name}.md") for name in NAMES).decode()
    wrong = []
    for issue in fake.repository.issues.values():
        (row,) = [line for line in shown.splitlines() if issue.title in line]
        if ("| Done |" in row) != (issue.closed is not None):
            wrong.append(row)
    return wrong


def ended_of(daemon: Serving) -> list[dict[str, object]]:
    return daemon.lines("a pass has ended")


def at_rest(daemon: Serving) -> bool:
    """Tell whether no pass has begun or ended for a while."""
    made = daemon.passes()
    time.sleep(1.5)
    return daemon.passes() == made


def after_a_sweep(host: Host, fake: GitHubFake) -> None:
    """Make a whole pass by the command: it must find nothing to do."""
    state = (host.log(), host.show("postmortems/a.md"))
    sent = len(fake.sent)
    clone = host.clone("sweep")
    done = subprocess.run(
        [COMMAND, "sync", "--verify"],
        cwd=clone.root,
        env=os.environ | ENV,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (host.log(), host.show("postmortems/a.md")) == state
    wrote = [
        (v, p) for v, p, _ in fake.sent[sent:] if v != "GET" and "graphql" not in p
    ]
    assert wrote == []
