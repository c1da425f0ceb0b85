"""What a workflow asks for, and where it runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pmsync.domain.errors import UsageError
from pmsync_config.annotations import UnreadableError
from pmsync_config.values import read_wait

PREFIX = "PMSYNC_ACTION_"
MODES = ("plan", "sync")
_YES = {"true": True, "false": False, "": False}


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of one step."""

    mode: str
    paths: tuple[Path, ...]
    config: Path | None
    max_creates: int | None
    lease_wait: timedelta
    fail_on_conflict: bool
    comment: bool


@dataclass(frozen=True, slots=True)
class Review:
    """The pull (or merge) request that the step is about."""

    number: str
    base: str
    """The commit that it would be merged into."""
    foreign: bool
    """True when it comes from a fork: its author is nobody whom we know."""


def read_inputs(environment: Mapping[str, str]) -> Inputs:
    """Read the inputs; a blank one is as good as none. Raises ``UsageError``."""

    def given(name: str) -> str:
        return environment.get(f"{PREFIX}{name}", "").strip()

    mode = given("MODE") or "sync"
    if mode not in MODES:
        raise _wrong("mode", mode, "plan or sync")
    creates = given("MAX_CREATES")
    if creates and not creates.isdecimal():
        raise _wrong("max-creates", creates, "a number")
    wait = given("LEASE_WAIT") or "5m"
    try:
        lease_wait = read_wait(wait)
    except UnreadableError:
        raise _wrong("lease-wait", wait, "a duration such as 90s or 5m") from None
    config = given("CONFIG")
    return Inputs(
        mode=mode,
        paths=tuple(Path(line) for line in given("PATHS").splitlines() if line.strip()),
        config=Path(config) if config else None,
        max_creates=int(creates) if creates else None,
        lease_wait=lease_wait,
        fail_on_conflict=_yes("fail-on-conflict", given("FAIL_ON_CONFLICT")),
        comment=_yes("comment", given("COMMENT") or "true"),
    )


def branch_of(environment: Mapping[str, str]) -> str | None:
    """Return the branch that a job runs for, None for a tag or a pull request."""
    name = environment.get("GITHUB_REF", "")
    if name.startswith("refs/heads/"):
        return name.removeprefix("refs/heads/")
    return environment.get("CI_COMMIT_BRANCH")


def review_of(environment: Mapping[str, str]) -> Review | None:
    """Return the pull request of a GitHub event or the merge request of a GitLab job."""
    if "CI_MERGE_REQUEST_IID" in environment:
        here = environment.get("CI_MERGE_REQUEST_PROJECT_ID")
        return Review(
            environment["CI_MERGE_REQUEST_IID"],
            environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", ""),
            environment.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID") != here,
        )
    path = environment.get("GITHUB_EVENT_PATH")
    event = _event(Path(path)) if path else {}
    request = event.get("pull_request")
    if not isinstance(request, dict):
        return None
    try:
        head, base = request["head"], request["base"]
        source = head["repo"]["full_name"] if head["repo"] else None
        return Review(
            str(int(request["number"])),
            str(base["sha"]),
            source != base["repo"]["full_name"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"the event of the pull request is not as GitHub writes it: {error!r}"
        ) from error


def _event(path: Path) -> dict[str, Any]:
    try:
        event = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"the event in {path} cannot be read") from error
    return event if isinstance(event, dict) else {}


def _yes(name: str, text: str) -> bool:
    if text.casefold() not in _YES:
        raise _wrong(name, text, "true or false")
    return _YES[text.casefold()]


def _wrong(name: str, text: str, shape: str) -> UsageError:
    return UsageError(f"the input {name} is {text!r}", hint=f"give it {shape}")
