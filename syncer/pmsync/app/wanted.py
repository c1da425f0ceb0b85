"""Which tickets a pass must read by their ids, whatever the list of changes shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from pmsync.app.settings import Settings
from pmsync.domain.filing import left_alone
from pmsync.domain.model import Field, name_of
from pmsync.domain.policy import Policy
from pmsync.domain.ports import Lookup
from pmsync.domain.rows import Page, Row
from pmsync.domain.state import ItemState, Link, Loss


class Seen(NamedTuple):
    """One row, and the item that it is."""

    page: Page
    row: Row
    item: ItemState | None


def tickets_wanted(
    rows: Sequence[Seen], name: str, settings: Settings
) -> dict[str, Lookup]:
    """Return the tickets that must be read whatever the list of changes shows."""
    wanted: dict[str, Lookup] = {}
    cited = Counter(name_of(ref) for _, row, _ in rows for ref in row.refs)
    for page, row, item in rows:
        if row.skipped or not page.writable:
            continue
        for ref in row.refs if len(row.refs) == 1 else ():
            if ref.tracker == name and (item is None or item.ref != ref):
                wanted[ref.key] = Lookup(ref.key)
        own = item.ref if item else None
        if (
            item
            and own
            and own.tracker == name
            and (
                (name, own.key) in settings.look_at
                or (
                    _may_be_planned(row, item, shared=cited[name, own.key] > 1)
                    and not _is_over(page, row, item, settings.policy)
                )
            )
        ):
            wanted[own.key] = Lookup(own.key, item.ticket_id)
    return wanted


def _is_over(page: Page, row: Row, item: ItemState, policy: Policy) -> bool:
    """Tell whether a row has left a ticket that is gone, and gets no other one."""
    gone = item.link is not Link.UNWRITTEN and item.loss is Loss.CONFIRMED
    if row.refs or not gone:
        return False
    return left_alone(page, row, policy, policy.route(page, row)) is not None


def _may_be_planned(row: Row, item: ItemState, *, shared: bool) -> bool:
    """Tell whether the plan needs a ticket that did not change, too.

    A row that shares a ticket and does not own it has only the status to compare.
    """
    unlinked = not row.refs and item.link is Link.LANDED
    # Whether it is the item's ticket under another key shows only from both.
    elsewhere = len(row.refs) == 1 and row.refs[0] != item.ref
    compared = {Field.STATUS} if shared and not item.owns else set(row.values)
    return (
        item.vanished
        or item.loss is not None
        or bool(item.sent)
        or unlinked
        or elsewhere
        # Whose link was taken out is not merged until a person decides.
        or (item.link is not Link.UNLINKED and _document_changed(row, item, compared))
    )


def _document_changed(row: Row, item: ItemState, compared: Collection[Field]) -> bool:
    return any(
        field not in item.base or item.base[field].document != row.values.get(field)
        for field in compared
    )
