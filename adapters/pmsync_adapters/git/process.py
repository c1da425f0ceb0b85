"""One git process: no shell, no prompt, no hooks, a deadline, and no secrets told."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pmsync.domain.errors import PmsyncError

DEADLINE = 60.0
"""Seconds for what needs no network."""

_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "credential.interactive": "false",
    "maintenance.auto": "false",
    "gc.auto": "0",
    # Another process may hold a ref for the moment that it takes to write it.
    "core.filesRefLockTimeout": "5000",
    "i18n.commitEncoding": "UTF-8",
    "i18n.logOutputEncoding": "UTF-8",
}
_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
}
_OPTIONS = tuple(part for n, v in _SETTINGS.items() for part in ("-c", f"{n}={v}"))
# A hook of git that calls us names its own repository and index; ours is where we
# were told. Traces print credentials.
_DROPPED = re.compile(
    "GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR|PREFIX|NAMESPACE"
    "|ALTERNATE_OBJECT_DIRECTORIES|SHALLOW_FILE|GRAFT_FILE|QUARANTINE_PATH"
    "|REPLACE_REF_BASE|TRACE.*|CURL_VERBOSE|[A-Z]*_PATHSPECS)"
)
_USER_OF_URL = re.compile(r"://[^/\s]*@")
_HEADER = re.compile(r"(authorization: *[a-z]+) +\S+", re.IGNORECASE)
_LONGEST_MESSAGE = 2000
_GRACE = 5.0
"""Seconds that an ended git has to remove its lock files."""


class GitError(PmsyncError):
    """Git did not do what it was asked; ``stderr`` says why, without secrets."""

    def __init__(self, argv: Sequence[str], code: int | None, stderr: str) -> None:
        self.argv = tuple(redacted(argument) for argument in argv)
        self.code = code
        """Exit code, None when git was not started or did not end in time."""
        self.stderr = redacted(stderr).strip()
        why = self.stderr or f"exit code {code}"
        super().__init__(f"git {self.argv[0]} failed: {why}")


class GitUnansweredError(GitError):
    """Git did not end in time, or cannot be heard; what it was to do may be done."""


class Result(NamedTuple):
    """How a git process ended."""

    argv: tuple[str, ...]
    code: int
    output: bytes
    stderr: bytes

    def checked(self) -> bytes:
        """Return what git printed; raises ``GitError`` unless it succeeded."""
        if self.code:
            raise GitError(self.argv, self.code, self.stderr.decode(errors="replace"))
        return self.output

    def line(self) -> str:
        """Return the one line that git printed; raises ``GitError``."""
        return os.fsdecode(self.checked()).removesuffix("\n")


@dataclass(frozen=True, slots=True)
class Git:
    """Git in one directory of a repository or of a work tree."""

    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables for git beside those of this process."""
    options: tuple[str, ...] = ()
    """Options of git itself, before the command."""

    def attempt(
        self, *arguments: str, data: bytes = b"", deadline: float = DEADLINE
    ) -> Result:
        """Run git on ``data``, for at most ``deadline`` seconds.

        Raises ``GitError`` when it cannot be started, ``GitUnansweredError`` when it was
        ended without an answer, at the deadline at the latest, with all that it had
        started.
        """
        process = self._start(arguments)
        try:
            output, errors = process.communicate(data, timeout=deadline)
        except subprocess.TimeoutExpired as error:
            _end(process)
            why = f"it did not end within {deadline:g} seconds"
            raise GitUnansweredError(arguments, None, why) from error
        except OSError as error:
            _end(process)
            why = f"it cannot be talked to: {error.strerror}"
            raise GitUnansweredError(arguments, None, why) from error
        except BaseException:
            _end(process)
            raise
        return Result(arguments, process.returncode, output, errors)

    def run(
        self, *arguments: str, data: bytes = b"", deadline: float = DEADLINE
    ) -> bytes:
        """Return what git prints, as ``attempt``; raises ``GitError`` if it fails."""
        return self.attempt(*arguments, data=data, deadline=deadline).checked()

    def line(self, *arguments: str, deadline: float = DEADLINE) -> str:
        """Return the one line that git prints; raises ``GitError`` if it fails."""
        return self.attempt(*arguments, deadline=deadline).line()

    def _start(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        kept = {n: v for n, v in os.environ.items() if not _DROPPED.fullmatch(n)}
        try:
            # In a session of its own, nothing that git starts can ask the terminal
            # for a password.
            return subprocess.Popen(  # noqa: S603 no shell
                ("git", "--no-pager", *_OPTIONS, *self.options, *arguments),  # noqa: S607 as PATH says
                cwd=self.directory,
                env=kept | _ENVIRONMENT | dict(self.environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            why = f"it cannot be started: {error.strerror}"
            raise GitError(arguments, None, why) from error


def redacted(text: str) -> str:
    """Return ``text`` without credentials and without control characters, cut."""
    text = _USER_OF_URL.sub("://***@", text)
    text = _HEADER.sub(r"\1 ***", text)
    shown = "".join(c if c == "\n" or c.isprintable() else "?" for c in text)
    return shown[:_LONGEST_MESSAGE]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git and its children: gently, so that no lock file stays behind."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            process.communicate(timeout=_GRACE)
        except subprocess.TimeoutExpired:
            continue
        return
