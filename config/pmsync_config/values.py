"""Values that are written as text: how each is read, and what JSON Schema says.

The readers raise ``UnreadableError`` with a message that never repeats the text,
which may be a secret in the wrong place. pydantic is imported only when it asks
for a schema: settings made of defaults alone do not need it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

Since = timedelta | date | Literal["none"]


class UnreadableError(ValueError):
    """A text is not what its key needs; ``hint`` says what would be."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True)
class Text:
    """Annotates a value that ``read`` makes from text.

    ``pattern`` is for JSON Schema: it may accept more than ``read``, never less.
    """

    read: Callable[[str], object]
    pattern: str = r"\S"

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        from pydantic_core import core_schema  # noqa: PLC0415

        return core_schema.no_info_after_validator_function(
            self.read, core_schema.str_schema()
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": self.pattern}


@dataclass(frozen=True)
class Between:
    """Annotates a whole number: at least ``low``, and at most ``high`` if given."""

    low: int
    high: int | None = None

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        from pydantic_core import core_schema  # noqa: PLC0415

        return core_schema.int_schema(ge=self.low, le=self.high)


@dataclass(frozen=True)
class ByType:
    """Annotates a table whose ``type`` says which of ``choices`` it is."""

    choices: Mapping[str, type]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        from pydantic_core import core_schema  # noqa: PLC0415

        return core_schema.tagged_union_schema(
            {tag: handler.generate_schema(kind) for tag, kind in self.choices.items()},
            discriminator="type",
        )


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
DURATION_PATTERN = r"^[1-9][0-9]{0,4}[smhd]$"


def read_duration(text: str) -> timedelta:
    """Read ``90s``, ``15m``, ``24h`` or ``90d``."""
    if not re.fullmatch(DURATION_PATTERN, text, re.ASCII) or text.endswith("\n"):
        raise UnreadableError(
            "is not a duration", "write a whole number and s, m, h or d: 15m"
        )
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


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


def read_url(text: str) -> str:
    """Read the address of a tracker; the path's last slash is dropped.

    Only https; http for the loopback interface alone, where no one else listens.
    Link-local addresses are where clouds keep their credentials. Spellings of an
    address that resolvers take but people do not (``0xa9fea9fe``) are refused.
    """
    from urllib.parse import urlsplit  # noqa: PLC0415

    hint = 'write it as "https://tracker.example.com"'
    if not text.isascii() or not text.isprintable() or re.search(r"[\s\\]", text):
        raise UnreadableError("is not an address", hint)
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").removesuffix(".")
        port = parts.port
    except ValueError:
        raise UnreadableError("is not an address", hint) from None
    if "@" in parts.netloc:
        raise UnreadableError(
            "holds a user name or password",
            "leave it out; secrets come from environment variables",
        )
    if not host or port == 0 or parts.query or parts.fragment:
        raise UnreadableError("is not an address of a site", hint)
    loopback = _is_loopback(host)
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise UnreadableError(
            "is not https", "write https://…; http is for localhost only"
        )
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    from ipaddress import IPv6Address, ip_address  # noqa: PLC0415

    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        if ":" in host or re.fullmatch("0x.*|[0-9]+", host.rpartition(".")[2]):
            raise UnreadableError(
                "has an address in an unusual spelling",
                "write the host's name, or four decimal numbers",
            ) from None
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_link_local or address.is_unspecified or address.is_multicast:
        raise UnreadableError(
            "is a link-local or reserved address", "write the tracker's host name"
        )
    return address.is_loopback


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


def read_listen(text: str) -> str:
    """Read ``host:port`` (``127.0.0.1:8080``, ``[::1]:8080``)."""
    found = re.fullmatch(
        r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})", text, re.ASCII
    )
    if found is None or int(found[2]) > 65535:  # noqa: PLR2004
        raise UnreadableError("is not host:port", 'write it as "127.0.0.1:8080"')
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
