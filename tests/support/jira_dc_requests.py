"""What Jira Data Center takes: paths, parameters and types, each with its source.

Sources, all of Atlassian's "Jira Data Center platform REST API" (9.12) unless named:
the resource's own section, by its title.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit


class Known(NamedTuple):
    """A request that Data Center knows."""

    method: str
    path: str
    source: str
    query: Mapping[str, str] = {}
    """Parameters, and the pattern of their values."""
    body: Mapping[str, type | tuple[type, ...]] | None = None
    required: frozenset[str] = frozenset()


ISSUE = r"issue/[A-Za-z0-9_-]+"
KNOWN = (
    Known("GET", "serverInfo", "Get server info"),
    Known("GET", "myself", "Get currently logged user"),
    Known("GET", "field", "Get fields"),
    Known("GET", r"project/\w+", "Get a project by key"),
    Known(
        "GET",
        "search",
        "Search with JQL",
        {
            "jql": ".+",
            "startAt": r"\d+",
            "maxResults": r"\d+",
            "fields": r"[\w,]+",
            "expand": r"[\w,]+",
            "validateQuery": "true|false",
        },
    ),
    Known(
        "GET",
        ISSUE,
        "Get issue for key",
        {"fields": r"[\w,]+", "expand": r"[\w,]+", "properties": r"\w+"},
    ),
    Known(
        "POST",
        "issue",
        "Create an issue or sub-task from json",
        body={"fields": dict, "update": dict},
        required=frozenset({"fields"}),
    ),
    Known(
        "PUT",
        ISSUE,
        "Edit an issue from json",
        body={"fields": dict, "update": dict},
    ),
    Known(
        "GET",
        rf"{ISSUE}/transitions",
        "Get list of transitions possible for an issue",
        {"expand": r"transitions\.fields"},
    ),
    Known(
        "POST",
        rf"{ISSUE}/transitions",
        "Perform a transition on an issue",
        body={"transition": dict, "fields": dict},
        required=frozenset({"transition"}),
    ),
    Known(
        "POST",
        rf"{ISSUE}/comment",
        "Add a comment",
        body={"body": str},
        required=frozenset({"body"}),
    ),
    Known(
        "POST",
        "issueLink",
        "Create an issue link between two issues",
        body={"type": dict, "inwardIssue": dict, "outwardIssue": dict},
        required=frozenset({"type", "inwardIssue", "outwardIssue"}),
    ),
    Known(
        "GET",
        r"issue/createmeta/\w+/issuetypes",
        "Get metadata for project issue types (since 8.4)",
        {"startAt": r"\d+", "maxResults": r"\d+"},
    ),
    Known(
        "GET",
        r"issue/createmeta/\w+/issuetypes/\d+",
        "Get metadata for issue types used for creating issues (since 8.4)",
        {"startAt": r"\d+", "maxResults": r"\d+"},
    ),
    Known(
        "GET",
        "user/assignable/search",
        "Find assignable users",
        {"project": r"\w+", "username": ".+", "maxResults": r"\d+"},
    ),
)


def mistakes(method: str, url: str, body: Any) -> list[str]:
    """Say what Data Center does not know in a request."""
    parts = urlsplit(url)
    path = parts.path.removeprefix("/rest/api/2/")
    fits = [
        one for one in KNOWN if one.method == method and re.fullmatch(one.path, path)
    ]
    if not fits:
        return [f"{method} {parts.path} is not in the table"]
    known = max(fits, key=lambda one: len(one.path))
    said = f"{method} {path}"
    wrong = [
        f"{said}: {name}={value}"
        for name, value in parse_qsl(parts.query)
        if not re.fullmatch(known.query.get(name, "(?!)"), value)
    ]
    given = {} if body is None else body
    if known.body is None:
        return [*wrong, *([f"{said}: a body"] if body is not None else [])]
    wrong += [f"{said}: {name} is missing" for name in known.required - given.keys()]
    wrong += [
        f"{said}: {name} is {type(value).__name__}"
        for name, value in given.items()
        if not isinstance(value, known.body.get(name, ()))
    ]
    return wrong
