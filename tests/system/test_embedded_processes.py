"""Several processes work on one file of tickets at the same time; nothing is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from pmsync.domain.model import Field
from pmsync_adapters.beads.embedded import EmbeddedTracker

CREATES = """
import sys
from pathlib import Path
from pmsync.domain.model import Marker
from pmsync.domain.ports import Done, Draft
from pmsync_adapters.beads.embedded import EmbeddedTracker

root, name, number = sys.argv[1:]
for n in range(int(number)):
    tracker = EmbeddedTracker(Path(root))
    (outcome,) = tracker.create([Draft(Marker(f"{name}{n}", "s"), f"{name} {n}", "B")])
    if not isinstance(outcome, Done):
        sys.exit(outcome.why)
    print(outcome.ticket.id, flush=True)
"""


def start(root: Path, name: str, number: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CREATES, str(root), name, str(number)],
        stdout=subprocess.PIPE,
        text=True,
    )


def titles(root: Path) -> dict[str, str | None]:
    tickets = EmbeddedTracker(root).marked(None).tickets
    return {ticket.id: ticket.fields[Field.TITLE] for ticket in tickets}


def test_two_processes_lose_none_of_each_others_tickets(tmp_path: Path) -> None:
    processes = [start(tmp_path, name, 40) for name in ("a", "b", "c")]

    said = [process.communicate(timeout=120)[0].split() for process in processes]

    assert [process.returncode for process in processes] == [0, 0, 0]
    expected = {f"{name} {n}" for name in "abc" for n in range(40)}
    assert set(titles(tmp_path).values()) == expected
    assert set(titles(tmp_path)) == {id_ for ids in said for id_ in ids}


def test_a_killed_process_leaves_a_whole_file_and_a_free_lock(tmp_path: Path) -> None:
    for attempt in range(5):
        process = start(tmp_path, f"k{attempt}-", 1_000)
        assert process.stdout is not None
        for _ in range(attempt + 1):
            process.stdout.readline()
        time.sleep(0.003 * attempt)
        process.send_signal(signal.SIGKILL)
        said = attempt + 1 + len(process.communicate()[0].split())

        kept = [t for t in titles(tmp_path).values() if f"k{attempt}-" in str(t)]

        assert len(kept) in (said, said + 1), "at most the last answer was lost"

    last = start(tmp_path, "last", 1)
    last.communicate(timeout=60)
    assert last.returncode == 0
    assert not list((tmp_path / ".pmsync").glob("*.tmp"))
