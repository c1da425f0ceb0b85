"""GitLab's users by the names that documents write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple

from pmsync_adapters.gitlab.client import Client
from pmsync_adapters.http import NoAnswerError

_ALL = 100
"""Members that one page holds; a larger project is asked for each name."""


class _User(NamedTuple):
    id: int
    username: str
    name: str
    active: bool


class People:
    """The members of a project, and whoever is asked for by a handle; remembered."""

    def __init__(self, client: Client, project: str) -> None:
        """``project`` is the project's path in the API."""
        self._client = client
        self._members = f"{project}/members/all"
        self._lock = Lock()
        self._first: Sequence[_User] | None = None
        self._ids: dict[str, int | None] = {}

    def find(self, names: Sequence[str]) -> Mapping[str, str]:
        """Return the user names of those who are certainly meant."""
        with self._lock:
            found = {name: self._meant(name) for name in names}
        return {name: user.username for name, user in found.items() if user}

    def id_of(self, username: str) -> int | None:
        """Return the id of a user, None if there is none."""
        with self._lock:
            key = username.casefold()
            if key not in self._ids:
                self._by_handle(username)
            return self._ids[key]

    def _meant(self, name: str) -> _User | None:
        """Return the one user that a handle, a name or an e-mail address means."""
        text = name.strip()
        if text.startswith("@"):
            return self._by_handle(text[1:])
        members = self._matching(text)
        if "@" in text:
            # Addresses are not shown: whoever a search for one finds has it.
            return members[0] if len(members) == 1 else None
        named = [m for m in members if m.name.casefold() == text.casefold()]
        handles = [m for m in members if m.username.casefold() == text.casefold()]
        meant = handles or named
        return meant[0] if len(meant) == 1 else None

    def _matching(self, text: str) -> Sequence[_User]:
        """Return the members that may be meant; all of them if they are few."""
        if self._first is None:
            self._first = self._ask(self._members, {"per_page": _ALL})
        if len(self._first) < _ALL and "@" not in text:
            return self._first
        return self._ask(self._members, {"query": text, "per_page": _ALL})

    def _by_handle(self, handle: str) -> _User | None:
        key = handle.casefold()
        users = [] if not handle else self._matching(handle)
        found = [user for user in users if user.username.casefold() == key]
        if not found and handle:
            found = [
                user
                for user in self._ask("/users", {"username": handle})
                if user.username.casefold() == key
            ]
        user = found[0] if found else None
        self._ids[key] = user.id if user else None
        return user

    def _ask(self, path: str, query: Mapping[str, object]) -> Sequence[_User]:
        users = [user for user in self._client.get(path, _users, query) if user.active]
        self._remember(users)
        return users

    def _remember(self, users: Iterable[_User]) -> None:
        self._ids.update((user.username.casefold(), user.id) for user in users)


def _users(answer: Any) -> list[_User]:
    """Return the users of an answer; raises ``NoAnswerError`` for anything else."""
    try:
        return [
            _User(
                int(one["id"]),
                str(one["username"]),
                str(one["name"]),
                one["state"] == "active",
            )
            for one in answer
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise NoAnswerError(f"the answer is no list of users ({error!r})") from None
