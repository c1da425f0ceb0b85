"""Faults at every system call that writes: a file is never torn (F05, F48).

Each script replaces one file of its working directory. It runs under strace, which
lets the n-th call of a kind fail or kills the process there. Whatever happens, the
file holds the whole of its bytes before or the whole of its bytes after.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.full  # strace

SYSCALLS = ("openat", "write", "fchmod", "fsync", "rename", "renameat", "unlinkat")
FAULTS = ("error=ENOSPC", "error=EIO", "signal=KILL")
KILLED = -signal.SIGKILL
# No byte code is written, so that every run makes the same calls.
PYTHON = (sys.executable, "-I", "-B")


class Script(NamedTuple):
    """A program that writes ``target``, and another that runs after it was ended."""

    name: str
    target: str
    before: bytes
    after: bytes
    write: str
    next_run: str


DOCUMENT = Script(
    name="document",
    target="a.md",
    before=b"| x | Open |\r\n" * 4000,
    after=b"| x | Done |\r\n" * 4000,
    write="""
from pathlib import Path
from pmsync.domain.errors import DocumentError
from pmsync_adapters import atomic
before = b"| x | Open |\\r\\n" * 4000
try:
    atomic.replace(Path("a.md"), before, before.replace(b"Open", b"Done"))
except DocumentError as error:
    raise SystemExit(f"refused: {error}")
""",
    next_run="""
from pathlib import Path
from pmsync_adapters import atomic
atomic.sweep(Path("."))
""",
)
SCRIPTS = (DOCUMENT,)


def strace(arguments: Sequence[str], script: str, cwd: Path) -> tuple[int, str]:
    """Run ``script`` under strace; its exit code and what it said."""
    program = [*PYTHON, "-c", script]
    run = subprocess.run(
        ["strace", "-f", "-qq", *arguments, "--", *program],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return run.returncode, run.stderr


@pytest.fixture(scope="module", autouse=True)
def tracing(tmp_path_factory: pytest.TempPathFactory) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    where = tmp_path_factory.mktemp("probe")
    code, said = strace(["-o", "log", "-e", "trace=openat"], "", where)
    if code != 0:
        pytest.skip(f"strace cannot trace here: {said.strip()}")


def points(script: Script, cwd: Path) -> list[tuple[str, int]]:
    """The calls of the script, from its first write on, as (name, n-th of its kind)."""
    (cwd / script.target).write_bytes(script.before)
    log = cwd / "calls.log"
    names = ",".join(f"?{name}" for name in SYSCALLS)
    code, said = strace(["-o", str(log), "-e", f"trace={names}"], script.write, cwd)
    assert code == 0, said
    assert (cwd / script.target).read_bytes() == script.after
    seen: dict[str, int] = {}
    calls: list[tuple[str, int, str]] = []
    lines = log.read_text().splitlines()
    log.unlink()
    for line in lines:
        name = line.split(None, 1)[1].partition("(")[0]
        if name in SYSCALLS:
            seen[name] = seen.get(name, 0) + 1
            calls.append((name, seen[name], line))
    first = next(n for n, (_, _, line) in enumerate(calls) if script.target in line)
    return [(name, nth) for name, nth, _ in calls[first:]]


class Outcome(NamedTuple):
    """What one fault at one system call led to."""

    call: str
    nth: int
    fault: str
    code: int
    said: str
    holds: bytes
    names: list[str]
    """What lies in the directory after the next run."""


def outcomes(script: Script, cwd: Path) -> list[Outcome]:
    log = cwd / "strace.log"
    target = cwd / script.target
    results = []
    for call, nth in points(script, cwd):
        for fault in FAULTS:
            target.write_bytes(script.before)
            inject = ["-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={nth}"]
            code, said = strace(["-o", str(log), *inject], script.write, cwd)
            log.unlink()
            holds = target.read_bytes()
            subprocess.run([*PYTHON, "-c", script.next_run], cwd=cwd, check=True)
            names = [entry.name for entry in cwd.iterdir()]
            results.append(Outcome(call, nth, fault, code, said, holds, names))
    return results


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_f05_f48_a_fault_at_any_system_call_leaves_the_whole_file_before_or_after(
    script: Script, tmp_path: Path
) -> None:
    found = outcomes(script, tmp_path)

    assert {outcome.call for outcome in found} >= {"openat", "write", "fsync"}
    for outcome in found:
        assert outcome.holds in (script.before, script.after), outcome[:4]
        assert outcome.names == [script.target], outcome[:4]
        if outcome.fault == "signal=KILL":
            assert outcome.code == KILLED, outcome[:4]
        elif outcome.code == 0:
            assert outcome.holds == script.after, outcome[:4]
        else:
            assert f"refused: {script.target}: " in outcome.said, outcome[:5]
    # The faults really fell on both sides of the rename.
    for fault in FAULTS:
        sides = {outcome.holds for outcome in found if outcome.fault == fault}
        assert sides == {script.before, script.after}, fault


def test_the_faults_would_show_a_file_that_is_written_in_place(tmp_path: Path) -> None:
    in_place = DOCUMENT._replace(
        write="""
from pathlib import Path
Path("a.md").write_bytes(b"| x | Done |\\r\\n" * 4000)
"""
    )

    found = outcomes(in_place, tmp_path)

    whole = (in_place.before, in_place.after)
    assert any(outcome.holds not in whole for outcome in found)
