"""The settings of a repository without a configuration file."""

from __future__ import annotations

from dataclasses import replace

from pmsync_config.models import Settings
from pmsync_config.trackers import Beads, Embedded, Tracker

DEFAULT_TRACKER = "tickets"
"""Name of the tracker when none is configured."""


def defaults(*, beads_directory: bool, base: Settings = Settings()) -> Settings:  # noqa: B008
    """Give ``base`` the tracker that is used if none is configured."""
    tracker = default_tracker(beads_directory=beads_directory)
    return replace(base, trackers={DEFAULT_TRACKER: tracker})


def default_tracker(*, beads_directory: bool) -> Tracker:
    """Return the tracker that needs nothing configured."""
    return Beads(type="beads") if beads_directory else Embedded(type="embedded")
