"""A session that sends through our transport."""

from __future__ import annotations

from importlib.metadata import version
from urllib.parse import urlsplit

from requests import PreparedRequest, Session

from pmsync.domain.traffic import Traffic
from pmsync_adapters.http.transport import DEADLINE, Transport

MOST_REDIRECTS = 5


def open_session(
    url: str,
    traffic: Traffic,
    *,
    deadline: float = DEADLINE,
    connections: int = 10,
    asks: tuple[str, ...] = (),
) -> Session:
    """Return a session for the tracker at ``url``, and for nothing else.

    ``asks`` are the ends of paths whose POST changes nothing; they count as reads.

    Proxies and additional authorities are taken from the environment, as requests
    reads it; a ``.netrc`` is not.
    """
    session = Session()
    session.auth = _as_it_is
    session.max_redirects = MOST_REDIRECTS
    session.headers["User-Agent"] = f"pmsync/{version('pmsync')}"
    transport = Transport(
        urlsplit(url).netloc.rpartition("@")[2],
        traffic,
        deadline=deadline,
        connections=connections,
        asks=asks,
    )
    session.adapters.clear()
    session.mount("https://", transport)
    session.mount("http://", transport)
    return session


def _as_it_is(request: PreparedRequest) -> PreparedRequest:
    """Leave the headers alone; without this, requests would look into ``.netrc``."""
    return request
