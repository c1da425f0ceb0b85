"""Where the repository is, and which of its documents a command line means."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pmsync.domain.errors import UsageError

SUFFIXES = ("md", "markdown")


def find_root(start: Path) -> Path:
    """Return the nearest directory with a ``.git``, else ``start`` itself."""
    for directory in (start, *start.parents):
        if (directory / ".git").exists():
            return directory
    return start


@dataclass(frozen=True, slots=True)
class Selection:
    """What a command line asks for; the rest is read, and left alone."""

    paths: tuple[str, ...] = ()
    """Files and directories from the root, ``.`` for all; none means all."""
    only: str | None = None
    """Shell pattern of paths; ``*`` takes ``/``, too."""
    tracker: str | None = None
    """Configured name."""

    def __call__(self, path: str, tracker: str | None) -> bool:
        """Tell whether changes of a row in ``path`` and ``tracker`` are asked for."""
        return (
            (not self.paths or any(_is_within(path, each) for each in self.paths))
            and (self.only is None or fnmatchcase(path, self.only))
            and (self.tracker is None or self.tracker == tracker)
        )


def named_paths(arguments: Iterable[Path], root: Path) -> tuple[str, ...]:
    """Return PATH arguments as paths from the root.

    Raises ``UsageError`` for what is not there, lies outside, or is a link.
    """
    return tuple(_named_path(argument, root) for argument in arguments)


def _named_path(argument: Path, root: Path) -> str:
    path = Path(os.path.abspath(argument))  # noqa: PTH100 resolve() would follow links
    if not path.is_relative_to(root):
        path = path.parent.resolve() / path.name
    if not path.is_relative_to(root):
        raise UsageError(
            f"{argument}: lies outside of {root}",
            hint="run pmsync in the repository that holds it",
        )
    relative = path.relative_to(root)
    if any((root / each).is_symlink() for each in (relative, *relative.parents[:-1])):
        raise UsageError(
            f"{argument}: is, or goes through, a symbolic link",
            hint="name the file that it leads to",
        )
    if not path.exists():
        raise UsageError(
            f"{argument}: no such file or directory", hint="check the path"
        )
    if not (path.is_file() or path.is_dir()):
        raise UsageError(f"{argument}: is neither a file nor a directory")
    return relative.as_posix()


def _is_within(path: str, directory: str) -> bool:
    return directory in (".", path) or path.startswith(f"{directory}/")
