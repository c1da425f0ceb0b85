"""Documents into pages of rows: what the plan sees of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from pmsync.document.nothing import is_nobody, is_nothing
from pmsync.document.reader import read_each
from pmsync.document.text import plain
from pmsync.document.vocabulary import Vocabulary
from pmsync.domain.errors import DocumentError
from pmsync.domain.model import ActionItem, Column, Field, Form, PostMortem, Status
from pmsync.domain.references import Resolution, resolve
from pmsync.domain.repository import SourceDocument, UnreadDocument
from pmsync.domain.rows import Page, Row
from pmsync.domain.tracker_sites import TrackerSite

_HELD = {
    Field.OWNER: Column.OWNER,
    Field.DUE: Column.DUE,
    Field.PRIORITY: Column.PRIORITY,
}
_NOWHERE = Resolution((), foreign=False, pull_request=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """All documents of a pass."""

    sources: Mapping[str, SourceDocument]
    documents: tuple[PostMortem, ...]
    pages: tuple[Page, ...]
    unread: tuple[UnreadDocument, ...]

    def left_alone(self) -> Mapping[str, str]:
        """Return the documents that a run must not write, each with the reason."""
        return {
            path: source.left_alone
            for path, source in self.sources.items()
            if source.left_alone is not None
        }


def read_all(
    found: Sequence[SourceDocument | UnreadDocument],
    vocabulary: Vocabulary,
    sites: Sequence[TrackerSite],
) -> Reading:
    """Read every document; one that cannot be read is left out with its reason."""
    sources: dict[str, SourceDocument] = {}
    documents: list[PostMortem] = []
    pages: list[Page] = []
    unread: list[UnreadDocument] = []
    readable = (one for one in found if isinstance(one, SourceDocument))
    read = read_each(readable, vocabulary)
    for one in found:
        if isinstance(one, UnreadDocument):
            unread.append(one)
            continue
        document = next(read)
        if isinstance(document, DocumentError):
            unread.append(UnreadDocument(one.path, document.message))
            continue
        sources[one.path] = one
        documents.append(document)
        pages.append(page_of(document, one, sites))
    return Reading(sources, tuple(documents), tuple(pages), tuple(unread))


def page_of(
    document: PostMortem, source: SourceDocument, sites: Sequence[TrackerSite]
) -> Page:
    """Return one document in canonical terms."""
    row_ids = _row_ids(document.items)
    parent = resolve(document.parent_citations, sites).refs
    return Page(
        path=document.path,
        rows=tuple(
            _row(document, item, sites, row_ids.get(item.block, frozenset()))
            for item in document.items
        ),
        digest=sha256(source.data).hexdigest()[:16],
        incident_id=document.incident_id,
        title=document.title,
        summary=document.summary,
        severity=document.severity,
        date=document.date,
        draft=document.draft,
        template=document.template,
        parent=parent[0] if len(parent) == 1 else None,
        writable=source.left_alone is None,
        parent_taken=document.parent_line is not None and not document.parent_blank,
        parent_blank_line=document.parent_line if document.parent_blank else None,
    )


def _row_ids(items: Iterable[ActionItem]) -> Mapping[int, frozenset[str]]:
    ids: dict[int, set[str]] = {}
    for item in items:
        if item.row_id:
            ids.setdefault(item.block, set()).add(item.row_id)
    return {block: frozenset(found) for block, found in ids.items()}


def _row(
    document: PostMortem,
    item: ActionItem,
    sites: Sequence[TrackerSite],
    row_ids: frozenset[str],
) -> Row:
    cited = (
        resolve(item.citations, sites, row_ids=row_ids) if item.citations else _NOWHERE
    )
    two_state = item.checkbox or Column.STATUS not in item.columns
    days = item.horizon_days
    date = document.date
    return Row(
        path=document.path,
        line=item.line,
        block=item.block,
        form=item.form,
        section=item.section,
        values=_values(item, two_state=two_state),
        writable=_writable(item),
        two_state=two_state,
        columns=item.columns,
        refs=cited.refs,
        foreign=cited.foreign,
        raw={
            Column.TITLE: item.title,
            Column.OWNER: item.owner,
            Column.DUE: item.due,
            Column.STATUS: item.status,
            Column.TICKET: item.ticket,
            Column.PRIORITY: item.priority,
        },
        horizon_due=(
            (date + timedelta(days=days)).isoformat()
            if date is not None and days is not None
            else None
        ),
        skipped=item.skipped,
        editable=item.editable,
        extensible=item.extensible,
        urls=tuple(cited.url for cited in item.citations if cited.url),
    )


def _values(item: ActionItem, *, two_state: bool) -> Mapping[Field, str | None]:
    """Return what the row holds; what was written but not understood is left out."""
    status = item.state
    if two_state and status is not Status.UNKNOWN:
        status = Status.DONE if status.terminal else Status.OPEN
    values: dict[Field, str | None] = {Field.TITLE: _title(item), Field.STATUS: status}
    for field, column in _HELD.items():
        if column in item.columns:
            written = _written(field, item)
            if written is not None or _is_unsaid(field, item):
                values[field] = written
    return values


def _written(field: Field, item: ActionItem) -> str | None:
    match field:
        case Field.OWNER:
            owner = item.owner
            return None if owner is None or is_nobody(owner) else plain(owner)
        case Field.DUE:
            return item.due_date.isoformat() if item.due_date else None
        case Field.PRIORITY:
            return item.level
        case Field.TITLE | Field.STATUS:
            raise AssertionError(field)


def _is_unsaid(field: Field, item: ActionItem) -> bool:
    """Tell whether a cell that gave no value says that there is none."""
    match field:
        case Field.DUE:
            return item.due is None or is_nothing(item.due)
        case Field.PRIORITY:
            return item.priority is None or is_nothing(item.priority)
        case _:
            return True


def _title(item: ActionItem) -> str:
    """Return the plain title without the link that pmsync puts at its end."""
    text = item.text
    if item.form is Form.TABLE and item.ticket:
        return text
    for citation in reversed(item.citations):
        text = text.removesuffix(f"({citation.text})").rstrip()
    return text


def _writable(item: ActionItem) -> frozenset[Field]:
    """Return the fields whose values can be written back into this form."""
    if item.form is not Form.TABLE:
        return frozenset({Field.TITLE, Field.STATUS})
    held = {field for field, column in _HELD.items() if column in item.columns}
    return frozenset({Field.TITLE, Field.STATUS, *held})
