"""How many documents a second ``pmsync items --format json`` reads, on one core.

Run it: python tests/bench/bench_items.py [number of documents | --smoke]

The command runs as users run it, and its processor time counts: its own and that of the
kernel for it, from start to end, so that a busy machine changes little.
"""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import documents

from pmsync.cli import COLLECT_AFTER
from pmsync.cli.files import read_bytes
from pmsync.cli.items import cited
from pmsync.cli.items_json import emit
from pmsync.document.reader import read
from pmsync.document.vocabulary import DEFAULT, Limits
from pmsync.domain.tracker_sites import TrackerSite

REPEATS = 3
NO_LIMITS = Limits(size=1 << 30, rows=1 << 30)
RESOLVE = partial(cited, sites=(TrackerSite("embedded", "embedded", "", "bd"),))


def processor_time(directory: str) -> float:
    """Return the seconds of processor time that the command takes for a directory."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pmsync", "items", "--format", "json", directory]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def read_and_emit(path: str) -> float:
    """Return the seconds of processor time for one document beyond the limits."""
    gc.set_threshold(*COLLECT_AFTER)
    with Path("/dev/null").open("w", encoding="utf-8") as sink:
        start = time.process_time()
        document = read(read_bytes(path, NO_LIMITS.size), path, DEFAULT, NO_LIMITS)
        emit([document], lambda line: sink.write(f"{line}\n"), RESOLVE)
        return time.process_time() - start


def main() -> None:
    """Print a line for each kind of document."""
    argument = sys.argv[1] if len(sys.argv) > 1 else "10000"
    smoke = argument == "--smoke"
    count, rows = (100, 10_000) if smoke else (int(argument), 1_000_000)
    kinds = (documents.usual, documents.without_tables, documents.long_table)
    for build in kinds:
        with TemporaryDirectory() as directory:
            size = Path(documents.write_all(Path(directory), build, count)[0]).stat()
            best = min(processor_time(directory) for _ in range(REPEATS))
        print(
            f"{build.__name__:15} {size.st_size:6} bytes  {count / best:9,.0f}"
            f" documents/s  ({best:.2f} s of processor time for {count:,})"
        )
    with TemporaryDirectory() as directory:
        path = Path(directory) / "endless.md"
        path.write_bytes(documents.endless_table(rows))
        seconds = read_and_emit(str(path))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{rows:,} rows: {seconds:.1f} s of processor time, peak {peak:,.0f} MiB")


if __name__ == "__main__":
    main()
