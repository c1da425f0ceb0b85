"""Commits made of the tip and new documents, without a checkout of the branch."""

from __future__ import annotations

from collections.abc import Mapping

from pmsync.domain.errors import DocumentChangedError
from pmsync.domain.repository import Publication
from pmsync_adapters import git as g
from pmsync_adapters.worktree.documents import blob_name
from pmsync_adapters.worktree.message import message
from pmsync_adapters.worktree.tip import Tip, explained


class Edited:
    """Documents of one tip that were given new bytes."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}

    def replace(self, tip: Tip, path: str, expected: bytes, data: bytes) -> None:
        """Give a document new bytes; raises ``DocumentChangedError``."""
        entry = tip.entries.get(path)
        if entry is None or blob_name(expected, entry) != entry.id:
            raise DocumentChangedError(f"{path}: it changed on {tip.branch} meanwhile")
        self.blobs[path] = data


def edited_tree(git: g.Git, tip: Tip, documents: Mapping[str, bytes]) -> str:
    """Write the tree of the tip with these documents; return its id."""
    with explained():
        ids = g.write_blobs(git, documents.values())
        entries = {
            path: tip.entries[path]._replace(id=id_)
            for path, id_ in zip(documents, ids, strict=True)
        }
        return g.replaced_tree(git, tip.commit, entries)


def commit(
    git: g.Git, tip: Tip, tree: str, publication: Publication, *, skip_ci: bool
) -> str:
    """Write a commit of ``tree`` upon the tip; return its id.

    It is signed where git is configured to sign commits.
    """
    text = message(publication, tree, skip_ci=skip_ci)
    with explained():
        named = g.named(git)
        return g.commit_tree(named, tree, [tip.commit], text, signed=g.signs(git))
