"""Ctrl-C and SIGTERM: at once while nothing is written, else after the write."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Self

from pmsync.cli.terminal import err

TERMINATED = 128 + signal.SIGTERM


class Terminated(BaseException):
    """SIGTERM arrived; like ``KeyboardInterrupt``, not for ``except Exception``."""


class Stop:
    """Knows whether the run was asked to stop; used as a context."""

    def __init__(self) -> None:
        self.received: int | None = None
        """The signal that asks the run to stop before its next write."""
        self._writing = False

    @property
    def terminated(self) -> bool:
        """True when it was SIGTERM that asked."""
        return self.received == signal.SIGTERM

    def __call__(self) -> bool:
        """Tell whether to stop. The run asks before each write."""
        self._writing = True
        return self.received is not None

    def __enter__(self) -> Self:
        """Take over the signals."""
        self._before = {
            number: signal.signal(number, self._receive)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        if not self._writing or self.received is not None:
            raise Terminated if number == signal.SIGTERM else KeyboardInterrupt
        self.received = number
        err("stopping after the write that is under way; a second signal stops at once")
