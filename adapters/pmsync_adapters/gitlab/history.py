"""Who has written to an issue: asked only where a doubt would close it."""

from __future__ import annotations

from typing import Any

from pmsync_adapters.gitlab.client import Client
from pmsync_adapters.gitlab.paging import PAGE
from pmsync_adapters.http import AnsweredError, NoAnswerError

# Notes tell of comments and of most changes; labels, milestones and states have events
# of their own (GitLab docs: Notes API; Resource label, milestone and state events API).
_KINDS = {
    "notes": "author",
    "resource_label_events": "user",
    "resource_milestone_events": "user",
    "resource_state_events": "user",
}


def touched(client: Client, issue: str, identity: str) -> bool:
    """Tell whether anyone else has written to an issue, or may have.

    ``issue`` is its path in the API. Raises ``TrackerError``.
    """
    return any(
        _others(client, f"{issue}/{kind}", who, identity)
        for kind, who in _KINDS.items()
    )


def _others(client: Client, path: str, who: str, identity: str) -> bool:
    def actors(answer: Any) -> list[str]:
        try:
            return [str(one[who]["username"]) for one in answer]
        except (KeyError, TypeError) as error:
            raise NoAnswerError(f"{path}: no list of events ({error!r})") from None

    try:
        found = client.look(path, actors, {"per_page": PAGE})
    except AnsweredError:
        return True
    return len(found) >= PAGE or any(actor != identity for actor in found)
