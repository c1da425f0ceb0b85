"""A row that cites another row's ticket: it is only given the ticket's status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pmsync.domain.changes import Agree, Change, Conflict, UpdateRow
from pmsync.domain.landing import lacks_status, landed
from pmsync.domain.merge import Action, Side
from pmsync.domain.model import Column, Field, Ticket, TicketRef, name_of
from pmsync.domain.rows import Row
from pmsync.domain.sides import Merged, agreement, merged_field, row_values, sides_of
from pmsync.domain.state import ItemState, Link, Pair
from pmsync.domain.view import View


def receiving(
    view: View, row: Row, item: ItemState | None, ticket: Ticket | None
) -> Iterator[Change]:
    """Plan a row that only receives. A ticket that is None did not change.

    Its link follows a ticket that moved.
    """
    key, ref = view.receiver_key(row), ticket.ref if ticket else row.refs[0]
    now = landed(row, item or _met(view, row, key, ref), ticket)
    status = merged_field(sides_of(view, row, now, ref, ticket), Field.STATUS)
    action = _action(status)
    moved = row.editable and name_of(ref) not in map(name_of, row.refs)
    given = [status] if action is Action.TO_ROW else []
    fields, values = row_values(row, given, ref if moved else None)
    at = (row.path, row.line, key, ref.tracker)
    if values:
        why = "it cites a ticket that other rows cite too"
        yield UpdateRow(*at, why, fields, ref=ref, values=values)
    if action in (Action.TO_TICKET, Action.CONFLICT):
        reason = "another row may own this ticket: its status is set there"
        yield Conflict(*at, reason, {Field.STATUS.value: status.change(None)}, ref=ref)
    if action is not Action.TO_ROW:
        lost = item is not None and item.loss is not None and ticket is not None
        yield from _recorded(row, (key, ref), item, now, status, back=lost)


def _action(status: Merged) -> Action:
    """Return what to do: a person can take the ticket's side, never the row's."""
    action = status.decision.action
    if action is Action.TO_TICKET and status.facts.take is Side.TRACKER:
        return Action.TO_ROW
    return action


def _recorded(
    row: Row,
    of: tuple[str, TicketRef],
    before: ItemState | None,
    now: ItemState,
    status: Merged,
    *,
    back: bool,
) -> Iterator[Agree]:
    """Plan what is remembered of a row that is not written.

    ``back`` says that its ticket is shown again.
    """
    agreed = {Field.STATUS.value: status.change(status.facts.document)}
    match status.decision.action:
        case Action.AGREE:
            yield agreement(row, *of, status.decision.reason, agreed)
        case Action.NOTHING if before is None:
            yield agreement(row, *of, "it cites the ticket", agreed)
        case Action.NOTHING if now != before or now.vanished:
            yield agreement(row, *of, "the written status stands", {})
        case _ if before is None:
            yield agreement(row, *of, "it cites the ticket", {})
        case _ if back:
            yield agreement(row, *of, "it is back", {})
        case _:
            pass


def _met(view: View, row: Row, key: str, ref: TicketRef) -> ItemState:
    """Return what is known of a row that newly cites a ticket which another row has.

    In a document that was known before it can be that row itself beside its copy: a
    status that differs from what was agreed there was written by a person. A blank one
    takes the ticket's.
    """
    known = view.having.get(view.name_now(ref))
    base: Mapping[Field, Pair] = {}
    if (
        known is not None
        and Field.STATUS in known.base
        and row.raw.get(Column.STATUS)
        and row.path in view.known_paths
    ):
        base = {Field.STATUS: known.base[Field.STATUS]}
    return ItemState(
        key,
        row.text,
        ref=ref,
        link=Link.LANDED,
        base=base,
        owns=False,
        no_status=known.no_status if known else lacks_status(row),
    )
