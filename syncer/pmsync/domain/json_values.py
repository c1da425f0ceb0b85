"""Parsed JSON that nobody has checked into values, and values into lines of JSON.

A reader returns what it was given as the type that its name says, or raises
``ValueError`` with what is wrong, never with the value itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

_Value = TypeVar("_Value")
Reader = Callable[[Any], _Value]


def text(raw: Any) -> str:
    """Read a text."""
    if type(raw) is not str:
        raise ValueError("it is not a text")
    return raw


def number(raw: Any) -> int:
    """Read a whole number."""
    if type(raw) is not int:
        raise ValueError("it is not a whole number")
    return raw


def flag(raw: Any) -> bool:
    """Read true or false."""
    if type(raw) is not bool:
        raise ValueError("it is neither true nor false")
    return raw


def time(raw: Any) -> datetime:
    """Read a point in time, which has a zone."""
    try:
        value = datetime.fromisoformat(text(raw))
    except ValueError:
        value = None
    if value is None or value.tzinfo is None:
        raise ValueError("it is not a time with a zone")
    return value


def table(raw: Any) -> dict[str, Any]:
    """Read an object whose entries are read by others."""
    if type(raw) is not dict:
        raise ValueError("it is not an object")
    return raw


def one_of(members: Iterable[_Value]) -> Reader[_Value]:
    """Return a reader of the members of an enumeration of texts."""
    by_value = {str(member): member for member in members}

    def read(raw: Any) -> _Value:
        if type(raw) is not str or raw not in by_value:
            raise ValueError(f"it is not one of {', '.join(by_value)}")
        return by_value[raw]

    return read


def sequence(entry: Reader[_Value]) -> Reader[tuple[_Value, ...]]:
    """Return a reader of lists of like entries."""

    def read(raw: Any) -> tuple[_Value, ...]:
        if type(raw) is not list:
            raise ValueError("it is not a list")
        values = []
        for value in raw:
            try:
                values.append(entry(value))
            except ValueError as error:
                raise ValueError(f"entry {len(values) + 1}: {error}") from error
        return tuple(values)

    return read


def mapping(entry: Reader[_Value]) -> Reader[dict[str, _Value]]:
    """Return a reader of objects of like entries."""

    def read(raw: Any) -> dict[str, _Value]:
        return {name: entry(value) for name, value in table(raw).items()}

    return read


def record(
    kind: Callable[..., _Value],
    required: Mapping[str, Reader[Any]],
    optional: Mapping[str, Reader[Any]] = MappingProxyType({}),
) -> Reader[_Value]:
    """Return a reader of objects whose entries are what ``kind`` is made of."""
    readers = {**required, **optional}

    def read(raw: Any) -> _Value:
        values = {}
        for name, value in table(raw).items():
            reader = readers.get(name)
            if reader is None:
                raise ValueError(f"unknown entry {ascii(name)[:40]}")
            try:
                values[name] = reader(value)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error
        for name in required:
            if name not in values:
                raise ValueError(f"{name} is missing")
        return kind(**values)

    return read


to_text = json.JSONEncoder(ensure_ascii=False).encode
"""Return a value as JSON on one line."""


def lines(parts: Iterable[str]) -> str:
    """Return the entries of a list or an object, each on its line."""
    joined = ",\n".join(parts)
    return f"\n{joined}\n" if joined else ""


def mapping_to_text(raw: Mapping[str, Any]) -> str:
    """Return an object with each entry on its line, sorted."""
    parts = (f"{to_text(k)}: {to_text(v)}" for k, v in sorted(raw.items()))
    return f"{{{lines(parts)}}}"
