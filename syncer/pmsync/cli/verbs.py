"""How each kind of change is announced, and which of them a person should see."""

from __future__ import annotations

from typing import NamedTuple

from pmsync.domain.changes import (
    AddColumn,
    AdoptTicket,
    Agree,
    Change,
    CloseDuplicate,
    Conflict,
    CreateTicket,
    LostTicket,
    Noticed,
    Pending,
    UpdateRow,
    UpdateTicket,
    Withheld,
)


class Verb(NamedTuple):
    """How a change is announced."""

    mark: str
    planned: str
    done: str


def verb_of(change: Change) -> Verb:  # noqa: C901 one line for each kind
    """Return how a change is announced."""
    match change:
        case CreateTicket():
            return Verb("+", "create", "created")
        case UpdateTicket():
            if change.closes:
                return Verb("-", "close", "closed")
            return Verb("~", "update", "updated")
        case UpdateRow():
            return Verb("~", "edit", "edited")
        case AdoptTicket():
            return Verb("=", "adopt", "adopted")
        case AddColumn():
            return Verb("+", "add", "added")
        case CloseDuplicate():
            return Verb("-", "close", "closed")
        case Agree():
            return Verb("=", "keep", "kept")
        case Conflict():
            return Verb("!", "conflict", "conflict")
        case LostTicket():
            return Verb("!", "lost", "lost")
        case Pending():
            return Verb("?", "pending", "pending")
        case Withheld():
            return Verb("?", "withheld", "withheld")


def acts(change: Change) -> bool:
    """Tell whether a change could have been done; the others have only a reason."""
    match change:
        case Conflict() | LostTicket() | Pending() | Withheld():
            return False
        case _:
            return True


def worth_telling(change: Agree) -> bool:
    """Tell whether a person should see it: the sides differ, or a row is gone."""
    return change.noticed is not Noticed.VALUES or any(
        value.document != value.tracker for value in change.fields.values()
    )
