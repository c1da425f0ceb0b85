"""Issues by their ids and numbers: GraphQL by the hundred, else REST one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeVar

from pmsync.domain.errors import PermissionDeniedError
from pmsync.domain.ports import Absence, Lookup
from pmsync_adapters.github import queries
from pmsync_adapters.github.client import Client
from pmsync_adapters.github.graphql import NoGraphQLError
from pmsync_adapters.github.issues import KEY, Issue, from_graphql, from_rest
from pmsync_adapters.http import AnsweredError, HttpError, tracker_error

Found = Issue | Absence

_SLACK = timedelta(seconds=2)
"""By how much an update may be younger than the event that it belongs to."""

_T = TypeVar("_T")
_R = TypeVar("_R")


class Reader:
    """Reads issues of one server."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._has_graphql = True

    def find(self, lookups: Sequence[Lookup]) -> Mapping[str, Found]:
        """Return the issues that ids, else keys, lead to. Raises ``TrackerError``.

        What GraphQL does not show is asked for by number: only REST tells moved,
        deleted and invisible apart.
        """
        found: dict[str, Found] = {}
        if self._has_graphql:
            try:
                found.update(self._by_graphql(lookups))
            except NoGraphQLError:
                self._has_graphql = False
        missing = [lookup for lookup in lookups if lookup.key not in found]
        looked = self.side_by_side(self._look, missing)
        found.update(zip((one.key for one in missing), looked, strict=True))
        return found

    def side_by_side(self, do: Callable[[_T], _R], what: Sequence[_T]) -> list[_R]:
        """Do something for each, as many at the same time as the server may be asked."""
        if self._client.workers == 1 or len(what) <= 1:
            return [do(one) for one in what]
        with ThreadPoolExecutor(self._client.workers) as workers:
            return list(workers.map(do, what))

    def touched(self, issue: Issue) -> bool:
        """Tell whether anyone but us worked on an issue, from its timeline.

        Edits of a body are not in it: an update that it does not explain counts.
        """
        identity = self._client.identity()
        if issue.author != identity:
            return True
        if issue.updated == issue.created and not issue.comments:
            return False
        path = f"/repos/{issue.repository}/issues/{issue.number}/timeline"
        answer = self._client.look(path, {"per_page": queries.BATCH})
        events = None if isinstance(answer, AnsweredError) else answer.data
        if not isinstance(events, list) or len(events) >= queries.BATCH:
            # Nobody can tell: a person looks at it.
            return True
        times = [one.get("created_at") for one in events if _actor(one) == identity]
        explained = max([issue.created, *map(_time, times)])
        return len(times) < len(events) or issue.updated - explained > _SLACK

    def _by_graphql(self, lookups: Sequence[Lookup]) -> Mapping[str, Issue]:
        """Return what GraphQL shows. Raises ``NoGraphQLError``, ``TrackerError``."""
        identity = self._client.identity() if lookups else ""
        found: dict[str, Issue] = {}
        known = [lookup for lookup in lookups if lookup.id is not None]
        for part in _parts(known):
            ids = [lookup.id for lookup in part]
            nodes = self._client.query(queries.BY_ID, {"ids": ids}).get("nodes") or []
            for lookup, node in zip(part, nodes, strict=False):
                if node and "number" in node:
                    found[lookup.key] = self._read(node, identity)
        named = [
            (lookup.key, match["repository"], int(match["number"]))
            for lookup in lookups
            if lookup.id is None and (match := KEY.fullmatch(lookup.key))
        ]
        for repository in sorted({name for _, name, _ in named}):
            mine = [(key, n) for key, name, n in named if name == repository]
            for some in _parts(mine):
                found.update(self._numbered(repository, some, identity))
        return found

    def _numbered(
        self, repository: str, some: Sequence[tuple[str, int]], identity: str
    ) -> Mapping[str, Issue]:
        owner, _, name = repository.partition("/")
        text = queries.by_number([number for _, number in some])
        data = self._client.query(text, {"owner": owner, "name": name})
        nodes = data.get("repository") or {}
        return {
            key: self._read(node, identity)
            for key, number in some
            if (node := nodes.get(f"n{number}"))
        }

    def _read(self, node: Mapping[str, Any], identity: str) -> Issue:
        try:
            return from_graphql(node, identity)
        except HttpError as error:
            raise tracker_error(self._client.name, error) from None

    def _look(self, lookup: Lookup) -> Found:
        match = KEY.fullmatch(lookup.key)
        if match is None:
            return Absence.INVISIBLE
        path = f"/repos/{match['repository']}/issues/{match['number']}"
        try:
            answer = self._client.look(path)
        except PermissionDeniedError:
            # Where it was moved to, an organisation may keep us out.
            return Absence.INVISIBLE
        if isinstance(answer, AnsweredError):
            gone = answer.status == HTTPStatus.GONE
            return Absence.DELETED if gone else Absence.INVISIBLE
        issue = self.read_rest(answer.data)
        if lookup.id not in (None, issue.id) and not answer.moved:
            # Another issue has the number: the repository was made anew.
            return Absence.INVISIBLE
        return self._complete(issue)

    def read_rest(self, data: Any) -> Issue:
        """Read an issue of REST. Raises ``TrackerError`` for what is none."""
        try:
            return from_rest(data)
        except HttpError as error:
            raise tracker_error(self._client.name, error) from None

    def _complete(self, issue: Issue) -> Issue:
        if self._has_graphql:
            nodes = self._client.query(queries.BY_ID, {"ids": [issue.id]}).get("nodes")
            if nodes and nodes[0] and "number" in nodes[0]:
                return self._read(nodes[0], self._client.identity())
        return replace(issue, touched=self.touched(issue))


def _parts(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), queries.BATCH):
        yield items[start : start + queries.BATCH]


def _actor(event: Any) -> str | None:
    if not isinstance(event, dict):
        return None
    actor = event.get("actor") or event.get("user")
    return actor.get("login") if isinstance(actor, dict) else None


def _time(text: Any) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (TypeError, ValueError):
        return datetime.min.replace(tzinfo=UTC)
