"""Pull requests of the fake GitHub, and the comments below them.

Behaviour and schemas: REST descriptions of "List pull requests", "Create a pull
request", "Update a pull request", "List issue comments", "Update an issue comment".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from support.github_rest import actor
from support.github_site import RefusedError, Repository, User


@dataclass(eq=False)
class Comment:
    """A comment below a pull request."""

    id: int
    author: User
    text: str


@dataclass(eq=False)
class Pull:
    """A pull request."""

    number: int
    author: User
    head: str
    base: str
    title: str
    body: str
    commit: str
    is_open: bool = True
    merged: bool = False
    comments: list[Comment] = field(default_factory=list)


class Pulls:
    """The pull requests of one repository."""

    def __init__(self, repository: Repository, number: Callable[[], int]) -> None:
        """``number`` gives ids that nothing else has."""
        self.all: list[Pull] = []
        self.may_open = True
        self.tip: Callable[[str], str] = lambda _branch: "1" * 40
        """Returns the commit of a branch, blank without one."""
        self._repository = repository
        self._number = number

    def open(self, author: User, given: Mapping[str, Any]) -> Pull:
        """Open one; two for one branch are refused."""
        head = given["head"]
        if not self.may_open:
            raise RefusedError(
                403,
                "GitHub Actions is not permitted to create or approve pull requests.",
            )
        if not self.tip(head):
            raise RefusedError(422, "Validation Failed", [{"field": "head"}])
        if any(one.head == head and one.is_open for one in self.all):
            raise RefusedError(422, "A pull request already exists")
        made = Pull(
            self._repository.next,
            author,
            head,
            given["base"],
            given["title"],
            given.get("body") or "",
            self.tip(head),
        )
        self._repository.next += 1
        self.all.append(made)
        return made

    def say(self, pull: Pull, author: User, text: str) -> Comment:
        """Write a comment."""
        said = Comment(self._number(), author, text)
        pull.comments.append(said)
        return said

    def of(self, number: str) -> Pull | None:
        return next((one for one in self.all if str(one.number) == number), None)

    def answer(
        self,
        method: str,
        rest: list[str],
        user: User,
        query: Mapping[str, str],
        body: Any,
        url: str,
    ) -> tuple[int, object] | None:
        """Carry out a request that is about pull requests, None for another one."""
        match method, rest:
            case "GET", ["pulls"]:
                return 200, self._listed(query, url)
            case "POST", ["pulls"]:
                return 201, self._shown(self.open(user, body), url)
            case "PATCH", ["pulls", number] if pull := self.of(number):
                return 200, self._shown(_changed(pull, body), url)
            case "GET", ["issues", number, "comments"] if pull := self.of(number):
                return 200, [self._said(pull, c, url) for c in _page(pull, query)]
            case "POST", ["issues", number, "comments"] if pull := self.of(number):
                return 201, self._said(pull, self.say(pull, user, body["body"]), url)
            case "PATCH", ["issues", "comments", id_]:
                return 200, self._edited(id_, user, body, url)
        return None

    def _edited(self, id_: str, user: User, body: Any, url: str) -> object:
        for pull in self.all:
            for one in pull.comments:
                if str(one.id) == id_:
                    if one.author is not user:
                        raise RefusedError(403, "Must be its author")
                    one.text = body["body"]
                    return self._said(pull, one, url)
        raise RefusedError(404, "Not Found")

    def _listed(self, query: Mapping[str, str], url: str) -> list[object]:
        owner, _, branch = query.get("head", "").partition(":")
        ours = owner == self._repository.name.partition("/")[0]
        state = query.get("state", "open")
        found = [
            one
            for one in self.all
            if (not branch or (ours and one.head == branch))
            and (state == "all" or (state == "open") == one.is_open)
        ]
        if query.get("direction", "desc") == "desc":
            found.reverse()
        return [self._shown(one, url) for one in found[: int(query["per_page"])]]

    def _shown(self, pull: Pull, url: str) -> dict[str, Any]:
        if pull.is_open:
            pull.commit = self.tip(pull.head)
        name = self._repository.name
        return {
            "number": pull.number,
            "html_url": f"{url.removesuffix('/api/v3')}/{name}/pull/{pull.number}",
            "state": "open" if pull.is_open else "closed",
            "title": pull.title,
            "body": pull.body or None,
            "merged_at": "2026-01-01T00:00:00Z" if pull.merged else None,
            "user": actor(pull.author, url),
            "head": {"ref": pull.head, "sha": pull.commit, "repo": {"full_name": name}},
            "base": {"ref": pull.base, "repo": {"full_name": name}},
        }

    def _said(self, pull: Pull, comment: Comment, url: str) -> dict[str, Any]:
        web = f"{url.removesuffix('/api/v3')}/{self._repository.name}"
        return {
            "id": comment.id,
            "html_url": f"{web}/pull/{pull.number}#issuecomment-{comment.id}",
            "body": comment.text,
            "user": actor(comment.author, url),
        }


def _changed(pull: Pull, body: Any) -> Pull:
    pull.title = body.get("title", pull.title)
    pull.body = body.get("body", pull.body)
    pull.base = body.get("base", pull.base)
    if "state" in body:
        pull.is_open = body["state"] == "open"
    return pull


def _page(pull: Pull, query: Mapping[str, str]) -> list[Comment]:
    size, page = int(query.get("per_page", "30")), int(query.get("page", "1"))
    return pull.comments[(page - 1) * size : page * size]
