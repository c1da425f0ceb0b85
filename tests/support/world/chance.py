"""Every decision of a seed, and which kinds of faults and deeds it takes part in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Fault(StrEnum):
    """What can go wrong at a call of a port."""

    KILLED_BEFORE = "killed before a call"
    KILLED_AFTER = "killed after a call"
    OTHERS_FIRST = "others act before a call goes on"
    FROZEN = "frozen for 1 to 40 minutes"
    SLOW = "a call takes up to 2 minutes"
    STOPPED = "told to stop (SIGTERM)"
    SKEWED = "a machine's clock is wrong"
    CREATE_LOST = "create carried out, answer lost"
    CREATE_NEVER = "create not carried out, no answer"
    CREATE_PART = "batch carried out in part, answer lost"
    CREATE_REFUSED = "create refused"
    CREATE_LIMITED = "create refused until later"
    QUOTA = "create refused for the whole project"
    UPDATE_LOST = "update carried out, answer lost"
    UPDATE_NEVER = "update not carried out, no answer"
    UPDATE_REFUSED = "update refused"
    UPDATE_LIMITED = "update refused until later"
    UNAVAILABLE = "a tracker cannot be read"
    LIMITED = "a tracker cannot be read until later"
    UNAUTHORISED = "a tracker does not accept the token"
    LIST_CUT = "a list is incomplete"
    LIST_LATE = "a list shows a ticket after up to 8 minutes"
    LIST_TOO_LATE = "a list shows a ticket after up to an hour"
    YOUNG_404 = "a new ticket is not found by its id"
    STATE_UNREAD = "the state cannot be read"
    STATE_UNWRITTEN = "the state cannot be written"
    STATE_LOST_ANSWER = "the state was written, answer lost"
    UNREADABLE = "a document cannot be read"
    UNWRITABLE = "a document cannot be written"
    BRANCH_UNKNOWN = "the remote does not say where the branch is"
    PUSH_REFUSED = "a push is refused"
    PUSH_LOST = "a push was taken, answer lost"
    FORGE_SILENT = "the host of pull requests does not answer"


class Deed(StrEnum):
    """What people do."""

    ADD_ROW = "add a row"
    ADD_TWIN = "add a row with a title that exists"
    RENAME_ROW = "rename a row"
    REWRITE_ROW = "give a row another title"
    SET_OWNER = "set an owner"
    SET_STATUS = "set a status"
    DELETE_ROW = "delete a row"
    MOVE_ROW = "move a row to another document"
    COPY_ROW = "copy a row with its link"
    SORT_ROWS = "sort a table"
    UNLINK_ROW = "take a link out"
    CRLF = "change line ends"
    BOM = "add or take away a byte order mark"
    PROSE = "edit the text around a table"
    RENAME_FILE = "rename a file"
    FORCE_PUSH = "force-push an older commit"
    COMMENT = "comment on a ticket"
    RETITLE = "edit a ticket's title"
    ASSIGN = "assign a ticket"
    PROGRESS = "set a ticket's status"
    CLOSE = "close a ticket"
    REOPEN = "reopen a ticket"
    MOVE_TICKET = "move a ticket to another project"
    DELETE_TICKET = "delete a ticket"
    EDIT_BODY = "edit a ticket's description"
    UNMARK = "take the marker out of a ticket"
    REVOKE = "revoke a permission"
    ARCHIVE = "archive a project"
    MERGE = "merge a pull request"
    DECLINE = "close a pull request unmerged"
    PUSH_ONTO = "push onto pmsync's branch"
    WAIT = "let time pass"


RATES = {
    Fault.KILLED_BEFORE: 0.012,
    Fault.KILLED_AFTER: 0.012,
    Fault.OTHERS_FIRST: 0.06,
    Fault.FROZEN: 0.01,
    Fault.SLOW: 0.02,
    Fault.STOPPED: 0.005,
    Fault.SKEWED: 0.25,
    Fault.CREATE_LOST: 0.12,
    Fault.CREATE_NEVER: 0.08,
    Fault.CREATE_PART: 0.2,
    Fault.CREATE_REFUSED: 0.06,
    Fault.CREATE_LIMITED: 0.08,
    Fault.QUOTA: 0.04,
    Fault.UPDATE_LOST: 0.15,
    Fault.UPDATE_NEVER: 0.1,
    Fault.UPDATE_REFUSED: 0.08,
    Fault.UPDATE_LIMITED: 0.1,
    Fault.UNAVAILABLE: 0.02,
    Fault.LIMITED: 0.02,
    Fault.UNAUTHORISED: 0.01,
    Fault.LIST_CUT: 0.06,
    Fault.LIST_LATE: 0.4,
    Fault.LIST_TOO_LATE: 0.05,
    Fault.YOUNG_404: 0.5,
    Fault.STATE_UNREAD: 0.03,
    Fault.STATE_UNWRITTEN: 0.03,
    Fault.STATE_LOST_ANSWER: 0.03,
    Fault.UNREADABLE: 0.02,
    Fault.UNWRITABLE: 0.06,
    Fault.BRANCH_UNKNOWN: 0.03,
    Fault.PUSH_REFUSED: 0.08,
    Fault.PUSH_LOST: 0.08,
    Fault.FORGE_SILENT: 0.06,
}
"""How likely each is wherever it could happen."""


class Chance:
    """Draws; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.fired: Counter[Fault | Deed] = Counter()
        self.calm = False
        """True when nothing goes wrong any more."""
        kinds: list[Fault | Deed] = [*Fault, *Deed]
        self.off = frozenset(kind for kind in kinds if self.random.random() < 0.5)

    def happens(self, fault: Fault) -> bool:
        """Tell whether a fault happens here and now."""
        if self.calm or fault in self.off or self.random.random() >= RATES[fault]:
            return False
        self.fired[fault] += 1
        return True

    def odds(self, likely: float) -> bool:
        """Tell whether something else happens."""
        return self.random.random() < likely

    def within(self, least: float, most: float) -> float:
        """Return a number between two."""
        return self.random.uniform(least, most)

    def below(self, end: int) -> int:
        """Return a whole number from 0."""
        return int(self.random.random() * end)

    def one(self, of: Sequence[T]) -> T:
        """Return one of them."""
        return of[self.below(len(of))]

    def shuffled(self, of: Sequence[T]) -> list[T]:
        """Return all of them in some order."""
        return self.random.sample(of, len(of))
