"""Edit the documents: written down as pending, replaced, and read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pmsync.app import edit
from pmsync.app.plan_markdown import plan_markdown
from pmsync.app.read import read_all
from pmsync.app.report import DocumentDiff, Done
from pmsync.app.work import STOPPED, Work
from pmsync.domain.changes import LINK, AddColumn, Awaits, Pending, Result, UpdateRow
from pmsync.domain.errors import (
    DocumentError,
    RepositoryError,
    RepositoryRefusedError,
)
from pmsync.domain.model import Column
from pmsync.domain.moved import recognised
from pmsync.domain.proposals import Edit
from pmsync.domain.repository import EditedRow, Landing, Publication, SourceDocument
from pmsync.domain.state import Stage


def write_all(work: Work) -> None:
    """Bring every planned value and link into its document."""
    edited = [
        _edited(work, path, edits) for path, edits in _wanted(work) if edits.changes
    ]
    changed = [one for one in edited if one.after != one.before]
    if changed:
        work.record("about to edit documents")
    for one in changed:
        if work.may_send():
            _replace(work, one)
        else:
            _not_written(work, one.path, STOPPED)
    waiting = list(_waiting(work))
    work.ledger.propose(waiting)
    if not work.diffs and (waiting or not _withdraws(work)):
        work.ledger.withdraw(work.planned.moot)
    elif work.may_send():
        _publish(work)
    else:
        _leave(work)
    _columns(work)


def _waiting(work: Work) -> Iterator[Edit]:
    """Return the edits that an open proposal holds already."""
    for change in work.plan.changes:
        if isinstance(change, Pending) and change.awaits is Awaits.REVIEW:
            yield from ((change.key, Column(name)) for name in change.fields)


def _withdraws(work: Work) -> bool:
    """Tell whether a proposal may be open that holds nothing which is still wanted."""
    wanted = any(isinstance(change, UpdateRow) for change in work.plan.changes)
    return not (work.ports.repository.lands_at_once or wanted) and any(
        edit.stage is not Stage.DECLINED
        for _, item in work.view.items.values()
        for edit in item.pending.values()
    )


def _wanted(work: Work) -> Iterator[tuple[str, edit.Edits]]:
    """Leave out the links of tickets that were not opened."""
    missing = {
        index
        for index, change in enumerate(work.plan.changes)
        if isinstance(change, UpdateRow)
        and change.ref is None
        and change.key not in work.refs
    }
    skipped = Done(Result.SKIPPED, "its ticket was not opened")
    work.done.update((index, skipped) for index in missing)
    for path, edits in edit.edits_of(work.plan.changes).items():
        yield path, edit.without(edits, missing)


def _edited(work: Work, path: str, edits: edit.Edits) -> edit.EditedDocument:
    edited = edit.edit_document(path, edits, work.refs, work.reading, work.settings)
    for index, change in edits.changes.items():
        if index in edited.refused:
            work.done[index] = Done(Result.REFUSED, edited.refused[index])
        else:
            work.ledger.edited(change)
            work.done[index] = Done(Result.DONE)
    return edited


def _replace(work: Work, one: edit.EditedDocument) -> None:
    try:
        work.ports.repository.replace(one.path, one.before, one.after)
    except DocumentError as error:
        work.again = True
        _not_written(work, one.path, error.message)
    else:
        work.diffs.append(DocumentDiff(one.path, one.before, one.after))
    work.progress.advance()


def _not_written(work: Work, path: str, why: str) -> None:
    """Forget the edits of a document that has certainly not been given them."""
    for change in work.plan.changes:
        if isinstance(change, UpdateRow) and change.path == path:
            work.ledger.unedited(change)
    _skip(work, path, why)


def _publish(work: Work) -> None:
    """Bring the replaced documents forward; what stands in them then has landed."""
    projects = {name: each.project for name, each in work.ports.trackers.items()}
    text = plan_markdown(work.plan, projects)
    publication = Publication(work.run, tuple(_rows(work)), text)
    try:
        published = work.ports.repository.publish(publication)
    except RepositoryRefusedError as error:
        _undo(work, error.message, _not_written)
        work.failures.append(error)
        return
    except RepositoryError as error:
        # It may have been taken: the edits stay written down until they are seen.
        _undo(work, error.message, _skip)
        work.failures.append(error)
        return
    work.address = published.address
    match published.landing:
        case Landing.MOVED:
            work.again = True
            _undo(work, "the branch moved meanwhile", _not_written)
            return
        case Landing.LANDED:
            _read_back(work)
        case Landing.PROPOSED:
            work.by_hand = published.address is None
            work.ledger.propose(_written(work))
    work.ledger.withdraw(work.planned.moot)


def _leave(work: Work) -> None:
    """Let what was replaced be what it is; the run was stopped before it went on."""
    there = {
        one.path: one.data
        for one in work.ports.repository.documents()
        if isinstance(one, SourceDocument)
    }
    for diff in [one for one in work.diffs if there.get(one.path) != one.after]:
        undo = _not_written if there.get(diff.path) == diff.before else _skip
        undo(work, diff.path, STOPPED)
        work.diffs.remove(diff)
    _read_back(work)


def _written(work: Work) -> Iterator[Edit]:
    """Return the edits of the documents that were replaced."""
    for change in _done(work):
        yield from ((change.key, column) for column in change.values)


def _done(work: Work) -> Iterator[UpdateRow]:
    paths = {diff.path for diff in work.diffs}
    for index, change in enumerate(work.plan.changes):
        written = index in work.done and work.done[index].result is Result.DONE
        if isinstance(change, UpdateRow) and written and change.path in paths:
            yield change


def _undo(work: Work, why: str, undo: Callable[[Work, str, str], None]) -> None:
    """Take back the results of documents that were replaced and not brought forward."""
    for diff in work.diffs:
        undo(work, diff.path, why)
    work.diffs.clear()


def _rows(work: Work) -> Iterator[EditedRow]:
    for change in _done(work):
        ref = change.ref or work.refs[change.key]
        values = {n: (v.document, v.to) for n, v in change.fields.items()}
        if LINK in values:
            values[LINK] = (values[LINK][0], ref.key)
        yield EditedRow(change.path, change.line, ref.key, values)


def _skip(work: Work, path: str, why: str) -> None:
    for index, change in enumerate(work.plan.changes):
        if isinstance(change, UpdateRow) and change.path == path:
            work.done[index] = Done(Result.SKIPPED, why)


def _read_back(work: Work) -> None:
    """Read the edited documents again: what stands in them has landed."""
    paths = {diff.path for diff in work.diffs}
    found = [one for one in work.ports.repository.documents() if one.path in paths]
    settings = work.settings
    reading = read_all(found, settings.vocabulary, settings.sites)
    pages = recognised(reading.pages, work.ledger.state(work.pages))
    work.ledger.stand(pages)
    fresh = {page.path: page for page in pages}
    work.pages = tuple(fresh.get(page.path, page) for page in work.pages)


def _columns(work: Work) -> None:
    """Give an added column the result of the rows that needed it."""
    written = {diff.path for diff in work.diffs}
    for index, change in enumerate(work.plan.changes):
        if isinstance(change, AddColumn):
            done = change.path in written
            work.done[index] = Done(Result.DONE if done else Result.SKIPPED)
