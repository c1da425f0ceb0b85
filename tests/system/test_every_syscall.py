"""Faults at every system call that writes: nothing is ever torn (F05, F48).

A program that replaces a document, swaps a state or writes a ticket runs under strace,
which lets the n-th call of a kind fail or kills the process there. Whatever happens,
what it wrote is wholly as it was before or wholly as it was to be, and the next run
goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from pmsync.domain.model import Field, Marker
from pmsync.domain.ports import Done, Draft, StateStore
from pmsync.domain.settings import StateSettings
from pmsync.domain.state import State
from pmsync_adapters import atomic
from pmsync_adapters.beads.embedded import EmbeddedTracker
from pmsync_adapters.file_state import FileStateStore
from pmsync_adapters.git_state.opening import open_state
from support.repositories import git
from support.strace import (
    FAULTS,
    KILLED,
    Call,
    calls,
    calls_of_git,
    inject,
    skip_without_strace,
)

pytestmark = pytest.mark.full  # strace

SYSCALLS = ("openat", "write", "fchmod", "fsync", "rename", "renameat", "unlinkat")
GITS = ("write", "fsync", "rename", "link", "unlink", "mkdir", "exit_group")
"""What git writes objects and refs with, and its end; it opens far too much to count."""
OLD, NEW = b"| x | Open |\r\n" * 4000, b"| x | Done |\r\n" * 4000


class Script(NamedTuple):
    """A program that writes something, and how to look at what came of it."""

    name: str
    write: str
    prepare: Callable[[Path], None]
    """Make it as it was before."""
    holds: Callable[[Path], object]
    before: object
    after: object
    go_on: Callable[[Path], list[str]]
    """Do what the next run does; return the names that lie there then."""
    names: list[str]
    first: str | None
    """What the first call names that is meant; None for those of git."""


def _sweep(directory: Path) -> list[str]:
    atomic.sweep(directory)
    return sorted(entry.name for entry in directory.iterdir())


DOCUMENT = Script(
    name="document",
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
    prepare=lambda directory: _put(directory / "a.md", OLD),
    holds=lambda directory: (directory / "a.md").read_bytes(),
    before=OLD,
    after=NEW,
    go_on=_sweep,
    names=["a.md"],
    first="a.md",
)


def _put(file: Path, data: bytes) -> None:
    file.write_bytes(data)


def _state(text: str) -> State:
    return State("s1", trackers={f"t{n}": text for n in range(2000)}, config=text)


def _swap(store: StateStore, text: str) -> None:
    _, version = store.read()
    store.compare_and_swap(version, _state(text), "pmsync: a test")


def _config(store: StateStore) -> str | None:
    state, _ = store.read()
    assert state is not None
    assert state == _state(state.config or "")
    return state.config


SWAP = """
import filelock
from pmsync.domain.errors import StateError
from pmsync.domain.settings import StateSettings
from pmsync.domain.state import State
from {module} import open_state
after = State("s1", trackers={{f"t{{n}}": "after" for n in range(2000)}}, config="after")
try:
    store = open_state(StateSettings("."))
    state, version = store.read()
    store.compare_and_swap(version, after, "pmsync: a test")
except StateError as error:
    raise SystemExit(f"refused: {{error}}")
"""


def _file_state_goes_on(directory: Path) -> list[str]:
    _swap(FileStateStore(directory), "after")
    return sorted(path.name for path in (directory / ".pmsync/state").iterdir())


FILE_STATE = Script(
    name="state file",
    write=SWAP.format(module="pmsync_adapters.file_state"),
    prepare=lambda directory: _swap(FileStateStore(directory), "before"),
    holds=lambda directory: _config(FileStateStore(directory)),
    before="before",
    after="after",
    go_on=_file_state_goes_on,
    names=["default.json"],
    first="state.lock",
)


def _git_store(directory: Path) -> StateStore:
    return open_state(StateSettings(str(directory)))


def _prepare_git(directory: Path) -> None:
    if not (directory / ".git").exists():
        git(directory, "init", "--quiet", "--initial-branch=main")
    _swap(_git_store(directory), "before")


def _git_goes_on(directory: Path) -> list[str]:
    """Remove the lock that a killed git left, as the error asks; then write."""
    for lock in (directory / ".git").rglob("*.lock"):
        lock.unlink()
    _swap(_git_store(directory), "after")
    git(directory, "fsck", "--strict", "--no-dangling")
    return sorted(path.name for path in (directory / ".git/refs/pmsync").iterdir())


GIT_STATE = Script(
    name="state ref",
    write=SWAP.format(module="pmsync_adapters.git_state.opening"),
    prepare=_prepare_git,
    holds=lambda directory: _config(_git_store(directory)),
    before="before",
    after="after",
    go_on=_git_goes_on,
    names=["default"],
    first=None,
)


def _tickets(directory: Path) -> list[str | None]:
    listing = EmbeddedTracker(directory).marked(None)
    return [ticket.fields[Field.TITLE] for ticket in listing.tickets]


TICKET = """
from pathlib import Path
import filelock
from pmsync.domain.errors import TrackerError
from pmsync.domain.model import Marker
from pmsync.domain.ports import Done, Draft
from pmsync_adapters.beads.embedded import EmbeddedTracker
tracker = EmbeddedTracker(Path("."))
tracker.identity()
draft = Draft(Marker("k2", "s1"), "second", "why " * 2000)
try:
    (outcome,) = tracker.create([draft])
except TrackerError as error:
    raise SystemExit(f"refused: {error}")
if not isinstance(outcome, Done):
    raise SystemExit(f"refused: {outcome.why}")
"""


def _prepare_tickets(directory: Path) -> None:
    (directory / ".pmsync/tickets.jsonl").unlink(missing_ok=True)
    _create(directory, "k1", "first")


def _create(directory: Path, key: str, title: str) -> None:
    draft = Draft(Marker(key, "s1"), title, "why " * 2000)
    (outcome,) = EmbeddedTracker(directory).create([draft])
    assert isinstance(outcome, Done)


def _tickets_go_on(directory: Path) -> list[str]:
    _create(directory, "k3", "third")
    return sorted(path.name for path in (directory / ".pmsync").iterdir())


TICKETS = Script(
    name="tickets",
    write=TICKET,
    prepare=_prepare_tickets,
    holds=_tickets,
    before=["first"],
    after=["first", "second"],
    go_on=_tickets_go_on,
    names=[".gitignore", "tickets.jsonl", "tickets.lock"],
    first="tickets.lock",
)
SCRIPTS = (DOCUMENT, FILE_STATE, TICKETS, GIT_STATE)


class Outcome(NamedTuple):
    """What one fault at one system call led to."""

    call: Call
    fault: str
    code: int
    said: str
    holds: object
    names: list[str]
    """What lies there after the next run."""


@pytest.fixture(scope="module", autouse=True)
def tracing(tmp_path_factory: pytest.TempPathFactory) -> None:
    skip_without_strace(tmp_path_factory.mktemp("probe"))


def outcomes(script: Script, directory: Path) -> list[Outcome]:
    cwd = directory / "work"
    cwd.mkdir()
    script.prepare(cwd)
    if script.first is None:
        found = calls_of_git(GITS, script.write, cwd)
    else:
        found = calls(SYSCALLS, script.write, cwd, script.first)
    assert script.holds(cwd) == script.after
    results = []
    for call in found:
        for fault in FAULTS:
            script.prepare(cwd)
            code, said = inject(call, fault, script.write, cwd)
            holds, names = script.holds(cwd), script.go_on(cwd)
            results.append(Outcome(call, fault, code, said, holds, names))
    return results


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_f05_f48_a_fault_at_any_system_call_leaves_the_whole_before_or_after(
    script: Script, tmp_path: Path
) -> None:
    found = outcomes(script, tmp_path)

    assert {outcome.call.name for outcome in found} >= {"write", "fsync"}
    for outcome in found:
        assert outcome.holds in (script.before, script.after), outcome
        assert outcome.names == script.names, outcome
        if outcome.fault == "signal=KILL" and not outcome.call.program:
            assert outcome.code in KILLED, outcome
        elif outcome.code == 0:
            assert outcome.holds == script.after, outcome
        else:
            assert "refused: " in outcome.said, outcome
    # The faults really fell on both sides of the rename.
    for fault in FAULTS:
        sides = [outcome.holds for outcome in found if outcome.fault == fault]
        assert script.before in sides, fault
        assert script.after in sides, fault


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
