"""The daemon as a whole: repositories at work beside the server, until a signal."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import uvicorn
from typing_extensions import override

from pmsync.daemon.desk import Desk, until_next, work
from pmsync.daemon.hints import Hint
from pmsync.daemon.logs import LOG, log_to_stderr
from pmsync.daemon.metrics import Metrics
from pmsync.daemon.passes import Ending, Place, Watch, make_pass
from pmsync.daemon.server import Doors
from pmsync.daemon.signatures import Source
from pmsync.domain.errors import PmsyncError, UsageError
from pmsync_config.models import Daemon

GRACE = 1.5
"""Seconds that passes have to end after SIGTERM; what is cut off, a later run settles."""


Secrets = Mapping[Source, str]
"""Of webhooks; a source without one is not listened to."""


@dataclass(frozen=True, slots=True)
class Job:
    """What the daemon was asked to do."""

    places: tuple[Place, ...]
    listen: str
    """``host:port``."""
    secrets: Callable[[], Secrets]
    """Read at the start and on SIGHUP."""
    schedule: str | None = None
    """A cron expression that counts before those of the repositories."""
    verbose: bool = False


@dataclass
class Running:
    """The daemon at work."""

    job: Job
    secrets: Secrets
    threads: ThreadPoolExecutor
    metrics: Metrics = field(default_factory=Metrics)
    ending: Ending = field(default_factory=Ending)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    desks: dict[str, Desk] = field(default_factory=dict)
    watches: dict[str, Watch] = field(default_factory=dict)
    """By repository, once its configuration was read."""
    well: dict[str, bool] = field(default_factory=dict)
    """Whether the last pass went well, by repository."""

    def ready(self) -> bool:
        """Tell whether every repository has had its pass, and not all of them failed.

        One that fails must not keep the webhooks of the others away.
        """
        tried = len(self.well) == len(self.job.places)
        return tried and any(self.well.values()) and not self.ending()

    def ask(self, hint: Hint) -> bool:
        """Ask for a pass wherever a hint is about; tell whether it is anywhere."""
        found = [
            name
            for name in self.desks
            if name not in self.watches or self.watches[name].concerns(hint)
        ]
        for name in found:
            self.desks[name].ask(hint)
        return bool(found)

    async def make(self, place: Place, hints: frozenset[Hint]) -> bool:
        """Make one pass in a thread; tell whether it need not be tried again soon."""
        start = time.monotonic()
        loop = asyncio.get_running_loop()
        passed = await loop.run_in_executor(
            self.threads, make_pass, place, hints, self.ending
        )
        self.metrics.passed(place.name, passed.result, time.monotonic() - start)
        self.metrics.traffic(place.name, passed.traffic)
        if passed.report is not None:
            self.metrics.report(place.name, passed.report)
        if passed.watch is not None:
            self.watches[place.name] = passed.watch
        self.well[place.name] = passed.result in ("done", "conflict", "refused")
        return self.well[place.name]

    def until_due(self, place: Place) -> float:
        """Return the seconds until the schedule wants a pass."""
        watch = self.watches.get(place.name)
        usual = Daemon().schedule if watch is None else watch.schedule
        schedule = self.job.schedule or usual
        return until_next(schedule, datetime.now(UTC))

    def reload(self) -> None:
        """Read the secrets again, and each configuration by a pass.

        Secrets that cannot be read leave things as they are.
        """
        try:
            self.secrets = self.job.secrets()
        except PmsyncError as error:
            LOG.error("the secrets stay as they are", extra={"why": error.message})
            return
        LOG.info("the secrets were read again")
        for desk in self.desks.values():
            desk.hurry()


def serve_forever(job: Job) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code.

    Raises ``UsageError`` when it cannot listen where it should.
    """
    log_to_stderr(logging.DEBUG if job.verbose else logging.INFO)
    secrets = job.secrets()
    with bound(job.listen) as listening:
        return asyncio.run(_serve(job, secrets, listening))


def bound(listen: str) -> socket.socket:
    """Return a socket that listens there; raises ``UsageError``."""
    host, _, port = listen.rpartition(":")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    try:
        return socket.create_server((host.strip("[]"), int(port)), family=family)
    except OSError as error:
        raise UsageError(
            f"cannot listen on {listen}: {error.strerror}",
            hint="name another address with --listen",
        ) from error


async def _serve(job: Job, secrets: Secrets, listening: socket.socket) -> int:
    threads = ThreadPoolExecutor(len(job.places), "pass")
    running = Running(job, secrets, threads)
    server = _Server(_settings(running))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.stopped.set)
    loop.add_signal_handler(signal.SIGHUP, running.reload)
    running.desks.update((place.name, Desk()) for place in job.places)
    tasks = [asyncio.create_task(server.serve(sockets=[listening]))]
    tasks += [asyncio.create_task(_work(running, each)) for each in job.places]
    ended = asyncio.create_task(running.stopped.wait())
    host, port = listening.getsockname()[:2]
    LOG.info("serving", extra={"host": host, "port": port})
    await asyncio.wait([ended, *tasks], return_when=asyncio.FIRST_COMPLETED)
    failed = not running.stopped.is_set()
    LOG.info("ending", extra={"failed": failed})
    running.ending.begin()
    running.stopped.set()
    server.should_exit = True
    for desk in running.desks.values():
        desk.hurry()
    await asyncio.wait(tasks, timeout=GRACE)
    if not all(each.done() for each in tasks):
        # A thread that waits for a tracker cannot be ended. What it was about to do is
        # in the journal, and its lease is free because its process is gone.
        LOG.warning("a pass was cut off; the next run settles it")
        logging.shutdown()
        os._exit(int(failed))
    for task in tasks:
        task.result()
    return int(failed)


async def _work(running: Running, place: Place) -> None:
    await work(
        running.desks[place.name],
        partial(running.make, place),
        partial(running.until_due, place),
        running.stopped,
    )


def _settings(running: Running) -> uvicorn.Config:
    doors = Doors(lambda: running.secrets, running.ask, running.ready, running.metrics)
    return uvicorn.Config(
        doors.app(),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=1,
    )


class _Server(uvicorn.Server):
    """A server that leaves signals to the daemon."""

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield
