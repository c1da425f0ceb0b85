"""Requests to one GitHub, through PyGithub and our session."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, TypeVar
from urllib.parse import urlsplit

from github.Requester import Requester

from pmsync.domain.errors import TrackerError
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.github import queries
from pmsync_adapters.github.access import BOT, Installation, auth_of
from pmsync_adapters.github.connection import Connection
from pmsync_adapters.github.graphql import NoGraphQLError, data_of
from pmsync_adapters.github.pace import Pace
from pmsync_adapters.github.words import is_github_com
from pmsync_adapters.http import (
    AnsweredError,
    HttpError,
    NoAnswerError,
    json_of,
    open_session,
    read,
    server_time,
    tracker_error,
)

_HEADERS = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
}
_ABSENT = frozenset({404, 410})
_NEEDED = ("x-accepted-github-permissions", "x-accepted-oauth-scopes")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, below 400."""

    status: int
    headers: Mapping[str, str]
    """By their lower-case names."""
    data: Any
    """The JSON, None without a body."""
    moved: bool
    """True when the server led to another place."""

    @property
    def time(self) -> datetime:
        """The server's time."""
        return server_time(self.headers) or datetime.now(UTC)


class Client:
    """One server, for one identity."""

    def __init__(self, settings: TrackerSettings, deadline: float) -> None:
        self.name = settings.name
        self._url = settings.url or ""
        self._settings = settings
        self._pause = settings.pause or time.sleep
        self.workers = max(1, settings.concurrency)
        self.pace: Pace | None = None
        if is_github_com(self._url):
            self.pace = Pace(self._pause)
            self.workers = 1
        self._session = open_session(
            self._url,
            settings.traffic,
            deadline=deadline,
            connections=self.workers,
            asks=("/graphql",),
        )
        self._lock = threading.Lock()
        self._login: str | None = None

    def get(
        self,
        path: str,
        parameters: Mapping[str, str | int] | None = None,
        *,
        etag: str | None = None,
    ) -> Answer:
        """Read, again when that may help. Raises ``TrackerError``."""
        found = self.look(path, parameters, etag=etag)
        if isinstance(found, AnsweredError):
            raise tracker_error(self.name, found)
        return found

    def look(
        self,
        path: str,
        parameters: Mapping[str, str | int] | None = None,
        *,
        etag: str | None = None,
    ) -> Answer | AnsweredError:
        """Read what may not be there: 404 and 410 are returned.

        Raises ``TrackerError``.
        """

        def send() -> Answer | AnsweredError:
            try:
                headers = {} if etag is None else {"If-None-Match": etag}
                return self._request("GET", path, parameters, headers=headers)
            except AnsweredError as error:
                # The page of a proxy says nothing about GitHub's issues.
                if error.status in _ABSENT and isinstance(error.data, dict):
                    return error
                if error.status in _ABSENT:
                    raise NoAnswerError(f"{error.why}, not by GitHub") from None
                raise

        return self.read(send)

    def once(self, path: str) -> Any:
        """Read once, for a write; return the answer's JSON. Raises ``HttpError``."""
        return self._request("GET", path).data

    def send(self, method: str, path: str, body: object = None) -> Any:
        """Write once, in turn; return the answer's JSON. Raises ``HttpError``."""
        with self._turn():
            return self._request(method, path, body=body).data

    def query(self, text: str, variables: Mapping[str, object]) -> Mapping[str, Any]:
        """Ask GraphQL; what it does not find is null.

        Raises ``NoGraphQLError``, ``TrackerError``.
        """

        def ask() -> Mapping[str, Any]:
            body = {"query": text, "variables": dict(variables)}
            path = self._requester.graphql_url
            try:
                answer = self._request("POST", path, body=body)
            except AnsweredError as error:
                if error.status in _ABSENT:
                    raise NoGraphQLError from None
                raise
            return data_of(answer.data, answer.headers)

        return self.read(ask)

    def read(self, send: Callable[[], T]) -> T:
        """Return what ``send`` returns, which is sent again when that may help."""
        return read(self.name, send, self._pause)

    def identity(self) -> str:
        """Return the login that authors are shown with; it is asked for once.

        Raises ``TrackerError``.
        """
        with self._lock:
            if self._login is None:
                auth = self._requester.auth
                if isinstance(auth, Installation):
                    self._login = f"{self.read(auth.slug)}{BOT}"
                else:
                    self._login = self._owner()
            return self._login

    def _owner(self) -> str:
        """Return the login of the token's owner.

        ``GET /user`` is refused to the tokens of Apps, such as the ``GITHUB_TOKEN`` of
        a workflow; GraphQL tells them, too.
        """

        def ask() -> str | None:
            try:
                return _login(self._request("GET", "/user").data)
            except AnsweredError as error:
                if error.status == HTTPStatus.FORBIDDEN and _by_app(error):
                    return None
                raise

        login = self.read(ask)
        if login is not None:
            return login
        try:
            login = _login(self.query(queries.VIEWER, {}).get("viewer"))
        except (NoGraphQLError, HttpError):
            raise TrackerError(
                f"{self.name}: it does not tell whose token this is",
                hint="give pmsync the App itself, see docs/trackers/github.md",
            ) from None
        return login if login.endswith(BOT) else f"{login}{BOT}"

    def _turn(self) -> AbstractContextManager[None]:
        return nullcontext() if self.pace is None else self.pace.write()

    def _request(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str | int] | None = None,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send once. Raises ``HttpError``."""
        parts = urlsplit(self._url)
        connection = Connection(self._session, f"{parts.scheme}://{parts.netloc}")
        try:
            status, found, text = self._requester.requestJson(
                method,
                path,
                dict(parameters or {}),
                {**_HEADERS, **(headers or {})},
                body,
                cnx=connection,  # type: ignore[arg-type] # one of our own
            )
        except AnsweredError as error:
            raise _explained(error) from None
        except (ValueError, TypeError, AssertionError, RuntimeError) as error:
            # What PyGithub makes of headers that no GitHub sends.
            raise NoAnswerError(f"{method} {path}: {error}") from None
        response = connection.response
        data = json_of(response) if text and response is not None else None
        moved = response is not None and bool(response.history)
        return Answer(status, found, data, moved)

    @cached_property
    def _requester(self) -> Requester:
        return Requester(
            auth=auth_of(self._settings, self._session, self._url),
            base_url=self._url,
            timeout=30,  # the session has its own deadline
            user_agent=f"pmsync/{version('pmsync')}",
            per_page=100,
            verify=True,
            retry=None,
            pool_size=None,
        )


def _explained(error: AnsweredError) -> AnsweredError:
    """Name the permission that a refused request needs, where GitHub tells it."""
    needed = next((n for name in _NEEDED if (n := error.headers.get(name))), None)
    if error.status == HTTPStatus.FORBIDDEN and needed:
        shown = "".join(c for c in needed if c.isprintable())[:100]
        error.why = f"{error.why} (it needs {shown})"
    return error


def _by_app(error: AnsweredError) -> bool:
    return "integration" in error.words.casefold()


def _login(data: object) -> str:
    login = data.get("login") if isinstance(data, dict) else None
    if not isinstance(login, str) or not login:
        raise NoAnswerError("the answer names no login")
    return login
