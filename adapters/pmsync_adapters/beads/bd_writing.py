"""Issues opened and changed by ``bd`` commands."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pmsync.domain.ports import Draft
from pmsync_adapters.beads import bd_issues
from pmsync_adapters.beads.bd_issues import Issue
from pmsync_adapters.beads.command import Bd
from pmsync_adapters.beads.metadata import entry_of, new_entry

_OPTIONS = {
    "title": "--title",
    "assignee": "--assignee",
    "due_at": "--due",
    "priority": "--priority",
}


class Writer:
    """Writes to the issues of one workspace; each method raises ``BdError``."""

    def __init__(self, bd: Bd, kind: str) -> None:
        """``kind`` is the type of new issues."""
        self._bd = bd
        self._kind = kind

    def open(self, draft: Draft, issue: Issue) -> str | None:
        """Open an issue that shows this; return its id, None if ``bd`` does not say."""
        metadata = {"pmsync": bd_issues.entry(new_entry(draft.marker), issue)}
        arguments = [
            "create",
            f"--type={self._kind}",
            f"--metadata={json.dumps(metadata)}",
            f"--external-ref=pmsync:{draft.marker.key}",
            "--body-file=-",
            "--no-inherit-labels",
            *_set(issue),
        ]
        if draft.labels:
            arguments.append(f"--labels={','.join(sorted(draft.labels))}")
        if draft.parent is not None:
            arguments.append(f"--parent={draft.parent}")
        made = self._bd.run(arguments, str(issue["description"]).encode())
        if len(made) != 1:
            return None
        id_ = str(made[0]["id"])
        self._follow(id_, "open", issue)
        return id_

    def change(self, issue: Issue, changed: Mapping[str, object]) -> None:
        """Send changes: first what we say about them, so that no kill hides a person."""
        id_ = str(issue["id"])
        options = _set(changed)
        if bd_issues.as_we_wrote(issue):
            written = bd_issues.entry(entry_of(issue), {**issue, **changed})
            options.append(f"--set-metadata=pmsync={json.dumps(written)}")
        data = b""
        if "description" in changed:
            options += ["--body-file=-", "--allow-empty-description"]
            data = str(changed["description"]).encode()
        if options:
            self._bd.run(["update", id_, *options], data)
        self._follow(id_, str(issue.get("status") or "open"), changed)

    def _follow(self, id_: str, before: str, changed: Mapping[str, object]) -> None:
        """Give an issue its status, which takes commands of their own."""
        after = str(changed.get("status", before))
        reason = changed.get("close_reason")
        if before == "closed" and (after != "closed" or reason):
            self._bd.run(["reopen", id_])
            before = "open"
        if after == "closed" and before != "closed":
            self._bd.run(["close", id_, f"--reason={reason}"])
        elif after != before:
            self._bd.run(["update", id_, f"--status={after}"])


def _set(changed: Mapping[str, object]) -> list[str]:
    """Return the options that give an issue values; a dash in one means nothing."""
    return [
        f"{option}={changed[key]}" for key, option in _OPTIONS.items() if key in changed
    ]
