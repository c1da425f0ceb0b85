"""A git host that speaks real smart HTTP on loopback: git's own ``http-backend``.

https://git-scm.com/docs/git-http-backend describes the variables. The host can refuse
pushes, want a header, and drop a connection after it has done what was asked.
"""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests

RECEIVE = "git-receive-pack"
Rule = Callable[[str, str], bool]
"""Is given method and target of a request."""


def nothing(_method: str, _target: str) -> bool:
    """Hold for no request."""
    return False


def pushing(method: str, target: str) -> bool:
    """Hold for the request that carries a push."""
    return method == "POST" and target.endswith(f"/{RECEIVE}")


class GitHost:
    """Serves every bare repository below a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.authorization: str | None = None
        """The header that every request must carry, once."""
        self.may_push = True
        self.drops: Rule = nothing
        """Requests that are carried out, and whose answer is never sent."""
        self.ends: Rule = nothing
        """Requests that are never carried out, nor answered."""
        self.api: str | None = None
        """A server on this machine that answers what is about no repository."""
        self.requests: list[tuple[str, str]] = []
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    def address(self, repository: str) -> str:
        """Return where one repository is."""
        return f"http://127.0.0.1:{self._server.server_port}/{repository}"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: GitHost) -> None:
        self.host = host
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        del format, args

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self._body())

    def do_PUT(self) -> None:
        self._answer(self._body())

    def _answer(self, body: bytes) -> None:
        host = self.server.host
        if host.api is not None and ".git/" not in self.path:
            self._forward(host.api, body)
            return
        host.requests.append((self.command, self.path))
        self.close_connection = True
        shown = self.headers.get_all("Authorization")
        if host.authorization is not None and shown != [host.authorization]:
            self._ask_who()
        elif RECEIVE in self.path and not host.may_push:
            self.send_error(HTTPStatus.FORBIDDEN)
        elif not host.ends(self.command, self.path):
            answer = _backend(host.root, self.command, self.path, self.headers, body)
            if not host.drops(self.command, self.path):
                self.wfile.write(answer)

    def _ask_who(self) -> None:
        self.send_response(HTTPStatus.UNAUTHORIZED)
        self.send_header("WWW-Authenticate", 'Basic realm="git"')
        self.end_headers()

    def _forward(self, api: str, body: bytes) -> None:
        answer = requests.request(
            self.command,
            api + self.path,
            data=body,
            headers=dict(self.headers),
            allow_redirects=False,
            timeout=30,
        )
        self.send_response_only(answer.status_code)
        for name, value in answer.headers.items():
            if name not in ("Connection", "Content-Length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)
        self.close_connection = True

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"]))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)


def _backend(
    root: Path, method: str, target: str, headers: Message, body: bytes
) -> bytes:
    """Return the whole answer of git itself."""
    path, _, query = target.partition("?")
    variables = {
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROTOCOL": headers.get("Git-Protocol", ""),
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": method,
        "REMOTE_USER": "somebody",
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": headers.get("Content-Encoding", ""),
    }
    done = subprocess.run(
        ["git", "http-backend"],
        input=body,
        env=os.environ | variables,
        check=False,
        capture_output=True,
    )
    status = re.match(rb"Status: ([^\r]*)\r\n", done.stdout)
    line = status[1] if status else b"200 OK"
    return b"HTTP/1.0 " + line + b"\r\n" + done.stdout


@contextmanager
def git_host(root: Path) -> Iterator[GitHost]:
    """Serve what is below ``root`` for a while."""
    host = GitHost(root)
    try:
        yield host
    finally:
        host.close()
