"""The installed `pmsync serve` as a process, with its log and its doors."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from support.daemon import signed, until
from support.github_fake import TOKEN, GitHubFake
from support.repositories import Host

PROJECT = "example/payments"
SECRET = "8d1c6f6a0a3f4b0e"
ENV = {
    "PMSYNC_TRACKERS__CODE__TOKEN": TOKEN,
    "PMSYNC_WEBHOOKS__GITHUB__SECRET": SECRET,
}
COMMAND = str(Path(sys.executable).with_name("pmsync"))


@dataclass
class Serving:
    """A daemon at work."""

    process: subprocess.Popen[bytes]
    log: Path

    def lines(self, event: str | None = None) -> list[dict[str, Any]]:
        """Return the log so far, or the lines of one event."""
        whole = self.log.read_text().rpartition("\n")[0].splitlines()
        found = [json.loads(line) for line in whole if line.startswith("{")]
        return [one for one in found if event in (None, one["event"])]

    def passes(self, result: str | None = None) -> int:
        """Return how many passes have ended, with a result."""
        ended = self.lines("a pass has ended")
        return sum(result in (None, one["result"]) for one in ended)

    @property
    def url(self) -> str:
        (line,) = self.lines("serving")
        return f"http://127.0.0.1:{line['port']}"

    def get(self, path: str) -> requests.Response:
        return requests.get(f"{self.url}{path}", timeout=10)

    def webhook(
        self,
        number: int,
        delivery: str | None = None,
        secret: str = SECRET,
        project: str = PROJECT,
    ) -> int:
        """Send what GitHub sends when an issue changes; return the status."""
        body = json.dumps(
            {
                "action": "closed",
                "issue": {"number": number},
                "repository": {"full_name": project},
            }
        ).encode()
        return self.post(body, delivery, secret)

    def post(
        self, body: bytes, delivery: str | None = None, secret: str = SECRET
    ) -> int:
        """Send a signed body as GitHub does; return the status."""
        headers = {"X-Hub-Signature-256": signed(body, secret)}
        if delivery is not None:
            headers["X-GitHub-Delivery"] = delivery
        url = f"{self.url}/webhooks/github"
        return requests.post(url, data=body, headers=headers, timeout=30).status_code

    def until(self, holds: Callable[[], object], seconds: float = 30.0) -> None:
        """Wait until something holds, as long as the daemon lives."""

        def either() -> object:
            code = self.process.poll()
            assert code is None, f"it ended with {code}: {self.log.read_text()}"
            return holds()

        until(either, seconds)

    def end(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Send a signal; return the seconds until the daemon has ended, well."""
        start = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(20)
        assert code == 0, self.log.read_text()
        return time.monotonic() - start


@contextmanager
def serving(
    directory: Path,
    *arguments: str,
    env: Mapping[str, str] | None = None,
    prefix: tuple[str, ...] = (),
) -> Iterator[Serving]:
    """Run the daemon until the block ends."""
    log = directory / "serve.log"
    clones = directory / "clones"
    command = [*prefix, COMMAND, "serve", "--listen", "127.0.0.1:0", "-v"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--directory", str(clones), *arguments],
            cwd=directory,
            env={**os.environ, **ENV, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    one = Serving(process, log)
    try:
        one.until(lambda: one.lines("serving"))
        yield one
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def configure(
    host: Host, fake: GitHubFake, *, project: str = PROJECT, more: str = ""
) -> None:
    """Push a configuration that commits what is written back."""
    text = (
        'since = "none"\n[trackers.code]\ntype = "github"\n'
        f'url = "{fake.url}"\nproject = "{project}"\n'
        f'[write_back]\nmode = "commit"\n{more}'
    )
    host.clone(f"configuring-{time.monotonic_ns()}").push("pmsync.toml", text.encode())
