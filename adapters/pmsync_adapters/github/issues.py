"""What GitHub shows of an issue, in REST and in GraphQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from pmsync_adapters.github.access import BOT
from pmsync_adapters.http import NoAnswerError

_BROKEN = (KeyError, TypeError, ValueError, AttributeError, IndexError)
_API = re.compile(
    r"/repos/(?P<repository>[\w.-]+/[\w.-]+)(?:/issues/(?P<number>\d+))?$"
)
KEY = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)#(?P<number>[1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue, or pull request, of GitHub."""

    id: str
    """The node id, which a rename of its repository does not change."""
    number: int
    serial: int | None
    """The numeric id that some addresses want."""
    repository: str
    """``owner/name`` as it is now."""
    title: str
    body: str
    closed: bool
    reason: str | None
    """Why it is closed, in REST's words."""
    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    author: str | None
    created: datetime
    updated: datetime
    comments: int
    closer: str | None
    tells_closer: bool
    """False when the answer does not tell who closed it."""
    parent: str | None
    """Key of the parent."""
    pull_request: bool
    archived: bool
    touched: bool
    """True when anyone but its author has changed it or commented on it; REST does not
    tell."""

    @property
    def key(self) -> str:
        """How its repository names it."""
        return f"{self.repository}#{self.number}"

    @property
    def version(self) -> str:
        """Changes with everything that is shown; times are only to the second."""
        shown = (
            self.title,
            self.body,
            self.closed,
            self.reason,
            sorted(self.labels),
            sorted(self.assignees),
            self.comments,
            self.closer,
        )
        digest = sha256(repr(shown).encode("utf-8", "backslashreplace")).hexdigest()
        return f"{self.updated.isoformat()} {digest[:16]}"


def from_rest(data: Any) -> Issue:
    """Read an issue of REST. Raises ``NoAnswerError`` for anything else."""
    try:
        closed = data["state"] == "closed"
        return Issue(
            id=_text(data["node_id"]),
            number=int(data["number"]),
            serial=int(data["id"]),
            repository=_below_api(data["url"])["repository"],
            title=_text(data["title"]),
            body=data.get("body") or "",
            closed=closed,
            reason=(data.get("state_reason") or "completed") if closed else None,
            labels=tuple(
                _text(one if isinstance(one, str) else one["name"])
                for one in data["labels"]
            ),
            assignees=tuple(_text(one["login"]) for one in data.get("assignees") or ()),
            author=_rest_login(data["user"]),
            created=_time(data["created_at"]),
            updated=_time(data["updated_at"]),
            comments=int(data.get("comments") or 0),
            closer=_rest_login(data.get("closed_by")) if closed else None,
            # Lists may leave it out, and a blank says as little.
            tells_closer=not closed or data.get("closed_by") is not None,
            parent=_parent(data.get("parent_issue_url")),
            pull_request=bool(data.get("pull_request")),
            archived=False,
            touched=False,
        )
    except _BROKEN as error:
        raise NoAnswerError(
            f"the answer is no issue of GitHub ({type(error).__name__}: {error})"
        ) from None


def from_graphql(node: Mapping[str, Any], identity: str) -> Issue:
    """Read a node of GraphQL. Raises ``NoAnswerError`` for what is none."""
    try:
        closed = (node.get("state") or node["pullState"]) != "OPEN"
        reason = (node.get("stateReason") or "COMPLETED").lower()
        closings = (node.get("closings") or {}).get("nodes") or []
        author = _login(node["author"])
        parent = node.get("parent")
        return Issue(
            id=_text(node["id"]),
            number=int(node["number"]),
            serial=node.get("databaseId"),
            repository=_text(node["repository"]["nameWithOwner"]),
            title=_text(node["title"]),
            body=node.get("body") or "",
            closed=closed,
            reason=reason if closed else None,
            labels=tuple(_text(one["name"]) for one in _nodes(node, "labels")),
            assignees=tuple(_text(one["login"]) for one in _nodes(node, "assignees")),
            author=author,
            created=_time(node["createdAt"]),
            updated=_time(node["updatedAt"]),
            comments=int(node["comments"]["totalCount"]),
            closer=_login(closings[-1]["actor"]) if closed and closings else None,
            tells_closer=True,
            parent=(
                f"{parent['repository']['nameWithOwner']}#{parent['number']}"
                if parent
                else None
            ),
            pull_request=node["__typename"] != "Issue",
            archived=bool(node["repository"]["isArchived"]),
            touched=author != identity or _touched(node, identity),
        )
    except _BROKEN as error:
        raise NoAnswerError(
            f"the answer is no issue of GitHub ({type(error).__name__}: {error})"
        ) from None


def _touched(node: Mapping[str, Any], identity: str) -> bool:
    """Tell whether an event, a comment or an edit of the body is somebody else's."""
    edits, events = node.get("edits") or {}, node.get("events") or {}
    actors = [_login(one.get("editor")) for one in edits.get("nodes") or ()]
    actors += [
        _login(one.get("actor") or one.get("author"))
        for one in events.get("nodes") or ()
    ]
    seen = sum(len(part.get("nodes") or ()) for part in (edits, events))
    told = sum(int(part.get("totalCount") or 0) for part in (edits, events))
    # What is not shown may be anybody's.
    return told > seen or any(actor != identity for actor in actors)


def _nodes(node: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return (node.get(name) or {}).get("nodes") or []


def _rest_login(user: Any) -> str | None:
    return None if user is None else _text(user["login"])


def _login(actor: Any) -> str | None:
    """Return the login that REST would show."""
    if actor is None:
        return None
    login = _text(actor["login"])
    is_bot = actor.get("__typename") == "Bot" and not login.endswith(BOT)
    return f"{login}{BOT}" if is_bot else login


def _parent(url: Any) -> str | None:
    if not url:
        return None
    found = _below_api(url)
    return f"{found['repository']}#{found['number']}"


def _below_api(url: str) -> re.Match[str]:
    found = _API.search(url)
    if found is None:
        raise ValueError(url)
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at
