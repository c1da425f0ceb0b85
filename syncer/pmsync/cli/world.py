"""Time, chance and this machine, as they are."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

SLICE = 0.25
"""Seconds after which a wait looks whether the run is to be stopped."""


class SystemClock:
    """The clock of the machine; a wait ends early when ``stopping`` says so."""

    def __init__(self, stopping: Callable[[], bool]) -> None:
        self._stopping = stopping

    def now(self) -> datetime:
        """Return the present time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._stopping():
            time.sleep(min(left, SLICE))


class SystemRandomness:
    """Random values that nobody can guess."""

    def token(self, bits: int) -> str:
        """Return at least ``bits`` random bits as hexadecimal digits."""
        return secrets.token_hex(-(-bits // 8))


class ThisMachine:
    """The machine and the process that pmsync runs in."""

    @property
    def host(self) -> str:
        """Name of the machine, and of where its process numbers count.

        Runners and containers often share a name, and each numbers its own processes.
        """
        where = _read("/proc/sys/kernel/random/boot_id") + _read("/proc/self/ns/pid")
        mark = sha256(where.encode()).hexdigest()[:8]
        return f"{socket.gethostname()}/{mark}" if where else socket.gethostname()

    @property
    def pid(self) -> int:
        """Number of this process."""
        return os.getpid()

    def alive(self, pid: int) -> bool:
        """Tell whether a process runs; somebody else's counts."""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            return True
        return True


def _read(path: str) -> str:
    """Return what Linux says about this boot or this container, elsewhere nothing."""
    file = Path(path)
    try:
        return str(file.readlink()) if file.is_symlink() else file.read_text("ascii")
    except OSError:
        return ""
