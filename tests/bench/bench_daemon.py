"""What the daemon's memory does over many passes, and how long a pass takes.

The passes are the daemon's own, over documents in a folder and tickets on a GitHub of this
project's own in another process; every tenth pass carries a change.

Run it: python tests/bench/bench_daemon.py [--smoke] [--passes 10000]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pmsync.daemon.hints import Hint
from pmsync.daemon.logs import log_to_stderr
from pmsync.daemon.passes import Place
from pmsync.daemon.serving import Job, Running
from pmsync.daemon.signatures import Source
from support.github_fake import TOKEN, GitHubFake, github

PASSES = 10_000
WARM = 0.1
"""The part of the passes after which everything has been imported and filled."""
MOST = 8_192
"""KiB that the memory may grow by in all later passes."""
ROWS = 10
EVERY = 10
"""Passes of which one carries a change."""


def memory() -> int:
    """Return the KiB that this process holds."""
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0])


async def passes(folder: Path, number: int) -> None:
    """Make so many passes as the daemon does, and report after each tenth of them."""
    place = Place("bench", folder)
    job = Job((place,), "127.0.0.1:0", dict)
    with ThreadPoolExecutor(1) as threads:
        running = Running(job, {}, threads)
        for made in range(1, number + 1):
            hint = Hint(Source.GITHUB, "example/payments", str(1 + made % ROWS))
            if not await running.make(place, frozenset({hint})):
                sys.exit("a pass failed")
            running.metrics.page()
            if made % (number // 10) == 0 or made % EVERY == 0:
                print(json.dumps({"made": made, "memory": memory()}), flush=True)
                sys.stdin.readline()  # somebody changes a ticket meanwhile


def child(folder: Path, number: int) -> None:
    """Be the process that is measured; only what goes wrong is logged."""
    log_to_stderr(logging.WARNING)
    asyncio.run(passes(folder, number))


def measure(fake: GitHubFake, folder: Path, number: int) -> list[tuple[int, int]]:
    """Run the passes in a process of their own; return the memory as it went."""
    (folder / "postmortems").mkdir()
    rows = "".join(f"| Look after service {n}{n}{n} | Open | |\n" for n in range(ROWS))
    (folder / "postmortems/a.md").write_text(
        "# Outage\n\n## Action Items\n\n| Action | Status | Ticket |\n|---|---|---|\n"
        + rows
    )
    (folder / "pmsync.toml").write_text(
        f'since = "none"\n[trackers.code]\ntype = "github"\nurl = "{fake.url}"\n'
        'project = "example/payments"\n'
    )
    command = [sys.executable, __file__, "--child", str(folder), f"--passes={number}"]
    environment = os.environ | {"PMSYNC_TRACKERS__CODE__TOKEN": TOKEN}
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    seen: list[tuple[int, int]] = []
    for line in process.stdout:
        told = json.loads(line)
        seen.append((told["made"], told["memory"]))
        issue = fake.repository.issues[1 + told["made"] // EVERY % ROWS]
        state = "open" if issue.closed else "closed"
        fake.site.edit(issue, fake.person, {"state": state})
        issue.events.clear()
        fake.sent.clear()
        fake.statuses.clear()
        process.stdin.write("\n")
        process.stdin.flush()
    if process.wait() != 0:
        sys.exit("the passes failed")
    return seen


def main() -> None:
    """Measure, print, and end with an error if the memory grows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--passes", type=int, default=PASSES)
    parser.add_argument("--child", type=Path)
    given = parser.parse_args()
    if given.child is not None:
        child(given.child, given.passes)
        return
    number = 100 if given.smoke else given.passes
    start = time.perf_counter()
    with TemporaryDirectory() as folder, github() as fake:
        seen = measure(fake, Path(folder), number)
    each = (time.perf_counter() - start) / number
    warm = next(held for made, held in seen if made >= WARM * number)
    for made, held in seen[:: max(1, len(seen) // 10)]:
        print(f"{made:6} passes {held / 1024:8.1f} MiB")
    grown = seen[-1][1] - warm
    print(f"{number} passes of {1000 * each:.1f} ms: {grown:+} KiB (at most {MOST})")
    if grown > MOST:
        sys.exit("not kept: the memory grows")


if __name__ == "__main__":
    main()
