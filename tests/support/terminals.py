"""What a program shows on a terminal."""

from __future__ import annotations

import os


def rest_of(terminal: int) -> bytes:
    """What a terminal shows until its last user has closed it."""
    shown = b""
    try:
        while data := os.read(terminal, 65536):
            shown += data
    except OSError:
        pass  # Linux says so when the other side is closed.
    os.close(terminal)
    return shown
