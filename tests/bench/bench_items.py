"""How many documents a second ``pmsync items --format json`` reads, on one core.

Run it: python tests/bench/bench_items.py [number of documents | --smoke]
"""

from __future__ import annotations

import resource
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import documents

from pmsync.cli.files import read_bytes
from pmsync.cli.items import cited
from pmsync.cli.items_json import emit
from pmsync.document.reader import read
from pmsync.document.vocabulary import DEFAULT, DEFAULT_LIMITS, Limits
from pmsync.domain.references import TrackerSite

REPEATS = 3
SITES = (TrackerSite("embedded", "embedded", "", "bd"),)
RESOLVE = partial(cited, sites=SITES)


def read_and_emit(paths: list[str], limits: Limits = DEFAULT_LIMITS) -> float:
    """Return the seconds of processor time that it takes to read and emit files."""
    with Path("/dev/null").open("w", encoding="utf-8") as sink:
        start = time.process_time()
        found = (
            read(read_bytes(path, limits.size), path, DEFAULT, limits) for path in paths
        )
        emit(found, lambda line: sink.write(f"{line}\n"), RESOLVE)
        return time.process_time() - start


def main() -> None:
    """Print a line for each kind of document."""
    argument = sys.argv[1] if len(sys.argv) > 1 else "10000"
    smoke = argument == "--smoke"
    count, rows = (100, 10_000) if smoke else (int(argument), 1_000_000)
    kinds = (documents.usual, documents.without_tables, documents.long_table)
    for build in kinds:
        with TemporaryDirectory() as directory:
            paths = documents.write_all(Path(directory), build, count)
            size = Path(paths[0]).stat().st_size
            best = min(read_and_emit(paths) for _ in range(REPEATS))
        print(f"{build.__name__:15} {size:6} bytes  {count / best:9,.0f} documents/s")
    with TemporaryDirectory() as directory:
        path = Path(directory) / "endless.md"
        path.write_bytes(documents.endless_table(rows))
        start = time.perf_counter()
        read_and_emit([str(path)], Limits(size=1 << 30, rows=1 << 30))
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{rows:,} rows: {seconds:.1f} s, peak {peak:,.0f} MiB")


if __name__ == "__main__":
    main()
