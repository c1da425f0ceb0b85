"""Exceptions in words: what went wrong, what to do next, and the exit code."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from pmsync.app.exit_codes import ExitCode, exit_code_of
from pmsync.cli.terminal import err, paint_for, safe
from pmsync.domain.errors import PmsyncError
from pmsync.domain.model import Problem
from pmsync.domain.repository import UnreadDocument

_SECRET = re.compile("TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|API_?KEY", re.IGNORECASE)
_SHORTEST_SECRET = 6
"""Shorter values are words like ``none``; hiding them would garble the text."""


def explain(error: Exception, *, verbose: bool) -> ExitCode:
    """Print what ended a command and return its exit code."""
    match error:
        case PmsyncError():
            show(error.message, error.hint)
            return exit_code_of(error)
        case click.exceptions.NoArgsIsHelpError():
            err(error.format_message())
            return ExitCode.USAGE
        case click.ClickException():
            context = error.ctx if isinstance(error, click.UsageError) else None
            hint = f"see {context.command_path} --help" if context else None
            show(error.format_message(), hint)
            return ExitCode.USAGE
        case _:
            _explain_fault(error, verbose=verbose)
            return ExitCode.PART_FAILED


def show_finding(path: str, finding: Problem) -> None:
    """Print what is odd in a document, as ``path:line:column``, which editors open."""
    place = f"{safe(path)}:{finding.line}:{finding.column}:"
    err(f"{place} {finding.code} {safe(finding.message)}")


def show(message: str, hint: str | None) -> None:
    """Print the cause, and after a blank line what to do about it."""
    paint = paint_for(sys.stderr)
    first, *others = message.splitlines() or [""]
    err(f"{paint.red('error:')} {safe(first)}")
    for line in others:
        err(f"       {safe(line)}")
    if hint:
        err()
        err(f"{paint.cyan('hint:')} {safe(hint)}")


def left_out(unread: UnreadDocument) -> None:
    """Print which document was left out, and why; most reasons name it already."""
    named = unread.why.startswith(f"{unread.path}:")
    err(f"left out: {safe(unread.why if named else f'{unread.path}: {unread.why}')}")


def _explain_fault(error: Exception, *, verbose: bool) -> None:
    """Print what to report.

    The exception's own text may hold a secret: it is shown only in the traceback,
    where the secrets of the environment are blotted out.
    """
    import traceback  # noqa: PLC0415 slow

    if verbose:
        text = "".join(traceback.format_exception(error))
        for line in without_secrets(text, os.environ).splitlines():
            err(safe(line))
    frame = traceback.extract_tb(error.__traceback__)[-1]
    show(
        f"pmsync has a fault: {type(error).__name__} in "
        f"{Path(frame.filename).name}, line {frame.lineno}",
        "please report it, with what `pmsync -v` prints; running again is safe",
    )


def without_secrets(text: str, environment: Mapping[str, str]) -> str:
    """Return ``text`` without the values of variables that are named like secrets."""
    for name, value in environment.items():
        if _SECRET.search(name) and len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, "***")
    return text
