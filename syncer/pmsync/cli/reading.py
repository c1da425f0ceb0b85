"""Configuration into the rules of what is read."""

from __future__ import annotations

from pmsync.document.vocabulary import Vocabulary
from pmsync.domain.model import Status
from pmsync.domain.tracker_sites import TrackerSite
from pmsync_config import Settings
from pmsync_config.trackers import Beads, Embedded, GitHub, GitLab, Jira, Tracker


def vocabulary_of(settings: Settings) -> Vocabulary:
    """Return the words that documents are read with."""
    return Vocabulary(
        columns=settings.columns,
        statuses={Status(key): words for key, words in settings.statuses.items()},
        date_formats=settings.date_formats,
        forms=frozenset(settings.forms),
    )


def site_of(name: str, tracker: Tracker) -> TrackerSite:
    """Return a tracker as far as its tickets are recognised by it."""
    match tracker:
        case GitHub() | GitLab() | Jira():
            return TrackerSite(name, tracker.type, tracker.url, tracker.project)
        case Beads() | Embedded():
            return TrackerSite(name, tracker.type, "", tracker.project or "")
