"""Runs of pmsync side by side: each a process that only moves when it is its turn.

A process is a thread that hands control back at a call of a port. Only one thread of a
world ever runs, so that the same seed always takes the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Semaphore, Thread

from pmsync.app.report import Report
from pmsync.domain.errors import PmsyncError


class KilledError(BaseException):
    """The process is gone: nobody catches this, and nothing is cleaned up."""


class Process:
    """One run."""

    def __init__(self, name: str, work: Callable[[], Report]) -> None:
        self.name = name
        self.dead = False
        self.stopping = False
        self.over = False
        self.wakes: datetime | None = None
        """Until then it does not move."""
        self.result: Report | PmsyncError | None = None
        """None when it was killed."""
        self._work = work
        self._crash: BaseException | None = None
        self._go, self._back = Semaphore(0), Semaphore(0)
        self._thread: Thread | None = None

    def resume(self) -> None:
        """Let it move until it pauses or ends."""
        if self._thread is None:
            self._thread = Thread(target=self._main, name=self.name, daemon=True)
            self._thread.start()
        else:
            self._go.release()
        self._back.acquire()
        if self._crash is not None:
            raise self._crash

    def kill(self) -> None:
        """End it where it stands."""
        if not self.over:
            self.dead = True
            if self._thread is not None:
                self.resume()
            self.over = True

    def pause(self, wakes: datetime | None = None) -> None:
        """Hand control back; called by the process itself."""
        self.wakes = wakes
        self._back.release()
        self._go.acquire()
        self.wakes = None
        if self.dead:
            raise KilledError

    def die(self) -> None:
        """End the process from within."""
        self.dead = True
        raise KilledError

    def _main(self) -> None:
        try:
            self.result = self._work()
        except KilledError:
            self.dead = True
        except PmsyncError as error:
            self.result = error
        except BaseException as error:  # noqa: BLE001 it is raised again by resume
            self._crash = error
        self.over = True
        self._back.release()
