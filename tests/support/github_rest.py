"""Issues and people as GitHub's REST API writes them (schemas issue, simple-user)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from support.github_site import Issue, User

_KINDS = {
    "IssueComment": "commented",
    "AssignedEvent": "assigned",
    "ClosedEvent": "closed",
    "ReopenedEvent": "reopened",
    "RenamedTitleEvent": "renamed",
    "LabeledEvent": "labeled",
    "UnlabeledEvent": "unlabeled",
    "TransferredEvent": "transferred",
    "ParentIssueAddedEvent": "parent_issue_added",
    "SubIssueAddedEvent": "sub_issue_added",
}


def rendered(issue: Issue, url: str) -> dict[str, Any]:
    """Return an issue."""
    below = f"{url}/repos/{issue.repository.name}"
    here = f"{below}/issues/{issue.number}"
    web = url.removesuffix("/api/v3")
    people = [actor(user, url) for user in issue.assignees]
    data: dict[str, Any] = {
        "id": issue.id,
        "node_id": issue.node_id,
        "url": here,
        "repository_url": below,
        "labels_url": f"{here}/labels{{/name}}",
        "comments_url": f"{here}/comments",
        "events_url": f"{here}/events",
        "html_url": f"{web}/{issue.repository.name}/issues/{issue.number}",
        "number": issue.number,
        "state": "open" if issue.closed is None else "closed",
        "state_reason": issue.reason,
        "title": issue.title,
        "body": issue.body or None,
        "user": actor(issue.author, url),
        "labels": [
            {"id": index, "name": name, "color": "ededed", "default": False}
            for index, name in enumerate(issue.labels)
        ],
        "assignee": people[0] if people else None,
        "assignees": people,
        "milestone": None,
        "locked": False,
        "comments": len(issue.comments),
        "closed_at": None if issue.closed is None else instant(issue.closed),
        "created_at": instant(issue.created),
        "updated_at": instant(issue.updated),
        "closed_by": None if issue.closer is None else actor(issue.closer, url),
        "author_association": "MEMBER",
    }
    if issue.parent is not None:
        name, number = issue.parent.repository.name, issue.parent.number
        data["parent_issue_url"] = f"{url}/repos/{name}/issues/{number}"
    if issue.pull_request:
        data["pull_request"] = {"url": f"{below}/pulls/{issue.number}"}
    return data


def timeline(issue: Issue, url: str) -> list[dict[str, Any]]:
    """Return what happened; edits of a body are not among it."""
    return [
        {
            "event": _KINDS[event.kind],
            "actor": actor(event.actor, url),
            "created_at": instant(event.time),
        }
        for event in issue.events
    ]


def actor(user: User, url: str) -> dict[str, Any]:
    """Return somebody."""
    return {
        "login": user.login,
        "id": user.id,
        "node_id": f"U_{user.id}",
        "url": f"{url}/users/{user.login}",
        "type": "Bot" if user.bot else "User",
        "site_admin": False,
    }


def instant(time: datetime) -> str:
    """Write a time as GitHub does, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
