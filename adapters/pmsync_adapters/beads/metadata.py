"""Our entry in a record's ``metadata``: the marker, and what we wrote last.

Keys that begin with ``bd:`` or ``_`` belong to Beads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from pmsync.domain.model import Marker
from pmsync_adapters.beads.json_text import Inside

IDENTITY = "pmsync"
"""Who creates and closes tickets here, in ``created_by`` and ``closed_by_session``."""

_VERSION = 1


def marked(values: Mapping[str, object], marker: Marker) -> dict[str, object]:
    """Return a new issue with the marker, and our note that we wrote it."""
    entry = new_entry(marker)
    bare = {**values, "metadata": {"pmsync": entry}}
    return {**bare, "metadata": {"pmsync": {**entry, "wrote": _content(bare)}}}


def new_entry(marker: Marker) -> dict[str, object]:
    """Return our entry in the metadata of a new issue."""
    return {"v": _VERSION, "key": marker.key, "state": marker.state}


def sealed(
    values: Mapping[str, object], changed: Mapping[str, object]
) -> dict[str, object]:
    """Add to the changes our note that we wrote them, if all before was ours too."""
    if not as_we_wrote(values):
        return dict(changed)
    entry = {**entry_of(values), "wrote": _content({**values, **changed})}
    return {**changed, "metadata": Inside({"pmsync": entry})}


def marker_of(values: Mapping[str, object]) -> Marker | None:
    """Return the marker; raises ``ValueError`` for one of a newer version."""
    entry = entry_of(values)
    version, key, state = entry.get("v"), entry.get("key"), entry.get("state")
    if isinstance(version, int) and version > _VERSION:
        raise ValueError(f"written by a newer pmsync (metadata version {version})")
    if not isinstance(key, str) or not isinstance(state, str):
        return None
    return Marker(key, state)


def as_we_wrote(values: Mapping[str, object]) -> bool:
    """Tell whether nobody has changed an issue since we wrote it."""
    return entry_of(values).get("wrote") == _content(values)


def entry_of(values: Mapping[str, object]) -> Mapping[str, object]:
    """Return our entry in the metadata, empty if there is none."""
    metadata = values.get("metadata")
    entry = metadata.get("pmsync") if isinstance(metadata, dict) else None
    if isinstance(entry, str):  # As "bd update --set-metadata" leaves it.
        try:
            entry = json.loads(entry)
        except (ValueError, RecursionError):
            return {}
    return entry if isinstance(entry, dict) else {}


def _content(values: Mapping[str, object]) -> str:
    """Return a digest of what an issue says, but for this digest."""
    entry = {k: v for k, v in entry_of(values).items() if k != "wrote"}
    metadata = values.get("metadata")
    if isinstance(metadata, dict):
        values = {**values, "metadata": {**metadata, "pmsync": entry}}
    said = {key: value for key, value in values.items() if value is not None}
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]
