"""Documents at the tip of the tracked branch, and what the work tree makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha1, sha256

from pmsync.domain.repository import SourceDocument, UnreadDocument
from pmsync_adapters import git as g
from pmsync_adapters.worktree.tip import TrackedBranch, explained
from pmsync_adapters.worktree.tree import LIMIT, WorkTree
from pmsync_adapters.worktree.written import Written

Document = SourceDocument | UnreadDocument

_FILES = frozenset({"100644", "100755"})
_SHA256 = 64
"""Digits of an object's name in a repository that uses SHA-256."""


def at_tip(
    tracked: TrackedBranch, files: WorkTree, written: Written | None
) -> list[Document]:
    """Read the documents at the tip, sorted by path.

    One that is different in the work tree is left alone: what is there may be a
    person's. What a run before wrote there and nobody committed yet is ``written``.
    """
    with explained():
        bare = g.is_bare(tracked.git)
    here = {} if bare else {each.path: each for each in files.documents()}
    entries = {
        path: entry
        for path, entry in tracked.tip().entries.items()
        if entry.mode in _FILES and (path in here or files.selects(path))
    }
    found: dict[str, Document] = {}
    unlike: list[str] = []
    for path, entry in entries.items():
        one = here.get(path)
        if isinstance(one, SourceDocument) and blob_name(one.data, entry) == entry.id:
            found[path] = one
        else:
            unlike.append(path)
    found |= {each.path: each for each in _read(tracked, entries, unlike)}
    if not bare:
        for path in unlike:
            found[path] = _beside(found[path], here.get(path), written)
        for path in here.keys() - entries.keys():
            found[path] = _new(here[path], tracked.tip().branch)
    return [found[path] for path in sorted(found)]


def blob_name(data: bytes, like: g.Entry) -> str:
    """Return the name that git gives to content, in the repository of an entry."""
    kind = sha256 if len(like.id) == _SHA256 else sha1
    return kind(b"blob %d\0" % len(data) + data).hexdigest()


def _read(
    tracked: TrackedBranch, entries: dict[str, g.Entry], paths: list[str]
) -> Iterator[Document]:
    with explained():
        blobs = g.read_blobs(tracked.git, [entries[path].id for path in paths])
    for path, data in zip(paths, blobs, strict=True):
        if len(data) > LIMIT:
            most = LIMIT / 1e6
            why = f"{len(data) / 1e6:.1f} MB, more than the limit of {most:g} MB"
            yield UnreadDocument(path, why)
        else:
            yield SourceDocument(path, data)


def _beside(tip: Document, here: Document | None, written: Written | None) -> Document:
    if isinstance(tip, UnreadDocument) or isinstance(here, UnreadDocument):
        return here if isinstance(here, UnreadDocument) else tip
    if here is not None and written is not None and written.is_ours(here):
        return tip
    what = "it is not in the work tree" if here is None else "the work tree differs"
    return SourceDocument(tip.path, tip.data, f"{what}: commit and push, or undo it")


def _new(here: Document, branch: str) -> Document:
    match here:
        case UnreadDocument():
            return here
        case SourceDocument(path, data):
            return SourceDocument(path, data, f"it is not on {branch} yet")
