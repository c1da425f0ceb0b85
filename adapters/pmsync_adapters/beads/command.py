"""One ``bd`` process: no shell, no prompt, a deadline, both shapes of its answers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pmsync.domain.errors import TrackerUnavailableError, UsageError
from pmsync.domain.traffic import Traffic
from pmsync_adapters.beads.metadata import IDENTITY

DEADLINE = 60.0
"""Seconds for one process."""
OLDEST = (0, 60, 0)
"""The first version whose issues have metadata that lists show."""
_VERSION = re.compile(r"bd version (\d+)\.(\d+)\.(\d+)")
_NO_WORKSPACE = re.compile(r"no beads|bd init|not initiali[sz]ed", re.IGNORECASE)
_LONGEST = 300
_ENVIRONMENT = {
    # The answer in {"schema_version", "data"}, which becomes the default in 2.0.
    "BD_JSON_ENVELOPE": "1",
    "BD_NON_INTERACTIVE": "1",
    "NO_COLOR": "1",
    # A day without a time is midnight here, whatever zone this machine is in.
    "TZ": "UTC",
}


class BdError(Exception):
    """The command ended with an error; the message is what it said."""


class BdTimeoutError(BdError):
    """The command did not end in time: it may have done what it was to do."""


@dataclass(frozen=True, slots=True)
class Bd:
    """The command in one workspace."""

    root: Path
    traffic: Traffic

    def version(self) -> tuple[int, int, int]:
        """Return the version of ``bd``.

        Raises ``UsageError`` when there is none, when it is another program of that
        name, or when it is too old.
        """
        try:
            output = self._start(["version"], b"").stdout
        except BdError as error:
            raise _unusable(str(error)) from error
        found = _VERSION.search(output.decode(errors="replace"))
        if found is None:
            raise _unusable("another program has that name")
        version = (int(found[1]), int(found[2]), int(found[3]))
        if version < OLDEST:
            oldest = ".".join(map(str, OLDEST))
            raise _unusable(f"it is older than {oldest}")
        return version

    def read(self, *arguments: str) -> list[dict[str, object]]:
        """Return the issues that a command lists; raises ``TrackerError``.

        Raises ``UsageError`` when ``bd`` fails because it is not Beads at all.
        """
        try:
            return self.run(arguments)
        except BdError as error:
            self.version()
            if _NO_WORKSPACE.search(str(error)):
                raise UsageError(
                    f"bd has no workspace here: {error}",
                    hint="run 'bd init', or configure a tracker of type \"embedded\"",
                ) from error
            raise TrackerUnavailableError(
                f"bd {arguments[0]}: {error}",
                hint="try the same command in the repository; 'bd doctor' may help",
            ) from error

    def run(
        self, arguments: Sequence[str], data: bytes = b""
    ) -> list[dict[str, object]]:
        """Return the issues that a command answers with.

        Raises ``UsageError`` without a ``bd``, ``BdError`` when it fails.
        """
        ended = self._start([*arguments, "--json", f"--actor={IDENTITY}"], data)
        try:
            answer = json.loads(ended.stdout) if ended.stdout.strip() else []
        except (ValueError, RecursionError):
            answer = None
        if ended.returncode or answer is None:
            raise BdError(_words(answer, ended))
        return _issues(answer)

    def _start(
        self, arguments: Sequence[str], data: bytes
    ) -> subprocess.CompletedProcess[bytes]:
        program = shutil.which("bd")
        if program is None:
            raise _unusable("it is not on the PATH")
        try:
            ended = subprocess.run(  # noqa: S603 no shell
                [program, *arguments],
                cwd=self.root,
                env={**os.environ, **_ENVIRONMENT},
                input=data,
                capture_output=True,
                timeout=DEADLINE,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            self.traffic.requests["failed"] += 1
            why = f"it did not end within {DEADLINE:g} seconds"
            raise BdTimeoutError(why) from error
        except OSError as error:
            raise _unusable(error.strerror or "it cannot be started") from error
        self.traffic.requests[f"exit {ended.returncode}"] += 1
        return ended


def _unusable(why: str) -> UsageError:
    return UsageError(
        f"the bd command cannot be used: {why}",
        hint="install Beads (https://github.com/gastownhall/beads), or configure a "
        'tracker of type "embedded"',
    )


def _issues(answer: Any) -> list[dict[str, object]]:
    """Return the issues of an answer: in an envelope or not, one or several."""
    if isinstance(answer, dict) and "schema_version" in answer and "data" in answer:
        answer = answer["data"]
    found = answer if isinstance(answer, list) else [answer]
    issues = [one for one in found if isinstance(one, dict) and "id" in one]
    if len(issues) != len(found):
        raise BdError("its answer is not a list of issues")
    return issues


def _words(answer: object, ended: subprocess.CompletedProcess[bytes]) -> str:
    """Return what a failed command says, on one line, cut."""
    said = answer.get("error") if isinstance(answer, Mapping) else None
    text = said if isinstance(said, str) else ended.stderr.decode(errors="replace")
    text = text.partition("Error: ")[2] or text
    line = " ".join(text.split()) or f"exit code {ended.returncode}"
    return "".join(c for c in line if c.isprintable())[:_LONGEST]
