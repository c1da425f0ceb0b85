"""GitHub's runner by nektos act, in host mode, without any network.

Source: act's own ``--help``; ``--local-repository`` is what takes the place of a fetch.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from support.repositories import Clone

ROOT = Path(__file__).resolve().parents[2]
ACT = ROOT / ".venv-tools/bin/act"
WORKFLOW = ROOT / "docs/deploy/github-workflow.yml"
PINNED = f"example/pmsync@{'0' * 40}"
"""What the example workflow uses, until a user writes their own commit."""


class Ran(NamedTuple):
    """A run of a workflow."""

    code: int
    messages: list[dict[str, Any]]
    """What act logs."""
    errors: str

    def summary(self) -> str:
        """Return the summaries of all steps."""
        return "\n".join(
            each["content"]
            for each in self.messages
            if each.get("command") == "summary"
        )

    def output(self, name: str) -> str | None:
        """Return the last value of an output."""
        found = None
        for each in self.messages:
            if each.get("command") == "set-output" and each.get("name") == name:
                found = each["arg"]
        return found

    def jobs(self) -> set[str]:
        """Return the names of the jobs that ran."""
        return {
            each["job"].rpartition("/")[2]
            for each in self.messages
            if "jobResult" in each
        }


def action(root: Path) -> Path:
    """Make the action as it is, but that the present environment is its installation."""
    made = root / "action"
    (made / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / "action.yml", made)
    install = made / ".ci/install-action"
    install.write_text(
        f'#!/bin/sh\nmkdir -p "$RUNNER_TEMP"; ln -sfn {sys.prefix} "$RUNNER_TEMP/pmsync"\n'
    )
    install.chmod(0o755)
    return made


def run_workflow(
    root: Path,
    clone: Clone,
    event_name: str,
    event: Mapping[str, Any],
    env: Mapping[str, str],
    token: str,
) -> Ran:
    """Run the workflow of a checkout; ``root`` is a folder that act may use."""
    (root / "home").mkdir(exist_ok=True)
    file = root / f"{event_name}.json"
    file.write_text(json.dumps(event))
    made = root / "action"
    local = f"{PINNED}={made if made.exists() else action(root)}"
    done = subprocess.run(
        [
            *(str(ACT), event_name, "--directory", str(clone.root), "--json"),
            *("--workflows", ".github/workflows/pmsync.yml", "--eventpath", str(file)),
            *("--platform", "ubuntu-24.04=-self-hosted", "--no-cache-server"),
            *("--container-daemon-socket", "-", "--secret", f"GITHUB_TOKEN={token}"),
            *("--local-repository", local),
            *(part for name in env for part in ("--env", f"{name}={env[name]}")),
        ],
        env={**os.environ, "HOME": str(root / "home")},
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    return Ran(done.returncode, messages, done.stderr)
