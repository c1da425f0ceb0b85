"""A request goes out once, to one host, and a token is never told to anybody."""

from __future__ import annotations

import gzip
import socket
import time
from pathlib import Path

import pytest
from requests import Session

from pmsync.domain.traffic import Traffic
from pmsync_adapters.http import (
    AnsweredError,
    HttpError,
    NoAnswerError,
    NotSentError,
    open_session,
)
from support.wire import Answer, raw, whole, wire

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LOST: dict[str, Answer] = {
    "reset": raw(),
    "half a head": raw(HEAD),
    "half a body": raw(HEAD + b"Content-Length: 100\r\n\r\n{"),
    "half a chunk": raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{"),
    "no HTTP": raw(b"hello\r\n\r\n"),
    "broken gzip": raw(
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
    ),
    "a byte a second": raw(*[bytes([b]) for b in HEAD], pause=0.2),
    "a body a byte a second": raw(
        HEAD + b"Content-Length: 99\r\n\r\n", *[b"x"] * 99, pause=0.2
    ),
}


def session(url: str, traffic: Traffic | None = None) -> Session:
    return open_session(url, traffic or Traffic(), deadline=1.0)


@pytest.mark.parametrize("answer", LOST.values(), ids=LOST)
def test_a_write_without_a_whole_answer_is_sent_once_and_its_result_not_known(
    answer: Answer,
) -> None:
    start = time.monotonic()
    with wire(answer) as server, session(server.url) as client:
        with pytest.raises(NoAnswerError):
            client.post(f"{server.url}/issues", json={"title": "t"})

        assert len(server.requests) == 1
    assert time.monotonic() - start < 5


def test_a_request_that_cannot_leave_was_certainly_not_carried_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with session(f"http://127.0.0.1:{port}") as client:
        with pytest.raises(NotSentError, match="not reached"):
            client.post(f"http://127.0.0.1:{port}/issues")


@pytest.mark.parametrize("size", [20_000_001, 200_000_000])
def test_s25_an_endless_answer_is_not_read_to_its_end(size: int) -> None:
    packed = gzip.compress(b"\0" * size, compresslevel=1)
    head = HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}".encode()
    with wire(raw(head + b"\r\n\r\n" + packed)) as server:
        with open_session(server.url, Traffic()) as client:
            with pytest.raises(NoAnswerError, match="larger than"):
                client.get(f"{server.url}/issues")


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://169.254.169.254/latest/meta-data",
        "https://[fe80::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[fd00:ec2::254]/",
        "https://0.0.0.0/",
        "http://tracker.example.com/",
    ],
)
def test_s15_no_configuration_sends_a_token_to_metadata_or_in_the_clear(
    url: str,
) -> None:
    with session(url) as client, pytest.raises(NotSentError):
        client.get(url, headers={"Authorization": "Bearer secret-token"})


def test_s15_a_redirect_to_another_host_gets_no_request() -> None:
    with wire(whole(200, "{}")) as other:
        leads = whole(302, "", f"Location: {other.url}/stolen")
        with wire(leads) as server, session(server.url) as client:
            with pytest.raises(NotSentError, match="another host"):
                client.get(server.url, headers={"Authorization": "Bearer secret"})
        assert other.requests == []


def test_s15_a_file_is_no_tracker(tmp_path: Path) -> None:
    with session("https://tracker.example.com") as client:
        with pytest.raises(Exception, match="file"):
            client.get(f"file://{tmp_path}")


def test_s22_certificates_cannot_be_left_unverified() -> None:
    with session("https://tracker.example.com") as client:
        with pytest.raises(NotSentError, match="certificates"):
            client.get("https://tracker.example.com/", verify=False)


def test_a_redirected_write_is_not_sent_to_the_other_place() -> None:
    with wire(whole(307, "", "Location: /elsewhere")) as server:
        with session(server.url) as client:
            with pytest.raises(NoAnswerError, match="redirected"):
                client.post(f"{server.url}/issues")
            assert len(server.requests) == 1


@pytest.mark.parametrize(
    "authorization",
    [
        {"Authorization": "Bearer ghp_verysecret"},
        {"Authorization": "token ghp_verysecret"},
        {"PRIVATE-TOKEN": "ghp_verysecret"},
        {"Authorization": "Basic bWFpbEBleGFtcGxlLmNvbTpnaHBfdmVyeXNlY3JldA=="},
    ],
)
def test_s21_a_token_that_a_server_echoes_is_not_told(
    authorization: dict[str, str],
) -> None:
    echo = '{"message": "bad ghp_verysecret and bWFpbEBleGFtcGxlLmNvbTpnaHBfdmVyeXNlY3JldA=="}'
    with wire(whole(401, echo)) as server, session(server.url) as client:
        with pytest.raises(AnsweredError) as caught:
            client.get(f"{server.url}/user?secret=1", headers=authorization)

    error = caught.value
    told = f"{error} {error!r} {error.text} {error.data} {error.words} {error.path}"
    assert "ghp_verysecret" not in told
    basic = "Basic" in str(authorization)
    assert ("bWFpb" not in told) == basic
    assert error.status == 401


def test_a_password_of_a_netrc_never_replaces_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with wire(whole(200, "{}")) as server, session(server.url) as client:
        client.get(server.url, headers={"Authorization": "Bearer ours"})

        assert b"Authorization: Bearer ours" in server.requests[0]


def test_requests_and_the_budget_are_counted() -> None:
    traffic = Traffic()
    headers = (
        "X-RateLimit-Limit: 5000",
        "X-RateLimit-Remaining: 4987",
        "X-RateLimit-Reset: 1780000000",
    )
    with wire(whole(200, "{}", *headers)) as server:
        with session(server.url, traffic) as client:
            client.get(server.url)
            client.post(server.url)
    with session("https://127.0.0.1:1", traffic) as client:
        with pytest.raises(HttpError):
            client.get("https://127.0.0.1:1")

    assert traffic.requests == {"200": 2, "failed": 1}
    assert (traffic.total, traffic.writes) == (3, 1)
    assert (traffic.remaining, traffic.limit) == (4987, 5000)
    assert traffic.resets is not None
    assert traffic.resets.isoformat() == "2026-05-28T20:26:40+00:00"


def test_a_question_that_is_posted_counts_as_no_write() -> None:
    traffic = Traffic()
    with (
        wire(whole(200, "{}")) as server,
        open_session(server.url, traffic, asks=("/bulkfetch",)) as client,
    ):
        client.post(f"{server.url}/issue/bulkfetch?x=1", json={})
        client.post(f"{server.url}/issue/bulk", json={})

    assert (traffic.total, traffic.writes) == (2, 1)
