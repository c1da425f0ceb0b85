"""From what TOML says to settings, or to everything that is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pmsync_config.consistency import contradictions
from pmsync_config.defaults import DEFAULT_TRACKER, default_tracker, defaults
from pmsync_config.explain import Finding, explain
from pmsync_config.models import VERSION, Settings

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def validate(
    raw: Mapping[str, Any], *, beads_directory: bool
) -> tuple[Settings | None, tuple[Finding, ...]]:
    """Return the settings that ``raw`` gives, or None and all that is wrong with it.

    ``raw`` is what ``tomllib`` makes of the file. ``beads_directory`` says that the
    repository has a ``.beads`` directory, which matters if no tracker is configured.
    """
    version = raw.get("version")
    if isinstance(version, int) and version > VERSION:
        newer = f"is {version}, and this pmsync reads {VERSION}"
        return None, (Finding(("version",), newer, "install a newer pmsync"),)
    settings, found = _read(raw)
    trackers = raw.get("trackers") or {
        DEFAULT_TRACKER: {"type": default_tracker(beads_directory=beads_directory).type}
    }
    if isinstance(trackers, dict):
        kinds = {
            name: tracker.get("type") if isinstance(tracker, dict) else None
            for name, tracker in trackers.items()
        }
        found = (*found, *contradictions(raw, kinds))
    if settings is None or found:
        return None, found
    if not settings.trackers:
        settings = defaults(beads_directory=beads_directory, base=settings)
    return settings, ()


@cache
def adapter() -> TypeAdapter[Settings]:
    """Return pydantic's view of ``Settings``."""
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(Settings)


def _read(raw: Mapping[str, Any]) -> tuple[Settings | None, tuple[Finding, ...]]:
    from pydantic import ValidationError  # noqa: PLC0415

    # By way of JSON pydantic can be strict ("5" is no number, 1 is no truth value)
    # and still take arrays for tuples; TOML's dates become text on the way.
    written = json.dumps(raw, default=str)
    try:
        return adapter().validate_json(written, strict=True), ()
    except ValidationError as error:
        details: list[Any] = error.errors()
        return None, tuple(explain(raw, detail) for detail in details)
