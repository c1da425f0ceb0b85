"""A directory with post-mortems in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath

from pmsync.domain.errors import DocumentError, UsageError
from pmsync.domain.repository import (
    Landing,
    Publication,
    Published,
    SourceDocument,
    UnreadDocument,
)
from pmsync_adapters import atomic
from pmsync_adapters.worktree.permalink import Remote, permalink
from pmsync_adapters.worktree.walk import Walk

LIMIT = 5_000_000
"""Bytes of the largest document that is read."""

_MARKDOWN = (".md", ".markdown")
_MINE = frozenset({".git", ".pmsync"})
_WILD = frozenset("*?[\\")
_ROOT = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class WorkTree:
    """The documents below a root: found by patterns or named, read and replaced."""

    def __init__(
        self,
        root: Path,
        patterns: Sequence[str],
        *,
        paths: Sequence[str] = (),
        limit: int = LIMIT,
        remote: Callable[[], Remote | None] = lambda: None,
    ) -> None:
        """Take patterns as in ``.gitignore``, and paths that a person named.

        ``paths`` are absolute or relative to the root: any regular file, or a
        directory whose Markdown files are meant. ``remote`` is asked once, when the
        first permanent link is wanted. Raises ``UsageError`` for a pattern or path
        that leads out of the root.
        """
        self._root = Path(os.path.normpath(root.absolute()))
        self._patterns = tuple(map(_inside, patterns))
        self._paths = tuple(self._relative(path) for path in paths)
        self._limit = limit
        self._ask = remote

    @property
    def lands_at_once(self) -> bool:
        """True: the next run reads the very files that are written here."""
        return True

    def refresh(self) -> None:
        """Do nothing: the files are what they are."""

    def documents(self) -> Sequence[SourceDocument | UnreadDocument]:
        """Read all documents, sorted by path.

        Links and special files are not documents, nor is what belongs to git, to
        pmsync or to a submodule; one that a person named is reported.
        """
        found: dict[str, SourceDocument | UnreadDocument] = {}
        try:
            root = os.open(self._root, _ROOT)
        except OSError as error:
            raise DocumentError(f"{self._root}: {error.strerror}") from error
        try:
            walk = Walk(root, self._limit)
            for path in self._paths:
                found |= {d.path: d for d in walk.named(path, _is_markdown)}
            found |= {d.path: d for d in self._configured(walk)}
        finally:
            os.close(root)
        return [found[path] for path in sorted(found)]

    def selects(self, path: str) -> bool:
        """Tell whether a path, which need not exist here, is one of the documents."""
        if _MINE & set(path.split("/")[:-1]):
            return False
        if path in self._paths or self._matches(path):
            return True
        above = ("", *(parent.as_posix() for parent in PurePosixPath(path).parents))
        return _is_markdown(path) and any(each in above for each in self._paths)

    def replace(self, path: str, expected: bytes, data: bytes) -> None:
        """Write one document if its bytes are still ``expected``.

        Raises ``DocumentChangedError`` or another ``DocumentError``.
        """
        *above, name = _inside(path).split("/")
        directory = self._root
        for part in above:
            directory /= part
            if directory.is_symlink():
                raise DocumentError(
                    f"{path}: a symbolic link leads to it",
                    hint="put the directory itself in place of the link",
                )
        atomic.replace(directory / name, expected, data)

    def publish(self, publication: Publication) -> Published:  # noqa: ARG002
        """Do nothing: a replaced file is where people look for it."""
        return Published(Landing.LANDED)

    def proposes(self, edited: Mapping[str, bytes]) -> bool:  # noqa: ARG002
        """Return False: nothing is proposed."""
        return False

    def declined(self) -> bool:
        """Return False: nothing is proposed."""
        return False

    def tip(self) -> str | None:
        """Return None: the files count, committed or not."""
        return None

    def permalink(self, path: str, line: int) -> str | None:
        """Return a lasting address of a line, None when there is no remote."""
        return None if self._remote is None else permalink(self._remote, path, line)

    @cached_property
    def _remote(self) -> Remote | None:
        return self._ask()

    def _configured(self, walk: Walk) -> Iterator[SourceDocument | UnreadDocument]:
        """Read what the patterns match, entering only where they can."""
        if not self._patterns:
            return
        bases = {_base(p) for p in self._patterns if not p.startswith("!")}

        def enters(path: str) -> bool:
            here = f"{path}/"
            return any(here.startswith(b) or b.startswith(here) for b in bases)

        yield from walk.tree("", self._matches, enters)

    @cached_property
    def _matches(self) -> Callable[[str], bool]:
        # A third of the start-up time that a command on named files may take.
        from pathspec import GitIgnoreSpec  # noqa: PLC0415

        return GitIgnoreSpec.from_lines(self._patterns).match_file

    def _relative(self, path: str) -> str:
        """Return a path that a person named, from the root; "" is the root itself."""
        # Textual: resolving would follow links.
        named = Path(os.path.normpath(self._root / path))
        for root in (self._root, self._root.resolve()):
            if named.is_relative_to(root):
                return "/".join(named.relative_to(root).parts)
        raise UsageError(
            f"{path}: not below {self._root}",
            hint="run pmsync in the repository that the file belongs to",
        )


def _inside(pattern: str) -> str:
    """Return a pattern or path that stays below the root; raises ``UsageError``."""
    text = pattern.removeprefix("!")
    if text.startswith("/") or ".." in text.replace("\\", "/").split("/"):
        raise UsageError(
            f"{pattern}: leads out of the repository",
            hint="write it from the repository's root down, without '..'",
        )
    return pattern


def _base(pattern: str) -> str:
    """Return the directory, with ``/``, below which all that a pattern matches lies.

    It is empty for a pattern without a slash inside: that one matches anywhere.
    """
    base = ""
    for part in pattern.split("/")[:-1]:
        if _WILD & set(part):
            break
        base += f"{part}/"
    return base if "/" in pattern.rstrip("/") else ""


def _is_markdown(path: str) -> bool:
    return path.endswith(_MARKDOWN)
