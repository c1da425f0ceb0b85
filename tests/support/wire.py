"""A server that answers with the very bytes that it is told, or not at all."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[[socket.socket, int], None]
"""Answers on a connection; the number of the request, from 0, comes with it."""


@dataclass
class Wire:
    """The server's address, and what it was sent."""

    url: str
    requests: list[bytes] = field(default_factory=list)
    open: list[socket.socket] = field(default_factory=list)


@contextmanager
def wire(answer: Answer) -> Iterator[Wire]:
    """Listen on a port of this machine until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        served = Wire(f"http://127.0.0.1:{server.getsockname()[1]}")
        thread = threading.Thread(target=_serve, args=(server, served, answer))
        thread.start()
        try:
            yield served
        finally:
            for opened in (server, *served.open):
                with suppress(OSError):
                    opened.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(server: socket.socket, served: Wire, answer: Answer) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        served.open.append(connection)
        with connection, suppress(OSError):
            while request := _request(connection):
                served.requests.append(request)
                answer(connection, len(served.requests) - 1)


def _request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        0,
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def whole(status: int, body: str, *headers: str) -> Answer:
    """Answer each request with the same."""
    lines = [f"HTTP/1.1 {status} Told", f"Content-Length: {len(body.encode())}"]
    text = "\r\n".join([*lines, *headers, "", body])

    def answer(connection: socket.socket, _number: int) -> None:
        connection.sendall(text.encode())

    return answer


def each(*answers: Answer) -> Answer:
    """Answer the requests in turn."""

    def answer(connection: socket.socket, number: int) -> None:
        answers[number](connection, number)

    return answer


def raw(*parts: bytes, pause: float = 0.0) -> Answer:
    """Send parts with a pause before each, then close the connection."""
    gate = threading.Event()

    def answer(connection: socket.socket, _number: int) -> None:
        for part in parts:
            gate.wait(pause)
            connection.sendall(part)
        connection.shutdown(socket.SHUT_RDWR)

    return answer
