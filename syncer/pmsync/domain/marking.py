"""The marker as a line of a ticket's body, for trackers that keep it there."""

from __future__ import annotations

import re

from pmsync.domain.model import Marker

_LINE = re.compile(r"<!-- pmsync:v1 key=([a-z0-9]{1,64}) state=([a-z0-9]{1,64}) -->")


def marker_line(marker: Marker) -> str:
    """Return the marker as one invisible line."""
    return f"<!-- pmsync:v1 key={marker.key} state={marker.state} -->"


def marker_in(body: str) -> Marker | None:
    """Return the marker that a body bears, None when it bears none or several."""
    found = set(_LINE.findall(body))
    return Marker(*found.pop()) if len(found) == 1 else None


WITHDRAWN = "<!-- pmsync:withdrawn -->"
"""On a pull request that pmsync itself closed."""
COMMENT = "<!-- pmsync:plan -->"
"""On the one comment of pmsync under a pull request."""
