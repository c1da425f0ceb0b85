"""The image that `.ci/build-container` built, run by an engine as users run it."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.daemon import until

ROOT = Path(__file__).resolve().parents[2]
STORE = ROOT / "build" / "containers"
IMAGE = "localhost/pmsync:test"
BASE = "localhost/pmsync-base:trixie"
USER = 10001
CONFINED = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges")
# Neither cgroups nor limits can be set where tests run inside a container themselves.
_CONFIGURATION = """\
[containers]
default_ulimits = ["nofile=1024:4096", "nproc=4096:4096"]
http_proxy = false
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


@dataclass(frozen=True)
class Engine:
    """Podman, with the store that the image was built in."""

    configuration: Path
    driver: str

    @property
    def _command(self) -> list[str]:
        return [
            "podman", f"--root={STORE / 'root'}", f"--runroot={STORE / 'run'}",
            f"--storage-driver={self.driver}",
        ]  # fmt: skip

    def as_docker(self) -> str:
        """Return a script that is ``docker``; its containers reach this machine's ports."""
        command = shlex.join(self._command)
        return (
            f"#!/bin/sh\nexport CONTAINERS_CONF={self.configuration}\n"
            f'verb=$1; shift\nexec {command} "$verb" --network=host "$@"\n'
        )

    def run(self, *arguments: str, **how: Any) -> subprocess.CompletedProcess[str]:
        """Run a command of the engine; it may fail."""
        environment = os.environ | {"CONTAINERS_CONF": str(self.configuration)}
        return subprocess.run(
            [*self._command, *arguments],
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env=environment,
            timeout=120,
            **how,
        )

    def output(self, *arguments: str) -> str:
        """Return what a command prints; it must succeed."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def pmsync(
        self, *arguments: str, options: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run the image once, with a root that is only read and no capability."""
        return self.run(
            "run", "--rm", *CONFINED, "--network=host", *options, IMAGE, *arguments
        )

    def inspect(self, image: str) -> dict[str, Any]:
        """Return what is known of an image."""
        (found,) = json.loads(self.output("image", "inspect", image))
        assert isinstance(found, dict)
        return found

    def serving(
        self, *arguments: str, options: tuple[str, ...]
    ) -> AbstractContextManager[Container]:
        """Run the image's daemon until the block ends."""
        before = (*CONFINED, "--network=host", *options)
        return self.running(*before, IMAGE, "serve", *arguments)

    @contextmanager
    def running(self, *arguments: str) -> Iterator[Container]:
        """Run a container until the block ends."""
        container = Container(self, self.output("run", "--detach", *arguments))
        try:
            yield container
        finally:
            self.run("rm", "--force", "--volumes", "--time=0", container.id)

    def named(self, name: str) -> Container:
        """Return a container that somebody else has started."""
        return Container(self, name)

    def layers(self, directory: Path) -> list[tarfile.TarFile]:
        """Return the image's layers without those of its base."""
        archive, whole = directory / "image.tar", directory / "image"
        self.output("save", "--format=docker-archive", f"--output={archive}", IMAGE)
        with tarfile.open(archive) as packed:
            packed.extractall(whole, filter="data")
        archive.unlink()
        (manifest,) = json.loads((whole / "manifest.json").read_text())
        below = len(self.inspect(BASE)["RootFS"]["Layers"])
        return [tarfile.open(whole / name) for name in manifest["Layers"][below:]]


@dataclass(frozen=True)
class Container:
    """A daemon at work."""

    engine: Engine
    id: str

    def lines(self, event: str) -> list[dict[str, Any]]:
        """Return the lines of its log about an event."""
        done = self.engine.run("logs", self.id)
        whole = (done.stdout + done.stderr).splitlines()
        found = [json.loads(line) for line in whole if line.startswith("{")]
        return [one for one in found if one["event"] == event]

    def is_healthy(self) -> bool:
        """Tell what the image's own health check says."""
        return self.engine.run("healthcheck", "run", self.id).returncode == 0

    def end(self) -> tuple[float, int]:
        """Send SIGTERM; return the seconds until it has ended, and the exit code."""
        start = time.monotonic()
        self.engine.output("kill", "--signal=TERM", self.id)
        code = int(self.engine.output("wait", "--interval=50ms", self.id))
        return time.monotonic() - start, code

    def until_passes(self, number: int, result: str) -> None:
        """Wait until so many passes have ended with a result."""
        until(lambda: self._passes(result) >= number, 60)

    def _passes(self, result: str) -> int:
        ended = self.lines("a pass has ended")
        return sum(one["result"] == result for one in ended)


def engine(directory: Path) -> Engine:
    """Return an engine for the built image, once that is built."""
    places = f"{os.environ['PATH']}:/usr/sbin"  # runc is no command for people
    if not (shutil.which("podman") and shutil.which("runc", path=places)):
        pytest.skip("podman or runc is not installed")
    if not (STORE / "lock").exists():
        pytest.skip("there is no image: run .ci/build-container")
    with (STORE / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        built = STORE / "built"
        assert built.exists(), (STORE / "log").read_text()
    configuration = directory / "containers.conf"
    configuration.write_text(_CONFIGURATION)
    return Engine(configuration, built.read_text().strip())


def give(path: Path, mode: int | None = None) -> None:
    """Let the image's user own a file or folder, as whoever mounts it must."""
    for each in (path, *path.rglob("*")):
        os.chown(each, USER, USER)
    if mode is not None:
        path.chmod(mode)


def mounted(source: Path, target: str, *, writable: bool = False) -> str:
    """Return the option that mounts a file or folder."""
    return f"--volume={source}:{target}:{'rw' if writable else 'ro'}"


def variables(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the options that set variables."""
    return tuple(f"--env={name}={value}" for name, value in values.items())
