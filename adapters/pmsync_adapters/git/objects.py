"""Blobs, trees and commits, many in one process."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from pmsync_adapters.git.process import Git, GitError


class Entry(NamedTuple):
    """One entry of a tree."""

    mode: str
    kind: str
    """``blob``, ``tree`` or ``commit``."""
    id: str


class Sized(NamedTuple):
    """One entry of a tree, and how large it is."""

    mode: str
    kind: str
    """``blob``, ``tree`` or ``commit``."""
    id: str
    size: int
    """Bytes of a blob, 0 for what is none."""


def list_tree(git: Git, tree: str) -> dict[str, Entry]:
    """Return all blobs below a tree or a commit by their paths."""
    listed = git.run("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", tree)
    entries = {}
    for line in os.fsdecode(listed).split("\0")[:-1]:
        facts, _, path = line.partition("\t")
        entries[path] = Entry(*facts.split(" "))
    return entries


def list_level(git: Git, tree: str) -> dict[str, Sized]:
    """Return what a tree or a commit holds directly, by name.

    No tree in it is entered: a small one can stand for more entries than fit anywhere.
    Raises ``GitError``, also when a blob is damaged or missing.
    """
    listed = git.run("ls-tree", "-l", "-z", "--full-tree", "--end-of-options", tree)
    entries = {}
    for line in os.fsdecode(listed).split("\0")[:-1]:
        facts, _, name = line.partition("\t")
        mode, kind, id_, size = facts.split()
        if size == "BAD":
            raise GitError(("ls-tree",), 0, f"{id_} ({name}) is damaged or missing")
        entries[name] = Sized(mode, kind, id_, 0 if size == "-" else int(size))
    return entries


def read_blobs(git: Git, ids: Sequence[str]) -> list[bytes]:
    """Return the content of blobs in the order of their ids.

    Raises ``GitError`` when one is missing or no blob.
    """
    if not ids:
        return []
    asked = "".join(f"{each}\n" for each in ids).encode()
    output = git.run("cat-file", "--batch", "--buffer", data=asked)
    blobs = []
    start = 0
    for each in ids:
        end = output.find(b"\n", start)
        facts = output[start:end].split(b" ")
        if len(facts) != len(Entry._fields) or facts[1] != b"blob":
            raise GitError(("cat-file",), 0, f"{each} is missing or no blob")
        start = end + 1 + int(facts[2]) + 1
        blobs.append(output[end + 1 : start - 1])
    return blobs


def write_blobs(git: Git, blobs: Iterable[bytes]) -> list[str]:
    """Write blobs in one process and return their ids in order."""
    stream = [
        part
        for number, blob in enumerate(blobs, 1)
        for part in (
            f"blob\nmark :{number}\ndata {len(blob)}\n".encode(),
            blob,
            f"\nget-mark :{number}\n".encode(),
        )
    ]
    if not stream:
        return []
    output = git.run(
        "fast-import", "--quiet", "--done", "--cat-blob-fd=1",
        data=b"".join((*stream, b"done\n")),
    )  # fmt: skip
    return output.decode().split()


def make_tree(git: Git, entries: Mapping[str, Entry | Sized]) -> str:
    """Write one tree of entries by name, which must exist; return its id."""
    lines = (f"{e.mode} {e.kind} {e.id}\t{name}\0" for name, e in entries.items())
    data = os.fsencode("".join(lines))
    # The entries come from git itself; in a partial clone a check would fetch them.
    return git.run("mktree", "-z", "--missing", data=data).decode().strip()


def replaced_tree(git: Git, tree: str, blobs: Mapping[str, Entry]) -> str:
    """Write the tree that has these blobs in place of what ``tree`` has there."""
    with TemporaryDirectory() as directory:
        index = {"GIT_INDEX_FILE": str(Path(directory) / "index")}
        inner = replace(git, environment={**git.environment, **index})
        inner.run("read-tree", "--end-of-options", tree)
        lines = (f"{e.mode} {e.id}\t{path}\0" for path, e in blobs.items())
        data = os.fsencode("".join(lines))
        inner.run("update-index", "-z", "--index-info", data=data)
        return inner.line("write-tree", "--missing-ok")


def commit_tree(
    git: Git, tree: str, parents: Sequence[str], message: str, *, signed: bool = False
) -> str:
    """Write a commit and return its id; ``signed`` with the key that git is told."""
    named = [argument for parent in parents for argument in ("-p", parent)]
    options = ("-S",) if signed else ()
    data = message.replace("\0", "").encode(errors="replace")
    written = git.run("commit-tree", *options, *named, "-F", "-", tree, data=data)
    return written.decode().strip()
