"""State as JSON: one small blob per document, or one file for everything.

Both forms are made of the same lines, one item or intent on each, so that a diff of
two versions reads as what was done. Defaults are left out and mappings are sorted:
equal states are equal bytes.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from pmsync.domain.errors import StateError
from pmsync.domain.item_json import document_from_json, document_to_text
from pmsync.domain.json_values import (
    lines,
    mapping,
    number,
    record,
    sequence,
    table,
    text,
    to_text,
)
from pmsync.domain.record_json import (
    intents_from_json,
    intents_to_text,
    lease_from_json,
    lease_to_text,
    watermarks_from_json,
    watermarks_to_text,
)
from pmsync.domain.state import VERSION, DocumentState, State

DOCUMENTS = "documents/"
_HEAD = "state.json"

_LONGEST_NAME = 200
"""A branch may hold the state, and file systems allow names of 255 bytes."""


def encode(state: State) -> dict[str, bytes]:
    """Return the state as blobs by name."""
    return encode_head(state) | {
        document_name(path): encode_document(path, document)
        for path, document in sorted(state.documents.items())
    }


def decode(blobs: Mapping[str, bytes], source: str = "") -> State:
    """Return the state from all its blobs, the inverse of ``encode``.

    ``source`` stands before each blob's name in messages. Raises ``StateError`` when
    the version is newer than this program's, or a blob is missing, malformed, or no
    part of a state.
    """
    head = {n: blob for n, blob in blobs.items() if not n.startswith(DOCUMENTS)}
    state = decode_head(head, source)
    with uncollected():
        documents = [
            decode_document(blobs[name], source + name)
            for name in blobs
            if name not in head
        ]
    return with_decoded(state, documents, source)


def document_name(path: str) -> str:
    """Return the name of a document's blob, which is readable where it can be."""
    name = quote(path, safe="", errors="surrogatepass")
    if len(name) > _LONGEST_NAME:
        name = sha256(path.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{DOCUMENTS}{name}.json"


def encode_document(path: str, document: DocumentState) -> bytes:
    """Return the blob of one document, which names its path."""
    return _to_bytes(document_to_text(path, document))


def decode_document(blob: bytes, where: str) -> tuple[str, DocumentState]:
    """Return path and state of one document.

    ``where`` is how a message names the blob. Raises ``StateError``.
    """
    with _explained(where):
        return document_from_json(_parsed(blob))


def encode_head(state: State) -> dict[str, bytes]:
    """Return the blobs of everything but the documents; empty ones are left out."""
    parts = {_HEAD: _head_to_text(state)}
    parts |= {f"{name}.json": part for name, part in _parts_to_text(state).items()}
    return {name: _to_bytes(part) for name, part in parts.items()}


def decode_head(blobs: Mapping[str, bytes], source: str = "") -> State:
    """Return the state without its documents, the inverse of ``encode_head``.

    Raises ``StateError``, as ``decode`` does.
    """
    if _HEAD not in blobs:
        raise _error(source + _HEAD, "it is missing")
    with _explained(source + _HEAD):
        state = _head(_current(_parsed(blobs[_HEAD])))
    for name in sorted(blobs.keys() - {_HEAD}):
        with _explained(source + name):
            state = _with_part(state, name, blobs[name])
    return state


def with_decoded(
    state: State, documents: Iterable[tuple[str, DocumentState]], source: str = ""
) -> State:
    """Return the state with its documents; raises ``StateError`` if one is doubled."""
    with _explained(source + DOCUMENTS):
        return replace(state, documents=_by_path(documents))


def to_json(state: State) -> bytes:
    """Return the state as one file."""
    entries = [_head_to_text(state).removesuffix("}")]
    entries += [f'"{name}": {part}' for name, part in _parts_to_text(state).items()]
    if state.documents:
        documents = sorted(state.documents.items())
        listed = lines(document_to_text(path, d) for path, d in documents)
        entries.append(f'"documents": [{listed}]')
    return _to_bytes(",\n".join(entries) + "}")


def from_json(data: bytes, where: str) -> State:
    """Return the state from one file, the inverse of ``to_json``.

    ``where`` is how a message names the file. Raises ``StateError``, as ``decode``
    does.
    """
    with _explained(where), uncollected():
        return _whole(_current(_parsed(data)))


def _head_to_text(state: State) -> str:
    raw: dict[str, Any] = {"version": state.version, "id": state.id}
    if state.config is not None:
        raw["config"] = state.config
    if state.trackers:
        raw["trackers"] = dict(sorted(state.trackers.items()))
    return to_text(raw)


def _parts_to_text(state: State) -> dict[str, str]:
    """Return what stands beside the head and the documents, by its name."""
    parts: dict[str, str] = {}
    if state.lease is not None:
        parts["lease"] = lease_to_text(state.lease)
    if state.watermarks:
        parts["watermarks"] = watermarks_to_text(state.watermarks)
    if state.intents:
        parts["intents"] = intents_to_text(state.intents)
    if state.settled:
        parts["settled"] = intents_to_text(state.settled)
    return parts


def _current(raw: Any) -> Any:
    """Return ``raw`` if this program knows its version."""
    version = table(raw).get("version")
    if type(version) is int and version > VERSION:
        raise _NewerError(
            f"it has version {version}, and this pmsync knows versions up to {VERSION}"
        )
    return raw


def _version(raw: Any) -> int:
    if number(raw) < 1:
        raise ValueError("it is less than 1")
    return VERSION


def _by_path(
    documents: Iterable[tuple[str, DocumentState]],
) -> dict[str, DocumentState]:
    by_path: dict[str, DocumentState] = {}
    for path, document in documents:
        if path in by_path:
            raise ValueError(f"{path!a} is there twice")
        by_path[path] = document
    return by_path


def _with_part(state: State, name: str, blob: bytes) -> State:
    part = name.removesuffix(".json")
    if part not in _PARTS or part == name:
        raise ValueError("it is no part of a state")
    changed: dict[str, Any] = {part: _PARTS[part](_parsed(blob))}
    return replace(state, **changed)


def _to_bytes(document: str) -> bytes:
    # A lone surrogate can only stand in a JSON string, where \udXXX is its escape.
    return f"{document}\n".encode("utf-8", "backslashreplace")


def _parsed(data: bytes) -> Any:
    return json.loads(data.decode())


_PARTS: Mapping[str, Callable[[Any], Any]] = {
    "lease": lease_from_json,
    "watermarks": watermarks_from_json,
    "intents": intents_from_json,
    "settled": intents_from_json,
}
_HEAD_REQUIRED = {"version": _version, "id": text}
_HEAD_OPTIONAL = {"config": text, "trackers": mapping(text)}
_head = record(State, _HEAD_REQUIRED, _HEAD_OPTIONAL)
_whole = record(
    State,
    _HEAD_REQUIRED,
    {
        **_HEAD_OPTIONAL,
        **_PARTS,
        "documents": lambda raw: _by_path(sequence(document_from_json)(raw)),
    },
)


class _NewerError(ValueError):
    """The state was written by a later version of this program."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold the garbage collector while a state is decoded.

    Nothing of it is garbage, and looking for some takes longer than the decoding.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _explained(where: str) -> Iterator[None]:
    try:
        yield
    except _NewerError as error:
        raise StateError(
            f"State {where}: {error}", hint="update pmsync; nothing was changed"
        ) from error
    except (ValueError, RecursionError) as error:
        raise _error(where, str(error)) from error


def _error(where: str, why: str) -> StateError:
    return StateError(
        f"State {where} cannot be read: {why}",
        hint="restore its previous version, or remove the state: "
        "pmsync then rebuilds it from links and markers",
    )
