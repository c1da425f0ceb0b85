"""A project on the emulator `jira820`, a Jira Data Center 8.20 that others have written.

Between pmsync and the emulator stands a gate. It checks each request against the table
of what Data Center knows, and turns the ids of tickets into keys: the emulator knows
nothing else.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import requests

from pmsync.domain.block import BEGIN, END
from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.jira import JiraTracker
from support.jira_dc_requests import mistakes
from support.jira_site import PRIORITIES
from support.served import Answer, Fake, served

PROGRAM = Path(__file__).resolve().parents[2] / ".venv-tools/bin/jira820"
CONFIG = {
    "project_key": "OPS",
    "statuses": [
        ["Open", "todo", "1"],
        ["In Progress", "inprogress", "3"],
        ["Blocked", "inprogress", "5"],
        ["Done", "done", "6"],
    ],
    "transition_screens": {"Done": ["resolution?"]},
    "epics_per_module": 0,
    "standalone_per_module": 0,
    "history_per_module": 0,
}
STATES = {
    Status.OPEN: "Open",
    Status.IN_PROGRESS: "In Progress",
    Status.BLOCKED: "Blocked",
    Status.DONE: "Done",
    Status.WONT_DO: "Done",
}


def installed() -> bool:
    """Tell whether the emulator can be started."""
    return PROGRAM.exists()


class Gate(Fake):
    """Passes requests on."""

    def __init__(self, behind: str) -> None:
        super().__init__()
        self._behind = behind
        self._keys: dict[str, str] = {}

    def now(self) -> datetime:
        return datetime.now(UTC)

    def mistakes(self, method: str, url: str, body: Any) -> list[str]:
        return mistakes(method, url, body) if "/myself" not in url else []

    def answer(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],  # noqa: ARG002 # any token is taken
        body: Any,
    ) -> Answer:
        named = url
        for id_, key in self._keys.items():
            named = named.replace(id_, key)
        answer = requests.request(
            method, f"{self._behind}{named}", json=body, timeout=10
        )
        data = answer.json() if answer.content else None
        for one in data.get("issues", [data]) if isinstance(data, dict) else ():
            if {"id", "key"} <= one.keys():
                self._keys[one["id"]] = one["key"]
        return Answer(answer.status_code, data)


class Jira820Place:
    """The emulator's project, emptied, with one person beside us."""

    def __init__(self, _root: Path) -> None:
        self._behind = _emulator()
        everything = {"jql": "project = OPS", "maxResults": "10000", "fields": "id"}
        answer = requests.get(
            f"{self._behind}/rest/api/2/search", params=everything, timeout=10
        )
        for issue in answer.json()["issues"]:
            self._ask("DELETE", f"issue/{issue['key']}", None)
        self._open = ExitStack()
        self._gate = self._open.enter_context(served(Gate(self._behind)))

    def tracker(self) -> JiraTracker:
        return JiraTracker(
            TrackerSettings(
                name="jira",
                type="jira",
                root="",
                url=self._gate.url,
                project="OPS",
                statuses={Status.BLOCKED: "Blocked"},
                token=lambda: "any",
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
                    given["summary"] = value
                case Field.OWNER:
                    given["assignee"] = {"name": value} if value else None
                case Field.DUE:
                    given["duedate"] = value
                case Field.PRIORITY:
                    given["priority"] = {"name": PRIORITIES[int(value or "2")]}
                case Field.STATUS:
                    self._move(ticket, Status(value or Status.OPEN))
        if body is not None:
            text = body.replace(BEGIN, "{anchor:pmsync-begin}")
            text = text.replace(END, "{anchor:pmsync-end}")
            line = r"<!-- pmsync:v1 key=(\w+) state=(\w+) -->"
            given["description"] = re.sub(line, r"{anchor:pmsync-v1-\1-\2}", text)
        if given:
            self._ask("PUT", f"issue/{ticket.ref.key}", {"fields": given})

    def label(self, ticket: Ticket, label: str) -> None:
        issue = self._ask("GET", f"issue/{ticket.ref.key}", None).json()
        labels = [*issue["fields"]["labels"], label]
        self._ask("PUT", f"issue/{ticket.ref.key}", {"fields": {"labels": labels}})

    def delete(self, ticket: Ticket) -> None:
        self._ask("DELETE", f"issue/{ticket.ref.key}", None)

    def person(self) -> str:
        return "Alice"

    def close(self) -> None:
        self._open.close()

    def _move(self, ticket: Ticket, status: Status) -> None:
        path = f"issue/{ticket.ref.key}/transitions"
        for one in self._ask("GET", path, None).json()["transitions"]:
            if one["to"]["name"] == STATES[status]:
                body: dict[str, Any] = {"transition": {"id": one["id"]}}
                if status is Status.WONT_DO:
                    body["fields"] = {"resolution": {"name": "Won't Do"}}
                self._ask("POST", path, body)

    def _ask(self, method: str, path: str, body: Any) -> requests.Response:
        url = f"{self._behind}/rest/api/2/{path}"
        answer = requests.request(method, url, json=body, timeout=10)
        answer.raise_for_status()
        return answer


@cache
def _emulator() -> str:
    """Start the emulator, which takes a second, once for all tests; return its URL."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as config:
        json.dump(CONFIG, config)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    environment = {"JIRA820_PORT": port, "JIRA820_CONFIG": config.name}
    process = subprocess.Popen(
        [str(PROGRAM)],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def stop() -> None:
        process.terminate()
        process.wait(10)
        Path(config.name).unlink()

    atexit.register(stop)
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            requests.get(f"{url}/rest/api/2/serverInfo", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return url
    raise TimeoutError("the emulator does not start")
