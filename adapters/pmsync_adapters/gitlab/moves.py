"""Where an issue is that was moved to another project.

What is left behind is closed and names only the new issue's global id, which REST finds
for administrators alone. GraphQL gives everybody its number and project.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pmsync.domain.model import Ticket
from pmsync_adapters.gitlab.client import Client, quoted
from pmsync_adapters.gitlab.mapping import moved_to
from pmsync_adapters.http import AnsweredError, NoAnswerError

MOST_MOVES = 10

Parse = Callable[[Any, str], Ticket]
"""Makes a ticket of an issue in the project with a path."""


def followed(client: Client, ticket: Ticket, home: str, parse: Parse) -> Ticket | None:
    """Return the ticket where it is now, None if that is hidden.

    Outside of ``home`` it is shown only. Raises ``TrackerError``.
    """
    for _ in range(MOST_MOVES):
        id_ = moved_to(ticket)
        if id_ is None:
            return ticket
        place = _place(client, id_)
        found = place and _read(client, *place, parse)
        if not place or not found:
            return None
        away = place[0].casefold() != home.casefold()
        ticket = replace(found, read_only=away)
    return None


def _place(client: Client, id_: str) -> tuple[str, int] | None:
    """Return path and number of the issue with a global id."""
    query = f'{{ issue(id: "gid://gitlab/Issue/{id_}") {{ reference(full: true) }} }}'
    return client.query(query, _reference)


def _reference(answer: Any) -> tuple[str, int] | None:
    """Read ``group/project#12``; an issue that is hidden is null, with an error."""
    try:
        issue = answer["data"]["issue"] if answer.get("data") else None
        if issue is None:
            return None
        path, _, number = issue["reference"].rpartition("#")
        return path, int(number)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoAnswerError(
            f"GraphQL answered with something else ({error!r})"
        ) from None


def _read(client: Client, path: str, number: int, parse: Parse) -> Ticket | None:
    try:
        return client.look(
            f"/projects/{quoted(path)}/issues/{number}",
            lambda issue: parse(issue, path),
            {},
        )
    except AnsweredError:
        return None
