"""Pull requests of one repository: the one of pmsync's branch, and our one comment.

Source: GitHub docs "REST API endpoints for pull requests" and "REST API endpoints for
issue comments".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pmsync.domain.errors import TrackerError
from pmsync.domain.marking import COMMENT, WITHDRAWN
from pmsync.domain.repository import Proposal, ProposalState
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.github.client import Client
from pmsync_adapters.http import DEADLINE, HttpError, outcome_of

_URL = "https://api.github.com"
_PAGE = 100
_MOST_PAGES = 30
"""So many comments are looked through; the oldest come first, and ours is an old one."""


class GitHubPullRequests:
    """See ``Forge``."""

    def __init__(self, settings: TrackerSettings) -> None:
        self._name = settings.name
        project = settings.project or ""
        self._owner = project.partition("/")[0]
        self._repository = f"/repos/{project}"
        url = (settings.url or _URL).rstrip("/")
        self._client = Client(replace(settings, url=url), DEADLINE)

    def latest(self, branch: str) -> Proposal | None:
        """Return the last pull request of a branch."""
        found = self._client.get(
            f"{self._repository}/pulls",
            {
                "head": f"{self._owner}:{branch}",
                "state": "all",
                "sort": "created",
                "direction": "desc",
                "per_page": 1,
            },
        ).data
        # A head that GitHub does not understand is ignored, and all are listed.
        here = (one for one in found if one["head"]["ref"] == branch)
        return next(map(_proposal, here), None)

    def propose(self, branch: str, base: str, title: str, text: str) -> Proposal:
        """Open the pull request of a branch, or give the open one these words."""
        latest = self.latest(branch)
        words = {"title": title, "body": text, "base": base}
        if latest is not None and latest.state is ProposalState.OPEN:
            data = self._write("PATCH", f"/pulls/{latest.id}", words)
        else:
            data = self._write("POST", "/pulls", {"head": branch, **words})
        return _proposal(data)

    def withdraw(self, proposal: Proposal, why: str) -> None:
        """Close a pull request, and say why."""
        words = {"body": f"{why}\n\n{WITHDRAWN}", "state": "closed"}
        self._write("PATCH", f"/pulls/{proposal.id}", words)

    def comment(self, number: str, text: str) -> str:
        """Give a pull request our one comment, or that one these words."""
        me = self._client.identity()
        path = f"/issues/{int(number)}/comments"
        ours = next(
            (
                one["id"]
                for one in self._comments(path)
                if COMMENT in (one["body"] or "") and _author(one) == me.casefold()
            ),
            None,
        )
        words = {"body": f"{text}\n\n{COMMENT}"}
        if ours is None:
            written = self._write("POST", path, words)
        else:
            written = self._write("PATCH", f"/issues/comments/{ours}", words)
        return str(written["html_url"])

    def _comments(self, path: str) -> Iterator[Any]:
        for page in range(1, _MOST_PAGES + 1):
            asked = {"per_page": _PAGE, "page": page}
            found = self._client.get(f"{self._repository}{path}", asked).data
            yield from found
            if len(found) < _PAGE:
                return

    def _write(self, method: str, path: str, body: Mapping[str, object]) -> Any:
        try:
            return self._client.send(method, f"{self._repository}{path}", body)
        except HttpError as error:
            raise TrackerError(
                f"{self._name}: the pull request was not written: "
                f"{outcome_of(error).why}",
                hint="let the token write pull requests; for the token of a workflow, "
                "also let the repository's settings allow GitHub Actions to open them",
            ) from None


def _author(comment: Any) -> str:
    """Return a login, blank for an account that is gone."""
    return str((comment["user"] or {}).get("login", "")).casefold()


def _proposal(data: Any) -> Proposal:
    withdrawn = WITHDRAWN in (data["body"] or "")
    if data["state"] == "open":
        state = ProposalState.OPEN
    elif data["merged_at"]:
        state = ProposalState.MERGED
    else:
        state = ProposalState.WITHDRAWN if withdrawn else ProposalState.DECLINED
    return Proposal(str(data["number"]), data["html_url"], state, data["head"]["sha"])
