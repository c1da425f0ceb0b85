"""The connection to a Jira: the library's address, headers and login, our transport."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from pmsync.domain.errors import TrackerError, TrackerUnavailableError, UsageError
from pmsync.domain.ports import Refused, Unknown
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.http import (
    DEADLINE,
    AnsweredError,
    NoAnswerError,
    Transport,
    json_of,
    open_session,
    read,
    write,
)

if TYPE_CHECKING:
    from jira import JIRA
    from requests import Response, Session

T = TypeVar("T")
Params = Mapping[str, str | int]

ASKS = ("/issue/bulkfetch",)
"""What is sent by POST and changes nothing."""
_GATEWAY = "api.atlassian.com"
"""Where scoped tokens go; people's links lead to the site itself."""


class Client:
    """Requests to one Jira, opened at first use.

    Atlassian's specification is followed below the library where the two differ: it
    sends null where that is not allowed, and looks at the answers of failed requests.
    """

    def __init__(
        self, settings: TrackerSettings, *, deadline: float = DEADLINE
    ) -> None:
        if settings.url is None:
            raise UsageError(
                f"tracker {settings.name}: a Jira needs its address",
                hint=f"set url in [trackers.{settings.name}]",
            )
        self.name = settings.name
        self._settings = settings
        self._url = settings.url.rstrip("/")
        self._deadline = deadline
        self._pause = settings.pause or time.sleep
        self._opening = Lock()
        self._opened: JIRA | None = None
        self._known_cloud = _is_cloud(self._url)

    @property
    def cloud(self) -> bool:
        """True for Jira Cloud. Raises ``TrackerError`` when Jira must tell and cannot."""
        return self._known_cloud or "accountId" in self.myself

    @cached_property
    def myself(self) -> Mapping[str, Any]:
        """The account that the token belongs to. Raises ``TrackerError``.

        Version 2 of the API is on both, and only Cloud knows accounts by an id.
        """
        version = 3 if self._known_cloud else 2
        url = f"{self._url}/rest/api/{version}/myself"
        return self._object(url)

    @cached_property
    def site(self) -> str:
        """The address that people know."""
        if urlsplit(self._url).hostname == _GATEWAY:
            told = self._object(f"{self._url}/rest/api/3/serverInfo")
            return str(told.get("baseUrl", self._url)).rstrip("/")
        return self._url

    def now(self) -> datetime:
        """Return the server's time as of its last answer; it has answered before."""
        transport = self._transport()
        return transport.last_date or datetime.now(UTC)

    def get(self, path: str, params: Params | None = None) -> Any:
        """Read JSON. Raises ``TrackerError``."""
        url = self._at(path)
        return self._read(lambda http: http.get(url, params=params))

    def found(self, path: str, params: Params | None = None) -> Any | None:
        """Read JSON, None when Jira says that it is not there."""
        url = self._at(path)
        try:
            return self._read(lambda http: http.get(url, params=params), absent=True)
        except AnsweredError as error:
            if error.data is None:
                message = f"{self.name}: {error.why}"
                raise TrackerUnavailableError(message) from None
            return None

    def ask(self, path: str, body: Mapping[str, Any]) -> Any:
        """Read JSON by a POST that changes nothing."""
        url = self._at(path)
        return self._read(lambda http: http.post(url, json=body))

    def post(self, path: str, body: Mapping[str, Any]) -> Response | Refused | Unknown:
        """Send a write once."""
        url = self._at(path)
        return self._write(lambda http: http.post(url, json=body))

    def post_json(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send a write once; return its JSON. Raises ``HttpError``."""
        return json_of(self._http().post(self._at(path), json=body))

    def put(self, path: str, body: Mapping[str, Any]) -> Response | Refused | Unknown:
        """Send a write once."""
        url = self._at(path)
        return self._write(lambda http: http.put(url, json=body))

    def wait(self, seconds: float) -> None:
        """Wait, or less when the run is asked to stop."""
        self._pause(seconds)

    def _read(
        self, send: Callable[[Session], Response], *, absent: bool = False
    ) -> Any:
        def ask() -> Any:
            return json_of(send(self._http()))

        return read(self.name, ask, self._pause, absent=absent)

    def _write(
        self, send: Callable[[Session], Response]
    ) -> Response | Refused | Unknown:
        http = self._http()
        return write(lambda: _empty_or_json(send(http)))

    def _at(self, path: str) -> str:
        version = 3 if self.cloud else 2
        return f"{self._url}/rest/api/{version}/{path}"

    def _object(self, url: str) -> Mapping[str, Any]:
        try:
            answer = self._read(lambda http: http.get(url), absent=True)
        except AnsweredError as error:
            raise TrackerError(
                f"{self.name}: {error.why}",
                hint="check url: it is the address of the Jira site",
            ) from None
        with reading(self.name):
            return dict(answer)

    def _transport(self) -> Transport:
        adapter = self._http().get_adapter(self._url)
        if not isinstance(adapter, Transport):
            raise TypeError(type(adapter))
        return adapter

    def _http(self) -> Session:
        with self._opening:
            if self._opened is None:
                self._opened = self._open()
            return self._opened._session  # noqa: SLF001 # it has no other access

    def _open(self) -> JIRA:
        from jira import JIRA  # noqa: PLC0415 # heavy: only when a Jira is used

        settings = self._settings
        if settings.token is None:
            raise UsageError(f"tracker {settings.name}: there is no token")
        user = settings.user() if settings.user else None
        jira = JIRA(
            server=self._url,
            options={"check_update": False},
            basic_auth=(user, settings.token()) if user else None,
            token_auth=None if user else settings.token(),
            get_server_info=False,
            max_retries=0,
            timeout=self._deadline,
        )
        # The library's session would send writes again and follow them elsewhere.
        session = open_session(
            self._url,
            settings.traffic,
            deadline=self._deadline,
            connections=settings.concurrency,
            asks=ASKS,
        )
        theirs = jira._session  # noqa: SLF001
        session.headers.update({**theirs.headers, **session.headers})
        session.headers["Accept"] = "application/json"
        session.auth = theirs.auth
        theirs.close()
        jira._session = session  # type: ignore[assignment] # noqa: SLF001
        return jira


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Read the parts of an answer; what is missing there makes it none of Jira's.

    Raises ``TrackerUnavailableError``; ``name`` is the tracker's.
    """
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise TrackerUnavailableError(
            f"{name}: an answer does not look like Jira's ({type(error).__name__})",
            hint="check url: it is the address of the Jira site",
        ) from None


def _empty_or_json(response: Response) -> Response:
    """Return the answer to a write; a page of a proxy is no answer."""
    if response.status_code != HTTPStatus.NO_CONTENT:
        kind = response.headers.get("content-type", "")
        if response.content and "json" not in kind:
            path = urlsplit(response.url).path
            raise NoAnswerError(
                f"{path}: the answer is no JSON but {kind or 'no type'}"
            )
    return response


def _is_cloud(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host.endswith((".atlassian.net", ".jira.com")) or host == _GATEWAY
