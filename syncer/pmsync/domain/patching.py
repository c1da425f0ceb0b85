"""What a patch means, the same for every tracker."""

from __future__ import annotations

from collections.abc import Mapping

from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.ports import Patch, Refused


def values(patch: Patch) -> Mapping[Field, str | None]:
    """Return the fields to write; a duplicate is closed as not to be done."""
    if patch.duplicate_of is None:
        return patch.fields
    return {**patch.fields, Field.STATUS: Status.WONT_DO}


def gone(patch: Patch) -> Refused:
    """Return the answer to a patch of a ticket that is not there any more."""
    return Refused(f"{patch.ticket.ref.key} is gone", stale=True)


def refusal(patch: Patch, ticket: Ticket) -> Refused | None:
    """Say why a patch is not sent to a ticket that was read just now, None if it is."""
    if stale(patch, ticket):
        return Refused(f"{patch.ticket.ref.key} was changed meanwhile", stale=True)
    if not (values(patch).get(Field.TITLE, "a title") or "").strip():
        return Refused("a ticket needs a title")
    return None


def stale(patch: Patch, ticket: Ticket) -> bool:
    """Tell whether what the patch replaces is not what was observed.

    ``ticket`` was read just now. A change elsewhere in the ticket does not matter,
    except where the ticket is closed as a duplicate: nobody may have touched it.
    """
    seen = patch.ticket
    if patch.duplicate_of is not None and seen.version != ticket.version:
        return True
    sent = values(patch)
    return (
        any(seen.fields.get(field) != ticket.fields.get(field) for field in sent)
        or (Field.STATUS in sent and seen.closed_by != ticket.closed_by)
        or (patch.body is not None and seen.body != ticket.body)
    )
