"""Let the n-th system call of a kind fail, or end the process there."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

FAULTS = ("error=ENOSPC", "error=EIO", "signal=KILL")
KILLED = (-signal.SIGKILL, 128 + signal.SIGKILL)
PYTHON = (sys.executable, "-I", "-B")
"""No byte code is written, so that every run makes the same calls."""


class Call(NamedTuple):
    """The n-th system call of one name in each process of a program."""

    program: int
    """0 for the script itself, else the n-th git that it starts."""
    name: str
    nth: int


def skip_without_strace(directory: Path) -> None:
    """Skip the test where strace is missing or may not trace."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    code, said = strace(
        ["-o", str(directory / "log"), "-e", "trace=openat"], "", directory
    )
    if code != 0:
        pytest.skip(f"strace cannot trace here: {said.strip()}")


def strace(arguments: Sequence[str], script: str, cwd: Path) -> tuple[int, str]:
    """Run ``script`` under strace; its exit code and what it said."""
    return _run(["strace", "-f", "-qq", *arguments, "--", *PYTHON, "-c", script], cwd)


def inject(call: Call, fault: str, script: str, cwd: Path) -> tuple[int, str]:
    """Run ``script`` with a fault at one call; its exit code and what it said."""
    where = f"inject={call.name}:{fault}:when={call.nth}"
    options = ["-e", f"trace={call.name}", "-e", where]
    log = cwd.parent / "inject.log"
    if call.program:
        return _with_git(options, log, str(call.program), script, cwd)
    return strace(["-o", str(log), *options], script, cwd)


def calls(names: Sequence[str], script: str, cwd: Path, first: str) -> list[Call]:
    """Return the calls of a script that succeeds, from the first that names ``first``."""
    log = cwd.parent / "calls.log"
    code, said = strace(["-o", str(log), "-e", _traced(names)], script, cwd)
    assert code == 0, said
    lines = _lines(log)
    begin = next(n for n, line in enumerate(lines) if first in line)
    found = [Call(0, *counted) for counted in _counted(lines)][begin:]
    return sorted({call for call in found if call.name in names})


def calls_of_git(names: Sequence[str], script: str, cwd: Path) -> list[Call]:
    """Return the calls of every git that a script starts."""
    log = cwd.parent / "calls.log"
    code, said = _with_git(["-e", _traced(names)], log, "*", script, cwd)
    assert code == 0, said
    logs = sorted(log.parent.glob("calls.log.*"))
    return sorted(
        {
            Call(int(each.suffix[1:]), *counted)
            for each in logs
            for counted in _counted(_lines(each))
        }
    )


def _with_git(
    options: Sequence[str], log: Path, which: str, script: str, cwd: Path
) -> tuple[int, str]:
    """Run ``script`` with those gits under strace whose number ``which`` matches."""
    wrapper, count = cwd.parent / "bin" / "git", cwd.parent / "count"
    wrapper.parent.mkdir(exist_ok=True)
    count.write_text("0")
    git = shutil.which("git")
    traced = shlex.join(["strace", "-f", "-qq", *options])
    wrapper.write_text(
        f"#!/bin/sh\nn=$(($(cat {count}) + 1)); echo $n >{count}\ncase $n in {which}) "
        f'exec {traced} -o {log}.$n -- {git} "$@" ;; esac\nexec {git} "$@"\n'
    )
    wrapper.chmod(0o755)
    path = f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}"
    return _run([*PYTHON, "-c", script], cwd, PATH=path)


def _run(command: Sequence[str], cwd: Path, **variables: str) -> tuple[int, str]:
    run = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return run.returncode, run.stderr


def _traced(names: Sequence[str]) -> str:
    return f"trace={','.join(f'?{name}' for name in names)}"


def _lines(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if "(" in line]


def _counted(lines: Sequence[str]) -> Iterator[tuple[str, int]]:
    seen: Counter[tuple[str, str]] = Counter()
    for line in lines:
        process, _, call = line.partition(" ")
        name = call.strip().partition("(")[0]
        seen[process, name] += 1
        yield name, seen[process, name]
