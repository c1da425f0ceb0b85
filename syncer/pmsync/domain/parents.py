"""The document's own ticket, the parent of its items' tickets.

A parent is opened only along with the first item that becomes its child. It is
written into the line that waits for it; without such a line the state alone knows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pmsync.domain import settling
from pmsync.domain.body import Body
from pmsync.domain.changes import (
    LINK,
    NEW,
    AdoptTicket,
    Change,
    CreateTicket,
    FieldChange,
    UpdateRow,
    Withheld,
)
from pmsync.domain.filing import as_ticket
from pmsync.domain.model import Column, Field, Marker, Ticket, TicketRef
from pmsync.domain.policy import Parent
from pmsync.domain.ports import Draft
from pmsync.domain.rows import Page
from pmsync.domain.state import Intent, Link, Stage
from pmsync.domain.view import TrackerView, View, fresh_key


def with_parents(view: View, changes: Sequence[Change]) -> list[Change]:
    """Return the changes with the parents that they need, each before its children."""
    if view.policy.parent is not Parent.CREATE:
        return list(changes)
    pages = {page.path: page for page in view.pages}
    needed: dict[str, str] = {}
    for change in changes:
        if isinstance(change, CreateTicket) and _takes_parent(view, pages, change):
            needed.setdefault(change.path, change.tracker)
    before: list[Change] = [*_left(view, needed), *_links(view, needed)]
    if view.rebuild:
        before += _rebuilt(view)
    planned: dict[tuple[str, str], Change] = {}
    for path, tracker in needed.items():
        own = list(_parent(view, pages[path], view.trackers[tracker]))
        planned[path, tracker] = own[0]
        before += own
    after = [
        _child(change, planned[change.path, change.tracker])
        if isinstance(change, CreateTicket) and (change.path, change.tracker) in planned
        else change
        for change in changes
    ]
    return [*before, *_without_links_of_withheld(after)]


def _takes_parent(view: View, pages: dict[str, Page], change: CreateTicket) -> bool:
    """Tell whether a new ticket could be a child, and there is no parent yet."""
    page = pages[change.path]
    return (
        view.trackers[change.tracker].capabilities.parents
        and change.draft.parent is None
        and page.parent is None
        and not page.parent_taken
        and view.parent_of(page) is None
    )


def _parent(view: View, page: Page, tracker: TrackerView) -> Iterator[Change]:
    """Plan the parent of one document: adopted, waited for, or opened."""
    intent = _intent(view, page)
    if intent is None:
        key = fresh_key(view.salt, f"{page.path}:parent")
        yield _create(view, page, tracker, key, again=False)
        yield from _link(page, key, tracker.name, None)
        return
    ours, _ = settling.bearers(view, intent)
    if ours:
        adopted = settling.adopt(intent, ours[0], page.path, _line(page))
        yield replace(adopted, parent=True)
        yield from _link(page, intent.key, intent.tracker, ours[0].ref)
    elif settling.waited_for(view, intent):
        yield settling.pending(view, intent, page.path, _line(page))
    else:
        yield _create(view, page, view.trackers[intent.tracker], intent.key, again=True)
        yield from _link(page, intent.key, intent.tracker, None)


def _child(change: CreateTicket, parent: Change) -> Change:
    """Make a new ticket a child of the parent that was planned for its document."""
    match parent:
        case CreateTicket(key=key):
            return replace(change, child_of=key)
        case AdoptTicket(ticket=ticket):
            return replace(change, draft=replace(change.draft, parent=ticket.ref.key))
        case _:
            at = (change.path, change.line, change.key, change.tracker)
            return Withheld(*at, "the create of its parent has no answer yet")


def _without_links_of_withheld(changes: list[Change]) -> list[Change]:
    """Leave out the links of tickets that are not opened in this run."""
    withheld = {change.key for change in changes if isinstance(change, Withheld)}
    return [
        change
        for change in changes
        if isinstance(change, Withheld) or change.key not in withheld
    ]


def _left(view: View, needed: dict[str, str]) -> Iterator[Change]:
    """Settle creates of parents whose documents need none any more."""
    for intent in _intents(view):
        if intent.path in needed:
            continue
        ours, _ = settling.bearers(view, intent)
        if ours:
            adopted = settling.adopt(intent, ours[0], intent.path, intent.line)
            yield replace(adopted, parent=True)
        elif settling.waited_for(view, intent):
            yield settling.pending(view, intent, intent.path, intent.line)


def _links(view: View, needed: dict[str, str]) -> Iterator[Change]:
    """Write links of parents that are not in their documents yet."""
    for page in view.pages:
        known = view.parent_of(page)
        if known is None or page.path in needed or known.link is not Link.UNWRITTEN:
            continue
        if known.stage is Stage.DECLINED:
            continue
        if page.writable and view.selected(page.path, known.ref.tracker):
            yield from _link(page, known.key, known.ref.tracker, known.ref)


def _link(
    page: Page, key: str, tracker: str, ref: TicketRef | None
) -> Iterator[UpdateRow]:
    if page.parent_blank_line is None:
        return
    to = ref.key if ref else NEW
    yield UpdateRow(
        page.path,
        page.parent_blank_line,
        key,
        tracker,
        "the post-mortem's own ticket",
        {LINK: FieldChange(None, ref.key if ref else None, None, to)},
        ref=ref,
        values={Column.TICKET: ref.key if ref else None},
        parent=True,
    )


def _create(
    view: View, page: Page, tracker: TrackerView, key: str, *, again: bool
) -> CreateTicket:
    text = title_of(page)
    title = as_ticket(Field.TITLE, text, tracker) or text
    body = Body(
        title=text,
        incident_id=page.incident_id,
        incident=page.title,
        summary=page.summary,
        severity=page.severity,
        section=None,
        owner=None,
        due=None,
        path=page.path,
        link=view.permalink(page.path, 1),
    )
    return CreateTicket(
        page.path,
        _line(page),
        key,
        tracker.name,
        "an earlier attempt was not carried out"
        if again
        else "the post-mortem's own ticket, the parent of the others",
        {Field.TITLE: FieldChange(text, None, None, title)},
        title=title,
        again=again,
        parent=True,
        draft=Draft(
            marker=Marker(key, view.state.id),
            title=title,
            body=view.body_text(tracker.name, body),
            labels=view.policy.labels.get(tracker.name, frozenset()),
        ),
    )


def title_of(page: Page) -> str:
    """Return what the document's own ticket is called."""
    title = page.title or page.path
    if page.incident_id is None or page.incident_id in title:
        return title
    return f"{page.incident_id}: {title}"


def _line(page: Page) -> int:
    return page.parent_blank_line or 1


def _intent(view: View, page: Page) -> Intent | None:
    paths = (page.path, view.former_path(page))
    return next((intent for intent in _intents(view) if intent.path in paths), None)


def _intents(view: View) -> Iterator[Intent]:
    """Return the creates of parents whose tickets were not found so far."""
    state = view.state
    known = {path for path, document in state.documents.items() if document.parent}
    for key, intent in {**state.settled, **state.intents}.items():
        if intent.parent and (key in state.intents or intent.path not in known):
            yield intent


def _rebuilt(view: View) -> Iterator[Change]:
    """Find the parents that only the lost state knew, by marker and title."""
    for page in view.pages:
        if page.parent is not None or page.parent_taken:
            continue
        for tracker in view.trackers.values():
            left = _left_by_lost_state(view, page, tracker)
            if left is not None and left.marker is not None:
                reason = "it bears our marker and this title, and the state was lost"
                at = (page.path, _line(page), left.marker.key, tracker.name, reason)
                yield AdoptTicket(*at, ticket=left, parent=True)
                yield from _link(page, left.marker.key, tracker.name, left.ref)
                break


def _left_by_lost_state(view: View, page: Page, tracker: TrackerView) -> Ticket | None:
    """Return the only marked ticket with the document's title that nobody cites."""
    title = as_ticket(Field.TITLE, title_of(page), tracker)
    bearing = view.uncited.get((tracker.name, title), [])
    return bearing[0] if len(bearing) == 1 else None
