"""Requests to Jira Cloud against Atlassian's specification, where it is at hand."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict


def mistakes(method: str, url: str, headers: Mapping[str, str], body: Any) -> list[str]:
    """Say what the specification does not allow in a request."""
    checked = _specification()
    if checked is None or urlsplit(url).path == "/rest/api/2/myself":
        return []  # which kind of Jira it is has to be asked in a version of both
    request = _Request(method, url, headers, body)
    try:
        checked.validate_request(request)
    except OpenAPIError as error:
        return [f"{method} {url}: {error}: {error.__cause__ or ''}"[:600]]
    known = {
        parameter["name"]
        for parameter in _operation(request.path, method).get("parameters", ())
    }
    unknown = {name for name, _ in parse_qsl(urlsplit(url).query)} - known
    return [f"{method} {url}: unknown parameter {name}" for name in unknown]


@cache
def _document() -> dict[str, Any] | None:
    folder = os.environ.get("PMSYNC_SPECS")
    if folder is None:
        return None
    text = (Path(folder) / "jira-cloud-slim.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    document["servers"] = [{"url": "/"}]
    # Who may ask is what the fake decides.
    document.pop("security", None)
    document["components"].pop("securitySchemes", None)
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
    return document


@cache
def _specification() -> OpenAPI | None:
    document = _document()
    if document is None:
        return None
    # Atlassian's file is formally invalid: a default that is none of the values.
    return OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))


def _operation(path: str, method: str) -> dict[str, Any]:
    document = _document()
    assert document is not None
    parts = path.strip("/").split("/")
    best: dict[str, Any] = {}
    most = -1
    for pattern, item in document["paths"].items():
        wanted = pattern.strip("/").split("/")
        if len(wanted) != len(parts) or method.lower() not in item:
            continue
        if all(w.startswith("{") or w == p for w, p in zip(wanted, parts, strict=True)):
            exact = sum(not w.startswith("{") for w in wanted)
            if exact > most:
                best, most = item[method.lower()], exact
    return best


class _Request:
    """A request as openapi-core reads it."""

    def __init__(
        self, method: str, url: str, headers: Mapping[str, str], body: Any
    ) -> None:
        parts = urlsplit(url)
        self.host_url = "http://localhost"
        self.path = parts.path
        self.method = method.lower()
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(parts.query)),
            header=Headers(list(headers.items())),
        )
        self.body = None if body is None else json.dumps(body).encode()
        self.content_type = "application/json"
