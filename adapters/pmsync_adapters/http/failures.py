"""The three ways in which a request fails."""

from __future__ import annotations

import json
from collections.abc import Mapping

_LONGEST = 300
"""Characters of a server's words that are told."""
_WORDS = ("message", "error_description", "errorMessages", "error", "errors")
"""Where JSON answers say what is wrong, as GitHub, GitLab and Jira write them."""


class HttpError(Exception):
    """A request without a usable answer; the message holds no secret."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotSentError(HttpError):
    """The request never left: it was certainly not carried out."""


class NoAnswerError(HttpError):
    """The request left, and no whole answer came back: it may have been carried out."""


class AnsweredError(HttpError):
    """The server answered with a status from 400 on."""

    def __init__(
        self, method: str, path: str, status: int, headers: Mapping[str, str], text: str
    ) -> None:
        self.method = method
        self.path = path
        """Of the request, without its query."""
        self.status = status
        self.headers = headers
        """Case-insensitive."""
        self.text = text
        """The answer's body, without secrets."""
        self.data = _json(text)
        """The body as JSON, None if it is not."""
        self.words = words_of(self.data)
        """What the server says, on one line; empty if it says nothing."""
        said = f": {self.words}" if self.words else ""
        super().__init__(f"{method} {path} was answered with {status}{said}")


def words_of(data: object) -> str:
    """Return what a JSON answer says is wrong, on one line, cut."""
    shown = " ".join(" ".join(_strings(data)).split())
    line = "".join(c for c in shown if c.isprintable())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _strings(data: object) -> list[str]:
    match data:
        case str():
            return [data]
        case list():
            return [text for one in data for text in _strings(one)]
        case dict():
            told = [data[name] for name in _WORDS if data.get(name)]
            if told:
                return _strings(told)
            return [
                f"{name} {text}" for name, one in data.items() for text in _strings(one)
            ]
        case _:
            return []


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
