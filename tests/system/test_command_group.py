"""The command as it is started: help, version, mistakes, and what is imported."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from pmsync.cli import COMMANDS, group

if TYPE_CHECKING:
    from conftest import Repository

HEAVY = {"jinja2", "pydantic_settings", "rich", "github", "gitlab", "jira", "httpx"}
"""Imported by the commands that need them, never before."""
ROW = "| Action | Owner | Status |\n|---|---|---|\n| Fix it | @a | Open |\n"


def imported(repository: Repository, *arguments: str) -> set[str]:
    """The modules that a command has imported when it ends."""
    program = (
        "import sys; from pmsync.cli import run; code = run(sys.argv[1:]); "
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=repository.root,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(ended.stderr.split())


def test_help_and_version_need_no_repository(repository: Repository) -> None:
    for arguments in (["--help"], ["-h"], []):
        shown = repository.pmsync(*arguments)
        assert shown.returncode == 0
        assert all(f"  {name} " in shown.stdout for name in COMMANDS)
    version = repository.pmsync("--version")
    assert re.fullmatch(r"pmsync [0-9.]+\S*\n", version.stdout)


def test_python_m_pmsync_is_the_same_command(repository: Repository) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "pmsync", "--help"],
        cwd=repository.root,
        capture_output=True,
        text=True,
        check=True,
    )

    assert shown.stdout == repository.pmsync("--help").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["synk"], "error: there is no command 'synk'\n\nhint: did you mean 'sync'?\n"),
        (["xyzzy"], "error: there is no command 'xyzzy'\n"),
        (["sync", "--dry"], "error: No such option '--dry'"),
        (["sync", "--lease-wait", "soon"], "'soon' is not a duration"),
        (["sync", "gone.md"], "error: gone.md: no such file or directory\n"),
        (["sync", "--tracker", "ops"], "error: there is no tracker 'ops'\n"),
    ],
)
def test_a_mistyped_command_line_is_answered_with_what_to_type(
    repository: Repository, arguments: list[str], message: str
) -> None:
    ended = repository.pmsync(*arguments)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert message in ended.stderr


def test_a_directory_that_is_gone_is_said_and_is_no_fault(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pmsync.cli import run; os.mkdir('gone'); "
        "os.chdir('gone'); os.rmdir('../gone'); sys.exit(run(['items']))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert ended.stderr.startswith("error: the present directory is gone\n")


def test_the_help_of_the_group_says_what_each_command_says_of_itself() -> None:
    for name, text in COMMANDS.items():
        command = group(name).commands[name]
        assert command.get_short_help_str(limit=100) == text
        assert isinstance(command, click.Command)


def test_help_starts_fast_because_it_imports_no_command(repository: Repository) -> None:
    modules = imported(repository, "--help")

    assert not modules & HEAVY
    assert not modules & {"pydantic", "pyromark", "rapidfuzz", "tenacity", "pathspec"}
    assert not any(name.startswith(("pmsync_", "pmsync.app")) for name in modules)


def test_items_start_fast_because_they_need_no_tracker(repository: Repository) -> None:
    for n in range(5):
        repository.write(f"postmortems/{n}.md", f"# P\n\n## Action Items\n\n{ROW}")
    files = [f"postmortems/{n}.md" for n in range(5)]

    for arguments in (["items", *files], ["items", "--format", "json"]):
        modules = imported(repository, *arguments)
        assert not modules & HEAVY
        trackers = {"github", "gitlab", "jira", "beads", "memory"}
        assert not {f"pmsync_adapters.{name}" for name in trackers} & modules
        assert not modules & {"pydantic", "rapidfuzz", "tenacity", "rich", "jinja2"}
        unused = {"pmsync.domain.ports", "pmsync.domain.state", "hashlib"} & modules
        assert not (unused and files[0] in arguments), unused


def test_every_command_and_option_is_in_the_reference() -> None:
    root = Path(__file__).resolve().parents[2]
    reference = (root / "docs/reference/commands.md").read_text(encoding="utf-8")

    for name in COMMANDS:
        for path, command in _all(name, group(name).commands[name]):
            assert f"## `pmsync {path}" in reference, path
            for parameter in command.params:
                if isinstance(parameter, click.Option):
                    for option in parameter.opts:
                        assert f"`{option}" in reference, (path, option)


def _all(path: str, command: click.Command) -> list[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        return [(path, command)]
    return [
        each
        for name, below in command.commands.items()
        for each in _all(f"{path} {name}", below)
    ]
