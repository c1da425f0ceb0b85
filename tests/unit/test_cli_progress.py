"""The progress bar: for people who wait, and for nobody else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from support.terminals import rest_of

PROGRAM = """
import sys, time
from pmsync.cli.progress import Bar
with Bar(wanted={wanted}) as bar:
    bar.step("Reading\\x1b[2J [red]documents", 4)
    time.sleep({seconds})
    bar.advance(2)
    time.sleep(0.3)
    bar.step("Asking", 1)
    bar.advance()
print("rich" in sys.modules)
"""


def shown(seconds: float, *, wanted: bool = True) -> tuple[str, str]:
    """What goes to a terminal on standard error, and to standard output."""
    ours, theirs = pty.openpty()
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(wanted=wanted, seconds=seconds)],
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        check=True,
        text=True,
    )
    os.close(theirs)
    return rest_of(ours).decode(), run.stdout


def test_who_waits_sees_how_far_it_is() -> None:
    seen, printed = shown(0.7)

    assert "2/4" in seen
    assert "Asking" in seen
    assert printed == "True\n"


def test_a_name_in_the_bar_is_text_and_neither_markup_nor_escape() -> None:
    seen, _ = shown(0.7)

    assert "Reading\\x1b[2J [red]documents" in seen


@pytest.mark.parametrize(("seconds", "wanted"), [(0, True), (0.7, False)])
def test_who_does_not_wait_or_does_not_ask_pays_nothing(
    seconds: float, *, wanted: bool
) -> None:
    assert shown(seconds, wanted=wanted) == ("", "False\n")


def test_nothing_but_text_goes_to_a_log() -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(wanted=True, seconds=0.7)],
        check=True,
        capture_output=True,
        text=True,
    )

    assert (run.stdout, run.stderr) == ("False\n", "")
