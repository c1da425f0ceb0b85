"""What is to be sent to change one issue, before any of it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pmsync.domain.block import splice
from pmsync.domain.model import Field, Status
from pmsync.domain.patching import values
from pmsync.domain.ports import Patch
from pmsync_adapters.github.issues import Issue
from pmsync_adapters.github.words import TITLE_LIMIT, Words

_REASONS = {Status.DONE: "completed", Status.WONT_DO: "not_planned"}


class Steps(NamedTuple):
    """What is sent to change one issue, so that it never looks like a third thing.

    A label that is added does not count yet, or counts already, before the state is
    changed; what no longer counts is removed at the end.
    """

    add: Sequence[str]
    change: Mapping[str, Any]
    remove: Sequence[str]


def of(issue: Issue, patch: Patch, words: Words) -> Steps:
    """Return what brings a patch to an issue that was read just now."""
    fields = values(patch)
    change: dict[str, Any] = {}
    if Field.TITLE in fields:
        change["title"] = title(fields[Field.TITLE] or "")
    if Field.OWNER in fields:
        owner, others = fields[Field.OWNER], issue.assignees[1:]
        change["assignees"] = [*([owner] if owner else []), *others]
    if patch.body is not None:
        # A body whose delimiters are gone belongs to people alone.
        body = splice(issue.body, patch.body)
        if body is not None and body != issue.body:
            change["body"] = body
    if Field.STATUS in fields and patch.duplicate_of is None:
        status = Status(fields[Field.STATUS] or Status.OPEN)
        change |= state(issue, status, words)
    borne = {label.casefold() for label in issue.labels}
    wanted = words.labels_of(fields)
    return Steps(
        add=[label for label in wanted if label.casefold() not in borne],
        change=change,
        remove=words.others(fields, issue.labels),
    )


def title(text: str) -> str:
    """Return a title as GitHub keeps it: one line, not too long."""
    return " ".join(text.split())[:TITLE_LIMIT].rstrip()


def state(issue: Issue, status: Status, words: Words) -> Mapping[str, Any]:
    """Return what gives an issue the state of a status, nothing if it has it."""
    reason = _REASONS.get(status)
    if reason is None:
        return {"state": "open"} if issue.closed else {}
    means = words.status("closed", issue.reason, issue.labels)
    return {} if issue.closed and means is status else closed(reason)


def closed(reason: str) -> Mapping[str, Any]:
    """Return what closes an issue for a reason."""
    return {"state": "closed", "state_reason": reason}
