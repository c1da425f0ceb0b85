"""A tracker's API on a port of this machine, with faults on demand."""

from __future__ import annotations

import json
import re
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

PAGE = "<html><body>You have to sign in.</body></html>"


@dataclass
class Fault:
    """What goes wrong with the next requests that fit."""

    kind: str
    """``lost``: carried out, no answer. ``cut``: carried out, half an answer.
    ``hang``: carried out, the answer never ends. ``slow``: carried out, a byte at a
    time. ``status``: carried out if ``commits``, another answer."""
    method: str
    path: str
    times: int
    status: int = 502
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = PAGE
    commits: bool = False


@dataclass
class Answer:
    """An answer before it is sent; no data is an answer without a body."""

    status: int
    data: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Fake(ABC):
    """What a server answers, and what it was sent."""

    def __init__(self) -> None:
        self.origin = ""
        """Scheme, host and port."""
        self.sent: list[tuple[str, str, Any]] = []
        """Method, path with query, and JSON of each request."""
        self.faults: list[Fault] = []
        self.latency = 0.0
        """Seconds that each request takes longer."""
        self.busy = self.busiest = 0
        """How many requests are, and were at most, under way."""
        self.wrong: list[str] = []
        """What the tracker's own description does not know."""
        self.gate = threading.Event()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """What a configuration has."""
        return self.origin

    @abstractmethod
    def now(self) -> datetime:
        """Return the server's time."""

    @abstractmethod
    def mistakes(self, method: str, url: str, body: Any) -> list[str]:
        """Say what is wrong with a request, as the tracker's vendor describes it."""

    @abstractmethod
    def answer(
        self, method: str, url: str, headers: Mapping[str, str], body: Any
    ) -> Answer:
        """Carry out a request; the names of headers are in lower case."""

    def fail(
        self, kind: str, method: str, path: str, times: int = 1, **how: Any
    ) -> None:
        """Let the next requests fail whose path fits a pattern."""
        self.faults.append(Fault(kind, method, path, times, **how))

    def count(self, method: str, path: str = "") -> int:
        """How many requests were of a method, to a path that fits a pattern."""
        return sum(s[0] == method and bool(re.search(path, s[1])) for s in self.sent)

    def taken(self, method: str, path: str) -> Fault | None:
        """Return the fault that a request meets."""
        for fault in self.faults:
            if fault.times and fault.method == method and re.search(fault.path, path):
                fault.times -= 1
                return fault
        return None


F = TypeVar("F", bound=Fake)


@contextmanager
def served(fake: F) -> Iterator[F]:
    """Serve until the block ends; then nothing may have been wrong."""
    server = _Server(fake)
    fake.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield fake
    finally:
        fake.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()
    assert fake.wrong == [], fake.wrong[:5]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, fake: Fake) -> None:
        self.fake = fake
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    @property
    def _fake(self) -> Fake:
        assert isinstance(self.server, _Server)
        return self.server.fake

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def do_PATCH(self) -> None:
        self._serve("PATCH")

    def do_DELETE(self) -> None:
        self._serve("DELETE")

    def _serve(self, method: str) -> None:
        fake = self._fake
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(length)
        body = json.loads(raw) if raw else None
        fault = fake.taken(method, self.path)
        with fake.lock:
            fake.sent.append((method, self.path, body))
            fake.wrong += fake.mistakes(method, self.path, body)
            fake.busy += 1
            fake.busiest = max(fake.busy, fake.busiest)
        if fake.latency:
            fake.gate.wait(fake.latency)
        with fake.lock:
            fake.busy -= 1
        if fault is not None and fault.kind == "status" and not fault.commits:
            self._send(fault.status, fault.body.encode(), fault.headers)
            return
        given = {name.lower(): value for name, value in self.headers.items()}
        answer = fake.answer(method, self.path, given, body)
        data = b"" if answer.data is None else json.dumps(answer.data).encode()
        headers = {"content-type": "application/json; charset=utf-8", **answer.headers}
        if fault is None:
            self._send(answer.status, data, headers)
        elif fault.kind == "status":
            self._send(fault.status, fault.body.encode(), fault.headers)
        else:
            self._broken(fault.kind, answer.status, data, headers)

    def _broken(
        self, kind: str, status: int, data: bytes, headers: Mapping[str, str]
    ) -> None:
        data = data or b"{}"
        if kind == "cut":
            self._send(status, data[: len(data) // 2], headers, claimed=len(data))
        elif kind == "hang":
            if status != 204:
                self._send(status, data[:10], headers, claimed=len(data) + 10)
            self._fake.gate.wait(60)
        elif kind == "slow":
            self._send(status, b"", headers, claimed=len(data) + 1000)
            for at in range(len(data)):
                if self._fake.gate.wait(0.05):
                    break
                with suppress(OSError):
                    self.wfile.write(data[at : at + 1])
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _send(
        self,
        status: int,
        data: bytes,
        headers: Mapping[str, str],
        claimed: int | None = None,
    ) -> None:
        size = len(data) if claimed is None else claimed
        lines = [
            f"HTTP/1.1 {status} Told",
            f"date: {format_datetime(self._fake.now(), usegmt=True)}",
            *([] if status in (204, 304) else [f"content-length: {size}"]),
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        with suppress(OSError):
            self.wfile.write("\r\n".join([*lines, "", ""]).encode() + data)
