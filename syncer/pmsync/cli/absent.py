"""What is said when a command has no document to work on."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pmsync.cli.terminal import err


def tell_absent(
    paths: Iterable[str],
    command: str,
    selected: Callable[[str, str | None], bool] | None = None,
    tracker: str | None = None,
) -> None:
    """Say that none of ``paths`` was found, or none is among those asked for."""
    found = list(paths)
    if not found:
        err(
            f"no documents were found: name them (pmsync {command} PATH), or set "
            "documents in pmsync.toml"
        )
    elif selected is not None and not any(selected(path, tracker) for path in found):
        err("no document is among those that were asked for")
