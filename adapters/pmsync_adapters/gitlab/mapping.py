"""Between GitLab's issues and pmsync's tickets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pmsync.domain.block import enclose, splice
from pmsync.domain.marking import marker_in, marker_line
from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.neutral import GAP
from pmsync.domain.patching import values as patched
from pmsync.domain.ports import Draft, Patch
from pmsync.domain.tracker_sites import TrackerSite, ticket_ref
from pmsync_adapters.gitlab.labels import (
    Swap,
    Words,
    priority_of,
    priority_swap,
    speaking,
    status_of,
    status_swap,
)
from pmsync_adapters.http import NoAnswerError

Issue = Mapping[str, Any]
"""An issue as the API shows it."""

TITLE_LIMIT = 255
"""Characters (GitLab docs: Issues API, title)."""
_MOVED = "moved to"
_BESIDE = "assigned beside"
_SPEAKING = "labels of fields"
UNASSIGNED = [0]
"""What takes all assignees away (GitLab docs: Issues API, assignee_ids)."""
# GitLab runs "/word" where a line begins, in comments and HTML comments too, and takes
# carriage returns out before it looks (lib/gitlab/quick_actions/extractor.rb).
_COMMAND = re.compile(r"^([^\S\n]*)/(?=\w)", re.MULTILINE)


def ticket_of(issue: Issue, site: TrackerSite, words: Words) -> Ticket:
    """Return an issue of the project that ``site`` names by its path.

    Raises ``NoAnswerError`` for what is no issue, such as the answer of a proxy.
    """
    try:
        every = frozenset(map(str, issue["labels"]))
        labels = speaking(every, words)
        closed = issue["state"] == "closed"
        body = issue["description"] or ""
        assignees = [(str(a["username"]), int(a["id"])) for a in issue["assignees"]]
        return Ticket(
            ref=ticket_ref(site, str(int(issue["iid"]))),
            id=str(int(issue["id"])),
            version=str(issue["updated_at"]),
            fields={
                Field.TITLE: " ".join(str(issue["title"]).split()),
                Field.OWNER: assignees[0][0] if assignees else None,
                Field.DUE: issue["due_date"] or None,
                Field.STATUS: _status(issue, closed, labels, words),
                Field.PRIORITY: priority_of(labels),
            },
            author=str(issue["author"]["username"]),
            created_at=datetime.fromisoformat(issue["created_at"]),
            updated_at=datetime.fromisoformat(issue["updated_at"]),
            closed_by=_username(issue.get("closed_by")) if closed else None,
            marker=marker_in(body),
            body=body,
            labels=every - labels,
            touched_by_others=True,
            extra=_extra(issue, assignees[1:], labels),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoAnswerError(f"the answer is no issue of GitLab ({error!r})") from None


def moved_to(ticket: Ticket) -> str | None:
    """Return the id under which a ticket lives on in another project.

    The one that was left behind is closed, which says nothing about the work.
    """
    return ticket.extra.get(_MOVED)


def new_issue(
    draft: Draft, assignee: int | None, words: Words, *, confidential: bool
) -> dict[str, object]:
    """Return the parameters that open a draft's issue."""
    level = draft.fields.get(Field.PRIORITY)
    labels = draft.labels | priority_swap(level, ()).add
    labels |= status_swap(draft.status, (), words).add
    text = f"{marker_line(draft.marker)}\n{enclose(harmless(draft.body))}"
    params: dict[str, object] = {"title": title(draft.title), "description": text}
    if labels:
        params["labels"] = ",".join(sorted(labels))
    if assignee is not None:
        params["assignee_ids"] = [assignee]
    if due := draft.fields.get(Field.DUE):
        params["due_date"] = due
    if confidential:
        params["confidential"] = True
    return params


def changes(
    ticket: Ticket, patch: Patch, assignee: int | None, words: Words
) -> dict[str, object]:
    """Return the parameters that change a ticket, empty if it shows it all already.

    ``ticket`` was read just now.
    """
    params: dict[str, object] = {}
    labels = ticket.extra.get(_SPEAKING, "").split(",")
    swap = Swap()
    for field, value in patched(patch).items():
        if value == ticket.fields.get(field):
            continue
        match field:
            case Field.TITLE:
                params["title"] = title(value or "")
            case Field.OWNER:
                params["assignee_ids"] = _assignees(ticket, assignee)
            case Field.DUE:
                params["due_date"] = value or ""
            case Field.PRIORITY:
                swap = swap.and_also(priority_swap(value, labels))
            case Field.STATUS:
                status = Status(value or Status.OPEN)
                swap = swap.and_also(status_swap(status, labels, words))
                params |= _state_event(ticket, status)
    if swap.add:
        params["add_labels"] = ",".join(sorted(swap.add))
    if swap.remove:
        params["remove_labels"] = ",".join(sorted(swap.remove))
    return params | _description(ticket, patch.body)


def _state_event(ticket: Ticket, status: Status) -> dict[str, object]:
    if status.terminal == ticket.status.terminal:
        return {}
    return {"state_event": "close" if status.terminal else "reopen"}


def _description(ticket: Ticket, text: str | None) -> dict[str, object]:
    # A body whose delimiters are gone belongs to people alone.
    body = None if text is None else splice(ticket.body, harmless(text))
    return {} if body is None or body == ticket.body else {"description": body}


def title(text: str) -> str:
    """Return a title as GitLab takes it: one line, without NUL, cut."""
    line = " ".join(text.replace("\x00", "").split())
    return line[:TITLE_LIMIT].rstrip()


def harmless(text: str) -> str:
    """Return text of which GitLab runs nothing; what is no command stays as it is."""
    lines = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return _COMMAND.sub(rf"\1{GAP}/", lines)


def _status(issue: Issue, closed: bool, labels: frozenset[str], words: Words) -> Status:
    links = issue.get("_links") or {}
    if closed and links.get("closed_as_duplicate_of"):
        return Status.WONT_DO
    return status_of(closed, labels, words)


def _assignees(ticket: Ticket, assignee: int | None) -> list[int]:
    """Return the assignees with the first, who is the owner, replaced.

    Those whom people put beside the owner stay.
    """
    beside = [int(one) for one in ticket.extra.get(_BESIDE, "").split()]
    others = [one for one in beside if one != assignee]
    return ([] if assignee is None else [assignee]) + others or UNASSIGNED


def _extra(
    issue: Issue, beside: Sequence[tuple[str, int]], labels: frozenset[str]
) -> Mapping[str, str]:
    moved = issue.get("moved_to_id")
    extra = {
        _MOVED: "" if moved is None else str(int(moved)),
        _BESIDE: " ".join(str(id_) for _, id_ in beside),
        _SPEAKING: ",".join(sorted(labels)),
    }
    return {name: text for name, text in extra.items() if text}


def _username(user: Issue | None) -> str | None:
    return None if user is None else str(user["username"])
