"""How long a server asks to wait, and how much it says that it will still answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from pmsync.domain.traffic import Traffic

_UNTOLD = 60.0
"""Seconds to wait when a limit is reached and nothing else is said; GitHub asks for at
least a minute (docs: Best practices for using the REST API)."""


def retry_after(
    status: int, headers: Mapping[str, str], words: str, now: datetime
) -> float | None:
    """Return the seconds after which a refused request may be sent, None if never.

    429 is a rate limit everywhere; GitHub answers 403, too, with ``retry-after``, no
    requests left, or words about a limit (docs: Rate limits for the REST API). Jira and
    GitLab may say it with 503 and ``Retry-After``.
    """
    told = headers.get("retry-after")
    spent = headers.get("x-ratelimit-remaining") == "0"
    limited = status == HTTPStatus.TOO_MANY_REQUESTS or (
        status == HTTPStatus.FORBIDDEN
        and (told is not None or spent or "rate limit" in words.casefold())
    )
    if not limited:
        return None
    if told is not None:
        return _seconds(told, now)
    if spent:
        resets = _instant(headers.get("x-ratelimit-reset"))
        if resets is not None:
            return max(1.0, (resets - now).total_seconds())
    return _UNTOLD


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """Return the server's time from the ``Date`` header, None without a usable one."""
    return _http_date(headers.get("date", ""))


def note(traffic: Traffic, headers: Mapping[str, str]) -> None:
    """Write down what an answer says about the budget.

    GitHub and Jira write ``x-ratelimit-*``, GitLab ``ratelimit-*``.
    """
    for prefix in ("x-ratelimit", "ratelimit"):
        remaining = headers.get(f"{prefix}-remaining", "")
        limit = headers.get(f"{prefix}-limit", "")
        if remaining.isdecimal() and limit.isdecimal():
            traffic.remaining, traffic.limit = int(remaining), int(limit)
            traffic.resets = _instant(headers.get(f"{prefix}-reset"))
            return


def _seconds(told: str, now: datetime) -> float:
    """Return ``Retry-After`` in seconds; it is a number or a date (RFC 9110, 10.2.3)."""
    if told.strip().isdecimal():
        return float(told.strip())
    at = _http_date(told)
    return _UNTOLD if at is None else max(1.0, (at - now).total_seconds())


def _instant(text: str | None) -> datetime | None:
    """Return a time that is written as seconds since 1970 or in ISO 8601."""
    if text is None:
        return None
    try:
        if text.isdecimal():
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(text))
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
