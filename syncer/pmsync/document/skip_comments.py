"""The comment that keeps what it stands in, or right above, from being filed."""

from __future__ import annotations

import re

_SKIP = re.compile(rb"(?i)<!--[ \t]*pmsync:[ \t]*skip[ \t]*-->")


def says_skip(markdown: bytes) -> bool:
    """Tell whether ``<!-- pmsync: skip -->`` stands in it."""
    return ord("<") in markdown and _SKIP.search(markdown) is not None
