"""The pages of the daemon: webhooks, health, readiness and figures."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pmsync.daemon.hints import Hint, MalformedError, hint_of
from pmsync.daemon.logs import LOG
from pmsync.daemon.metrics import Metrics
from pmsync.daemon.signatures import Source, delivery_of, is_genuine

LARGEST = 1_000_000
"""Bytes of the largest body that is read."""
_TAKEN = 202
REMEMBERED = 20_000
"""Deliveries that are known again."""
PATIENCE = 10.0
"""Seconds that a body may take to arrive."""


class TooLargeError(Exception):
    """A body is larger than it may be."""


class Doors:
    """What comes in from outside."""

    def __init__(
        self,
        secrets: Callable[[], Mapping[Source, str]],
        ask: Callable[[Hint], bool],
        ready: Callable[[], bool],
        metrics: Metrics,
    ) -> None:
        """``ask`` takes a hint and tells whether any repository is concerned."""
        self._secrets = secrets
        self._ask = ask
        self._ready = ready
        self._metrics = metrics
        self._seen: OrderedDict[tuple[Source, str], None] = OrderedDict()

    def app(self) -> Starlette:
        """Return the application."""
        return Starlette(
            routes=[
                Route("/healthz", self.health),
                Route("/readyz", self.readiness),
                Route("/metrics", self.figures),
                Route("/webhooks/{source}", self.webhook, methods=["POST"]),
            ]
        )

    async def health(self, _request: Request) -> Response:
        """Say that the process answers."""
        return PlainTextResponse("ok\n")

    async def readiness(self, _request: Request) -> Response:
        """Say whether webhooks should come here."""
        ready = self._ready()
        return PlainTextResponse(
            "ready\n" if ready else "not ready\n", 200 if ready else 503
        )

    async def figures(self, _request: Request) -> Response:
        """Show the figures."""
        return Response(self._metrics.page(), media_type="text/plain; version=0.0.4")

    async def webhook(self, request: Request) -> Response:
        """Take a hint, if it is signed, of a fair size and new."""
        name = request.path_params["source"]
        source = next((each for each in self._secrets() if each == name), None)
        if source is None:
            return PlainTextResponse("no secret is configured for it\n", 404)
        status, result = await self._take(source, request)
        self._metrics.webhook(source, result)
        if status != _TAKEN:
            LOG.warning(
                "a webhook was refused", extra={"source": source, "why": result}
            )
        return PlainTextResponse(f"{result}\n", status)

    async def _take(self, source: Source, request: Request) -> tuple[int, str]:
        try:
            async with asyncio.timeout(PATIENCE):
                body = await _body(request)
        except TimeoutError:
            return 408, "too slow"
        except TooLargeError:
            return 413, "too large"
        except ClientDisconnect:
            return 400, "cut off"
        secret, now = self._secrets()[source], time.time()
        if not is_genuine(source, request.headers, body, secret, now):
            return 401, "not signed"
        if self._is_known(source, delivery_of(source, request.headers)):
            return _TAKEN, "known"
        try:
            hint = hint_of(source, body)
        except MalformedError:
            return 400, "malformed"
        if hint is None or not self._ask(hint):
            return _TAKEN, "of no concern"
        LOG.debug("a hint", extra=hint._asdict())
        return _TAKEN, "taken"

    def _is_known(self, source: Source, delivery: str | None) -> bool:
        if delivery is None:
            return False
        known = (source, delivery) in self._seen
        self._seen[source, delivery] = None
        self._seen.move_to_end((source, delivery))
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return known


async def _body(request: Request) -> bytes:
    """Read a body as long as it is not too large; raises ``TooLargeError``."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > LARGEST:
        raise TooLargeError
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            raise TooLargeError
        parts.append(part)
    return b"".join(parts)
