"""How long commands take to start, above bare Python on the same machine.

Run it: python tests/bench/bench_startup.py [--smoke]
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import documents

BUDGET = 150
"""Milliseconds above bare Python."""
COMMANDS = (
    ("--version",),
    ("--help",),
    ("items", "a0.md", "a1.md", "a2.md", "a3.md", "a4.md"),
    ("items", "--format", "json"),
    ("sync", "--dry-run", "--quiet"),
)


def milliseconds(program: list[str], directory: Path) -> float:
    """Return how long a program takes from start to end."""
    # Compiled modules are part of an installation; here they are kept aside.
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(directory / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    subprocess.run(
        program, cwd=directory, env=environment, check=False, capture_output=True
    )
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    """Print the medians; commands and bare Python take turns, so that load is shared."""
    rounds = 3 if "--smoke" in sys.argv else 25
    bare = [sys.executable, "-c", ""]
    with TemporaryDirectory() as name:
        directory = Path(name)
        for folder in (directory, directory / "postmortems"):
            folder.mkdir(exist_ok=True)
            for number in range(5):
                (folder / f"a{number}.md").write_bytes(documents.usual(number))
        for command in COMMANDS:
            program = [sys.executable, "-m", "pmsync", *command]
            milliseconds(program, directory)
            pairs = [
                (milliseconds(program, directory), milliseconds(bare, directory))
                for _ in range(rounds)
            ]
            ours, theirs = (median(times) for times in zip(*pairs, strict=True))
            shown = " ".join(command[:3])
            print(f"pmsync {shown:24} {ours - theirs:5.0f} ms above bare Python")
    print(f"(medians of {rounds}; help and items on named files may take {BUDGET} ms)")


if __name__ == "__main__":
    main()
