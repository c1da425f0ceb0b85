"""Values that are written as text, and how each is read.

The readers raise ``UnreadableError`` with a message that never repeats the text,
which may be a secret in the wrong place.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Literal

from pmsync_config.annotations import Text, UnreadableError

Since = timedelta | date | Literal["none"]

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
DURATION_PATTERN = r"^[1-9][0-9]{0,4}[smhd]$"


def read_duration(text: str) -> timedelta:
    """Read ``90s``, ``15m``, ``24h`` or ``90d``."""
    if not re.fullmatch(DURATION_PATTERN, text, re.ASCII) or text.endswith("\n"):
        raise UnreadableError(
            "is not a duration", "write a whole number and s, m, h or d: 15m"
        )
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


def read_wait(text: str) -> timedelta:
    """Read a duration, or ``0`` for no wait."""
    return timedelta() if text == "0" else read_duration(text)


def write_duration(duration: timedelta) -> str:
    """Write a duration in the largest unit that holds it exactly."""
    seconds = int(duration.total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def read_lease(text: str) -> timedelta:
    """Read a duration of more than a minute.

    A run writes only while more than a minute of its lease is left, so that a
    shorter one would never write.
    """
    lease = read_duration(text)
    if lease <= timedelta(minutes=1):
        raise UnreadableError("is too short a lease", "take more than 60s: 15m")
    return lease


def read_since(text: str) -> Since:
    """Read a duration, a date or ``none``."""
    if text == "none":
        return "none"
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return read_duration(text)
    except UnreadableError:
        raise UnreadableError(
            "is neither a duration nor a date",
            'write "90d", "2026-01-31" or "none"',
        ) from None


def read_words(text: str) -> str:
    """Read text that is not blank and has no control characters."""
    if not text.strip():
        raise UnreadableError("is blank", "write it out, or leave the key out")
    if not text.isprintable():
        raise UnreadableError(
            "holds a control or invisible character", "write it as plain text"
        )
    return text


def read_path_pattern(text: str) -> str:
    """Read a path or glob that stays inside the repository."""
    read_words(text)
    pattern = text.removeprefix("!")
    if pattern.startswith(("/", "~", "\\")) or re.match("[A-Za-z]:", pattern):
        raise UnreadableError(
            "is an absolute path", "write it relative to the repository's root"
        )
    if ".." in re.split(r"[/\\]", pattern):
        raise UnreadableError(
            "leaves the repository", "write it without '..', from the root down"
        )
    return text


def read_date_format(text: str) -> str:
    """Read a ``strptime`` format that names day, month and year."""
    written = date(2031, 12, 30)
    try:
        read_back = datetime.strptime(written.strftime(text), text)  # noqa: DTZ007
    except ValueError:
        read_back = None
    if read_back is None or read_back.date() != written:
        raise UnreadableError(
            "does not give a whole date", 'name day, month and year: "%d/%m/%Y"'
        )
    return text


def read_branch(text: str) -> str:
    """Read a branch name as ``git check-ref-format`` accepts it."""
    parts = text.split("/")
    if (
        not re.fullmatch(r"[^\s\x00-\x20\x7f~^:?*\[\\]+", text)
        or not text.isprintable()
        or text.startswith("-")
        or text.endswith(".")
        or ".." in text
        or "@{" in text
        or text == "@"
        or any(not p or p.startswith(".") or p.endswith(".lock") for p in parts)
    ):
        raise UnreadableError("is not a branch name", 'write it as "pmsync/update"')
    return text


def read_state_name(text: str) -> str:
    """Read one part of a ref name."""
    read_branch(text)
    if "/" in text:
        raise UnreadableError("is not a plain name", "leave the slash out")
    return text


def read_schedule(text: str) -> str:
    """Read a cron expression: five fields."""
    fields = text.split()
    if len(fields) != 5 or not all(  # noqa: PLR2004
        re.fullmatch(r"[0-9A-Za-z*/,#L-]+", field, re.ASCII) for field in fields
    ):
        raise UnreadableError(
            "is not a cron expression",
            'write minute, hour, day, month and weekday: "*/10 * * * *"',
        )
    return text


def variable(tracker: str, what: str) -> str:
    """Name the environment variable that holds ``what`` (TOKEN, USER) of a tracker."""
    return f"PMSYNC_TRACKERS__{tracker.upper().replace('-', '_')}__{what}"


def read_tracker_name(text: str) -> str:
    """Read a name that fits into an environment variable and before a colon."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", text, re.ASCII):
        raise UnreadableError(
            "is not a tracker name",
            "take letters, digits, - and _, a letter first",
        )
    return text


def project(pattern: str, *, shape: str, example: str) -> Text:
    """Return how a tracker's ``project`` is read: the whole of it is ``pattern``."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise UnreadableError(f"is not {shape}", f'write it as "{example}"')
        return text

    return Text(read, f"^(?:{pattern})$")
