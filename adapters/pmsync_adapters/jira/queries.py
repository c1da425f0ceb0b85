"""Lists and look-ups: JQL, its pages, and tickets by their ids."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pmsync_adapters.jira.client import Client, reading
from pmsync_adapters.jira.mapping import FIELDS, PROPERTY

LABEL = "pmsync"
"""On every ticket of ours: a list finds them even when the token's account changed."""
PAGE = 100
"""Tickets of a page, and of a look-up: ``/issue/bulkfetch`` takes no more (spec)."""
MOST_PAGES = 500
LAG = timedelta(minutes=5)
"""How far a list looks back behind a watermark: Jira's search follows its tickets after
seconds or minutes (docs: "Search and reconcile")."""

SLACK = timedelta(minutes=2)
"""How long a search may take."""
_TRIES = 3
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-[0-9]+")


class Found(NamedTuple):
    """Tickets as Jira's JSON."""

    issues: tuple[dict[str, Any], ...]
    complete: bool


def ours(project: str) -> str:
    """Return the query for every ticket that pmsync may have opened."""
    return f'project = "{project}" AND (creator = currentUser() OR labels = "{LABEL}")'


def search_since(client: Client, project: str, field: str, start: datetime) -> Found:
    """Return the project's tickets whose ``field`` is at ``start`` or later.

    Jira reads a time in its user's zone, and to the minute; minutes before now mean the
    same everywhere (docs: "JQL fields"). Now is when Jira looks, for each page anew, so
    a search that took longer than was allowed for may have lost some, and is repeated.
    """
    _ = client.myself  # so that the server has told its time
    slack = SLACK
    for _ in range(_TRIES):
        asked = client.now()
        ago = math.ceil((asked + slack - start) / timedelta(minutes=1))
        found = search(client, f'project = "{project}" AND {field} >= -{max(1, ago)}m')
        took = client.now() - asked
        if took < slack:
            return found
        slack = took * 2
    return found._replace(complete=False)


def search(client: Client, jql: str) -> Found:
    """Return the tickets that match, the oldest first."""
    jql = f"{jql} ORDER BY created ASC, key ASC"
    with reading(client.name):
        return _by_token(client, jql) if client.cloud else _by_offset(client, jql)


def by_id(client: Client, names: Sequence[str]) -> tuple[dict[str, Any], ...]:
    """Return the tickets that ids and keys lead to, as far as they can be seen."""
    asked = sorted({name for name in names if name.isdecimal() or _KEY.fullmatch(name)})
    found: list[dict[str, Any]] = []
    for start in range(0, len(asked), PAGE):
        part = asked[start : start + PAGE]
        with reading(client.name):
            found += _fetched(client, part) if client.cloud else _listed(client, part)
    return tuple(found)


def one(client: Client, name: str) -> dict[str, Any] | None:
    """Return one ticket by its id, or by any key it ever had; None if it is not there."""
    if not (name.isdecimal() or _KEY.fullmatch(name)):
        return None
    issue = client.found(f"issue/{name}", _shape())
    with reading(client.name):
        return None if issue is None else _issues({"issues": [issue]})[0]


def _issues(page: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the tickets of an answer. Raises ``LookupError`` and its like."""
    return [{**issue, "id": str(issue["id"])} for issue in page["issues"]]


def _shape() -> dict[str, str | int]:
    return {"fields": ",".join(FIELDS), "properties": PROPERTY, "expand": "changelog"}


def _by_token(client: Client, jql: str) -> Found:
    issues: list[dict[str, Any]] = []
    seen: set[str] = set()
    params = {"jql": jql, "maxResults": PAGE, **_shape()}
    for _ in range(MOST_PAGES):
        page = client.get("search/jql", params)
        issues += _issues(page)
        token = page.get("nextPageToken")
        if not token:
            return Found(tuple(issues), complete=True)
        if token in seen:
            break
        seen.add(token)
        params["nextPageToken"] = token
    return Found(tuple(issues), complete=False)


def _by_offset(client: Client, jql: str) -> Found:
    """Page by offset; what is deleted meanwhile moves the others into a page read."""
    found: dict[str, dict[str, Any]] = {}
    total = 0
    start = 0
    whole = True
    for _ in range(MOST_PAGES):
        page = client.get("search", {"jql": jql, "startAt": start, **_offset_shape()})
        issues = _issues(page)
        found.update((issue["id"], issue) for issue in issues)
        whole = whole and page["total"] >= total
        total = page["total"]
        start += len(issues)
        if start >= total:
            return Found(tuple(found.values()), complete=whole)
        if not issues:
            break
    return Found(tuple(found.values()), complete=False)


def _offset_shape() -> dict[str, str | int]:
    return {
        "maxResults": PAGE,
        "fields": ",".join(FIELDS),
        "expand": "changelog",
        # A ticket that is gone is left out of the answer and does not fail the query.
        "validateQuery": "false",
    }


def _fetched(client: Client, names: Sequence[str]) -> list[dict[str, Any]]:
    answer = client.ask(
        "issue/bulkfetch",
        {
            "issueIdsOrKeys": list(names),
            "fields": list(FIELDS),
            "properties": [PROPERTY],
            "expand": ["changelog"],
        },
    )
    issues: list[dict[str, Any]] = _issues(answer)
    # An error is no absence: Jira could not show these in this answer (spec).
    for failed in answer.get("issueErrors") or ():
        issue = one(client, str(failed.get("id", "")))
        issues += [issue] if issue is not None else []
    return issues


def _listed(client: Client, names: Sequence[str]) -> list[dict[str, Any]]:
    return list(_by_offset(client, f"key in ({', '.join(names)})").issues)
