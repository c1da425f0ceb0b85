"""``python -m pmsync``."""

from __future__ import annotations

from pmsync.cli import main

if __name__ == "__main__":
    main()
