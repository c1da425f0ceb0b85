"""A person can see what a run costs."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from pmsync.cli.traffic import traffic_lines
from pmsync.domain.traffic import Traffic


def test_requests_and_what_is_left_of_the_budget_are_said() -> None:
    spent = Traffic(
        Counter({"200": 36, "304": 1}),
        limit=5000,
        remaining=4963,
        resets=datetime(2026, 1, 2, 12, 30, tzinfo=UTC),
    )

    assert list(traffic_lines({"ops": spent, "unused": Traffic()})) == [
        "ops: 37 requests, 4,963 of 5,000 left until 12:30"
    ]


def test_a_tracker_without_limits_has_no_budget() -> None:
    assert list(traffic_lines({"ops": Traffic(Counter({"200": 1}))})) == [
        "ops: 1 request"
    ]
