"""Configuration into the rules of what is planned and written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

from pmsync.document.edits import Style
from pmsync.domain.body import Body
from pmsync.domain.merge import Authority
from pmsync.domain.model import Field, Status
from pmsync.domain.policy import Guards, Parent, Policy, Route
from pmsync_config import Settings
from pmsync_config.trackers import Embedded, Tracker

REMOTE_SINCE = timedelta(days=90)
"""How old a post-mortem may be to be filed in a tracker behind a network."""


def policy_of(settings: Settings, today: date, max_creates: int | None) -> Policy:
    """Return what the plan takes from the configuration."""
    guards, general = settings.guards, frozenset(settings.labels)
    return Policy(
        default_tracker=settings.default_tracker,
        routes=tuple(
            Route(
                route.tracker,
                owner=route.match.owner,
                section=route.match.section,
                severity=route.match.severity,
                path=route.match.path,
            )
            for route in settings.routes
        ),
        authority={
            field: Authority(getattr(settings.authority, field)) for field in Field
        },
        since={
            name: _since(settings, tracker, today)
            for name, tracker in settings.trackers.items()
        },
        labels={
            name: general.union(tracker.labels)
            for name, tracker in settings.trackers.items()
        },
        due_from_horizon=settings.due_from_horizon,
        ticket_in_title=settings.ticket_column == "title",
        add_status_column=settings.status_column == "add",
        parent=Parent(settings.parent),
        grace=settings.state.grace,
        guards=Guards(
            max_creates=guards.max_creates if max_creates is None else max_creates,
            max_changes=guards.max_changes,
            max_changes_percent=guards.max_changes_percent,
        ),
    )


def style_of(settings: Settings) -> Style:
    """Return what is written where a document shows no manner of its own."""
    first = {Status(key): words[0] for key, words in settings.statuses.items() if words}
    return Style(
        ticket_column=settings.ticket_column,
        words=first,
        date_formats=settings.date_formats,
    )


def owners_of(settings: Settings) -> Mapping[str, Mapping[str, str]]:
    """Return, by tracker, its users by the spelling in documents.

    An account stands under the tracker's name or, for all of its kind, its type.
    """
    return {
        name: {
            spelling: account
            for spelling, accounts in settings.owners.items()
            if (account := accounts.get(name) or accounts.get(tracker.type))
        }
        for name, tracker in settings.trackers.items()
    }


def templates_of(settings: Settings, root: Path) -> Mapping[str, Callable[[Body], str]]:
    """Return, by tracker, what writes the bodies of its tickets."""
    paths = {n: t.body for n, t in settings.trackers.items() if t.body is not None}
    if not paths:
        return {}
    from pmsync.cli.templates import body_template  # noqa: PLC0415 Jinja2 is slow

    return {name: body_template(root, path) for name, path in paths.items()}


def _since(settings: Settings, tracker: Tracker, today: date) -> date | None:
    match settings.since:
        case None:
            return None if isinstance(tracker, Embedded) else today - REMOTE_SINCE
        case timedelta():
            return today - settings.since
        case date():
            return settings.since
        case "none":
            return None
