"""State into commits and back; only what changed is read or written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pmsync.domain.errors import StateError, StateUnavailableError
from pmsync.domain.state import DocumentState, State
from pmsync.domain.state_json import (
    DOCUMENTS,
    decode_document,
    decode_head,
    document_name,
    encode_document,
    encode_head,
    uncollected,
    with_decoded,
)
from pmsync_adapters import git as g
from pmsync_adapters.git_state.place import Place

MOST_BYTES = 256 * 2**20
"""Of all blobs together. Whoever may push may push anything."""
MOST_DOCUMENTS = 200_000
_FOLDER = DOCUMENTS.removesuffix("/")
_FILE = "100644"
_NO_TREE = g.Sized("040000", "tree", "", 0)


class _Kept(NamedTuple):
    """A document, and the blob that holds it."""

    path: str
    document: DocumentState
    blob: str


class _Snapshot(NamedTuple):
    """A state as one commit has it."""

    commit: str
    state: State
    head: Mapping[str, tuple[bytes, str]]
    """Content and id of every blob that is no document's, by name."""
    documents: Mapping[str, _Kept]
    """By path."""
    tree: str
    """Id of the tree of documents, empty without one."""


class GitStateStore:
    """One ref's state; every version is the id of a commit."""

    def __init__(self, git: g.Git, place: Place) -> None:
        self._git = git
        self._place = place
        self._last: _Snapshot | None = None

    def read(self) -> tuple[State | None, str]:
        """Return the state and the commit that holds it; no ref is no state.

        Raises ``StateUnavailableError`` when it cannot be told, ``StateError`` when the
        ref holds something else.
        """
        with uncollected():
            return self._read()

    def _read(self) -> tuple[State | None, str]:
        last = self._last
        commit = self._place.latest(last.commit if last else None)
        if commit is None:
            return None, ""
        if last is None or last.commit != commit:
            try:
                last = self._last = self._snapshot(commit)
            except g.GitError as error:
                raise StateError(
                    f"State {self._where(commit)} cannot be read: {error.message}",
                    hint="look at it with 'git fsck'; a fresh clone may help",
                ) from error
        return last.state, commit

    def compare_and_swap(self, version: str, state: State, message: str) -> str:
        """Commit ``state`` upon ``version`` and let the ref point there.

        Raises ``StateChangedError`` when the ref is no longer at ``version``,
        ``StateUnavailableError`` when it cannot be written.
        """
        last = self._last if self._last and self._last.commit == version else None
        try:
            written = self._commit(last, version, state, message)
        except g.GitError as error:
            raise StateUnavailableError(
                f"{self._place.name} cannot be written: {error.message}",
                hint="let the user who runs pmsync write to .git, and look for space",
            ) from error
        self._place.swap(written.commit, version or None)
        self._last = written
        return written.commit

    def _where(self, commit: str) -> str:
        return f"{self._place.name} ({commit[:12]})"

    def _snapshot(self, commit: str) -> _Snapshot:
        source = f"{self._where(commit)}: "
        root = g.list_level(self._git, commit)
        folder = root.pop(_FOLDER, _NO_TREE)
        listed = g.list_level(self._git, folder.id) if folder.id else {}
        known = {kept.blob: kept for kept in self._documents().values()}
        wanted = [entry for entry in listed.values() if entry.id not in known]
        self._refuse_flood(source, [*root.values(), *wanted], len(listed))
        # What is no file is no part of a state, and refused by its name.
        files = {name: one for name, one in root.items() if one.mode == _FILE}
        blobs = g.read_blobs(self._git, [e.id for e in (*files.values(), *wanted)])
        head = dict(zip(files, blobs, strict=False))
        state = decode_head({**dict.fromkeys(root, b""), **head}, source)
        contents = {
            entry.id: blob
            for entry, blob in zip(wanted, blobs[len(files) :], strict=True)
        }
        kept = [
            known.get(entry.id)
            or _Kept(
                *decode_document(contents[entry.id], f"{source}{DOCUMENTS}{name}"),
                entry.id,
            )
            for name, entry in listed.items()
        ]
        pairs = ((one.path, one.document) for one in kept)
        return _Snapshot(
            commit,
            with_decoded(state, pairs, source),
            {name: (blob, files[name].id) for name, blob in head.items()},
            {one.path: one for one in kept},
            folder.id,
        )

    def _documents(self) -> Mapping[str, _Kept]:
        return self._last.documents if self._last else {}

    def _refuse_flood(
        self, source: str, entries: list[g.Sized], documents: int
    ) -> None:
        size = sum(entry.size for entry in entries)
        if size > MOST_BYTES or documents > MOST_DOCUMENTS:
            raise StateError(
                f"State {source}it has {documents} documents and {size} bytes, which no "
                "state of pmsync has",
                hint="look who may write this ref, and restore its previous version",
            )

    def _commit(
        self, last: _Snapshot | None, version: str, state: State, message: str
    ) -> _Snapshot:
        """Write all objects of ``state``; those that ``last`` has are taken from it."""
        before = last.documents if last else {}
        head = {
            name: (blob, last.head[name][1] if last and _same(last, name, blob) else "")
            for name, blob in encode_head(state).items()
        }
        kept = {
            path: before[path]
            if path in before and before[path].document == document
            else _Kept(path, document, "")
            for path, document in state.documents.items()
        }
        new_head = [name for name, (_, id_) in head.items() if not id_]
        new = [one for one in kept.values() if not one.blob]
        ids = g.write_blobs(
            self._git,
            [
                *(head[name][0] for name in new_head),
                *(encode_document(one.path, one.document) for one in new),
            ],
        )
        for name, id_ in zip(new_head, ids, strict=False):
            head[name] = (head[name][0], id_)
        for one, id_ in zip(new, ids[len(new_head) :], strict=True):
            kept[one.path] = one._replace(blob=id_)
        if last and not new and len(kept) == len(before):
            tree = last.tree
        else:
            tree = self._tree({document_name(p): k.blob for p, k in kept.items()})
        entries = {name: _entry(id_) for name, (_, id_) in head.items()}
        if tree:
            entries[_FOLDER] = _NO_TREE._replace(id=tree)
        root = g.make_tree(self._git, entries)
        parents = [version] if version else []
        commit = g.commit_tree(g.named(self._git), root, parents, message)
        return _Snapshot(commit, state, head, kept, tree)

    def _tree(self, blobs: Mapping[str, str]) -> str:
        if not blobs:
            return ""
        entries = {
            name.removeprefix(DOCUMENTS): _entry(id_) for name, id_ in blobs.items()
        }
        return g.make_tree(self._git, entries)


def _same(last: _Snapshot, name: str, blob: bytes) -> bool:
    return name in last.head and last.head[name][0] == blob


def _entry(blob: str) -> g.Sized:
    return g.Sized(_FILE, "blob", blob, 0)
