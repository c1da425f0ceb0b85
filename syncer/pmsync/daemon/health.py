"""Whether a daemon answers: for containers, whose engines ask by a command."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException

PATIENCE = 4.0
"""Seconds for an answer."""
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 nothing is bound


def answers(listen: str) -> bool:
    """Tell whether the daemon that listens at ``host:port`` is alive."""
    host, _, port = listen.rpartition(":")
    here = _ANYWHERE.get(host, host).strip("[]")
    connection = HTTPConnection(here, int(port), timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200  # noqa: PLR2004
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
