"""The plan: every row and every item of the state, each decided once. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import replace

from pmsync.domain import healing, settling
from pmsync.domain.changes import (
    AddColumn,
    AdoptTicket,
    Agree,
    Change,
    Conflict,
    Note,
    Noticed,
    Plan,
    Tally,
    Withheld,
)
from pmsync.domain.decided import Aside, Decided, Question
from pmsync.domain.deciding import OUT_OF_REACH, decide, tracker_of
from pmsync.domain.errors import UsageError
from pmsync.domain.model import Column, TicketRef
from pmsync.domain.parents import with_parents
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import ItemState
from pmsync.domain.view import View


def plan(view: View) -> Plan:
    """Decide everything. The same view gives the same plan."""
    changes: list[Change] = []
    notes: list[Note] = []
    aside: Counter[str] = Counter()
    unchanged = 0
    for decided in _rows(view):
        if not decided:
            unchanged += 1
        for one in decided:
            if isinstance(one, Note):
                notes.append(one)
            elif isinstance(one, Aside):
                aside[one] += 1
            else:
                changes.append(one)
    changes = with_parents(view, changes)
    if view.resolve is None:
        adopted = {c.key for c in changes if isinstance(c, AdoptTicket)}
        changes += _orphans(view, adopted)
        for found in healing.duplicates(view):
            if isinstance(found, Note):
                notes.append(found)
            else:
                changes.append(found)
    return Plan(_once(changes), tuple(notes), Tally(unchanged, dict(aside)))


def _rows(view: View) -> Iterator[list[Decided]]:
    for page, row in _asked(view):
        tracker = tracker_of(view, page, row)
        if not view.selected(row.path, tracker):
            continue
        if tracker in view.trackers:
            yield [*decide(view, page, row), *_settled(view, page, row)]
        else:
            yield [Aside(f"tracker {tracker} {OUT_OF_REACH}")]


def _asked(view: View) -> Iterator[tuple[Page, Row]]:
    """Return the rows that may be changed: the one that a person decides, or all.

    Raises ``UsageError`` when there is no row where the person says.
    """
    one = view.resolve
    rows = [
        (page, row)
        for page in view.pages
        if page.writable
        for row in page.rows
        if one is None or (row.path, row.line) == (one.path, one.line)
    ]
    if one is not None and not rows:
        raise UsageError(
            f"{one.path}:{one.line}: there is no action item on this line",
            hint="'pmsync items' lists them with their lines",
        )
    yield from rows


def _settled(view: View, page: Page, row: Row) -> Iterator[Note]:
    """Say so when a person was asked nothing about the row."""
    if view.resolve is None:
        return
    asked = replace(view, resolve=None)
    if not any(_leaves_open(decided) for decided in decide(asked, page, row)):
        yield Note(row.path, row.line, "there is nothing to decide about this row")


def _leaves_open(decided: Decided) -> bool:
    match decided:
        case Conflict() | Withheld():
            return True
        case Agree(noticed=noticed):
            return noticed is Noticed.UNLINKED
        case _:
            return isinstance(decided, Question)


def _orphans(view: View, adopted: Container[str]) -> Iterator[Change]:
    """Plan items and intents whose row is gone.

    A person may have linked the row of an intent to the very ticket that it left.
    """
    for gone in view.alignment.vanished:
        intent = view.sent(gone.key)
        if gone.key in view.items:
            _, item = view.items[gone.key]
            asked = item.ref is None or view.selected(gone.path, item.ref.tracker)
            if asked and not item.vanished and item.ref is not None:
                yield Agree(
                    gone.path,
                    gone.line,
                    gone.key,
                    item.ref.tracker,
                    _why_gone(view, item, item.ref),
                    ref=item.ref,
                    noticed=Noticed.VANISHED,
                    title=item.text,
                )
        elif intent is not None and gone.key not in adopted:
            ours, _ = settling.bearers(view, intent)
            if ours:
                found = settling.adopt(intent, ours[0], gone.path, gone.line)
                yield replace(found, gone=True)
            elif settling.waited_for(view, intent):
                yield settling.pending(view, intent, gone.path, gone.line)


def _why_gone(view: View, item: ItemState, ref: TicketRef) -> str:
    if not item.owns:
        return f"one row less cites {ref.key}"
    if view.name_now(ref) in view.citing:
        return f"no row has {ref.key} alone any more; it is left as it is"
    return f"the row is gone; {ref.key} is left as it is"


def _once(changes: list[Change]) -> tuple[Change, ...]:
    """Add each column once, however many of its rows need it."""
    added: set[tuple[str, int, Column]] = set()
    kept: list[Change] = []
    for change in changes:
        if isinstance(change, AddColumn):
            name = (change.path, change.line, change.column)
            if name in added:
                continue
            added.add(name)
        kept.append(change)
    return tuple(kept)
