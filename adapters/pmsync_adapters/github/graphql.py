"""What GraphQL answers: with 200, whatever became of the question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pmsync_adapters.http import AnsweredError, NoAnswerError


class NoGraphQLError(Exception):
    """The server has no GraphQL, or one that does not know what was asked."""


def data_of(answer: object, headers: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the data of an answer. Raises ``NoGraphQLError``, ``HttpError``."""
    if not isinstance(answer, dict):
        raise NoGraphQLError
    errors = answer.get("errors") or []
    kinds = {one.get("type") for one in errors if isinstance(one, dict)}
    if "RATE_LIMITED" in kinds:
        # GraphQL says with 200 what REST says with 403 (docs: Rate limits and query
        # limits for the GraphQL API).
        raise AnsweredError("POST", "/graphql", 429, headers, _told(errors))
    data = answer.get("data")
    if not isinstance(data, dict):
        if any(_is_unknown(one) for one in errors):
            raise NoGraphQLError
        raise NoAnswerError(f"POST /graphql: {_told(errors) or 'no data'}")
    if kinds - {"NOT_FOUND", "FORBIDDEN", None}:
        raise NoAnswerError(f"POST /graphql: {_told(errors)}")
    return data


def _is_unknown(error: object) -> bool:
    """Tell whether the server's schema lacks something that was asked for."""
    more = error.get("extensions") if isinstance(error, dict) else None
    code = more.get("code") if isinstance(more, dict) else None
    return code in {"undefinedField", "argumentNotAccepted", "undefinedType"}


def _told(errors: object) -> str:
    messages = [
        str(one.get("message"))
        for one in (errors if isinstance(errors, list) else [])
        if isinstance(one, dict)
    ]
    return "; ".join(" ".join(m.split()) for m in messages)[:300]
