"""Who can be assigned: handles, names and e-mails as GitHub's logins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pmsync_adapters.github import queries
from pmsync_adapters.github.client import Client
from pmsync_adapters.github.graphql import NoGraphQLError
from pmsync_adapters.github.reading import Reader
from pmsync_adapters.http import AnsweredError

_LOGIN = re.compile(r"@?(?P<login>[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:_[A-Za-z0-9]+)?)")
"""A user's login; with an underscore those of managed users."""
_EMAIL = re.compile(r"[^\s@\"]+@[^\s@\"]+\.[^\s@\"]+")
_QUOTE = re.compile(r'["\\]')
_AT_ONCE = 50
"""Names in one query."""


class People:
    """Finds people once; only who can be assigned in the repository counts."""

    def __init__(self, client: Client, reader: Reader, repository: str) -> None:
        self._client = client
        self._reader = reader
        self._repository = repository
        self._known: dict[str, str | None] = {}
        self._has_graphql = True

    def find(self, names: Sequence[str]) -> Mapping[str, str]:
        """Return logins by name. Raises ``TrackerError``."""
        new = [name for name in dict.fromkeys(names) if name not in self._known]
        emails = [name for name in new if _EMAIL.fullmatch(name)]
        others = [name for name in new if name not in emails]
        for start in range(0, len(others), _AT_ONCE):
            self._known.update(self._named(others[start : start + _AT_ONCE]))
        found = self._reader.side_by_side(self._by_email, emails)
        self._known.update(zip(emails, found, strict=True))
        return {name: login for name in names if (login := self._known[name])}

    def _named(self, names: Sequence[str]) -> Mapping[str, str | None]:
        if self._has_graphql:
            owner, _, repository = self._repository.partition("/")
            words = {f"q{n}": name.lstrip("@") for n, name in enumerate(names)}
            try:
                data = self._client.query(
                    queries.assignable(len(names)),
                    {"owner": owner, "name": repository, **words},
                )
            except NoGraphQLError:
                self._has_graphql = False
            else:
                answer = data.get("repository") or {}
                return {
                    name: _meant(name, (answer.get(f"u{n}") or {}).get("nodes") or [])
                    for n, name in enumerate(names)
                }
        found = self._reader.side_by_side(self._one, names)
        return dict(zip(names, found, strict=True))

    def _one(self, name: str) -> str | None:
        """Find one name without GraphQL."""
        login = _LOGIN.fullmatch(name)
        if login is not None:
            return self._assignable(login["login"])
        return self._searched(f'fullname:"{_QUOTE.sub(" ", name)}" type:user')

    def _by_email(self, email: str) -> str | None:
        return self._searched(f"{email} in:email type:user")

    def _searched(self, text: str) -> str | None:
        """Return the only user that a search shows, if they can be assigned."""
        data = self._client.get("/search/users", {"q": text, "per_page": 2}).data
        items = data.get("items") if isinstance(data, dict) else None
        if not isinstance(items, list) or len(items) != 1:
            return None
        return self._assignable(str(items[0].get("login") or "-"))

    def _assignable(self, login: str) -> str | None:
        path = f"/repos/{self._repository}/assignees/{login}"
        return None if isinstance(self._client.look(path), AnsweredError) else login


def _meant(name: str, nodes: Sequence[Mapping[str, str | None]]) -> str | None:
    """Return the one whose login or name it is, None for nobody and for several."""
    wanted = name.lstrip("@").casefold()
    logins = [n["login"] for n in nodes if (n["login"] or "").casefold() == wanted]
    if logins or name.startswith("@"):
        return logins[0] if logins else None
    named = [
        n["login"]
        for n in nodes
        if " ".join((n.get("name") or "").split()).casefold() == wanted
    ]
    return named[0] if len(named) == 1 else None
