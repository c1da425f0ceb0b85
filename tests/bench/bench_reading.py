"""How well annotated post-mortems are read: recall, precision, and each field.

Run it: PMSYNC_CORPUS=<folder> python tests/bench/bench_reading.py
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.annotated import annotated, score


def main() -> None:
    """Print the figures, and each item that was missed or invented."""
    corpus = os.environ.get("PMSYNC_CORPUS")
    if corpus is None:
        print("PMSYNC_CORPUS names no folder of annotated post-mortems")
        return
    print("\n".join(score(annotated(Path(corpus))).lines()))


if __name__ == "__main__":
    main()
