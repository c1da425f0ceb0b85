"""A workspace of the real ``bd`` command, which people use beside pmsync."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from pmsync.domain.model import Field, Status, Ticket
from pmsync.domain.ports import Tracker
from pmsync_adapters.beads.bd import BdTracker

MISSING = "bd is not on the PATH: make test-all installs it"


def installed() -> bool:
    """Tell whether there is a ``bd``."""
    return shutil.which("bd") is not None


def bd(root: Path, *arguments: str, data: str = "") -> str:
    """Run ``bd`` as Alice does."""
    ended = subprocess.run(
        ["bd", *arguments, "--actor=alice"],
        cwd=root,
        env={**os.environ, "BD_JSON_ENVELOPE": "1", "TZ": "UTC"},
        input=data,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@cache
def _workspace() -> Path:
    """Make a workspace once; it takes seconds."""
    root = Path(mkdtemp(prefix="pmsync-bd-"))
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    bd(root, "init", "--prefix=bd", "--quiet", "--skip-hooks", "--skip-agents")
    return root


class BdPlace:
    """A workspace of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root / "workspace"
        shutil.copytree(_workspace(), self.root)

    def tracker(self) -> Tracker:
        return BdTracker(self.root)

    def edit(
        self,
        ticket: Ticket,
        fields: Mapping[Field, str | None],
        body: str | None = None,
    ) -> None:
        options = [] if body is None else ["--body-file=-", "--allow-empty-description"]
        for field, value in fields.items():
            match field:
                case Field.TITLE:
                    options.append(f"--title={value}")
                case Field.OWNER:
                    options.append(f"--assignee={value or ''}")
                case Field.DUE:
                    options.append(f"--due={value or ''}")
                case Field.PRIORITY:
                    options.append(f"--priority={value or 2}")
                case Field.STATUS:
                    self._status(ticket.id, Status(value or "open"))
        if options:
            bd(self.root, "update", ticket.id, *options, data=body or "")

    def label(self, ticket: Ticket, label: str) -> None:
        bd(self.root, "update", ticket.id, f"--add-label={label}")

    def delete(self, ticket: Ticket) -> None:
        bd(self.root, "delete", ticket.id, "--force")

    def person(self) -> str:
        return "Alice"

    def close(self) -> None:
        """Nothing is held."""

    def shown(self, id_: str) -> dict[str, object]:
        """Return an issue as ``bd show`` prints it."""
        answer = json.loads(bd(self.root, "show", id_, "--json"))
        found = answer.get("data", answer) if isinstance(answer, dict) else answer
        issue: dict[str, object] = found[0] if isinstance(found, list) else found
        return issue

    def _status(self, id_: str, status: Status) -> None:
        if status.terminal:
            reason = "Not planned" if status is Status.WONT_DO else "Completed"
            bd(self.root, "close", id_, f"--reason={reason}")
        else:
            bd(self.root, "update", id_, f"--status={status.value}")
