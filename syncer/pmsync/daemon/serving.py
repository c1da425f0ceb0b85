"""The daemon as a whole: repositories at work beside the server, until a signal."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

import uvicorn
from typing_extensions import override

from pmsync.daemon.desk import Desk, until_next, work
from pmsync.daemon.hints import Hint
from pmsync.daemon.logs import LOG, log_to_stderr
from pmsync.daemon.metrics import Metrics
from pmsync.daemon.passes import Ending, Place, make_pass, watched
from pmsync.daemon.server import Doors
from pmsync.daemon.signatures import Source
from pmsync.domain.errors import PmsyncError

GRACE = 1.5
"""Seconds that passes have to end after SIGTERM; what is cut off, a later run settles."""


class Rules(NamedTuple):
    """What can change while the daemon runs."""

    schedule: str
    """A cron expression."""
    secrets: Mapping[Source, str]
    """Of webhooks; without one a source is not listened to."""


@dataclass(frozen=True, slots=True)
class Service:
    """What the daemon was asked to do."""

    places: tuple[Place, ...]
    listen: str
    """``host:port``."""
    rules: Callable[[], Rules]
    """Read at the start and on SIGHUP."""
    verbose: bool = False


@dataclass
class Running:
    """The daemon at work."""

    service: Service
    rules: Rules
    metrics: Metrics = field(default_factory=Metrics)
    ending: Ending = field(default_factory=Ending)
    desks: dict[str, Desk] = field(default_factory=dict)
    concerns: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    """Type and project of each tracker, by repository."""
    succeeded: set[str] = field(default_factory=set)

    def ready(self) -> bool:
        """Tell whether every repository has had a pass, and none is ending."""
        names = {place.name for place in self.service.places}
        return not self.ending() and self.succeeded == names

    def ask(self, hint: Hint) -> bool:
        """Ask for a pass wherever a hint is about; tell whether it is anywhere."""
        about = (hint.source.value, hint.project.casefold())
        found = [n for n, known in self.concerns.items() if about in known]
        for name in found:
            self.desks[name].ask(hint)
        return bool(found)

    def make(self, place: Place, hints: frozenset[Hint]) -> bool:
        """Make one pass; tell whether it need not be tried again soon."""
        start = time.monotonic()
        passed = make_pass(place, hints, self.ending)
        self.metrics.passed(place.name, passed.result, time.monotonic() - start)
        self.metrics.traffic(place.name, passed.traffic)
        if passed.report is not None:
            self.metrics.report(place.name, passed.report)
        done = passed.result in ("done", "conflict", "refused")
        if done:
            self.succeeded.add(place.name)
        else:
            self.succeeded.discard(place.name)
        try:
            self.concerns[place.name] = watched(place)
        except PmsyncError as error:
            LOG.error("a configuration cannot be read", extra={"why": error.message})
        return done


def serve_forever(service: Service) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    log_to_stderr(logging.DEBUG if service.verbose else logging.INFO)
    return asyncio.run(_serve(service))


async def _serve(service: Service) -> int:
    running = Running(service, service.rules())
    server = _Server(_settings(service, running))
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    loop.add_signal_handler(signal.SIGHUP, _reload, running)
    for place in service.places:
        running.desks[place.name] = Desk()
        running.concerns[place.name] = frozenset()
    tasks = [asyncio.create_task(server.serve())]
    tasks += [asyncio.create_task(_work(running, each)) for each in service.places]
    ended = asyncio.create_task(stopped.wait())
    LOG.info("serving", extra={"listen": service.listen})
    await asyncio.wait([ended, *tasks], return_when=asyncio.FIRST_COMPLETED)
    failed = not stopped.is_set()
    LOG.info("ending", extra={"failed": failed})
    running.ending.begin()
    server.should_exit = True
    for desk in running.desks.values():
        desk.ask()
    await asyncio.wait(tasks, timeout=GRACE)
    if not all(each.done() for each in tasks):
        # A thread that waits for a tracker cannot be ended. What it was about to do is
        # in the journal, and its lease is free because its process is gone.
        LOG.warning("a pass was cut off; the next run settles it")
        logging.shutdown()
        os._exit(int(failed))
    return int(failed)


async def _work(running: Running, place: Place) -> None:
    await work(
        running.desks[place.name],
        partial(running.make, place),
        lambda: until_next(running.rules.schedule, datetime.now(UTC)),
        running.ending,
    )


def _settings(service: Service, running: Running) -> uvicorn.Config:
    host, _, port = service.listen.rpartition(":")
    doors = Doors(
        lambda: running.rules.secrets, running.ask, running.ready, running.metrics
    )
    return uvicorn.Config(
        doors.app(),
        host=host.strip("[]"),
        port=int(port),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=1,
    )


def _reload(running: Running) -> None:
    """Read the rules again; a file that is wrong leaves them as they are."""
    try:
        running.rules = running.service.rules()
    except PmsyncError as error:
        LOG.error("the rules stay as they are", extra={"why": error.message})
        return
    LOG.info("the rules were read again")
    for desk in running.desks.values():
        desk.ask()


class _Server(uvicorn.Server):
    """A server that leaves signals to the daemon."""

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield
