"""What a webhook hints at: a ticket to look at, or a branch that has moved.

A payload is never believed: it only says where to look.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from pmsync.daemon.signatures import Source

_OUR_TRAILER = "Pmsync-Run: "


class Hint(NamedTuple):
    """Something may have changed."""

    source: Source
    project: str
    """As the tracker writes it: ``owner/repo``, a GitLab path, a Jira key."""
    number: str | None
    """Of the ticket (``12``, ``OPS-12``), None for the repository itself."""
    id: str | None = None
    """The project's number, where it may be configured by that."""

    def names(self) -> frozenset[str]:
        """Return what the project may be configured by, in lower case."""
        return frozenset(name.casefold() for name in (self.project, self.id) if name)


class MalformedError(ValueError):
    """A body that is no payload."""


def hint_of(source: Source, body: bytes) -> Hint | None:
    """Return what a payload hints at, None if it is about nothing of ours.

    Raises ``MalformedError``.
    """
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedError("the body is no JSON") from error
    if not isinstance(payload, dict):
        raise MalformedError("the body is no JSON object")
    match source:
        case Source.GITHUB:
            return _github(payload)
        case Source.GITLAB:
            return _gitlab(payload)
        case Source.JIRA:
            return _jira(payload)


def _github(payload: Mapping[str, object]) -> Hint | None:
    project = _text(payload, "repository", "full_name")
    number = _number(payload, "issue", "number")
    if project is None or (number is None and not _is_foreign_push(payload)):
        return None
    return Hint(Source.GITHUB, project, number)


def _gitlab(payload: Mapping[str, object]) -> Hint | None:
    project = _text(payload, "project", "path_with_namespace")
    about = "issue" if payload.get("object_kind") == "note" else "object_attributes"
    kind = payload.get("object_kind")
    if project is None:
        return None
    id_ = _number(payload, "project", "id")
    if kind in ("issue", "work_item", "note"):
        number = _number(payload, about, "iid")
        return None if number is None else Hint(Source.GITLAB, project, number, id_)
    pushed = kind == "push" and _is_foreign_push(payload)
    return Hint(Source.GITLAB, project, None, id_) if pushed else None


def _jira(payload: Mapping[str, object]) -> Hint | None:
    key = _text(payload, "issue", "key")
    if key is None or "-" not in key:
        return None
    return Hint(Source.JIRA, key.rpartition("-")[0], key)


def _is_foreign_push(payload: Mapping[str, object]) -> bool:
    """Tell whether somebody else pushed: our own commits are no news to us."""
    commits = payload.get("commits")
    if "ref" not in payload or not isinstance(commits, list) or not commits:
        return False
    messages = [one.get("message") for one in commits if isinstance(one, dict)]
    return not all(isinstance(m, str) and _OUR_TRAILER in m for m in messages)


def _at(payload: Mapping[str, object], *names: str) -> object:
    found: object = payload
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _text(payload: Mapping[str, object], *names: str) -> str | None:
    found = _at(payload, *names)
    return found if isinstance(found, str) and found else None


def _number(payload: Mapping[str, object], *names: str) -> str | None:
    found = _at(payload, *names)
    plain = isinstance(found, int) and not isinstance(found, bool) and found > 0
    return str(found) if plain else None
