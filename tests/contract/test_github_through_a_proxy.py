"""github.com itself, as myworld plays it: over TLS, through a proxy, with faults.

Its proxy answers for https://api.github.com with a certificate of its own authority.
What it lacks (timelines, labels of their own, sub-issues) is no part of these tests.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from pmsync.domain.ports import Done, Refused, Unknown
from pmsync.domain.settings import TrackerSettings
from pmsync.domain.traffic import Traffic
from pmsync_adapters.github.tracker import GitHubTracker
from support.asked import draft
from support.emulated import ROOT, SENT
from support.request_validation import mistakes

pytestmark = pytest.mark.full
PROGRAM = ROOT / ".venv-tools/bin/myworld"
SECONDS = 30
THIRD = 3
"""Our first write: before it, who we are and the repository are asked for."""


class World:
    """The running program, and how to reach its GitHub."""

    def __init__(self, folder: Path) -> None:
        self._api, self.proxy = (f"http://127.0.0.1:{_free_port()}" for _ in range(2))
        self.authority = folder / "myworld-ca.pem"
        self._log = (folder / "log").open("w")
        ports = [url.rpartition(":")[2] for url in (self._api, self.proxy)]
        self._process = subprocess.Popen(
            [
                *(str(PROGRAM), "serve", "--port", ports[0], "--gateway", ports[1]),
                *("--no-passthrough", "--ca-dir", str(folder)),
            ],
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        end = time.monotonic() + SECONDS
        while not self._answers():
            assert time.monotonic() < end, "myworld does not start"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self._api}/envs", timeout=1).ok
        except requests.ConnectionError:
            return False

    def token(self, fault: str | None) -> str:
        """Begin anew, with a fault of the first write; return the token of its user."""
        user = {"login": "pmsync-bot", "name": "pmsync"}
        seed = {
            "viewer": "pmsync-bot",
            "users": [user],
            "repos": [{"name": "example/payments"}],
        }
        faults = [{"server": "github", "tool": "*", "kind": fault, "on_call": THIRD}]
        spec = {
            "name": "pmsync",
            "task": "none",
            "servers": {"github": {"service": "github", "seed": seed}},
            "faults": faults if fault else [],
        }
        answer = requests.post(f"{self._api}/envs", json={"spec": spec}, timeout=10)
        answer.raise_for_status()
        return str(answer.json()["credentials"]["agent"]["github_token"])

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._log.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    if not PROGRAM.exists():
        pytest.skip("myworld is not installed: make test-all")
    served = World(tmp_path_factory.mktemp("world"))
    yield served
    served.close()


@pytest.fixture(autouse=True)
def proxied(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Send as a user behind a proxy does, and check everything that is sent."""
    monkeypatch.setenv("HTTPS_PROXY", world.proxy)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(world.authority))
    begin = len(SENT)
    yield
    base = "https://api.github.com"
    sent = [(m, url.removeprefix(base), body) for m, url, body in SENT[begin:]]
    assert sent
    wrong = [
        w for one in sent if one[1] != "/graphql" for w in mistakes("github", *one)
    ]
    assert wrong == []


def connect(world: World, fault: str | None) -> tuple[GitHubTracker, Traffic]:
    traffic, token = Traffic(), world.token(fault)
    settings = TrackerSettings(
        name="github",
        type="github",
        root="",
        project="example/payments",
        token=lambda: token,
        traffic=traffic,
        pause=lambda _seconds: None,
    )
    tracker = GitHubTracker(settings)
    assert tracker.identity() == "pmsync-bot"
    return tracker, traffic


@pytest.mark.parametrize("fault", ["timeout_after_commit", "truncated"])
def test_f06_f09_a_create_without_an_answer_leaves_one_ticket_that_is_found(
    fault: str, world: World
) -> None:
    tracker, traffic = connect(world, fault)
    wanted = draft()

    (outcome,) = tracker.create([wanted])

    assert isinstance(outcome, Unknown)
    assert traffic.writes == 1
    assert [t.marker for t in tracker.marked(None).tickets] == [wanted.marker]


def test_f13_a_proxy_that_sends_a_create_twice_leaves_two_that_are_both_found(
    world: World,
) -> None:
    tracker, traffic = connect(world, "duplicate_commit")
    wanted = draft()

    (outcome,) = tracker.create([wanted])

    assert isinstance(outcome, Done)
    assert traffic.writes == 1
    found = [t.marker for t in tracker.marked(None).tickets]
    assert found == [wanted.marker, wanted.marker]


@pytest.mark.parametrize(
    "fault",
    ["timeout", "server_error", "bad_gateway", "unavailable", "transport_error"],
)
def test_f10_a_create_that_was_not_carried_out_leaves_nothing(
    fault: str, world: World
) -> None:
    tracker, traffic = connect(world, fault)

    (outcome,) = tracker.create([draft()])

    assert isinstance(outcome, Unknown)
    assert traffic.writes == 1
    assert tracker.marked(None).tickets == ()


def test_f44_a_limit_is_no_failure_of_the_token(world: World) -> None:
    tracker, _ = connect(world, "rate_limit")

    (outcome,) = tracker.create([draft()])

    assert isinstance(outcome, Refused)
    assert outcome.retry_after is not None
    assert not outcome.denied
    assert tracker.marked(None).tickets == ()
