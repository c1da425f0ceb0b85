"""What pydantic found, said to the person who wrote the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pmsync_config.annotations import UnreadableError
from pmsync_config.models import Match, Route, Settings
from pmsync_config.trackers import TRACKERS
from pmsync_config.values import variable

if TYPE_CHECKING:
    from pmsync_config.lines import KeyPath

TABLES: Mapping[str, type] = {
    key.name: type(key.default) for key in fields(Settings) if is_dataclass(key.default)
}
"""The tables with fixed keys, by name."""

_SECRETS = frozenset({"token", "password", "secret", "user", "api_key", "api_token"})

_SHAPES: Mapping[str, tuple[str, str | None]] = {
    "string_type": ("must be text", 'put it in quotes: "…"'),
    "int_type": ("must be a whole number", "write it without quotes: 5"),
    "bool_type": ("must be true or false", "write it without quotes"),
    "tuple_type": ("must be an array", 'put it in brackets: ["…"]'),
    "dict_type": ("must be a table", "give it keys: { key = … }"),
    "dataclass_type": ("must be a table", "give it keys: { key = … }"),
}


class Finding(NamedTuple):
    """What is wrong, at a path into the settings."""

    path: KeyPath
    message: str
    hint: str | None


def explain(raw: Mapping[str, Any], detail: Mapping[str, Any]) -> Finding:
    """Explain one error that pydantic found in ``raw``."""
    path: KeyPath = detail["loc"]
    if not path:  # the one thing that pydantic's reading of JSON does not take
        return Finding(path, "is nested too deeply", "flatten it")
    if path[0] == "trackers" and len(path) > 2 and path[2] != "[key]":  # noqa: PLR2004
        path = (*path[:2], *path[3:])  # pydantic names the tracker's type there
    of_key = path[-1] == "[key]"
    if of_key:
        path = path[:-1]
    context = detail.get("ctx", {})
    match detail["type"]:
        case "unexpected_keyword_argument":
            return Finding(path, "unknown key", _hint_for_unknown(raw, path))
        case "union_tag_invalid":
            path = (*path, "type")
            return Finding(path, *_not_allowed(_at(raw, path), TRACKERS))
        case "literal_error" | "enum":
            allowed = re.findall("'([^']*)'", context["expected"])
            if of_key:
                return Finding(path, "unknown key", closest(path[-1], allowed))
            return Finding(path, *_not_allowed(_at(raw, path), allowed))
        case "value_error" if isinstance(context["error"], UnreadableError):
            return Finding(path, context["error"].message, context["error"].hint)
        case "union_tag_not_found":
            return _without_type(path, _at(raw, path))
        case kind:
            return _explain_shape(path, kind, detail)


def _without_type(path: KeyPath, tracker: Mapping[str, Any]) -> Finding:
    known = {key for kind in TRACKERS.values() for key in _keys(kind)}
    for key in tracker:
        if key not in known and (suggestion := _similar(key, ["type"])):
            return Finding((*path, key), "unknown key", suggestion)
    hint = f"add type with one of {_listed(TRACKERS)}"
    return Finding((*path, "type"), "is missing", hint)


def _explain_shape(path: KeyPath, kind: str, detail: Mapping[str, Any]) -> Finding:
    context = detail.get("ctx", {})
    match kind:
        case "missing":
            return Finding(path, "is missing", f"add {path[-1]} to this table")
        case "greater_than_equal":
            return Finding(path, f"must be at least {context['ge']}", None)
        case "less_than_equal":
            return Finding(path, f"must be at most {context['le']}", None)
        case _:
            return Finding(path, *_SHAPES.get(kind, (detail["msg"], None)))


def closest(value: object, choices: Iterable[str]) -> str:
    """Suggest the choice that ``value`` may have meant, else name them all."""
    known = list(choices)
    return _similar(value, known) or f"known are {_listed(known)}"


def _similar(value: object, known: Sequence[str]) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415

    by_fold = {each.casefold(): each for each in known}
    found = get_close_matches(str(value)[:100].casefold(), by_fold, n=1)
    return f"did you mean {json.dumps(by_fold[found[0]])}?" if found else None


def _not_allowed(value: object, allowed: Iterable[str]) -> tuple[str, str | None]:
    known = list(allowed)
    suggestion = _similar(value, known)
    return f"must be one of {_listed(known)}", suggestion


def _hint_for_unknown(raw: Mapping[str, Any], path: KeyPath) -> str:
    *parents, key = path
    match parents:
        case ["trackers", str(name)] if key in _SECRETS:
            return f"secrets come from the environment: {variable(name, 'TOKEN')}"
        case []:
            table: type = Settings
        case ["trackers", _]:
            table = TRACKERS[_at(raw, (*parents, "type"))]
        case ["routes", int()]:
            table = Route
        case ["routes", int(), "match"]:
            table = Match
        case _:
            table = TABLES[str(parents[0])]
    for name, other in TABLES.items():
        if key in _keys(other):
            return f"it belongs into [{name}]"
    if key in _keys(Settings):
        return "it belongs to the top of the file, above the first [table]"
    return closest(key, _keys(table))


def _keys(table: type) -> list[str]:
    return [key.name for key in fields(table)]


def _listed(choices: Iterable[str]) -> str:
    return ", ".join(json.dumps(choice) for choice in choices)


def _at(raw: Any, path: Iterable[str | int]) -> Any:
    for part in path:
        raw = raw[part]
    return raw
