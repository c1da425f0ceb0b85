"""Change values in the text of a JSON object and keep every other character.

Parsing and printing again would lose what a person or another program wrote: spaces,
the spelling of numbers, escapes, doubled keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple, NoReturn

_SPACE = re.compile(r"[ \t\r\n]*")
_UNSAFE = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
"""Control and bidi characters and line separators, which editors, terminals and
other readers of lines would act on, and halves of characters."""


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def parse(text: str) -> dict[str, object]:
    """Return the object that ``text`` holds; raises ``ValueError`` saying what is not.

    Of a doubled key the last value counts.
    """
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} (column {error.colno})") from error
    except RecursionError as error:
        raise ValueError("not JSON that can be read: nested too deeply") from error
    if not isinstance(value, dict):
        raise TypeError("not a JSON object")
    return value


def dump(value: object, *, colon: str = ":", comma: str = ",") -> str:
    """Return ``value`` as JSON on one line; what could do harm as text is escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(comma, colon))
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


class Inside(NamedTuple):
    """Changes to the members of an object, where ``put`` takes a value."""

    changes: Mapping[str, object]


class _Member(NamedTuple):
    gap: str
    """What stands between the member before it and this one, the comma included."""
    key: str
    name: str
    """The key as written, with its colon and the space around it."""
    value: str


def put(text: str, changes: Mapping[str, object], order: Sequence[str] = ()) -> str:
    """Return an object's text with values set, added, or (None) taken out.

    An added key takes its place in ``order``; spaces follow the object's own style.
    """
    head, members, tail = _split(text)
    colon = members[0].name.rpartition('"')[2] if members else ":"
    comma = "," + colon.partition(":")[2]
    gap = members[1].gap if len(members) > 1 else comma
    for key, value in changes.items():
        if value is None:
            members = [m for m in members if m.key != key]
            continue
        at = max((i for i, m in enumerate(members) if m.key == key), default=None)
        if isinstance(value, Inside):
            there = "{}" if at is None else members[at].value
            written = put(there, value.changes)
        else:
            written = dump(value, colon=colon, comma=comma)
        if at is not None:
            members[at] = members[at]._replace(value=written)
        else:
            new = _Member(gap, key, dump(key) + colon, written)
            members.insert(_place(key, members, order), new)
    body = "".join(
        ((m.gap or gap) if i else "") + m.name + m.value for i, m in enumerate(members)
    )
    return f"{head}{body}{tail}"


def _place(key: str, members: Sequence[_Member], order: Sequence[str]) -> int:
    """Return the index behind the last member that ``order`` puts before ``key``."""
    if key not in order:
        return len(members)
    before = set(order[: order.index(key)])
    return max((i + 1 for i, m in enumerate(members) if m.key in before), default=0)


def _split(text: str) -> tuple[str, list[_Member], str]:
    """Take an object apart: what is before, in and after its members."""
    at = _space(text, text.index("{") + 1)
    head, members, gap = text[:at], list[_Member](), ""
    while text[at] != "}":
        key, end = _DECODER.raw_decode(text, at)
        start = _space(text, _space(text, end) + 1)
        _, stop = _DECODER.raw_decode(text, start)
        members.append(_Member(gap, key, text[at:start], text[start:stop]))
        after = _space(text, stop)
        if text[after] == "}":
            return head, members, text[stop:]
        at = _space(text, after + 1)
        gap = text[stop:at]
    return head, members, text[at:]


def _space(text: str, at: int) -> int:
    """Return the index of the first character from ``at`` on that is no space."""
    match = _SPACE.match(text, at)
    return match.end() if match else at
