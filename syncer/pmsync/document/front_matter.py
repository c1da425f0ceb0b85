"""Front matter: the lines between ``---`` (YAML) or ``+++`` (TOML) at the very top.

YAML is not evaluated. Only plain ``key: value`` lines at the margin are read: no
anchors, aliases, tags, nesting or blocks, and of two equal keys the first counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

_LIMIT = 20_000
"""Characters; longer front matter is not read."""
_YAML_END = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_TOML_END = re.compile(r"^\+\+\+[ \t]*\r?$", re.MULTILINE)
_YAML_LINE = re.compile(
    r"^([^\W\d][\w -]{0,40})[ \t]*:(?:[ \t]+([^\r\n]*))?$", re.MULTILINE
)
_NOT_A_SCALAR = frozenset("&*!|>{[%@`")


class FrontMatter(NamedTuple):
    """What front matter says, and where the document itself begins."""

    values: Mapping[str, str]
    """By key in lower case, ``_`` as a space; booleans are ``true`` and ``false``."""
    end: int
    """Position in the text."""


NOTHING = FrontMatter({}, 0)


def read(text: str) -> FrontMatter:
    """Return the front matter of a document; without any it is empty."""
    opener = text[:3]
    first = text[:80].partition("\n")[0]
    if opener not in ("---", "+++") or first[3:].strip():
        return NOTHING
    ends = _YAML_END if opener == "---" else _TOML_END
    found = ends.search(text, text.find("\n") + 1, _LIMIT)
    if found is None:
        return NOTHING
    inside = text[text.find("\n") + 1 : found.start()].replace("\r", "")
    values = _yaml(inside) if opener == "---" else _toml(inside)
    return FrontMatter(values, found.end())


def _yaml(text: str) -> Mapping[str, str]:
    values: dict[str, str] = {}
    for line in _YAML_LINE.finditer(text):
        value = _unquoted((line[2] or "").strip())
        if value and value[0] not in _NOT_A_SCALAR:
            values.setdefault(_key(line[1]), value)
    return values


def _unquoted(value: str) -> str:
    for quote in "\"'":
        end = value.rfind(quote)
        if value.startswith(quote) and end > 0 and not value[end + 1 :].strip(" "):
            return value[1:end]
    return value.split(" #", maxsplit=1)[0].strip()


def _toml(text: str) -> Mapping[str, str]:
    import tomllib  # noqa: PLC0415 seldom needed

    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    return {
        _key(key): str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in values.items()
        if isinstance(value, str | bool | int | date | datetime)
    }


def _key(text: str) -> str:
    return text.strip().casefold().replace("_", " ")
