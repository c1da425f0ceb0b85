"""``pmsync demo``: the main job on example post-mortems, with the real commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from pmsync.cli.terminal import out, paint_for, safe
from pmsync.domain.errors import PmsyncError, UsageError

TICKETS = ".pmsync/tickets.jsonl"


@click.command()
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Work in this new directory, and keep it.",
)
def demo(keep: Path | None) -> None:
    """Show the main job on example post-mortems.

    Makes a small git repository in a temporary directory and runs pmsync in it, with
    tickets in a file. Needs git, no network and no account.
    """
    if shutil.which("git") is None:
        raise UsageError("git is not installed", hint="the demo needs it: install git")
    with _place(keep) as directory:
        _Demo(Path(directory)).show()
    if keep is not None:
        out(f"The repository is in {safe(str(keep))}.")


def _place(keep: Path | None) -> AbstractContextManager[str]:
    if keep is None:
        return TemporaryDirectory(prefix="pmsync-demo-")
    if keep.exists():
        raise UsageError(f"{keep}: is there already", hint="name a new directory")
    keep.mkdir(parents=True)
    return nullcontext(str(keep))


class _Demo:
    """A repository that is shown around."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._paint = paint_for(sys.stdout)
        # The demo looks the same whatever the user's own settings are.
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("PMSYNC_")},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_PAGER": "cat",
            "GIT_AUTHOR_NAME": "Dana Okafor",
            "GIT_AUTHOR_EMAIL": "dana@example.com",
            "GIT_COMMITTER_NAME": "Dana Okafor",
            "GIT_COMMITTER_EMAIL": "dana@example.com",
        }

    def show(self) -> None:
        """Run the main job, step by step."""
        self._heading("A repository with post-mortems, as teams write them")
        with as_file(files("pmsync") / "examples" / "postmortems") as examples:
            shutil.copytree(examples, self._directory / "postmortems")
        self._quietly("git", "init", "--quiet", "--initial-branch=main")
        self._quietly("git", "add", "--all")
        self._quietly("git", "commit", "--quiet", "--message=Post-mortems")
        self._run("git", "ls-files")

        self._heading("What would pmsync do? Nothing is written yet")
        self._run("pmsync", "sync", "--dry-run")

        self._heading("Open the tickets, and write their links into the rows")
        self._run("pmsync", "sync", "--quiet")

        self._heading("Only these cells have changed")
        self._run("git", "diff", "--unified=0")
        self._quietly("git", "add", "--all")
        self._quietly("git", "commit", "--quiet", "--message=Link the tickets")

        self._heading(f"The tickets, in {TICKETS}")
        self._show_tickets()

        closed = self._close_one()
        self._heading(f"Somebody closes {closed}, and the row learns of it")
        self._run("pmsync", "sync")
        self._run("git", "diff", "--unified=0", "--", "postmortems")

        self._heading("Once more: both sides are in step, nothing is done")
        self._run("pmsync", "sync")

    def _heading(self, text: str) -> None:
        out()
        out(self._paint.bold(f"== {text}"))
        out()

    def _run(self, *command: str) -> None:
        """Run a command in sight, as it would be typed."""
        out(self._paint.cyan(f"$ {' '.join(command)}"))
        self._quietly(*command)

    def _quietly(self, *command: str) -> None:
        program, *arguments = command
        start = [sys.executable, "-m", "pmsync"] if program == "pmsync" else [program]
        code = subprocess.run(  # noqa: S603 our own commands
            [*start, *arguments],
            cwd=self._directory,
            env=self._environment,
            check=False,
            stdin=subprocess.DEVNULL,
        ).returncode
        if code:
            raise PmsyncError(f"`{' '.join(command)}` ended with exit code {code}")

    def _show_tickets(self) -> None:
        rows = [("ID", "STATUS", "OWNER", "DUE", "TITLE")]
        for ticket in self._tickets():
            due = str(ticket.get("due_at") or "")[:10]
            owner = str(ticket.get("assignee") or "")
            rows.append((ticket["id"], ticket["status"], owner, due, ticket["title"]))
        widths = [max(len(row[n]) for row in rows) for n in range(4)]
        for row in rows:
            cells = [safe(cell).ljust(w) for cell, w in zip(row, widths, strict=False)]
            out("  ".join([*cells, safe(row[-1])]))

    def _close_one(self) -> str:
        """Close the first open ticket as a person would who edits the file."""
        tickets = self._tickets()
        ticket = next(each for each in tickets if each["status"] == "open")
        now = datetime.now(UTC).isoformat()
        ticket.update(status="closed", closed_at=now, updated_at=now)
        lines = [json.dumps(each, ensure_ascii=False) for each in tickets]
        path = self._directory / TICKETS
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return str(ticket["id"])

    def _tickets(self) -> list[dict[str, str]]:
        text = (self._directory / TICKETS).read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]
