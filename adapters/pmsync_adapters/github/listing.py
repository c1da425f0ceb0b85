"""Lists of a repository's issues that miss nothing and cost little.

Newest first, one page tells whether anything changed at all: whatever is changed comes
to its top, so that an unchanged page (304, which does not count against the limit)
means an unchanged repository. What does not fit on that page is read oldest first from
a time on, which no change on the way can push over the edge of a page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import NamedTuple

from typing_extensions import override

from pmsync_adapters.github.client import Answer, Client
from pmsync_adapters.github.issues import Issue, from_rest
from pmsync_adapters.http import HttpError, NoAnswerError, tracker_error

PAGE = 100
MOST_PAGES = 500
"""Pages of one list; what is longer is told to be incomplete."""
OVERLAP = timedelta(minutes=2)
"""How far before the newest issue is looked again: lists may lag, and times are only to
the second."""
_SECOND = timedelta(seconds=1)
_NAMED_BY_US = "page:"
"""Begins the name of a page that its server has not named."""


class Pages(NamedTuple):
    """Issues of a list."""

    issues: tuple[Issue, ...]
    complete: bool
    time: datetime
    """The server's, when it answered first."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the last look ended."""

    since: str | None
    """What the first page is asked for; it stays, so that its ETag does."""
    newest: str | None
    """When the newest issue was changed."""
    etag: str | None
    """What names the first page as it was."""

    @property
    def seen(self) -> datetime | None:
        """When the newest issue was changed."""
        return None if self.newest is None else datetime.fromisoformat(self.newest)

    def after(self, newest: datetime | None, etag: str | None) -> Mark:
        """Return the mark after a look at the same page."""
        text = None if newest is None else _text(newest)
        return replace(self, newest=text, etag=etag)

    @override
    def __str__(self) -> str:
        """Return the watermark."""
        return json.dumps(asdict(self), separators=(",", ":"))


def mark_of(watermark: str | None) -> Mark | None:
    """Read a watermark, None for none and for that of another version."""
    try:
        mark = Mark(**json.loads(watermark or ""))
        known = mark.seen is None or mark.seen.tzinfo is not None
        known &= all(isinstance(part, str | None) for part in asdict(mark).values())
    except (ValueError, TypeError):
        return None
    return mark if known else None


class Lister:
    """Lists the issues of one repository, pull requests left out."""

    def __init__(self, client: Client, repository: str) -> None:
        self._client = client
        self._path = f"/repos/{repository}/issues"

    def changed(
        self, mark: Mark | None, ours: Callable[[], Mapping[str, str]]
    ) -> tuple[Pages, Mark]:
        """Return what changed since a mark, and the mark after it.

        Without a mark it is all of ours that does not fit on the first page; ``ours``
        returns what narrows a list to it.
        """
        known = mark or Mark(None, None, None)
        first = self._newest(known.since, known.etag)
        if first.status == HTTPStatus.NOT_MODIFIED:
            return _pages((), first), known
        issues = self._issues(first)
        newest = issues[0].updated if issues else known.seen
        since = None if known.seen is None else known.seen - OVERLAP
        new = [one for one in issues if since is None or one.updated >= since]
        if newest is None or not _more(first):
            return _pages(new, first), known.after(newest, _etag(first))
        if since is None:
            rest = self.since(None, ours())
        elif len(new) == len(issues):
            rest = self.since(since)
        else:
            rest = _pages((), first)
        # The page is full: from now on a later time is asked for.
        pinned = newest - OVERLAP
        again = self._newest(_text(pinned), None)
        shown = {one.id: one for one in (*new, *rest.issues, *self._issues(again))}
        return (
            _pages(shown.values(), first, complete=rest.complete),
            Mark(_text(pinned), _text(newest), _etag(again)),
        )

    def since(
        self, since: datetime | None, narrow: Mapping[str, str] | None = None
    ) -> Pages:
        """Return every issue that was changed at a time or later, oldest first.

        Each page is asked for from the last change on that is known; only where that
        does not lead on, because a whole page has one time, by its number.
        """
        found: dict[str, Issue] = {}
        begin: Answer | None = None
        start, number, left = since, 1, MOST_PAGES
        while True:
            answer = self._client.get(
                self._path,
                {
                    **(narrow or {}),
                    **({} if start is None else {"since": _text(start)}),
                    "state": "all",
                    "sort": "updated",
                    "direction": "asc",
                    "per_page": PAGE,
                    "page": number,
                },
            )
            begin = begin or answer
            issues = self._issues(answer)
            found.update((issue.id, issue) for issue in issues)
            left -= 1
            if not issues or not _more(answer) or not left:
                whole = not issues or not _more(answer)
                return _pages(found.values(), begin, complete=whole)
            last = issues[-1].updated - _SECOND
            onward = start is None or last > start
            start, number = (last, 1) if onward else (start, number + 1)

    def _newest(self, since: str | None, etag: str | None) -> Answer:
        parameters: dict[str, str | int] = {
            **({} if since is None else {"since": since}),
            "state": "all",
            "sort": "updated",
            "direction": "desc",
            "per_page": PAGE,
        }
        if etag is not None and etag.startswith(_NAMED_BY_US):
            etag = None
        return self._client.get(self._path, parameters, etag=etag)

    def _issues(self, answer: Answer) -> list[Issue]:
        """Read a page. Raises ``TrackerError`` for what is none."""
        try:
            if not isinstance(answer.data, list):
                raise NoAnswerError(f"GET {self._path}: the answer is no list")
            return [from_rest(one) for one in answer.data]
        except HttpError as error:
            raise tracker_error(self._client.name, error) from None


def _pages(issues: Iterable[Issue], first: Answer, *, complete: bool = True) -> Pages:
    kept = tuple(one for one in issues if not one.pull_request)
    return Pages(kept, complete, first.time)


def _more(answer: Answer) -> bool:
    """Tell whether another page may follow."""
    return len(answer.data) >= PAGE or 'rel="next"' in answer.headers.get("link", "")


def _etag(answer: Answer) -> str:
    """Return what names a page as it is now; a server may have no ETags."""
    etag = answer.headers.get("etag")
    if etag is not None:
        return etag
    shown = repr(answer.data).encode("utf-8", "backslashreplace")
    return f"{_NAMED_BY_US}{sha256(shown).hexdigest()[:16]}"


def _text(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
