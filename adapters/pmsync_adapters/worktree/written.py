"""What earlier runs wrote into this work tree, and nobody committed yet."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from pmsync.domain.repository import SourceDocument
from pmsync_adapters import git as g
from pmsync_adapters.worktree.tip import explained


class Written:
    """Digests of written documents, in a file that belongs to this work tree alone.

    A file that is lost or damaged says nothing; then a document that differs from the
    branch is taken for a person's, and left alone.
    """

    def __init__(self, git: g.Git) -> None:
        with explained():
            self._file = git.directory / git.line(
                "rev-parse", "--git-path", "pmsync/written.json"
            )

    def is_ours(self, document: SourceDocument) -> bool:
        """Tell whether a document is as a run left it."""
        return self._read().get(document.path) == _digest(document.data)

    def note(self, path: str, data: bytes) -> None:
        """Remember a document just before it is written."""
        known = {**self._read(), path: _digest(data)}
        self._file.parent.mkdir(exist_ok=True)
        temporary = self._file.with_suffix(".new")
        temporary.write_text(json.dumps(known, sort_keys=True), encoding="utf-8")
        temporary.replace(self._file)

    def _read(self) -> dict[str, str]:
        try:
            known = json.loads(Path(self._file).read_bytes())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
