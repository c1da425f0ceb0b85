"""Whether a request is one that its vendor's OpenAPI description knows.

The descriptions are found by ``PMSYNC_SPECS``; without them nothing is checked. GitHub's
whole one (``github-whole``) comes from npm, where `make test-all` has installed it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

ROOT = Path(__file__).resolve().parents[2]
WHOLE = ROOT / "build/npm/node_modules/@octokit/openapi/generated/api.github.com.json"
NAMES = {"github": "github-issues-slim.json", "jira": "jira-cloud-slim.json"}

ALLOWED: Sequence[tuple[str, str, str]] = ()
"""Api, pattern of the mistake, and why it is none."""


def mistakes(api: str, method: str, url: str, body: object) -> list[str]:
    """Return what is wrong with a request, as its vendor describes it.

    ``url`` is the path below the API's base, with its query; ``body`` its JSON, or the
    text of it.
    """
    if isinstance(body, str | bytes):
        body = json.loads(body)
    api_of = _described(api)
    if api_of is None:
        return []
    found = [*_unknown(api, method, url, body), *_invalid(api_of, method, url, body)]
    told = [f"{method} {url}: {one}" for one in found]
    return [one for one in told if not _is_allowed(api, one)]


def answer_mistakes(
    api: str, method: str, url: str, status: int, data: object
) -> list[str]:
    """Return what is wrong with the answer of a fake, as its vendor describes it."""
    api_of = _described(api)
    if api_of is None:
        return []
    response = MockResponse(
        b"" if data is None else json.dumps(data).encode(),
        status_code=status,
        content_type="application/json",
    )
    try:
        api_of.validate_response(_request(api_of, method, url, None), response)
    except OpenAPIError as error:
        return [f"{method} {url}: {status}: {_told(error)}"]
    return []


def _is_allowed(api: str, mistake: str) -> bool:
    return any(api == name and re.search(what, mistake) for name, what, _ in ALLOWED)


def _invalid(api: OpenAPI, method: str, url: str, body: object) -> list[str]:
    try:
        api.validate_request(_request(api, method, url, body))
    except OpenAPIError as error:
        return [_told(error)]
    return []


def _request(api: OpenAPI, method: str, url: str, body: object) -> MockRequest:
    parts = urlsplit(url)
    return MockRequest(
        api.spec["servers"][0]["url"].rstrip("/"),
        method.lower(),
        parts.path,
        args=dict(parse_qsl(parts.query, keep_blank_values=True)),
        content_type="application/json",
        data=None if body is None else json.dumps(body).encode(),
    )


def _told(error: OpenAPIError) -> str:
    causes = getattr(error.__cause__, "schema_errors", None) or [error.__cause__]
    why = "; ".join(str(getattr(one, "message", one))[:200] for one in causes)
    return f"{type(error).__name__}: {why}"


def _unknown(api: str, method: str, url: str, body: object) -> list[str]:
    """Return parameters and members of the body that are not described at all."""
    operation = _operation(api, method, urlsplit(url).path)
    if operation is None:
        return ["there is no such request"]
    parameters, members = operation
    query = [name for name, _ in parse_qsl(urlsplit(url).query)]
    unknown = [f"parameter {name}" for name in query if name not in parameters]
    if isinstance(body, dict) and members is not None:
        unknown += [f"member {name}" for name in body if name not in members]
    return [f"{one} is not described" for one in unknown]


@cache
def _operation(
    api: str, method: str, path: str
) -> tuple[frozenset[str], frozenset[str] | None] | None:
    """Return the names of an operation's parameters and of its body's members."""
    whole = _loaded(api)
    assert whole is not None
    for template, operations in whole["paths"].items():
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", re.escape(template).replace(r"\{", "{"))
        pattern = re.sub(r"\{[^}]+\\?\}", "[^/]+", pattern)
        if method.lower() in operations and re.fullmatch(pattern, path):
            operation = operations[method.lower()]
            given = [
                *operations.get("parameters", ()),
                *operation.get("parameters", ()),
            ]
            names = {_at(whole, one)["name"] for one in given}
            content = _at(whole, operation.get("requestBody", {})).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            return frozenset(names), _members(whole, schema)
    return None


def _members(whole: Mapping[str, Any], schema: Any) -> frozenset[str] | None:
    """Return the members that a schema names, None where any is allowed."""
    if schema is None:
        return None
    found = _at(whole, schema)
    names = set(found.get("properties", ()))
    for kind in ("oneOf", "anyOf", "allOf"):
        for part in found.get(kind, ()):
            names |= _members(whole, part) or set()
    return frozenset(names) or None


def _at(whole: Mapping[str, Any], value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow references."""
    while "$ref" in value:
        found: Any = whole
        for name in value["$ref"].removeprefix("#/").split("/"):
            found = found[name.replace("~1", "/").replace("~0", "~")]
        value = found
    return value


@cache
def _described(api: str) -> OpenAPI | None:
    loaded = _loaded(api)
    if loaded is None:
        return None
    # Whether a description is valid itself is its vendor's matter, and takes long to tell.
    return OpenAPI.from_dict(loaded, config=Config(spec_validator_cls=None))


@cache
def _loaded(api: str) -> Any:
    if api == "github-whole":
        return json.loads(WHOLE.read_text(encoding="utf-8"))
    folder = os.environ.get("PMSYNC_SPECS")
    if folder is None:
        return None
    text = (Path(folder) / NAMES[api]).read_text(encoding="utf-8")
    return _open_to_all(json.loads(text))


def _open_to_all(described: dict[str, Any]) -> dict[str, Any]:
    """Leave out who may ask: that is for a fake to decide."""
    described.pop("security", None)
    described["components"].pop("securitySchemes", None)
    for operations in described["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
    return described
