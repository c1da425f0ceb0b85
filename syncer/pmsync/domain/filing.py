"""What is filed, what is left alone, and what a new ticket says."""

from __future__ import annotations

from pmsync.domain.body import Body, body_of
from pmsync.domain.changes import CreateTicket, FieldChange
from pmsync.domain.columns import needs_column
from pmsync.domain.model import Column, Field, Marker, Status
from pmsync.domain.neutral import readable
from pmsync.domain.policy import Parent, Policy
from pmsync.domain.ports import Draft
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import ItemState
from pmsync.domain.view import TrackerView, View, fresh_key


def left_alone(page: Page, row: Row, policy: Policy, tracker: str) -> str | None:
    """Say why a row without a ticket is not filed, None if it is."""
    since = policy.since.get(tracker)
    reasons = (
        (row.skipped, "a skip comment leaves it alone"),
        (page.template, "the document is a template"),
        (page.draft, "the document is a draft"),
        (not row.text, "it has no title"),
        (row.foreign, "it cites a ticket that pmsync may not touch"),
        (len(row.refs) > 1, "it cites several tickets"),
        (row.status.terminal, "it is done already"),
        (row.status is Status.UNKNOWN, "its status is not understood"),
        (not row.editable, "its table cannot be edited safely"),
        (
            needs_column(policy, row) and not row.extensible,
            "a row of its table is wider than the header: no column can be added",
        ),
        (
            since is not None and page.date is not None and page.date < since,
            f"its document is older than {since}",
        ),
    )
    return next((reason for holds, reason in reasons if holds), None)


def create(
    view: View,
    page: Page,
    row: Row,
    tracker: TrackerView,
    *,
    again: bool = False,
    instead_of: ItemState | None = None,
) -> CreateTicket:
    """Plan a new ticket for a row, under a new key where it leaves its item."""
    key = view.key(row)
    if instead_of is not None:
        key = fresh_key(view.salt, f"{row.path}:{row.line}:{instead_of.key}")
    body = source(view, page, row)
    known = {**row.values, Field.DUE: body.due}
    fields = {
        field: value
        for field in sorted(tracker.capabilities.fields - {Field.TITLE})
        if (value := as_ticket(field, known.get(field), tracker)) is not None
    }
    title = as_ticket(Field.TITLE, row.text, tracker) or row.text
    shown = {Field.TITLE: title, **fields}
    return CreateTicket(
        row.path,
        row.line,
        key,
        tracker.name,
        "an earlier attempt was not carried out" if again else "it has no ticket",
        {f: FieldChange(row.values.get(f), None, None, to) for f, to in shown.items()},
        title=title,
        again=again,
        instead_of=instead_of.key if instead_of else None,
        draft=Draft(
            marker=Marker(key, view.state.id),
            title=title,
            body=view.body_text(tracker.name, body),
            fields=fields,
            labels=view.policy.labels.get(tracker.name, frozenset()),
            parent=_parent(view, page, tracker),
        ),
    )


def source(view: View, page: Page, row: Row) -> Body:
    """Return what the ticket's body says about the row."""
    due = due_of(row, view.policy)
    return body_of(page, row, due, view.permalink(row.path, row.line))


def due_of(row: Row, policy: Policy) -> str | None:
    """Return the row's due date, else the one that the horizon gives."""
    if row.raw.get(Column.DUE) is not None or not policy.due_from_horizon:
        return row.values.get(Field.DUE)
    return row.horizon_due


def as_ticket(field: Field, value: str | None, tracker: TrackerView) -> str | None:
    """Return what the ticket would show if a row's value were sent to it."""
    match field:
        case Field.TITLE:
            limit = tracker.capabilities.title_limit
            text = " ".join(readable(value or "").split())
            return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
        case Field.OWNER:
            return tracker.owners.to_ticket(value)
        case Field.STATUS:
            status = Status(value or Status.OPEN)
            return None if status is Status.UNKNOWN else held_status(status, tracker)
        case Field.DUE | Field.PRIORITY:
            return value


def held_status(status: Status, tracker: TrackerView) -> Status:
    """Return the nearest status that a tracker can hold."""
    if status in tracker.capabilities.statuses:
        return status
    return Status.DONE if status.terminal else Status.OPEN


def shown_status(status: Status, row: Row) -> Status:
    """Return the status as a row can show it."""
    if not row.two_state:
        return status
    return Status.DONE if status.terminal else Status.OPEN


def _parent(view: View, page: Page, tracker: TrackerView) -> str | None:
    """Return the key of the document's own ticket if it can be a parent."""
    known = view.parent_of(page)
    parent = page.parent or (known.ref if known else None)
    if view.policy.parent is Parent.OFF or parent is None:
        return None
    capable = parent.tracker == tracker.name and tracker.capabilities.parents
    return parent.key if capable else None
