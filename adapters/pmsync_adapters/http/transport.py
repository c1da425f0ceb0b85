"""What carries every request of a tracker's client."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests.adapters import DEFAULT_POOLSIZE, HTTPAdapter
from requests.exceptions import (
    ConnectionError,  # noqa: A004
    ConnectTimeout,
    ProxyError,
    RequestException,
    SSLError,
)
from typing_extensions import override
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
)

from pmsync.domain.traffic import Traffic
from pmsync_adapters.http.connections import POOLS, Watch
from pmsync_adapters.http.failures import AnsweredError, NoAnswerError, NotSentError
from pmsync_adapters.http.limits import note, server_time
from pmsync_adapters.http.redaction import redacted, secrets_of
from pmsync_adapters.http.targets import refused_url

DEADLINE = 30.0
"""Seconds from the first byte sent to the last one received."""
CONNECT = 10.0
"""Seconds to reach the server."""
LARGEST = 20_000_000
"""Bytes of the largest answer, unpacked."""
READS = frozenset({"GET", "HEAD", "OPTIONS"})
_BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
_CHUNK = 65_536
_FAILED = "failed"
_UNREACHED = (NewConnectionError, ConnectTimeoutError, NameResolutionError)


class Transport(HTTPAdapter):
    """Sends each request once, to one host, and returns whole answers below 400.

    Mount it on the session of a tracker's client for ``https://`` and ``http://``.
    ``host`` is the configured host, with its port if the address names one.
    """

    def __init__(
        self,
        host: str,
        traffic: Traffic,
        *,
        deadline: float = DEADLINE,
        largest: int = LARGEST,
        connections: int = DEFAULT_POOLSIZE,
        asks: tuple[str, ...] = (),
    ) -> None:
        """``asks`` are the ends of paths whose POST changes nothing."""
        self._asks = asks
        self._host = host
        self._traffic = traffic
        self._deadline = deadline
        self._largest = largest
        self._counting = Lock()
        self.last_date: datetime | None = None
        """The server's time when it answered last."""
        super().__init__(max_retries=0, pool_maxsize=connections)

    @override
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Use connections that know their deadline."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = dict(POOLS)

    @override
    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Use the same connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = dict(POOLS)
        return manager

    @override
    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a request once. Raises ``HttpError``."""
        method, url = request.method or "GET", request.url or ""
        why = refused_url(url, self._host)
        if verify is False:
            why = "certificates are always verified"
        if why is not None:
            raise NotSentError(f"{method} was not sent: {why}")
        # For those who check what is sent; it names no header.
        sys.audit("pmsync.http.request", method, url, request.body)
        secrets = secrets_of(request.headers)
        try:
            with Watch(self._deadline) as watch:
                response = self._whole(request, watch, verify, cert, proxies)
        except BaseException:
            self._count(request, _FAILED)
            raise
        self._count(request, str(response.status_code))
        note(self._traffic, response.headers)
        self.last_date = server_time(response.headers) or datetime.now(UTC)
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            path = urlsplit(url).path
            text = redacted(response.text, secrets)
            raise AnsweredError(
                method, path, response.status_code, response.headers, text
            )
        if response.is_redirect and method not in READS:
            raise NoAnswerError(f"{method} was redirected, and is not sent elsewhere")
        return response

    def _whole(
        self,
        request: PreparedRequest,
        watch: Watch,
        verify: bool | str,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None,
        proxies: Mapping[str, str] | None,
    ) -> Response:
        what = f"{request.method} {urlsplit(request.url or '').path}"
        try:
            response = super().send(
                request,
                stream=True,
                timeout=(CONNECT, self._deadline),
                verify=verify,
                cert=cert,
                proxies=dict(proxies) if proxies else None,
            )
            # What requests itself sets when it reads a whole body.
            response._content = self._body(response, what)  # noqa: SLF001
            response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
        except (RequestException, HTTPError, OSError) as error:
            if watch.expired:
                why = f"no whole answer within {self._deadline:g} seconds"
                raise NoAnswerError(f"{what}: {why}") from None
            if _never_left(error):
                raise NotSentError(f"{what}: {_why(error)}") from None
            raise NoAnswerError(f"{what}: {_why(error)}") from None
        headers = response.headers
        ends = "content-length" in headers or "transfer-encoding" in headers
        if not (response.content or ends or response.status_code in _BODILESS):
            # Cut in its head, an answer looks whole to Python's parser.
            raise NoAnswerError(f"{what}: the answer is empty")
        return response

    def _body(self, response: Response, what: str) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.raw.stream(_CHUNK, decode_content=True):
            size += len(part)
            if size > self._largest:
                response.close()
                why = f"the answer is larger than {self._largest:,} bytes"
                raise NoAnswerError(f"{what}: {why}")
            parts.append(part)
        response.raw.release_conn()
        return b"".join(parts)

    def _count(self, request: PreparedRequest, result: str) -> None:
        path = urlsplit(request.url or "").path
        asks = request.method in READS or path.endswith(self._asks)
        with self._counting:
            self._traffic.requests[result] += 1
            self._traffic.writes += not asks


def _never_left(error: Exception) -> bool:
    """Tell whether a request failed before any of it was sent."""
    if isinstance(error, (ConnectTimeout, SSLError, ProxyError)):
        return True
    inner = error.args[0] if error.args else None
    reason = inner.reason if isinstance(inner, MaxRetryError) else inner
    return isinstance(error, ConnectionError) and isinstance(reason, _UNREACHED)


def _why(error: Exception) -> str:
    """Say in a few words what the network did; addresses in full stay out."""
    inner = error.args[0] if error.args else error
    reason = inner.reason if isinstance(inner, MaxRetryError) else inner
    match error, reason:
        case SSLError(), _:
            return f"the server's certificate is not accepted ({_last(reason)})"
        case ConnectTimeout(), _:
            return f"the server was not reached within {CONNECT:g} seconds"
        case ProxyError(), _:
            return "the proxy was not reached"
        case _, NameResolutionError():
            return "the server's name is not known"
        case _, NewConnectionError():
            return "the server was not reached"
        case _:
            return f"the connection failed ({_last(reason)})"


def _last(reason: object) -> str:
    """Return the innermost cause, on one line, cut."""
    while isinstance(reason, BaseException) and reason.args:
        inner = reason.args[-1]
        if not isinstance(inner, BaseException):
            return " ".join(str(inner).split())[:200]
        reason = inner
    return type(reason).__name__
