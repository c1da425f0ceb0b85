"""The ticket that an issue of GitHub is."""

from __future__ import annotations

from pmsync.domain.marking import marker_in
from pmsync.domain.model import Field, Ticket, TicketRef
from pmsync.domain.tracker_sites import TrackerSite, ticket_ref
from pmsync_adapters.github.issues import Issue
from pmsync_adapters.github.words import Words


def ticket_of(
    issue: Issue, site: TrackerSite, words: Words, *, home: bool, archived: bool
) -> Ticket:
    """Return the ticket that an issue is.

    ``home`` says that it is in the configured repository, whatever its name is now.
    """
    priority = {Field.PRIORITY: words.priority(issue.labels)}
    status = words.status(
        "closed" if issue.closed else "open", issue.reason, issue.labels
    )
    return Ticket(
        ref=_ref(issue.key, site, home=home),
        id=issue.id,
        version=issue.version,
        fields={
            Field.TITLE: issue.title,
            Field.OWNER: issue.assignees[0] if issue.assignees else None,
            Field.STATUS: status,
            **(priority if words.priorities else {}),
        },
        author=issue.author,
        created_at=issue.created,
        updated_at=issue.updated,
        closed_by=issue.closer,
        marker=marker_in(issue.body),
        body=issue.body,
        labels=words.plain(issue.labels),
        parent=_parent_key(issue, site, home=home),
        pull_request=issue.pull_request,
        read_only=not home or archived or issue.archived,
        touched_by_others=issue.touched,
    )


def _ref(key: str, site: TrackerSite, *, home: bool) -> TicketRef:
    """Name an issue as documents do: the configured spelling stays as it is."""
    repository, _, number = key.rpartition("#")
    there = site if home else TrackerSite(site.name, site.type, site.url, repository)
    return ticket_ref(there, number)


def _parent_key(issue: Issue, site: TrackerSite, *, home: bool) -> str | None:
    if issue.parent is None:
        return None
    repository = issue.parent.rpartition("#")[0]
    near = repository.casefold() in (
        issue.repository.casefold(),
        site.project.casefold(),
    )
    return _ref(issue.parent, site, home=home and near).key
