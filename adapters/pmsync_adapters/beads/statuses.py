"""Between Beads' statuses with their closing reasons, and ours."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pmsync.domain.errors import UsageError
from pmsync.domain.model import Status
from pmsync_adapters.beads.metadata import IDENTITY
from pmsync_adapters.beads.values import text

Words = Mapping[Status, str]
"""The configured word for a status: of the status itself, or of a closing reason."""

_TOMBSTONE = "tombstone"
"""The status of a deleted issue in files of earlier versions of Beads."""
_STATUSES = {
    "open": Status.OPEN,
    # Always there: nobody works on it, and nothing is in its way.
    "pinned": Status.OPEN,
    "in_progress": Status.IN_PROGRESS,
    # Claimed by a worker.
    "hooked": Status.IN_PROGRESS,
    "blocked": Status.BLOCKED,
    # Put off, which documents call blocked too.
    "deferred": Status.BLOCKED,
}
_REASONS = {Status.DONE: "Completed", Status.WONT_DO: "Won't do"}
_NOT_DONE = re.compile(
    r"(?:clos(?:ed|ing) as )?(?:won['\u2019]?t[ -]?(?:do|fix)|will not (?:do|fix)"
    r"|not[ _-]planned|not doing|duplicates?|dupe|obsoleted?|superseded"
    r"|cancell?ed|abandoned|rejected|declined|invalid)\b",
    re.IGNORECASE,
)
"""Beginnings of a reason that say that nothing was done. Beads itself looks for some
of these anywhere; at the beginning they cannot belong to what was done."""


def refuse_unusable(tracker: str, words: Words) -> None:
    """Raise ``UsageError`` for a word that would close or delete what is not finished."""
    for status, word in words.items():
        if not status.terminal and word in ("closed", _TOMBSTONE):
            raise UsageError(
                f"tracker {tracker}: {word!r} is no word for an open ticket",
                hint="choose another word under statuses",
            )


def is_deleted(values: Mapping[str, object]) -> bool:
    """Tell whether an issue is only remembered."""
    return values.get("status") == _TOMBSTONE


def status_of(values: Mapping[str, object], words: Words) -> Status:
    """Return what an issue's status and closing reason mean."""
    word = text(values, "status") or "open"
    if word == "closed":
        reason = text(values, "close_reason").strip()
        for status in _REASONS:
            if reason == words.get(status):
                return status
        return Status.WONT_DO if _NOT_DONE.match(reason) else Status.DONE
    for status, configured in words.items():
        if word == configured and not status.terminal:
            return status
    if word not in _STATUSES:
        known = ", ".join([*_STATUSES, "closed"])
        raise ValueError(f"status {word!r} is none of {known}")
    return _STATUSES[word]


def reason_of(status: Status, words: Words) -> str:
    """Return the closing reason of a finished status."""
    return words.get(status, _REASONS[status])


def status_changes(
    status: Status, values: Mapping[str, object], stamp: str, words: Words
) -> dict[str, object]:
    """Return the keys that give an issue a status; what it shows already stays."""
    if "status" in values and status is status_of(values, words):
        return {}
    if not status.terminal:
        return {
            "status": words.get(status, status.value),
            "closed_at": None,
            "close_reason": None,
            "closed_by_session": None,
        }
    reason = reason_of(status, words)
    if values.get("status") == "closed":
        closed_at = values.get("closed_at") or stamp
        return {"closed_at": closed_at, "close_reason": reason}
    return {
        "status": "closed",
        "closed_at": stamp,
        "close_reason": reason,
        "closed_by_session": IDENTITY,
    }
