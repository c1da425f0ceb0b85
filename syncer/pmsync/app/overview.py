"""How action items stand, from documents and state alone: no tracker is asked.

What a tracker showed last is remembered in the state, so that a conflict is known
until a run has seen it end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from pmsync.app.observe import aligned
from pmsync.app.read import Reading, read_all
from pmsync.app.settings import Ports, Settings
from pmsync.domain.alignment import Address
from pmsync.domain.changes import (
    Agree,
    Change,
    Conflict,
    CreateTicket,
    Fields,
    Noticed,
    Pending,
    Withheld,
)
from pmsync.domain.filing import due_of
from pmsync.domain.model import Column, Field, Status, TicketRef
from pmsync.domain.moved import recognised
from pmsync.domain.owners import Owners
from pmsync.domain.planner import plan
from pmsync.domain.ports import Capabilities
from pmsync.domain.repository import UnreadDocument
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import ItemState, Link, Stage, State
from pmsync.domain.view import TrackerView, View

ABLE = Capabilities(fields=frozenset(Field), statuses=frozenset(Status))
"""What trackers can hold matters only beside tickets, and some have to be asked for it."""


class Mark(StrEnum):
    """What a person should know about a row."""

    OVERDUE = "overdue"
    CONFLICT = "conflict"
    """The two sides were changed differently."""
    PENDING = "pending"
    """A create without an answer, or an edit that is not in the document yet."""
    DECLINED = "declined"
    """The pull request with an edit of it was closed unmerged."""
    WITHHELD = "withheld"
    """It may be a row that vanished: a person says whether it is."""
    LOST = "lost"
    """Its tracker did not show its ticket."""
    UNLINKED = "unlinked"
    """A person took its link out."""
    UNFILED = "unfiled"
    """The next run opens a ticket for it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One row as it stands."""

    line: int
    title: str
    owner: str | None
    """As the document writes it."""
    due: str | None
    """ISO 8601."""
    status: Status
    ref: TicketRef | None
    marks: tuple[Mark, ...]
    fields: Fields
    """What is in conflict."""


@dataclass(frozen=True, slots=True)
class DocumentStanding:
    """The rows of one document."""

    path: str
    incident_id: str | None
    title: str | None
    draft: bool
    """True when its rows are not filed yet."""
    rows: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """A ticket whose row is gone."""

    path: str
    title: str
    ref: TicketRef


@dataclass(frozen=True, slots=True)
class Overview:
    """All documents that were asked for."""

    documents: tuple[DocumentStanding, ...]
    gone: tuple[Gone, ...]
    read: Mapping[str, datetime | None]
    """By tracker: when all its linked tickets were last read, None if never."""
    unread: tuple[UnreadDocument, ...] = field(default=())
    paths: tuple[str, ...] = field(default=())
    """Of all documents, with those that hold nothing to show."""


def overview(ports: Ports, settings: Settings) -> Overview:
    """Read documents and state. Raises ``StateUnavailableError``."""
    state = ports.state.read()[0] or State("")
    reading = read_all(
        ports.repository.documents(), settings.vocabulary, settings.sites
    )
    reading = replace(reading, pages=recognised(reading.pages, state))
    view = _view(ports, settings, state, reading)
    changes: dict[Address, list[Change]] = {}
    for change in plan(view).changes:
        changes.setdefault(Address(change.path, change.line), []).append(change)
    today = ports.clock.now().date()
    standings = (_document(view, page, changes, today) for page in reading.pages)
    return Overview(
        documents=tuple(document for document in standings if document.rows),
        gone=tuple(_gone(view)),
        read={
            name: state.watermarks[name].verified if name in state.watermarks else None
            for name in sorted(settings.types)
        },
        unread=reading.unread,
        paths=(
            *(page.path for page in reading.pages),
            *(unread.path for unread in reading.unread),
        ),
    )


def _view(ports: Ports, settings: Settings, state: State, reading: Reading) -> View:
    """Return a view in which no ticket was looked at."""
    return View(
        state=state,
        pages=reading.pages,
        alignment=aligned(state, reading),
        trackers={
            name: TrackerView(
                name=name,
                project=ports.trackers[name].project,
                capabilities=ABLE,
                owners=Owners.of(settings.owners.get(name, {})),
                identities=frozenset(),
            )
            for name in settings.types
        },
        policy=settings.policy,
        now=ports.clock.now(),
        salt="",
        selected=settings.selected,
    )


def _document(
    view: View, page: Page, changes: Mapping[Address, list[Change]], today: date
) -> DocumentStanding:
    rows = [
        _standing(view, row, changes.get(Address(row.path, row.line), []), today)
        for row in page.rows
        if not page.template and not row.skipped and _selected(view, page, row)
    ]
    return DocumentStanding(
        page.path, page.incident_id, page.title, page.draft, tuple(rows)
    )


def _selected(view: View, page: Page, row: Row) -> bool:
    item = view.item(row)
    known = row.refs[0] if row.refs else (item.ref if item else None)
    tracker = known.tracker if known else view.policy.route(page, row)
    return view.selected(row.path, tracker)


def _standing(view: View, row: Row, changes: list[Change], today: date) -> Standing:
    item = view.item(row)
    due = due_of(row, view.policy)
    conflicts = [change for change in changes if isinstance(change, Conflict)]
    overdue = due is not None and not row.status.terminal and due < today.isoformat()
    marks = [*([Mark.OVERDUE] if overdue else []), *_marks(row, item, changes)]
    return Standing(
        line=row.line,
        title=row.text,
        owner=row.raw.get(Column.OWNER),
        due=due,
        status=row.status,
        ref=row.refs[0] if row.refs else (item.ref if item else None),
        marks=tuple(dict.fromkeys(marks)),
        fields={n: f for change in conflicts for n, f in change.fields.items()},
    )


def _marks(row: Row, item: ItemState | None, changes: list[Change]) -> Iterator[Mark]:
    yield from filter(None, map(_mark, changes))
    if item is not None:
        for edit in item.pending.values():
            declined = edit.stage is Stage.DECLINED
            yield Mark.DECLINED if declined else Mark.PENDING
        if item.loss is not None:
            yield Mark.LOST
        if item.link is Link.UNLINKED and not row.refs:
            yield Mark.UNLINKED


def _mark(change: Change) -> Mark | None:
    """Return what a change, were it planned now, says of its row."""
    match change:
        case Conflict():
            return Mark.CONFLICT
        case Pending():
            return Mark.PENDING
        case Withheld():
            return Mark.WITHHELD
        case CreateTicket():
            return Mark.UNFILED
        case Agree(noticed=Noticed.UNLINKED):
            return Mark.UNLINKED
        case _:
            return None


def _gone(view: View) -> Iterator[Gone]:
    for known in view.alignment.vanished:
        ref = known.ref if known.owns else None
        if ref is not None and view.selected(known.path, ref.tracker):
            yield Gone(known.path, known.text, ref)
