"""Open tickets: write down the intent, send once, and believe only what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from pmsync.app.report import Done
from pmsync.app.settle import Numbered, look, opened, settle
from pmsync.app.work import Work
from pmsync.domain import ports
from pmsync.domain.changes import CreateTicket, Result
from pmsync.domain.errors import TrackerError
from pmsync.domain.healing import intent_of
from pmsync.domain.model import Field
from pmsync.domain.rows import Row
from pmsync.domain.state import Intent, Pair

JOURNAL = 20
"""How many creates share one journal entry, unless one request takes more."""
TRIES = 3
"""How often a create is sent that was certainly not carried out."""
FRESH = timedelta(minutes=1)
"""How old an intent may be when it is sent: grace is counted from it."""

_T = TypeVar("_T")


def create_all(work: Work) -> None:
    """Open every planned ticket, tracker by tracker."""
    creates = [
        (index, change)
        for index, change in enumerate(work.plan.changes)
        if isinstance(change, CreateTicket)
    ]
    for name in sorted({change.tracker for _, change in creates}):
        mine = [planned for planned in creates if planned[1].tracker == name]
        # No request of a tracker that takes many is cut in two.
        size = max(JOURNAL, work.ports.trackers[name].capabilities.batch)
        # Parents have their tickets before their children are sent.
        for parent in (True, False):
            group = [planned for planned in mine if planned[1].parent is parent]
            for batch in _parts(group, size):
                _journal(work, name, batch)
    if any(index in work.done for index, _ in creates):
        work.record("opened tickets")
    settle(work)


def _journal(work: Work, name: str, batch: Sequence[Numbered]) -> None:
    """Write down a batch before it is sent; its results go along with the next."""
    orphans = [one for one in batch if one[1].child_of not in (None, *work.refs)]
    _skip(work, orphans, "its parent was not opened")
    batch = [planned for planned in batch if planned not in orphans]
    if not batch:
        return
    why = work.why_not(name)
    if why is not None:
        _skip(work, batch, why)
        return
    work.ledger.creates.intend(_intent(work, change) for _, change in batch)
    for _, change in batch:
        work.ledger.forget(change.instead_of)
    work.record("about to open tickets")
    _send(work, name, batch)


def _intent(work: Work, change: CreateTicket) -> Intent:
    earlier = intent_of(work.view, change.key)
    row = None if change.parent else work.row(change)
    return Intent(
        key=change.key,
        path=change.path,
        tracker=change.tracker,
        project=work.ports.trackers[change.tracker].project,
        identity=work.identities[change.tracker],
        started=work.time(change.tracker),
        text=row.text if row else change.title,
        section=row.section if row else None,
        line=change.line,
        parent=change.parent,
        first=earlier.earliest if earlier is not None else None,
        # A ticket of the first attempt was made of what the row held then.
        sent=earlier.sent if earlier is not None else _sent(work, change, row),
    )


def _sent(work: Work, change: CreateTicket, row: Row | None) -> Mapping[Field, Pair]:
    """Return what the row holds, and what the ticket is given for it."""
    if row is None:
        return {}
    given = {**change.draft.fields, Field.TITLE: change.draft.title}
    held = work.ports.trackers[change.tracker].capabilities.fields
    return {
        field: Pair(value, given.get(field))
        for field, value in row.values.items()
        if field in held
    }


def _send(work: Work, name: str, batch: Sequence[Numbered]) -> None:
    """Send each create once, as many side by side as the tracker takes."""
    able = work.ports.trackers[name].capabilities
    parts = list(_parts(batch, able.batch))
    unsent = list(batch)
    for wave in _parts(parts, able.concurrency):
        creates = [planned for part in wave for planned in part]
        why = _not_ready(work, name, unsent)
        if why is not None:
            for _, change in creates:
                work.ledger.creates.drop(change.key)
            _skip(work, creates, why)
            continue
        del unsent[: len(creates)]
        outcomes = _create(work, name, wave)
        answered = work.ports.clock.monotonic()
        later: list[tuple[Numbered, ports.Outcome]] = []
        for planned, outcome in zip(creates, outcomes, strict=True):
            if _comes_later(outcome):
                later.append((planned, outcome))
            else:
                _record(work, planned, outcome)
        for planned, outcome in later:
            _record(work, planned, _patiently(work, planned, outcome, answered))
        work.progress.advance(len(creates))


def _create(
    work: Work, name: str, wave: Sequence[Sequence[Numbered]]
) -> Sequence[ports.Outcome]:
    """Send the parts of a wave; results in their order."""
    tracker = work.ports.trackers[name]

    def send(part: Sequence[Numbered]) -> Sequence[ports.Outcome]:
        try:
            return tracker.create([_draft(work, change) for _, change in part])
        except TrackerError as error:
            return [ports.Unknown(error.message)] * len(part)

    if len(wave) == 1:
        return send(wave[0])
    with ThreadPoolExecutor(len(wave)) as side_by_side:
        return [one for outcomes in side_by_side.map(send, wave) for one in outcomes]


def _draft(work: Work, change: CreateTicket) -> ports.Draft:
    """Return what is sent: a child names the parent that was opened before it."""
    if change.child_of is None:
        return change.draft
    return replace(change.draft, parent=work.refs[change.child_of].key)


def _not_ready(work: Work, name: str, creates: Sequence[Numbered]) -> str | None:
    """Say why creates may not be sent, None when they may begin now.

    What is written down before takes time, too, and the lease may be gone after it.
    """
    while (why := work.why_not(name)) is None and _freshened(work, name, creates):
        pass
    return why


def _freshened(work: Work, name: str, creates: Sequence[Numbered]) -> bool:
    """Write intents down again when much time went by since, as after a rate limit."""
    now = work.time(name)
    intents = [work.ledger.creates.waiting[change.key] for _, change in creates]
    if all(now - intent.started <= FRESH for intent in intents):
        return False
    work.ledger.creates.intend(replace(intent, started=now) for intent in intents)
    work.record("about to open tickets")
    return True


def _comes_later(outcome: ports.Outcome) -> bool:
    return isinstance(outcome, ports.Refused) and outcome.retry_after is not None


def _patiently(
    work: Work, planned: Numbered, outcome: ports.Outcome, answered: float
) -> ports.Outcome:
    """Send again what was not carried out, when the tracker says when.

    It is looked for before, in case that the tracker was wrong.
    """
    change, clock = planned[1], work.ports.clock
    for _ in range(TRIES - 1):
        match outcome:
            case ports.Refused(retry_after=float(seconds)):
                wait = max(0.0, seconds - (clock.monotonic() - answered))
            case _:
                return outcome
        if change.tracker in work.closed or not work.may_wait(wait):
            return outcome
        clock.sleep(wait)
        if not work.may_send():
            return outcome
        found, complete = look(work, change.tracker, [change.key])
        if change.key in found:
            return ports.Done(found[change.key])
        if not complete:
            return ports.Unknown("it could not be looked for before another attempt")
        if _not_ready(work, change.tracker, [planned]) is not None:
            return outcome
        (outcome,) = _create(work, change.tracker, [[planned]])
        answered = clock.monotonic()
    return outcome


def _record(work: Work, planned: Numbered, outcome: ports.Outcome) -> None:
    """Write down one result."""
    index, change = planned
    match outcome:
        case ports.Done(ticket):
            opened(work, planned, ticket)
        case ports.Refused(why):
            work.refused(change.tracker, outcome)
            work.ledger.creates.drop(change.key)
            work.done[index] = Done(Result.REFUSED, why)
        case ports.Unknown(why):
            work.ledger.creates.unanswered(change.key, work.time(change.tracker))
            work.done[index] = Done(Result.UNKNOWN, why)


def _skip(work: Work, batch: Sequence[Numbered], why: str) -> None:
    work.done.update((index, Done(Result.SKIPPED, why)) for index, _ in batch)


def _parts(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
