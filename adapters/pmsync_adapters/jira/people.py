"""Accounts: whom a name, a handle or an e-mail means, without a guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pmsync_adapters.jira.client import Client, reading
from pmsync_adapters.jira.mapping import View, account_of

MOST = 50
"""Accounts of one answer; who is not among the first is named too vaguely."""
_SHORTEST_ID = 20
"""Characters of an account's id on Cloud; what is shorter is a name."""


class People:
    """The accounts that tickets of a project can be assigned to."""

    def __init__(self, client: Client, project: str) -> None:
        self._client = client
        self._project = project
        self._known: dict[str, Mapping[str, Any] | None] = {}

    def named(self, names: Sequence[str], view: View) -> Mapping[str, str]:
        """Return how each account is written; unknown names are left out."""
        found = {name: view.owner(self._find(name)) for name in names}
        return {name: owner for name, owner in found.items() if owner}

    def account(self, name: str) -> str | None:
        """Return the account that an owner means, None when nobody or several do."""
        user = self._find(name)
        return account_of(user, cloud=self._client.cloud) if user else None

    def _find(self, name: str) -> Mapping[str, Any] | None:
        wanted = name.strip().removeprefix("@").casefold()
        if not wanted:
            return None
        if wanted not in self._known:
            self._known[wanted] = self._ask(wanted)
        return self._known[wanted]

    def _ask(self, wanted: str) -> Mapping[str, Any] | None:
        cloud = self._client.cloud
        answer = self._client.found(
            "user/assignable/search",
            {
                "project": self._project,
                "query" if cloud else "username": wanted,
                "maxResults": MOST,
            },
        )
        with reading(self._client.name):
            users = [user for user in answer or () if user.get("active", True)]
        exact = [user for user in users if wanted in _names(user)]
        if not exact and "@" in wanted:
            # Jira finds people by an e-mail that it then hides (docs: "Profile
            # visibility"): a single one without an e-mail is who was asked for.
            exact = [user for user in users if not user.get("emailAddress")]
        if not exact and cloud:
            exact = self._by_id(wanted, users)
        return exact[0] if len(exact) == 1 else None

    def _by_id(self, wanted: str, users: list[Any]) -> list[Any]:
        """Return the account with an id; ids are long, and no words."""
        if users or len(wanted) < _SHORTEST_ID or " " in wanted or "@" in wanted:
            return []
        answer = self._client.found(
            "user/assignable/search",
            {"project": self._project, "accountId": wanted, "maxResults": 1},
        )
        return [u for u in answer or () if str(u.get("accountId")).casefold() == wanted]


def _names(user: Mapping[str, Any]) -> set[str]:
    told = (user.get(n) for n in ("displayName", "emailAddress", "name", "accountId"))
    return {str(name).casefold() for name in told if name}
