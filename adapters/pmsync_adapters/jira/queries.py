"""Lists and look-ups: JQL, its pages, and tickets by their ids."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pmsync_adapters.jira.client import Client
from pmsync_adapters.jira.mapping import FIELDS, PROPERTY

LABEL = "pmsync"
"""On every ticket of ours: a list finds them even when the token's account changed."""
PAGE = 100
"""Tickets of a page, and of a look-up: ``/issue/bulkfetch`` takes no more (spec)."""
MOST_PAGES = 1000
LAG = timedelta(minutes=5)
"""How far a list looks back behind a watermark: Jira's search follows its tickets after
seconds or minutes (docs: "Search and reconcile")."""

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-[0-9]+")


class Found(NamedTuple):
    """Tickets as Jira's JSON."""

    issues: tuple[dict[str, Any], ...]
    complete: bool


def ours(project: str) -> str:
    """Return the query for every ticket that pmsync may have opened."""
    return f'project = "{project}" AND (creator = currentUser() OR labels = "{LABEL}")'


def since(field: str, start: datetime, now: datetime) -> str:
    """Return the condition that a time is at ``start`` or later.

    Jira reads a time in its user's zone, and to the minute; minutes before now mean the
    same everywhere (docs: "JQL fields").
    """
    minutes = max(0, math.ceil((now - start) / timedelta(minutes=1))) + 1
    return f"{field} >= -{minutes}m"


def search(client: Client, jql: str) -> Found:
    """Return the tickets that match, the oldest first."""
    jql = f"{jql} ORDER BY created ASC, key ASC"
    return _by_token(client, jql) if client.cloud else _by_offset(client, jql)


def by_id(client: Client, names: Sequence[str]) -> tuple[dict[str, Any], ...]:
    """Return the tickets that ids and keys lead to, as far as they can be seen."""
    asked = sorted({name for name in names if name.isdecimal() or _KEY.fullmatch(name)})
    found: list[dict[str, Any]] = []
    for start in range(0, len(asked), PAGE):
        part = asked[start : start + PAGE]
        found += _fetched(client, part) if client.cloud else _listed(client, part)
    return tuple(found)


def one(client: Client, name: str) -> dict[str, Any] | None:
    """Return one ticket by its id, or by any key it ever had; None if it is not there."""
    if not (name.isdecimal() or _KEY.fullmatch(name)):
        return None
    issue = client.found(f"issue/{name}", _shape())
    return issue if isinstance(issue, dict) else None


def _shape() -> dict[str, str | int]:
    return {"fields": ",".join(FIELDS), "properties": PROPERTY, "expand": "changelog"}


def _by_token(client: Client, jql: str) -> Found:
    issues: list[dict[str, Any]] = []
    seen: set[str] = set()
    params = {"jql": jql, "maxResults": PAGE, **_shape()}
    for _ in range(MOST_PAGES):
        page = client.get("search/jql", params)
        issues += page["issues"]
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
        issues = page["issues"]
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
    issues: list[dict[str, Any]] = list(answer["issues"])
    # An error is no absence: Jira could not show these in this answer (spec).
    for failed in answer.get("issueErrors") or ():
        issue = one(client, str(failed.get("id", "")))
        issues += [issue] if issue is not None else []
    return issues


def _listed(client: Client, names: Sequence[str]) -> list[dict[str, Any]]:
    return list(_by_offset(client, f"key in ({', '.join(names)})").issues)
