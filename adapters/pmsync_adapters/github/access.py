"""Who asks: the owner of a token, or one installation of a GitHub App."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from github.Auth import AppAuth, Auth, Token
from requests import Session
from typing_extensions import override

from pmsync.domain.errors import UsageError
from pmsync.domain.settings import App, TrackerSettings
from pmsync_adapters.http import AnsweredError, NoAnswerError, NotSentError, json_of

BOT = "[bot]"
"""Ends the login of an App in REST; GraphQL leaves it out of authors."""
_RENEWED = timedelta(minutes=5)
"""How long before its end a token is renewed; it lasts an hour (docs: Generating an
installation access token for a GitHub App)."""
_REFUSED = frozenset({401, 403, 404, 422, 429})
"""Statuses by which GitHub says that the App gets no token."""


def auth_of(settings: TrackerSettings, session: Session, url: str) -> Auth:
    """Return what PyGithub signs requests with. Raises ``UsageError``."""
    app = settings.app() if settings.app is not None else None
    if app is not None:
        return Installation(app, session, url)
    if settings.token is None:
        raise UsageError(
            f"tracker {settings.name}: GitHub wants a token",
            hint="give the environment one, see docs/trackers/github.md",
        )
    return Token(settings.token())


class Installation(Auth):
    """The tokens of an App's installation, each until shortly before its end.

    PyGithub has this, too, but asks for tokens past our session, and writes them into
    its log.
    """

    def __init__(self, app: App, session: Session, url: str) -> None:
        self._app = app
        self._auth = AppAuth(app.id, app.key)
        self._session = session
        self._url = url
        self._lock = threading.Lock()
        self._token = ""
        self._ends = datetime.min.replace(tzinfo=UTC)

    @property
    @override
    def token_type(self) -> str:
        return "token"

    @property
    @override
    def token(self) -> str:
        """The present token. Raises ``HttpError``, ``UsageError``."""
        with self._lock:
            if datetime.now(UTC) + _RENEWED >= self._ends:
                self._renew()
            return self._token

    def slug(self) -> str:
        """Return the App's name in addresses. Raises ``HttpError``, ``UsageError``."""
        response = self._session.get(f"{self._url}/app", headers=self._signed())
        return _text(json_of(response), "slug")

    def _renew(self) -> None:
        path = f"/app/installations/{self._app.installation}/access_tokens"
        try:
            response = self._session.post(f"{self._url}{path}", headers=self._signed())
            answer = json_of(response)
            self._token = _text(answer, "token")
            ends = datetime.fromisoformat(_text(answer, "expires_at"))
            self._ends = ends if ends.tzinfo else ends.replace(tzinfo=UTC)
        except AnsweredError as error:
            if error.status in _REFUSED:
                raise
            raise NotSentError(error.why) from None
        except (NoAnswerError, ValueError) as error:
            # What needs the token was certainly not sent.
            raise NotSentError(f"no token for the App: {error}") from None

    def _signed(self) -> dict[str, str]:
        try:
            signed = self._auth.create_jwt()
        except Exception as error:  # noqa: BLE001 whatever the library has for a bad key
            raise UsageError(
                f"the private key of the GitHub App {self._app.id} cannot be used "
                f"({type(error).__name__})",
                hint="give it the whole file that GitHub let you download",
            ) from None
        return {
            "Authorization": f"Bearer {signed}",
            "Accept": "application/vnd.github+json",
        }


def _text(answer: object, name: str) -> str:
    value = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(value, str) or not value:
        raise NoAnswerError(f"the answer has no {name}")
    return value
