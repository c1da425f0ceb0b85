"""Figures for Prometheus: what the documents say, what passes did, what trackers allow."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client import Counter as Total

from pmsync.app.report import Report
from pmsync.domain.changes import ForAPerson
from pmsync.domain.model import PostMortem, Status
from pmsync.domain.traffic import Traffic


class Metrics:
    """The figures of one daemon."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        place, tracker = ["repository"], ["repository", "tracker"]
        self._passes = Total(
            "pmsync_passes", "Passes by result.", [*place, "result"],
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "pmsync_pass_seconds", "Duration of passes.", place, registry=self.registry
        )
        self._items = Gauge(
            "pmsync_items", "Action items by state.", [*place, "state"],
            registry=self.registry,
        )  # fmt: skip
        self._overdue = Gauge(
            "pmsync_items_overdue", "Unfinished action items whose due date is past.",
            place, registry=self.registry,
        )  # fmt: skip
        self._oldest = Gauge(
            "pmsync_oldest_open_item_age_days",
            "Days since the incident of the oldest unfinished action item.",
            place, registry=self.registry,
        )  # fmt: skip
        self._conflicts = Gauge(
            "pmsync_conflicts", "Action items that wait for a person.", place,
            registry=self.registry,
        )  # fmt: skip
        self._requests = Total(
            "pmsync_tracker_requests", "Requests by status.", [*tracker, "status"],
            registry=self.registry,
        )  # fmt: skip
        self._budget = Gauge(
            "pmsync_tracker_rate_remaining", "Requests that the tracker still allows.",
            tracker, registry=self.registry,
        )  # fmt: skip
        self._webhooks = Total(
            "pmsync_webhooks", "Webhooks by source and result.", ["source", "result"],
            registry=self.registry,
        )  # fmt: skip
        self._since = Gauge(
            "pmsync_seconds_since_success", "Seconds since the last pass that was done.",
            place, registry=self.registry,
        )  # fmt: skip
        self._success: dict[str, float] = {}

    def page(self) -> bytes:
        """Return the figures in Prometheus' text format."""
        now = time.monotonic()
        for place, at in self._success.items():
            self._since.labels(place).set(now - at)
        return generate_latest(self.registry)

    def webhook(self, source: str, result: str) -> None:
        """Count a webhook."""
        self._webhooks.labels(source, result).inc()

    def passed(self, place: str, result: str, seconds: float) -> None:
        """Count a pass, and remember when one went well."""
        self._passes.labels(place, result).inc()
        self._seconds.labels(place).observe(seconds)
        if result in ("done", "conflict"):
            self._success[place] = time.monotonic()

    def report(self, place: str, report: Report) -> None:
        """Show what a pass found."""
        found = states(report.documents)
        for state in Status:
            self._items.labels(place, state.value).set(found[state])
        today = datetime.now(UTC).date()
        self._overdue.labels(place).set(overdue(report.documents, today))
        self._oldest.labels(place).set(oldest(report.documents, today))
        waiting = sum(isinstance(c, ForAPerson) for c in report.plan.changes)
        self._conflicts.labels(place).set(waiting)

    def traffic(self, place: str, traffic: Mapping[str, Traffic]) -> None:
        """Count the requests of one pass, by tracker."""
        for tracker, one in traffic.items():
            for status, number in one.requests.items():
                self._requests.labels(place, tracker, status).inc(number)
            if one.remaining is not None:
                self._budget.labels(place, tracker).set(one.remaining)


def states(documents: Iterable[PostMortem]) -> Counter[Status]:
    """Count the action items by state."""
    return Counter(item.state for document in documents for item in document.items)


def overdue(documents: Iterable[PostMortem], today: date) -> int:
    """Count the unfinished items whose due date is before today."""
    return sum(
        item.due_date is not None and item.due_date < today
        for document in documents
        for item in document.items
        if not item.state.terminal
    )


def oldest(documents: Iterable[PostMortem], today: date) -> int:
    """Return the days since the incident of the oldest unfinished item, 0 if none."""
    days = [
        (today - document.date).days
        for document in documents
        if document.date is not None
        and any(not item.state.terminal for item in document.items)
    ]
    return max(days, default=0)
