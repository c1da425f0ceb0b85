"""Connections that know their request's deadline and whom they reached."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

from typing_extensions import override
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse

from pmsync_adapters.http.failures import NotSentError
from pmsync_adapters.http.targets import refused_address

_current = threading.local()


class Watch:
    """Ends a request at its deadline; used as a context, one for a thread.

    A time-out of the socket is about each packet: a server that sends a byte a second
    would never reach it. So the socket is shut down from outside.
    """

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        _current.watch = self
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        _current.watch = None

    def covers(self, connected: socket.socket | None) -> None:
        """Take over the socket that the answer comes from."""
        self._socket = connected
        if self.expired:
            self._expire()

    def _expire(self) -> None:
        self.expired = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it may have ended by itself
                self._socket.shutdown(socket.SHUT_RDWR)


def _watch(connected: socket.socket | None) -> None:
    watch = getattr(_current, "watch", None)
    if isinstance(watch, Watch):
        watch.covers(connected)


def _checked(connected: socket.socket) -> socket.socket:
    why = refused_address(str(connected.getpeername()[0]))
    if why is not None:
        connected.close()
        raise NotSentError(why)
    return connected


class _Plain(HTTPConnection):
    @override
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())

    @override
    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as urllib3 has it
        _watch(self.sock)
        return super().getresponse()


class _Secure(HTTPSConnection):
    @override
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())

    @override
    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as urllib3 has it
        _watch(self.sock)
        return super().getresponse()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


POOLS = {"http": _PlainPool, "https": _SecurePool}
