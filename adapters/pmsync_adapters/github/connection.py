"""What PyGithub sends through: our session, one request for each connection."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from github.Requester import RequestsResponse
from requests import RequestException, Response, Session

from pmsync_adapters.http import NoAnswerError


class Connection:
    """Stands in for PyGithub's own connection, which several threads cannot share."""

    def __init__(self, session: Session, origin: str) -> None:
        """``origin`` is scheme, host and port."""
        self._session = session
        self._origin = origin
        self._request: tuple[str, str, object, Mapping[str, str]] | None = None
        self.response: Response | None = None
        """What the server answered, after any redirects."""

    def request(
        self,
        verb: str,
        url: str,
        input: object,  # noqa: A002 PyGithub's name
        headers: Mapping[str, str],
        stream: bool = False,  # noqa: ARG002 PyGithub's interface
    ) -> None:
        """Take note of the request."""
        self._request = (verb, url, input, headers)

    def getresponse(self) -> RequestsResponse:
        """Send it; redirects of reads are followed on the same host only."""
        if self._request is None:
            raise NoAnswerError("nothing was asked")
        verb, path, data, headers = self._request
        try:
            self.response = self._session.request(
                verb,
                f"{self._origin}{path}",
                data=data,  # type: ignore[arg-type] # text, or None
                headers=headers,
            )
        except RequestException as error:
            # Too many redirects, or one to what is no address.
            raise NoAnswerError(f"{verb} {path.partition('?')[0]}: {error}") from None
        if self.response.status_code == HTTPStatus.ACCEPTED and verb == "GET":
            # PyGithub would ask again, without an end.
            raise NoAnswerError(f"{verb} {path.partition('?')[0]} has no answer yet")
        return RequestsResponse(self.response)

    def close(self) -> None:
        """Leave the session open: others use it."""
