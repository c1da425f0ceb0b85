"""Merge requests of one project: the one of pmsync's branch, and our one note.

Source: GitLab docs "Merge requests API" and "Notes API".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pmsync.domain.errors import TrackerError
from pmsync.domain.marking import COMMENT, WITHDRAWN
from pmsync.domain.ports import Refused, Unknown
from pmsync.domain.repository import Proposal, ProposalState
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.gitlab.client import Client, quoted
from pmsync_adapters.http import DEADLINE

_PAGE = 100
_MOST_PAGES = 30
"""So many notes are looked through; the oldest come first, and ours is an old one."""

T = TypeVar("T")


class GitLabMergeRequests:
    """See ``Forge``."""

    def __init__(self, settings: TrackerSettings) -> None:
        self._name = settings.name
        self._client = Client(settings, DEADLINE)
        self._path = settings.project or ""
        self._all = f"/projects/{quoted(self._path)}/merge_requests"

    def latest(self, branch: str) -> Proposal | None:
        """Return the last merge request of a branch."""
        found = self._read(
            self._all,
            {
                "source_branch": branch,
                "state": "all",
                "order_by": "created_at",
                "sort": "desc",
                "per_page": _PAGE,
            },
        )
        # Anybody may call the branch of a fork the same.
        here = (m for m in found if m["source_project_id"] == m["target_project_id"])
        return next(map(_proposal, here), None)

    def propose(self, branch: str, base: str, title: str, text: str) -> Proposal:
        """Open the merge request of a branch, or give the open one these words."""
        latest = self.latest(branch)
        words = {"title": title, "description": text, "target_branch": base}
        if latest is not None and latest.state is ProposalState.OPEN:
            data = self._write("put", f"{self._all}/{latest.id}", words)
        else:
            opened = {"source_branch": branch, **words}
            data = self._write("post", self._all, opened)
        return _proposal(data)

    def withdraw(self, proposal: Proposal, why: str) -> None:
        """Close a merge request, and say why."""
        words = {"description": f"{why}\n\n{WITHDRAWN}", "state_event": "close"}
        self._write("put", f"{self._all}/{proposal.id}", words)

    def comment(self, number: str, text: str) -> str:
        """Give a merge request our one note, or that one these words."""
        me = self._read("/user", {})["username"]
        path = f"{self._all}/{int(number)}/notes"
        ours = next(
            (
                note["id"]
                for note in self._notes(path)
                if COMMENT in note["body"] and note["author"]["username"] == me
            ),
            None,
        )
        words = {"body": f"{text}\n\n{COMMENT}"}
        if ours is None:
            note = self._write("post", path, words)
        else:
            note = self._write("put", f"{path}/{ours}", words)
        here = f"{self._client.site}/{self._path}/-/merge_requests/{int(number)}"
        return f"{here}#note_{note['id']}"

    def _notes(self, path: str) -> Iterator[Any]:
        for page in range(1, _MOST_PAGES + 1):
            found = self._read(path, {"sort": "asc", "per_page": _PAGE, "page": page})
            yield from found
            if len(found) < _PAGE:
                return

    def _read(self, path: str, query: dict[str, object]) -> Any:
        return self._client.get(path, _as_it_is, query)

    def _write(self, verb: str, path: str, data: Mapping[str, object]) -> Any:
        done = self._client.send(verb, path, _as_it_is, data)
        match done:
            case Refused(why) | Unknown(why):
                raise TrackerError(
                    f"{self._name}: the merge request was not written: {why}",
                    hint="let the token use the API as a Developer of the project",
                )
            case _:
                return done


def _as_it_is(data: T) -> T:
    return data


def _proposal(data: Any) -> Proposal:
    withdrawn = WITHDRAWN in (data.get("description") or "")
    match data["state"]:
        case "merged":
            state = ProposalState.MERGED
        case "closed":
            state = ProposalState.WITHDRAWN if withdrawn else ProposalState.DECLINED
        case _:
            state = ProposalState.OPEN
    return Proposal(str(data["iid"]), data["web_url"], state, data.get("sha") or "")
