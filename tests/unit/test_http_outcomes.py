"""What a failure means: only what the tracker itself refuses was not carried out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from requests import Response

from pmsync.domain.errors import (
    AuthenticationError,
    PermissionDeniedError,
    RateLimitedError,
    TrackerError,
    TrackerUnavailableError,
)
from pmsync.domain.ports import Refused, Unknown
from pmsync.domain.traffic import Traffic
from pmsync_adapters.http import AnsweredError, open_session, read, write
from support.wire import Answer, each, raw, whole, wire

SAID = '{"message": "No", "errors": [{"field": "title", "code": "missing"}]}'
PAGE = "<html><body>Please log in</body></html>"


def posted(answer: Answer) -> Response | Refused | Unknown:
    with wire(answer) as server, open_session(server.url, Traffic()) as client:
        outcome = write(lambda: client.post(f"{server.url}/issues"))
        assert len(server.requests) == 1, "a write is sent once"
        return outcome


def got(
    answer: Answer, *, absent: bool = False
) -> tuple[Exception | None, int, list[float]]:
    waits: list[float] = []
    with wire(answer) as server, open_session(server.url, Traffic()) as client:
        try:
            read("ops", lambda: client.get(server.url), waits.append, absent=absent)
        except (TrackerError, AnsweredError) as error:
            return error, len(server.requests), waits
        return None, len(server.requests), waits


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 412, 422])
def test_what_the_tracker_refuses_was_not_carried_out(status: int) -> None:
    outcome = posted(whole(status, SAID))

    assert isinstance(outcome, Refused)
    assert "No" in outcome.why
    assert outcome.denied == (status in (401, 403))
    assert outcome.whole_project == (status in (401, 403, 404, 410))
    assert outcome.stale == (status in (409, 412))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_proxys_page_says_nothing_about_a_write(status: int) -> None:
    assert isinstance(posted(whole(status, PAGE)), Unknown)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 418])
def test_f07_a_server_error_says_nothing_about_a_write(status: int) -> None:
    assert isinstance(posted(whole(status, SAID)), Unknown)


def test_f06_a_lost_answer_says_nothing_about_a_write() -> None:
    assert isinstance(posted(raw()), Unknown)


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, ["Retry-After: 7"], 7),
        (403, ["Retry-After: 7"], 7),
        (429, [], 60),
        (403, ["X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 1"], 1),
    ],
)
def test_f44_a_limit_says_how_long_to_wait(
    status: int, headers: list[str], wait: float
) -> None:
    outcome = posted(whole(status, SAID, *headers))

    assert isinstance(outcome, Refused)
    assert outcome.retry_after == wait
    assert not outcome.whole_project


def test_f44_a_date_is_a_wait_too() -> None:
    at = datetime.now(UTC) + timedelta(seconds=40)

    outcome = posted(whole(429, SAID, f"Retry-After: {format_datetime(at, True)}"))

    assert isinstance(outcome, Refused)
    assert outcome.retry_after is not None
    assert 30 < outcome.retry_after <= 40


def test_f44_github_may_say_it_in_words_alone() -> None:
    body = '{"message": "You have exceeded a secondary rate limit."}'

    outcome = posted(whole(403, body))

    assert isinstance(outcome, Refused)
    assert outcome.retry_after == 60


def test_a_read_is_tried_again_and_then_given_up() -> None:
    ok, bad = whole(200, "{}"), whole(503, PAGE)

    assert got(each(bad, raw(), ok))[:2] == (None, 3)
    error, requests, waits = got(each(bad, bad, bad))
    assert isinstance(error, TrackerUnavailableError)
    assert requests == 3
    assert len(waits) == 2


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AuthenticationError),
        (403, PermissionDeniedError),
        (410, TrackerError),
        (400, TrackerError),
        (422, TrackerError),
        (404, TrackerError),
    ],
)
def test_f36_a_read_that_will_not_be_answered_is_sent_once(
    status: int, kind: type[Exception]
) -> None:
    error, requests, _ = got(whole(status, SAID))

    assert type(error) is kind
    assert requests == 1


def test_who_asks_for_what_may_be_absent_is_told_so() -> None:
    error, requests, _ = got(whole(404, SAID), absent=True)

    assert isinstance(error, AnsweredError)
    assert requests == 1


def test_a_short_limit_is_waited_for_and_a_long_one_left_to_a_later_run() -> None:
    ok = whole(200, "{}")

    assert got(each(whole(429, SAID, "Retry-After: 9"), ok)) == (None, 2, [9.0])
    error, requests, waits = got(whole(429, SAID, "Retry-After: 900"))
    assert isinstance(error, RateLimitedError)
    assert error.retry_after == 900
    assert (requests, waits) == (1, [])
