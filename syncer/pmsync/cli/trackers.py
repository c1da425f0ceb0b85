"""Configured trackers into ports."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pmsync.cli import installed
from pmsync.cli.rules import owners_of
from pmsync.domain.errors import UsageError
from pmsync.domain.model import Status
from pmsync.domain.ports import Tracker
from pmsync.domain.settings import App, TrackerFactory, TrackerSettings
from pmsync.domain.traffic import Traffic
from pmsync_config import Settings
from pmsync_config.secrets import Credentials, credentials, github_app
from pmsync_config.trackers import TRACKERS, GitHub, GitLab, Jira
from pmsync_config.trackers import Tracker as Configuration

GROUP = "pmsync.trackers"


def open_trackers(
    configuration: Settings,
    root: Path,
    pause: Callable[[float], None],
    traffic: Mapping[str, Traffic],
) -> Mapping[str, Tracker]:
    """Return the configured trackers by name; nothing is asked yet.

    In ``traffic`` their requests are counted. Raises ``UsageError`` for what is not
    installed or cannot be honoured.
    """
    owners = owners_of(configuration)
    return {
        name: _factory(name, tracker.type).from_settings(
            TrackerSettings(
                name=name,
                type=tracker.type,
                root=str(root),
                project=tracker.project,
                labels=frozenset({*configuration.labels, *tracker.labels}),
                statuses={Status(key): word for key, word in tracker.statuses.items()},
                owners=frozenset(owners[name].values()),
                pause=pause,
                traffic=traffic[name],
                **_remote(name, tracker),
            )
        )
        for name, tracker in configuration.trackers.items()
    }


def _factory(name: str, type_: str) -> TrackerFactory:
    names = installed.installed(GROUP).names
    if type_ not in names:
        available = ", ".join(sorted(names & TRACKERS.keys()))
        raise UsageError(
            f'this version of pmsync has no tracker of type "{type_}"; '
            f"available: {available}",
            hint=f'configure [trackers.{name}] with type = "embedded"',
        )
    factory: TrackerFactory = installed.load(GROUP, type_)
    return factory


def _remote(name: str, tracker: Configuration) -> dict[str, Any]:
    """Return what only trackers behind a network have."""
    if not isinstance(tracker, GitHub | GitLab | Jira):
        return {}
    more: Mapping[str, object] = {}
    match tracker:
        case Jira():
            more = {"issue_type": tracker.issue_type, "fields": tracker.fields}
        case GitLab():
            more = {"fields": {"confidential": tracker.confidential}}
        case GitHub():
            more = {"app": partial(_app, name), "priorities": tracker.priorities}

    def found() -> Credentials:
        return credentials(name, tracker, os.environ)

    def token() -> str:
        return found().token.get_secret_value()

    def user() -> str:
        account = found().user
        return "" if account is None else account.get_secret_value()

    return {
        "url": tracker.url,
        "token": token,
        "user": user if isinstance(tracker, Jira) else None,
        "concurrency": tracker.concurrency,
        **more,
    }


def _app(name: str) -> App | None:
    found = github_app(name, os.environ)
    if found is None:
        return None
    return App(found.id, found.installation, found.key.get_secret_value)
