"""New issues and changed ones: requests in their order, and what they came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from pmsync.domain.block import enclose
from pmsync.domain.marking import marker_line
from pmsync.domain.model import Field
from pmsync.domain.ports import Draft, Patch, Refused, Unknown
from pmsync_adapters.github import steps
from pmsync_adapters.github.client import Client
from pmsync_adapters.github.issues import KEY, Issue, from_rest
from pmsync_adapters.github.words import Words
from pmsync_adapters.http import AnsweredError, HttpError, outcome_of

Failure = Refused | Unknown

_ARCHIVED = "archived"


class Writer:
    """Writes to issues of one server."""

    def __init__(self, client: Client, words: Words) -> None:
        self._client = client
        self._words = words

    def open(self, repository: str, draft: Draft) -> Issue | Failure:
        """Open an issue: title, marker, body, labels and assignee in one request."""
        if not draft.title.strip():
            return Refused("a ticket needs a title")
        if self._client.pace is not None:
            wait = self._client.pace.spent()
            if wait is not None:
                return Refused(
                    "pmsync has opened as many issues in this hour as GitHub lets",
                    retry_after=wait,
                )
        payload = {
            "title": steps.title(draft.title),
            "body": f"{marker_line(draft.marker)}\n{enclose(draft.body)}",
            "labels": sorted({*draft.labels, *self._words.labels_of(draft.fields)}),
            "assignees": [login] if (login := draft.fields.get(Field.OWNER)) else [],
        }
        path = f"/repos/{repository}/issues"
        try:
            issue = self._opened(path, payload)
        except HttpError as error:
            return failure_of(error)
        if draft.parent is not None and KEY.fullmatch(draft.parent):
            issue = self._with_parent(issue, draft.parent)
        if not draft.status.terminal:
            return issue
        # GitHub opens nothing that is closed.
        try:
            return self._changed(issue, steps.state(issue, draft.status, self._words))
        except HttpError:
            return issue  # as it is: the ticket shows its status

    def change(self, issue: Issue, patch: Patch) -> Issue | Failure:
        """Send what a patch changes in an issue that was read just now."""
        if patch.duplicate_of is not None and not KEY.fullmatch(patch.duplicate_of):
            return Refused(f"{patch.duplicate_of} is no issue")
        send = steps.of(issue, patch, self._words)
        path, done = _path(issue.key), False
        try:
            if send.add:
                self._client.send("POST", f"{path}/labels", {"labels": [*send.add]})
                done = True
            if send.change:
                issue = self._changed(issue, send.change)
                done = True
            if patch.duplicate_of is not None:
                issue = self._as_duplicate(issue, patch.duplicate_of)
                done = True
            for label in send.remove:
                self._unlabel(path, label)
                done = True
            return self._again(issue) if send.add or send.remove else issue
        except HttpError as error:
            failure = _of_one(error)
            # With a part of it there, the next look shows which.
            return Unknown(f"a part was changed: {failure.why}") if done else failure

    def _changed(self, issue: Issue, change: Mapping[str, Any]) -> Issue:
        """Send one PATCH; a reason that it did not take needs the issue open."""
        path = _path(issue.key)
        after = self._answered(self._client.send("PATCH", path, change), issue)
        reason = change.get("state_reason")
        if not issue.closed or reason is None or after.reason == reason:
            return after
        # The reason counts only where the state is changed (REST API description).
        self._client.send("PATCH", path, {"state": "open"})
        return self._answered(
            self._client.send("PATCH", path, steps.closed(reason)), issue
        )

    def _as_duplicate(self, issue: Issue, survivor: str) -> Issue:
        """Close an issue as the duplicate of another, or with a comment that says so."""
        serial = from_rest(self._client.once(_path(survivor))).serial
        change = {**steps.closed("duplicate"), "duplicate_issue_id": serial}
        try:
            after = self._changed(issue, change)
        except AnsweredError as error:
            if error.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
            after = issue
        if after.reason == "duplicate":
            return after
        # A server that does not know this reason yet.
        said = {"body": f"Duplicate of {survivor}"}
        self._client.send("POST", f"{_path(issue.key)}/comments", said)
        return self._changed(after, steps.closed("not_planned"))

    def _opened(self, path: str, payload: Mapping[str, Any]) -> Issue:
        """Send one POST, and again without an assignee who certainly was refused."""
        if self._client.pace is not None:
            self._client.pace.created()
        try:
            return from_rest(self._client.send("POST", path, payload))
        except AnsweredError as error:
            refused = error.status == HTTPStatus.UNPROCESSABLE_ENTITY
            if not (refused and payload["assignees"] and "assignee" in error.text):
                raise
            return self._opened(path, {**payload, "assignees": []})

    def _with_parent(self, issue: Issue, parent: str) -> Issue:
        """Make it a child; where the server does not, it stays without a parent."""
        path = f"{_path(parent)}/sub_issues"
        try:
            self._client.send("POST", path, {"sub_issue_id": issue.serial})
        except HttpError:
            return issue  # as it is: the ticket shows no parent
        return replace(issue, parent=parent)

    def _unlabel(self, path: str, label: str) -> None:
        try:
            self._client.send("DELETE", f"{path}/labels/{quote(label, safe='')}")
        except AnsweredError as error:
            if error.status != HTTPStatus.NOT_FOUND:  # somebody was faster
                raise

    def _again(self, issue: Issue) -> Issue:
        return self._answered(self._client.once(_path(issue.key)), issue)

    def _answered(self, data: Any, before: Issue) -> Issue:
        """Return an issue as it was answered, with what only GraphQL told before."""
        issue = from_rest(data)
        return replace(
            issue,
            touched=before.touched,
            archived=before.archived,
            parent=issue.parent or before.parent,
        )


def _path(key: str) -> str:
    repository, _, number = key.rpartition("#")
    return f"/repos/{repository}/issues/{number}"


def failure_of(error: HttpError) -> Failure:
    """Return what the failure of a write to a repository means."""
    if isinstance(error, AnsweredError) and _ARCHIVED in error.words.casefold():
        return Refused(error.why, whole_project=True)
    return outcome_of(error)


def _of_one(error: HttpError) -> Failure:
    """Return what the failure of a write to one issue means."""
    gone = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
    if isinstance(error, AnsweredError) and error.status in gone:
        return Refused(error.why, stale=True)
    return failure_of(error)
