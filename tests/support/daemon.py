"""The daemon's doors on a real port of this machine."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette


@contextmanager
def listening(app: Starlette) -> Iterator[str]:
    """Serve an application until the block ends; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        config = uvicorn.Config(app, log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[bound]))
        )
        thread.start()
        try:
            until(lambda: server.started)
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def until(holds: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until something holds; fail when it does not in so many seconds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


def signed(body: bytes, secret: str) -> str:
    """Return what GitHub (and Jira) put into their signature header."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
