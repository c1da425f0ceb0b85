"""GitLab's REST API: one request in, JSON out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from pmsync.domain.errors import UsageError
from pmsync.domain.ports import Refused, Unknown
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.http import Transport, json_of, open_session, read, write

if TYPE_CHECKING:
    from gitlab import Gitlab

SITE = "https://gitlab.com"

One = TypeVar("One")
Other = TypeVar("Other")


class Client:
    """Requests to one site with one token, each sent once."""

    def __init__(self, settings: TrackerSettings, deadline: float) -> None:
        """``deadline`` is how many seconds a request may take."""
        self._settings = settings
        self._deadline = deadline
        self._opening = Lock()
        self.site = (settings.url or SITE).rstrip("/")
        self._pause = settings.pause or time.sleep

    def get(
        self, path: str, parse: Callable[[Any], One], query: Mapping[str, object]
    ) -> One:
        """Return what ``parse`` makes of the answer of a path below ``/api/v4``.

        A read is repeated where that may help. Raises ``TrackerError``.
        """
        return self._read(path, parse, query)

    def look(
        self, path: str, parse: Callable[[Any], One], query: Mapping[str, object]
    ) -> One:
        """Read what may not be there. Raises ``AnsweredError`` then, for 404."""
        return self._read(path, parse, query, absent=True)

    def send(
        self,
        verb: str,
        path: str,
        parse: Callable[[Any], One],
        data: Mapping[str, object],
    ) -> One | Refused | Unknown:
        """Send a write once; return what ``parse`` makes of the answer."""
        return write(lambda: parse(self._send(verb, path, data=data)))

    def query(self, text: str, parse: Callable[[Any], One]) -> One:
        """Return what ``parse`` makes of the answer to a GraphQL query.

        GET is allowed for queries (config/routes/api.rb), and says that it is a read.
        """
        return self.get(f"{self.site}/api/graphql", parse, {"query": text})

    def side_by_side(
        self, act: Callable[[One], Other], items: Iterable[One]
    ) -> list[Other]:
        """Act on each, as many at a time as is configured; results in order."""
        todo = list(items)
        workers = min(self._settings.concurrency, len(todo))
        if workers <= 1:
            return [act(one) for one in todo]
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(act, todo))

    @property
    def now(self) -> datetime:
        """The site's clock when it answered last."""
        transport = self._opened.session.get_adapter(self.site)
        known = transport.last_date if isinstance(transport, Transport) else None
        return known or datetime.now(UTC)

    def _read(
        self,
        path: str,
        parse: Callable[[Any], One],
        query: Mapping[str, object],
        *,
        absent: bool = False,
    ) -> One:
        def send() -> One:
            return parse(self._send("get", path, query=query))

        return read(self._settings.name, send, self._pause, absent=absent)

    def _send(
        self,
        verb: str,
        path: str,
        query: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
    ) -> Any:
        # The library would send again after 429, and after 5xx when it is told to.
        response = self._opened.http_request(
            verb,
            path,
            query_data=dict(query or {}),
            post_data=None if data is None else dict(data),
            obey_rate_limit=False,
            retry_transient_errors=False,
            max_retries=0,
        )
        return json_of(response)

    @property
    def _opened(self) -> Gitlab:
        with self._opening:
            return self._client

    @cached_property
    def _client(self) -> Gitlab:
        from gitlab import Gitlab  # noqa: PLC0415 # it takes a tenth of a second

        token = self._settings.token
        if token is None:
            raise UsageError(f"tracker {self._settings.name}: GitLab wants a token")
        session = open_session(
            self.site,
            self._settings.traffic,
            deadline=self._deadline,
            connections=max(10, self._settings.concurrency),
        )
        # A bearer: personal, project and group access tokens are taken so, and OAuth
        # tokens only so (GitLab docs: REST API authentication).
        return Gitlab(
            self.site,
            oauth_token=token(),
            session=session,
            user_agent=str(session.headers["User-Agent"]),
            keep_base_url=True,
            retry_transient_errors=False,
        )


def quoted(path: str) -> str:
    """Return a project's path or id as one part of an address."""
    return quote(path, safe="")
