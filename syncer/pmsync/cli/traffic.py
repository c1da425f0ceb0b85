"""What the trackers were asked, in a line for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pmsync.domain.traffic import Traffic


def traffic_lines(traffic: Mapping[str, Traffic]) -> Iterator[str]:
    """Say for each tracker that was asked how often, and what is left of its budget."""
    for name, one in traffic.items():
        if one.total:
            plural = "" if one.total == 1 else "s"
            yield f"{name}: {one.total:,} request{plural}{_left(one)}"


def _left(traffic: Traffic) -> str:
    if traffic.limit is None or traffic.remaining is None:
        return ""
    left = f", {traffic.remaining:,} of {traffic.limit:,} left"
    if traffic.resets is None:
        return left
    return f"{left} until {traffic.resets.astimezone():%H:%M}"
