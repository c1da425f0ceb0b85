"""Adapters by entry point. What is installed is looked up once for each process."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoints, entry_points
from typing import Any

REPOSITORIES = "pmsync.repositories"


@cache
def installed(group: str) -> EntryPoints:
    """Return what is installed for a group, such as ``pmsync.trackers``."""
    # Each look-up reads the metadata of every package; a daemon would do so in every pass.
    return entry_points(group=group)


def load(group: str, name: str) -> Any:
    """Import and return what a group has under a name."""
    return installed(group)[name].load()
