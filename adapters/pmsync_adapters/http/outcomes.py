"""Requests as the port tells them: reads raise, writes report, and only reads repeat."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

from requests import Response
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
)

from pmsync.domain.errors import (
    AuthenticationError,
    PermissionDeniedError,
    PmsyncError,
    RateLimitedError,
    TrackerError,
    TrackerUnavailableError,
    TransientError,
)
from pmsync.domain.ports import Refused, Unknown
from pmsync_adapters.http.failures import (
    AnsweredError,
    HttpError,
    NoAnswerError,
    NotSentError,
)
from pmsync_adapters.http.limits import retry_after

T = TypeVar("T")

TRIES = 3
"""How often a read is sent."""
LONGEST_WAIT = 30.0
"""Seconds that a read waits for a limit; what takes longer is for a later run."""

_EXPONENTIAL = wait_exponential(multiplier=0.5, max=8.0)
_REFUSALS = frozenset({400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422})
"""Statuses by which a tracker says that it did not do it; a 5xx says nothing."""


def read(
    name: str,
    send: Callable[[], T],
    pause: Callable[[float], None] = time.sleep,
    *,
    absent: bool = False,
) -> T:
    """Return what ``send`` returns; send it again when that may help.

    ``name`` is the tracker's configured name. Raises ``TrackerError`` for what
    ``send`` raises as ``HttpError``. With ``absent`` the caller knows what 404 means:
    it comes as ``AnsweredError``.
    """

    def once() -> T:
        try:
            return send()
        except HttpError as error:
            if absent and _is_absent(error):
                raise
            raise tracker_error(name, error) from None

    return Retrying(
        sleep=pause,
        stop=_stops,
        wait=_wait,
        retry=retry_if_exception_type(TransientError),
        reraise=True,
    )(once)


def write(send: Callable[[], T]) -> T | Refused | Unknown:
    """Return what ``send`` returns, or what a failure means. It is sent once."""
    try:
        return send()
    except HttpError as error:
        return outcome_of(error)


def json_of(response: Response) -> Any:
    """Return the JSON that a server answered with.

    Raises ``NoAnswerError`` for anything else, such as the page of a proxy: its status
    says nothing about the tracker.
    """
    try:
        return response.json()
    except (ValueError, RecursionError):
        kind = response.headers.get("content-type", "no type")
        path = urlsplit(response.url).path
        raise NoAnswerError(f"{path}: the answer is no JSON but {kind}") from None


def tracker_error(name: str, error: HttpError) -> TrackerError:
    """Return what the failure of a read means."""
    if not isinstance(error, AnsweredError):
        return TrackerUnavailableError(f"{name}: {error.why}")
    wait = _limited(error)
    match error.status:
        case _ if wait is not None:
            return RateLimitedError(
                f"{name}: it asks to wait {wait:.0f} seconds ({error.why})",
                retry_after=wait,
                hint="run pmsync again later",
            )
        case 401:
            return AuthenticationError(
                f"{name}: the token is not accepted ({error.why})",
                hint="check that it is the right one and has not expired",
            )
        case 403:
            return PermissionDeniedError(
                f"{name}: the token may not do this ({error.why})",
                hint="pmsync's documentation lists the permissions that it needs",
            )
        case 404 | 410:
            return TrackerError(
                f"{name}: nothing is there ({error.why})",
                hint="check url and project, and what the token may see",
            )
        case 400 | 422 if error.data is not None:
            return TrackerError(
                f"{name}: it does not take the question ({error.why})",
                hint="check url and project, and what the token may see",
            )
        case _:
            return TrackerUnavailableError(f"{name}: {error.why}")


def outcome_of(error: HttpError) -> Refused | Unknown:
    """Return what the failure of a write means.

    Refused is only what the tracker itself says in its own format: a page of a proxy
    with the same status says nothing about what became of the request.
    """
    match error:
        case NotSentError():
            return Refused(error.why)
        case AnsweredError():
            wait = _limited(error)
            if wait is not None:
                return Refused(error.why, retry_after=wait)
            if error.status not in _REFUSALS or error.data is None:
                return Unknown(error.why)
            return Refused(
                error.why,
                whole_project=error.status in (401, 403, 404, 410),
                stale=error.status in (409, 412),
                denied=error.status in (401, 403),
            )
        case _:
            return Unknown(error.why)


def unsent(error: PmsyncError) -> Refused:
    """Return what it means for a write that what it stands on could not be read."""
    match error:
        case RateLimitedError(retry_after=wait):
            return Refused(error.message, retry_after=wait)
        case AuthenticationError() | PermissionDeniedError():
            return Refused(error.message, whole_project=True, denied=True)
        case TransientError():
            return Refused(error.message)
        case _:
            hint = f"; {error.hint}" if error.hint else ""
            return Refused(f"{error.message}{hint}", whole_project=True)


def _is_absent(error: HttpError) -> bool:
    return isinstance(error, AnsweredError) and error.status == HTTPStatus.NOT_FOUND


def _limited(error: AnsweredError) -> float | None:
    return retry_after(error.status, error.headers, error.words, datetime.now(UTC))


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RateLimitedError):
        return error.retry_after
    return float(_EXPONENTIAL(state))


def _stops(state: RetryCallState) -> bool:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RateLimitedError) and error.retry_after > LONGEST_WAIT:
        return True
    return stop_after_attempt(TRIES)(state)
