"""The progress bar: only for people, and only when there is something to wait for."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pmsync.cli.terminal import is_terminal, safe

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE = 0.5
"""Seconds that pass before a bar is worth showing (and importing)."""


class Bar:
    """A bar on standard error; used as a context."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted and is_terminal(sys.stderr)
        self._since = time.monotonic()
        self._what = ""
        self._total = 0
        self._parts = 0
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def step(self, what: str, total: int) -> None:
        """Begin a step of ``total`` parts."""
        self._what, self._total, self._parts = safe(what), total, 0
        if self._bar is not None and self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None
        self._show()

    def advance(self, parts: int = 1) -> None:
        """Say that some parts of the step are done."""
        self._parts += parts
        self._show()

    def __enter__(self) -> Self:
        """Begin; nothing is shown yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def _show(self) -> None:
        if not self._wanted or time.monotonic() - self._since < PATIENCE:
            return
        if self._bar is None:
            self._bar = _bar()
            self._bar.start()
        if self._task is None:
            self._task = self._bar.add_task(self._what, total=self._total)
        self._bar.update(self._task, completed=self._parts)


def _bar() -> Progress:
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(file=sys.stderr),
        transient=True,
    )
