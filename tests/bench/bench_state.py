"""How long it takes to read and write the state: 30,000 items over 5,000 documents.

Ours is processor time, so that a busy machine does not count; git's is on the wall.

Run it: python tests/bench/bench_state.py [--smoke]
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from pmsync.domain.model import Field, TicketRef
from pmsync.domain.state import (
    DocumentState,
    ItemState,
    Lease,
    Link,
    Pair,
    State,
    Watermark,
)
from pmsync_adapters import git as g
from pmsync_adapters.file_state import FileStateStore
from pmsync_adapters.git_state.place import Clone, Origin
from pmsync_adapters.git_state.store import GitStateStore

READ = 0.5
"""Seconds beside git's own time."""
WRITE = 0.3
ITEMS = 6
"""In one document."""
REF = "refs/pmsync/default"
T0 = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
_spent = {"wall": 0.0, "processor": 0.0}
"""Seconds that passed while git was at work, and what we used to read its output."""


class Timed(g.Git):
    """Git that adds up its time."""

    __slots__ = ()

    def attempt(
        self, *arguments: str, data: bytes = b"", deadline: float = 60.0
    ) -> g.Result:
        """Run git."""
        wall, processor = time.perf_counter(), time.process_time()
        try:
            return g.Git.attempt(self, *arguments, data=data, deadline=deadline)
        finally:
            _spent["wall"] += time.perf_counter() - wall
            _spent["processor"] += time.process_time() - processor


def item(number: int) -> ItemState:
    """Return an item as a run leaves it behind."""
    title = f"Alert on-call before certificate {number} of the payment gateway expires"
    key = f"example/payments#{number}"
    url = f"https://github.com/example/payments/issues/{number}"
    return ItemState(
        f"{number:020x}",
        title,
        "Immediate (Within 1 Week)",
        12 + number % ITEMS,
        TicketRef("code", key, url),
        f"I_kwDOABCD{number:08d}",
        Link.LANDED,
        {
            Field.TITLE: Pair(title, title),
            Field.OWNER: Pair("@maya", "maya-k"),
            Field.STATUS: Pair("open", "open"),
            Field.PRIORITY: Pair(None, None),
        },
        body="9f86d081884c7d659a2feaa0c55ad015",
    )


def whole(documents: int) -> State:
    """Return a state of so many documents."""
    return State(
        "s1",
        {
            f"postmortems/20{n % 26:02}/incident-{n:05}.md": DocumentState(
                tuple(item(n * ITEMS + i) for i in range(ITEMS)), f"{n:064x}"
            )
            for n in range(documents)
        },
        watermarks={"code": Watermark("2026-01-02T03:04:05Z", T0, ("bot",))},
        trackers={"code": "github"},
        config="c1",
    )


def one_changed(state: State, number: int) -> State:
    """Return the state after a run that closed one item, as new objects throughout."""
    documents = {
        p: replace(d, items=tuple(d.items)) for p, d in state.documents.items()
    }
    path = list(documents)[number * 37 % len(documents)]
    before = documents[path]
    base = {**before.items[0].base, Field.STATUS: Pair("done", f"done {number}")}
    items = (replace(before.items[0], base=base), *before.items[1:])
    lease = Lease(f"run {number}", "runner", number, T0)
    return replace(
        state, documents={**documents, path: replace(before, items=items)}, lease=lease
    )


def run_git(directory: Path, *arguments: str) -> str:
    """Return what git prints."""
    return subprocess.run(
        ["git", *arguments], cwd=directory, check=True, capture_output=True, text=True
    ).stdout


class Figures:
    """Times of one thing that was done several times."""

    def __init__(self) -> None:
        self.ours: list[float] = []
        self.gits: list[float] = []

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Measure what is done in the block."""
        start, before = time.process_time(), dict(_spent)
        yield
        beside = _spent["processor"] - before["processor"]
        self.ours.append(time.process_time() - start - beside)
        self.gits.append(_spent["wall"] - before["wall"])

    def show(self, what: str, budget: float | None = None) -> None:
        """Print the medians."""
        goal = f"   (budget {budget:.1f} s)" if budget else ""
        print(
            f"{what:53} {median(self.ours):6.3f} s, git {median(self.gits):6.3f} s{goal}"
        )


def measure(
    name: str, store: Callable[[], GitStateStore], state: State, rounds: int
) -> None:
    """Write, read and change a state in one place."""
    first, read, same, other, write, lease = (Figures() for _ in range(6))
    with first.taken():
        version = store().compare_and_swap("", state, "all of it")
    writer, reader = store(), store()
    writer.read()
    reader.read()
    for number in range(rounds):
        fresh = store()
        with read.taken():
            found, version = fresh.read()
        assert found is not None
        with same.taken():
            fresh.read()
        state, version = writer.read()
        state = one_changed(state, number)
        with write.taken():
            version = writer.compare_and_swap(version, state, "one document")
        with lease.taken():
            writer.compare_and_swap(version, replace(state, lease=None), "release")
        with other.taken():
            assert reader.read()[0] == replace(state, lease=None)
    first.show(f"{name}: write all of it")
    read.show(f"{name}: read all of it", READ)
    same.show(f"{name}: read again, nothing new")
    other.show(f"{name}: read again, one document new")
    write.show(f"{name}: write one changed document", WRITE)
    lease.show(f"{name}: write the lease")


def measure_file(root: Path, state: State, rounds: int) -> None:
    """The same for the store that is one file."""
    read, write = Figures(), Figures()
    store = FileStateStore(root)
    version = store.compare_and_swap("", state, "all of it")
    for number in range(rounds):
        with read.taken():
            store.read()
        with write.taken():
            version = store.compare_and_swap(version, one_changed(state, number), "")
    read.show("file: read all of it")
    write.show("file: write all of it")


def main() -> None:
    """Print one line for each thing that is done with a state."""
    smoke = "--smoke" in sys.argv
    state = whole(200 if smoke else 5000)
    rounds = 2 if smoke else 9
    os.environ.update(GIT_AUTHOR_NAME="Bench", GIT_AUTHOR_EMAIL="bench@example.com")
    os.environ.update(GIT_COMMITTER_NAME="Bench", GIT_COMMITTER_EMAIL="b@example.com")
    with TemporaryDirectory() as name:
        root = Path(name)
        for folder in ("here", "host.git"):
            bare = ["--bare"] if folder.endswith(".git") else []
            run_git(root, "init", "--quiet", *bare, folder)
        count = iter(range(1000))

        def clone() -> GitStateStore:
            target = root / f"clone{next(count)}"
            run_git(root, "init", "--quiet", str(target))
            run_git(target, "remote", "add", "origin", (root / "host.git").as_uri())
            git = Timed(target)
            return GitStateStore(git, Origin(git, "origin", REF, "refs/pmsync-local/s"))

        here = Timed(root / "here")
        measure("git", lambda: GitStateStore(here, Clone(here, REF)), state, rounds)
        measure("git, remote, new clones", clone, state, rounds)
        measure_file(root / "here", state, rounds)
    items = sum(len(document.items) for document in state.documents.values())
    print(f"({items} items, {len(state.documents)} documents; medians of {rounds})")


if __name__ == "__main__":
    main()
