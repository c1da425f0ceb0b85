"""Which requests GitLab takes: paths, parameters and their types, with sources.

The sources are pages of docs.gitlab.com and files of gitlabhq/gitlabhq. Parameters that
are not in the table are a mistake here even where GitLab would ignore them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Check = Callable[[object], bool]


def _text(value: object) -> bool:
    return isinstance(value, str)


def _words(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _digits(value: object) -> bool:
    return isinstance(value, str) and value.isdecimal()


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _wholes(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_whole, value))


def _all_digits(value: object) -> bool:
    return (
        isinstance(value, list) and 0 < len(value) <= 100 and all(map(_digits, value))
    )


def _day(value: object) -> bool:
    return isinstance(value, str) and (not value or _parses(date.fromisoformat, value))


def _instant(value: object) -> bool:
    if not isinstance(value, str) or not _parses(datetime.fromisoformat, value):
        return False
    return datetime.fromisoformat(value).tzinfo is not None


def _parses(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _one_of(*values: str) -> Check:
    return lambda value: value in values


def _page_size(value: object) -> bool:
    return _digits(value) and 1 <= int(str(value)) <= 100


PAGES: Mapping[str, Check] = {"page": _digits, "per_page": _page_size}
"""REST API, pagination."""
LISTED: Mapping[str, Check] = {
    **PAGES,
    "iids[]": _all_digits,
    "scope": _one_of("created_by_me", "assigned_to_me", "all"),
    "state": _one_of("opened", "closed", "all"),
    "order_by": _one_of("created_at", "updated_at"),
    "sort": _one_of("asc", "desc"),
    "created_after": _instant,
    "created_before": _instant,
    "updated_after": _instant,
    "updated_before": _instant,
    "author_username": _words,
}
"""Issues API, list project issues; lib/api/issues.rb."""
WRITTEN: Mapping[str, Check] = {
    "title": lambda value: isinstance(value, str) and 0 < len(value) <= 255,
    "description": lambda value: _text(value) and len(str(value)) <= 1_048_576,
    "assignee_ids": _wholes,
    "due_date": _day,
    "confidential": _flag,
}
"""Issues API, create and edit an issue; lib/api/issues.rb."""
MERGED: Mapping[str, Check] = {
    "title": lambda value: isinstance(value, str) and 0 < len(value) <= 255,
    "description": lambda value: _text(value) and len(str(value)) <= 1_048_576,
    "target_branch": _words,
}
"""Merge requests API, create and update a merge request."""


@dataclass(frozen=True)
class Allowed:
    """One kind of request."""

    method: str
    path: str
    source: str
    query: Mapping[str, Check] = field(default_factory=dict)
    body: Mapping[str, Check] = field(default_factory=dict)
    required: Sequence[str] = ()
    """Keys of the body."""


PROJECT = r"/api/v4/projects/(?:[0-9]+|[\w.-]+(?:%2F[\w.-]+)+)"
TABLE = (
    Allowed("GET", "/api/v4/user", "Users API, retrieve the current user"),
    Allowed("GET", "/api/v4/users", "Users API, list all users", {"username": _words}),
    Allowed("GET", PROJECT, "Projects API, retrieve a project"),
    Allowed(
        "GET",
        f"{PROJECT}/members/all",
        "Members API, list all members, inherited ones too",
        {**PAGES, "query": _words},
    ),
    Allowed("GET", f"{PROJECT}/issues", "Issues API, list project issues", LISTED),
    Allowed("GET", f"{PROJECT}/issues/[0-9]+", "Issues API, retrieve an issue"),
    Allowed(
        "POST",
        f"{PROJECT}/issues",
        "Issues API, create an issue",
        body={**WRITTEN, "labels": _words},
        required=["title"],
    ),
    Allowed(
        "PUT",
        f"{PROJECT}/issues/[0-9]+",
        "Issues API, edit an issue",
        body={
            **WRITTEN,
            "state_event": _one_of("close", "reopen"),
            "add_labels": _words,
            "remove_labels": _words,
        },
    ),
    Allowed("GET", f"{PROJECT}/issues/[0-9]+/notes", "Notes API, list", PAGES),
    Allowed(
        "POST",
        f"{PROJECT}/issues/[0-9]+/notes",
        "Notes API, create an issue note",
        body={"body": _words},
        required=["body"],
    ),
    *(
        Allowed(
            "GET",
            f"{PROJECT}/issues/[0-9]+/resource_{kind}_events",
            f"Resource {kind} events API, list",
            PAGES,
        )
        for kind in ("label", "milestone", "state")
    ),
    Allowed(
        "GET",
        f"{PROJECT}/merge_requests",
        "Merge requests API, list project merge requests",
        {
            **PAGES,
            "source_branch": _words,
            "state": _one_of("opened", "closed", "locked", "merged", "all"),
            "order_by": _one_of("created_at", "updated_at"),
            "sort": _one_of("asc", "desc"),
        },
    ),
    Allowed(
        "POST",
        f"{PROJECT}/merge_requests",
        "Merge requests API, create a merge request",
        body={**MERGED, "source_branch": _words},
        required=["source_branch", "target_branch", "title"],
    ),
    Allowed(
        "PUT",
        f"{PROJECT}/merge_requests/[0-9]+",
        "Merge requests API, update a merge request",
        body={**MERGED, "state_event": _one_of("close", "reopen")},
    ),
    Allowed(
        "GET",
        f"{PROJECT}/merge_requests/[0-9]+/notes",
        "Notes API, list all merge request notes",
        {**PAGES, "sort": _one_of("asc", "desc")},
    ),
    *(
        Allowed(
            method,
            f"{PROJECT}/merge_requests/[0-9]+/notes{id_}",
            "Notes API, create or update a merge request note",
            body={"body": _words},
            required=["body"],
        )
        for method, id_ in (("POST", ""), ("PUT", "/[0-9]+"))
    ),
    Allowed(
        "GET",
        "/api/graphql",
        "config/routes/api.rb; GraphQL API reference, Query.issue",
        {
            "query": lambda value: bool(
                re.fullmatch(
                    r'\{ issue\(id: "gid://gitlab/Issue/[0-9]+"\) '
                    r"\{ reference\(full: true\) \} \}",
                    str(value),
                )
            )
        },
    ),
)


def mistakes(method: str, url: str, body: object) -> list[str]:
    """Say what is wrong with a request; ``body`` is the JSON that was sent, or None."""
    parts = urlsplit(url)
    found = [
        allowed
        for allowed in TABLE
        if allowed.method == method and re.fullmatch(allowed.path, parts.path)
    ]
    if not found:
        return [f"{method} {parts.path}: there is no such request"]
    (allowed,) = found
    query: dict[str, Any] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name.endswith("[]"):
            query.setdefault(name, []).append(value)
        elif name in query:
            return [f"{method} {parts.path}: {name} is given twice"]
        else:
            query[name] = value
    if body is not None and not isinstance(body, dict):
        return [f"{method} {parts.path}: the body is no object"]
    sent = body or {}
    said = [f"{name} is missing" for name in allowed.required if name not in sent]
    said += _wrong(query, allowed.query) + _wrong(sent, allowed.body)
    if method == "PUT" and not sent:
        said.append("an edit has to change something")
    return [f"{method} {parts.path}: {one} ({allowed.source})" for one in said]


def _wrong(given: Mapping[str, Any], known: Mapping[str, Check]) -> list[str]:
    return [
        f"there is no parameter {name}"
        if name not in known
        else f"{name} cannot be {value!r}"
        for name, value in given.items()
        if name not in known or not known[name](value)
    ]
