"""Merge requests of the fake GitLab, and the notes below them.

Behaviour and schemas: GitLab docs "Merge requests API" and "Notes API".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from support.gitlab_site import Project, RefusedError, User


@dataclass(eq=False)
class Note:
    """A note below a merge request."""

    id: int
    author: User
    text: str


@dataclass(eq=False)
class MergeRequest:
    """A merge request; ``source`` is the project that its branch is in."""

    iid: int
    source: int
    branch: str
    target: str
    title: str
    description: str
    commit: str
    state: str = "opened"
    notes: list[Note] = field(default_factory=list)


class MergeRequests:
    """The merge requests of one project."""

    def __init__(self, project: Project, number: Callable[[], int]) -> None:
        """``number`` gives ids that nothing else has."""
        self.all: list[MergeRequest] = []
        self.may_open = True
        self.tip: Callable[[str], str] = lambda _branch: "1" * 40
        """Returns the commit of a branch, blank without one."""
        self._project = project
        self._number = number

    def open(self, given: Mapping[str, Any], source: int | None = None) -> MergeRequest:
        """Open one; two for one branch are refused with 409."""
        branch, here = given["source_branch"], source or self._project.id
        if not self.may_open:
            raise RefusedError(403, "403 Forbidden")
        if not self.tip(branch):
            raise RefusedError(400, {"source_branch": ["does not exist"]})
        for one in self.all:
            if (one.branch, one.source, one.state) == (branch, here, "opened"):
                raise RefusedError(409, ["Another open merge request already exists"])
        made = MergeRequest(
            len(self.all) + 1,
            here,
            branch,
            given["target_branch"],
            given["title"],
            given.get("description", ""),
            self.tip(branch),
        )
        self.all.append(made)
        return made

    def say(self, request: MergeRequest, author: User, text: str) -> Note:
        """Write a note."""
        said = Note(self._number(), author, text)
        request.notes.append(said)
        return said

    def answer(
        self,
        method: str,
        rest: list[str],
        user: User,
        query: Mapping[str, Any],
        body: Any,
        url: str,
    ) -> tuple[int, object]:
        """Carry out a request below ``merge_requests``."""
        match method, rest:
            case "GET", []:
                return 200, self._listed(query, url)
            case "POST", []:
                return 201, self._shown(self.open(body), url)
            case "PUT", [iid]:
                return 200, self._shown(self._changed(self.of(iid), body), url)
            case "GET", [iid, "notes"]:
                return 200, _page(self.of(iid), query)
            case "POST", [iid, "notes"]:
                return 201, _told(self.say(self.of(iid), user, body["body"]))
            case "PUT", [iid, "notes", id_]:
                for note in self.of(iid).notes:
                    if str(note.id) == id_ and note.author is user:
                        note.text = body["body"]
                        return 200, _told(note)
        raise RefusedError(404, "404 Not Found")

    def of(self, iid: str) -> MergeRequest:
        for one in self.all:
            if str(one.iid) == iid:
                return one
        raise RefusedError(404, "404 Not found")

    def _changed(self, request: MergeRequest, body: Any) -> MergeRequest:
        request.title = body.get("title", request.title)
        request.description = body.get("description", request.description)
        request.target = body.get("target_branch", request.target)
        if body.get("state_event") == "close":
            request.state = "closed"
        return request

    def _listed(self, query: Mapping[str, Any], url: str) -> list[object]:
        found = [
            one
            for one in self.all
            if one.branch == query["source_branch"]
            and query.get("state", "all") in ("all", one.state)
        ]
        if query.get("sort", "desc") == "desc":
            found.reverse()
        return [self._shown(one, url) for one in found[: int(query["per_page"])]]

    def _shown(self, request: MergeRequest, url: str) -> dict[str, Any]:
        if request.state == "opened":
            request.commit = self.tip(request.branch)
        web = f"{url}/{self._project.path}/-/merge_requests/{request.iid}"
        return {
            "iid": request.iid,
            "web_url": web,
            "state": request.state,
            "title": request.title,
            "description": request.description,
            "source_branch": request.branch,
            "source_project_id": request.source,
            "target_branch": request.target,
            "target_project_id": self._project.id,
            "sha": request.commit,
        }


def _page(request: MergeRequest, query: Mapping[str, Any]) -> list[object]:
    notes = request.notes if query.get("sort") == "asc" else request.notes[::-1]
    size, page = int(query.get("per_page", "20")), int(query.get("page", "1"))
    return [_told(note) for note in notes[(page - 1) * size : page * size]]


def _told(note: Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "body": note.text,
        "author": {"id": note.author.id, "username": note.author.username},
        "system": False,
    }
