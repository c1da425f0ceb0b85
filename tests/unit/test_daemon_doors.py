"""S20: a webhook is heard only if it is signed, small and new; and it is never believed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from pmsync.daemon.hints import Hint, MalformedError, hint_of
from pmsync.daemon.metrics import Metrics
from pmsync.daemon.server import LARGEST, Doors
from pmsync.daemon.signatures import Source, is_genuine
from support.daemon import listening, signed

SECRET = "It's a Secret to Everybody"
ISSUE = json.dumps(
    {
        "action": "closed",
        "issue": {"number": 12, "state": "open"},
        "repository": {"full_name": "Acme/Pay"},
    }
).encode()


class Outside:
    """The doors, and what came through."""

    def __init__(self) -> None:
        self.hints: list[Hint] = []
        self.metrics = Metrics()
        self.is_ready = False
        self.url = ""
        doors = Doors(
            lambda: dict.fromkeys(Source, SECRET),
            self._take,
            lambda: self.is_ready,
            self.metrics,
        )
        self.app = doors.app()

    def _take(self, hint: Hint) -> bool:
        self.hints.append(hint)
        return True

    def post(
        self, body: bytes, headers: dict[str, str | None], source: str = "github"
    ) -> requests.Response:
        given = {name: value for name, value in headers.items() if value is not None}
        url = f"{self.url}/webhooks/{source}"
        return requests.post(url, data=body, headers=given, timeout=10)


@pytest.fixture
def outside() -> Iterator[Outside]:
    one = Outside()
    with listening(one.app) as url:
        one.url = url
        yield one


def github(body: bytes, delivery: str = "d1") -> dict[str, str | None]:
    signature = signed(body, SECRET)
    return {"X-Hub-Signature-256": signature, "X-GitHub-Delivery": delivery}


def test_a_signed_webhook_is_a_hint(outside: Outside) -> None:
    answer = outside.post(ISSUE, github(ISSUE))

    assert answer.status_code == 202
    assert outside.hints == [Hint(Source.GITHUB, "Acme/Pay", "12")]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256=00"},
        {"X-Hub-Signature-256": signed(ISSUE, "another secret")},
        {"X-Hub-Signature-256": signed(ISSUE + b" ", SECRET)},
        {"X-Hub-Signature-256": signed(ISSUE, SECRET).replace("sha256", "sha1")},
        {
            "X-Hub-Signature": "sha1="
            + hmac.new(SECRET.encode(), ISSUE, hashlib.sha1).hexdigest()
        },
    ],
    ids=["none", "blank", "wrong", "other secret", "other body", "renamed", "sha1"],
)
def test_s20_a_webhook_without_a_right_signature_is_refused_unread(
    outside: Outside, headers: dict[str, str | None]
) -> None:
    answer = outside.post(ISSUE, headers)

    assert answer.status_code == 401
    assert outside.hints == []


def test_s20_a_body_that_is_too_large_is_not_read(outside: Outside) -> None:
    body = b" " * (LARGEST + 1)

    assert outside.post(body, github(body)).status_code == 413
    chunked = requests.post(
        f"{outside.url}/webhooks/github",
        data=(b" " * 65536 for _ in range(LARGEST // 65536 + 2)),
        timeout=10,
    )
    assert chunked.status_code == 413
    assert outside.hints == []


@pytest.mark.full
def test_s20_who_sends_a_body_slowly_is_not_waited_for(outside: Outside) -> None:
    host, _, port = outside.url.removeprefix("http://").partition(":")
    head = "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=20) as slow:
        slow.sendall(head.encode() + b"{")
        # Nobody else waits meanwhile.
        assert outside.post(ISSUE, github(ISSUE)).status_code == 202

        assert slow.recv(100).startswith(b"HTTP/1.1 408")


def test_s20_a_replayed_delivery_causes_nothing_new(outside: Outside) -> None:
    for _ in range(5):
        assert outside.post(ISSUE, github(ISSUE)).status_code == 202
    outside.post(ISSUE, github(ISSUE, "d2"))

    assert len(outside.hints) == 2


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_s20_a_signed_body_that_is_no_payload_is_refused(
    outside: Outside, body: bytes
) -> None:
    assert outside.post(body, github(body)).status_code == 400
    assert outside.hints == []


def test_a_source_without_a_secret_is_not_listened_to(outside: Outside) -> None:
    doors = Doors(dict, lambda _: True, lambda: True, outside.metrics)
    with listening(doors.app()) as url:
        for source in ("github", "gitlab", "jira", "elsewhere"):
            answer = requests.post(f"{url}/webhooks/{source}", data=ISSUE, timeout=10)
            assert answer.status_code == 404


def test_readiness_follows_the_repositories_and_health_only_the_process(
    outside: Outside,
) -> None:
    assert requests.get(f"{outside.url}/healthz", timeout=10).status_code == 200
    assert requests.get(f"{outside.url}/readyz", timeout=10).status_code == 503

    outside.is_ready = True

    assert requests.get(f"{outside.url}/readyz", timeout=10).status_code == 200


def test_webhooks_are_counted_by_result(outside: Outside) -> None:
    outside.post(ISSUE, github(ISSUE))
    outside.post(ISSUE, {})

    page = requests.get(f"{outside.url}/metrics", timeout=10).text

    assert 'pmsync_webhooks_total{result="taken",source="github"} 1.0' in page
    assert 'pmsync_webhooks_total{result="not signed",source="github"} 1.0' in page


def test_the_published_vectors_hold() -> None:
    github_says = {
        "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a"
        "37570b6d7586c22c46f4379c8b043e17"
    }
    jira_says = {
        "x-hub-signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d9"
        "76c214ace1f2937e133263c9"
    }

    assert is_genuine(Source.GITHUB, github_says, b"Hello, World!", SECRET, 0)
    assert is_genuine(Source.JIRA, jira_says, b"Hello World!", SECRET, 0)


def test_gitlabs_plain_token_is_compared_whole() -> None:
    assert is_genuine(Source.GITLAB, {"x-gitlab-token": SECRET}, b"", SECRET, 0)
    for wrong in ("", SECRET[:-1], f"{SECRET} "):
        headers = {"x-gitlab-token": wrong}
        assert not is_genuine(Source.GITLAB, headers, b"", SECRET, 0)
    assert not is_genuine(Source.GITLAB, {}, b"", SECRET, 0)


@pytest.mark.parametrize("age", [0, 299, -299])
def test_gitlabs_signature_holds_for_minutes(age: int) -> None:
    assert is_genuine(
        Source.GITLAB, standard(time.time() - age), b"{}", KEY, time.time()
    )


@pytest.mark.parametrize("age", [400, -400, 10**9])
def test_s20_an_old_signature_cannot_be_used_again(age: int) -> None:
    headers = standard(time.time() - age)

    assert not is_genuine(Source.GITLAB, headers, b"{}", KEY, time.time())


def test_a_signature_of_gitlab_is_never_passed_over_for_a_plain_token() -> None:
    headers = standard(time.time()) | {"x-gitlab-token": KEY}
    headers["webhook-signature"] = "v1,AAAA"

    assert not is_genuine(Source.GITLAB, headers, b"{}", KEY, time.time())


KEY = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


def standard(at: float) -> dict[str, str]:
    stamp = str(int(at))
    key = base64.b64decode(KEY.removeprefix("whsec_"))
    mac = hmac.new(key, f"id1.{stamp}.{{}}".encode(), hashlib.sha256).digest()
    return {
        "webhook-id": "id1",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,wrong v1,{base64.b64encode(mac).decode()}",
    }


def test_every_recorded_payload_of_github_names_its_ticket(specs: Path) -> None:
    payloads = json.loads((specs / "webhooks/github-issues.json").read_text())

    for payload in payloads:
        hint = hint_of(Source.GITHUB, json.dumps(payload).encode())
        number, project = payload["issue"]["number"], payload["repository"]["full_name"]
        assert hint == Hint(Source.GITHUB, project, str(number))


def test_recorded_payloads_of_gitlab_name_their_ticket(specs: Path) -> None:
    issue = (specs / "webhooks/gitlab/issue.json").read_bytes()
    note = (specs / "webhooks/gitlab/note_issue.json").read_bytes()

    assert hint_of(Source.GITLAB, issue) == Hint(
        Source.GITLAB, "gitlabhq/gitlab-test", "23", "1"
    )
    assert hint_of(Source.GITLAB, note) == Hint(
        Source.GITLAB, "gitlab-org/gitlab-test", "17", "5"
    )


def test_a_payload_of_jira_names_its_ticket() -> None:
    body = b'{"webhookEvent": "jira:issue_updated", "issue": {"key": "OPS-12"}}'

    assert hint_of(Source.JIRA, body) == Hint(Source.JIRA, "OPS", "OPS-12")
    assert hint_of(Source.JIRA, b"{}") is None


@pytest.mark.parametrize(
    ("messages", "concerns"),
    [
        (["Fix a typo"], True),
        (["Fix a typo", "Bring 1 item\n\nPmsync-Run: a1"], True),
        (["Bring 1 item\n\nPmsync-Run: a1"], False),
        ([], False),
    ],
)
def test_f53_a_push_of_our_own_starts_nothing(
    messages: list[str], concerns: bool
) -> None:
    payload = {
        "ref": "refs/heads/main",
        "commits": [{"message": message} for message in messages],
        "repository": {"full_name": "Acme/Pay"},
        "object_kind": "push",
        "project": {"path_with_namespace": "acme/pay"},
    }

    for source in (Source.GITHUB, Source.GITLAB):
        hint = hint_of(source, json.dumps(payload).encode())
        assert (hint is not None) == concerns
        assert hint is None or hint.number is None


@pytest.mark.parametrize(
    "body",
    [
        b'{"issue": {"number": "12"}, "repository": {"full_name": "a/b"}}',
        b'{"issue": {"number": true}, "repository": {"full_name": "a/b"}}',
        b'{"issue": [], "repository": {"full_name": ["a"]}}',
        b'{"issue": null, "repository": null}',
    ],
)
def test_an_odd_payload_hints_at_nothing(body: bytes) -> None:
    assert hint_of(Source.GITHUB, body) is None


def test_a_payload_of_great_depth_is_malformed_and_no_fault() -> None:
    with pytest.raises(MalformedError):
        hint_of(Source.GITHUB, b'{"a":' * 100_000)
