"""Edits that a pull request holds: waiting for review, declined, or out of date.

An edit is the same as a pending one when it brings the same value for the same value
of the ticket. Pure: the repository is asked by others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pmsync.domain.changes import (
    LINK,
    AddColumn,
    Awaits,
    Change,
    FieldChange,
    Pending,
    Plan,
    UpdateRow,
)
from pmsync.domain.model import Column, Field, Status
from pmsync.domain.rows import Row
from pmsync.domain.state import ItemState, ParentTicket, PendingEdit, Stage, State
from pmsync.domain.view import View

_PROPOSED = "this edit is written, and not yet on the tracked branch"
Edit = tuple[str, Column]
"""An item's key and the column of its row."""


def proposed(state: State) -> bool:
    """Tell whether any edit is known to be in a pull request."""
    parents = (d.parent for d in state.documents.values() if d.parent is not None)
    return any(parent.stage is Stage.PROPOSED for parent in parents) or any(
        edit.stage is Stage.PROPOSED for _, edit in _pending(state)
    )


def declined(state: State) -> State:
    """Return the state after a person closed the pull request without merging it."""

    def of(item: ItemState) -> ItemState:
        marked = {
            column: edit._replace(stage=Stage.DECLINED)
            if edit.stage is Stage.PROPOSED
            else edit
            for column, edit in item.pending.items()
        }
        return replace(item, pending=marked) if marked else item

    documents = {
        path: replace(
            document,
            items=tuple(map(of, document.items)),
            parent=_declined_parent(document.parent),
        )
        for path, document in state.documents.items()
    }
    return replace(state, documents=documents)


def _declined_parent(parent: ParentTicket | None) -> ParentTicket | None:
    if parent is None or parent.stage is not Stage.PROPOSED:
        return parent
    return replace(parent, stage=Stage.DECLINED)


def without_declined(plan: Plan, view: View) -> Plan:
    """Return the plan without the edits that a person declined; they are listed."""
    if not any(edit.stage is Stage.DECLINED for _, edit in _pending(view.state)):
        return plan
    changes: list[Change] = []
    for change in plan.changes:
        if isinstance(change, UpdateRow):
            changes += _split(change, view)
        else:
            changes.append(change)
    return replace(plan, changes=_needed(changes))


def carried(plan: Plan, view: View) -> Plan:
    """Return the plan with the proposed edits that this pass does not decide.

    A proposal is rebuilt as a whole: what it holds of other rows stays in it.
    """
    rows = {view.key(row): row for p in view.pages if p.writable for row in p.rows}
    more = [
        change
        for key, (_, item) in view.items.items()
        if (row := rows.get(key)) is not None and not _decides(view, row, item)
        for change in _again(row, item)
    ]
    return replace(plan, changes=(*plan.changes, *more)) if more else plan


def awaiting(plan: Plan) -> Plan:
    """Return the plan of which an open proposal holds every edit."""
    reason = f"{_PROPOSED}: merge it, or commit and push"
    changes = [
        _wait(change, Awaits.REVIEW, reason, change.fields)
        if isinstance(change, UpdateRow)
        else change
        for change in plan.changes
    ]
    return replace(plan, changes=_needed(changes))


def moot(plan: Plan, view: View) -> frozenset[Edit]:
    """Return the pending edits that nothing asks for any more.

    The row shows neither what it showed when they were made nor what they brought, or
    the ticket has gone back to what it was.
    """
    if not any(_pending(view.state)):
        return frozenset()
    wanted = {
        (change.key, column) for change in plan.changes for column in _columns(change)
    }
    rows = {view.key(row): row for p in view.pages if p.writable for row in p.rows}
    gone = {known.key for known in view.alignment.vanished} if not view.resolve else ()
    return frozenset(
        (key, column)
        for key, (_, item) in view.items.items()
        for column in item.pending
        if (key, column) not in wanted
        and (
            key in gone
            or ((row := rows.get(key)) is not None and _decides(view, row, item))
        )
    )


def unrecorded(plan: Plan, view: View) -> bool:
    """Tell whether the state does not know yet that edits are in the proposal."""
    waiting = {
        change.key
        for change in plan.changes
        if isinstance(change, Pending) and change.awaits is Awaits.REVIEW
    }
    return any(
        edit.stage is Stage.WRITTEN
        for item, edit in _pending(view.state)
        if item.key in waiting
    )


def _pending(state: State) -> Iterator[tuple[ItemState, PendingEdit]]:
    for document in state.documents.values():
        for item in document.items:
            for edit in item.pending.values():
                yield item, edit


def _decides(view: View, row: Row, item: ItemState) -> bool:
    """Tell whether this pass looks at a row."""
    one = view.resolve
    if one is not None and (row.path, row.line) != (one.path, one.line):
        return False
    if item.ref is None:
        return True
    tracker = item.ref.tracker
    return tracker in view.trackers and view.selected(row.path, tracker)


def _split(change: UpdateRow, view: View) -> Iterator[Change]:
    """Take the declined columns out of an edit."""
    known = view.items.get(change.key)
    pending = known[1].pending if known is not None else {}
    off = {
        column
        for column, to in change.values.items()
        if (edit := pending.get(column)) is not None
        and edit.stage is Stage.DECLINED
        and (edit.to, edit.ticket) == _brings(change, column, to)
    }
    if not off:
        yield change
        return
    reason = (
        "the pull request with this edit was closed unmerged; it is proposed again "
        "when the ticket changes"
    )
    fields = {name: change.fields[name] for name in map(_name, sorted(off))}
    yield _wait(change, Awaits.CHANGE, reason, fields)
    left = {c: value for c, value in change.values.items() if c not in off}
    if left:
        kept = {n: v for n, v in change.fields.items() if n not in fields}
        yield replace(change, values=left, fields=kept)


def _brings(
    change: UpdateRow, column: Column, to: str | Status | None
) -> tuple[str | None, str | None]:
    if column is Column.TICKET:
        return (change.ref.key if change.ref else None), None
    return to, change.fields[column.value].tracker


def _again(row: Row, item: ItemState) -> Iterator[UpdateRow]:
    """Return the proposed edits of a row as a change."""
    edits = {
        column: edit
        for column, edit in item.pending.items()
        if edit.stage is Stage.PROPOSED and _shows(row, column) == edit.before
    }
    if item.ref is None or not edits:
        return
    yield UpdateRow(
        row.path,
        row.line,
        item.key,
        item.ref.tracker,
        _PROPOSED,
        {
            _name(column): FieldChange(edit.before, edit.ticket, None, edit.to)
            for column, edit in edits.items()
        },
        ref=item.ref,
        values={column: edit.to for column, edit in edits.items()},
    )


def _shows(row: Row, column: Column) -> str | None:
    if column is Column.TICKET:
        return row.raw.get(column)
    return row.values.get(Field(column.value))


def _name(column: Column) -> str:
    return LINK if column is Column.TICKET else column.value


def _columns(change: Change) -> Iterable[Column]:
    match change:
        case UpdateRow():
            return change.values
        case Pending():
            return [Column(name) for name in change.fields]
        case _:
            return ()


def _wait(
    change: UpdateRow, awaits: Awaits, reason: str, fields: Mapping[str, FieldChange]
) -> Pending:
    return Pending(
        change.path,
        change.line,
        change.key,
        change.tracker,
        reason,
        fields,
        awaits=awaits,
    )


def _needed(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Leave out columns of documents in which no row is edited any more."""
    edited = {change.path for change in changes if isinstance(change, UpdateRow)}
    return tuple(
        change
        for change in changes
        if not isinstance(change, AddColumn) or change.path in edited
    )
