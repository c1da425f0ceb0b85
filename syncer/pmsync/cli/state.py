"""``pmsync state``: what pmsync remembers, for people who look after it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

import click

from pmsync.app.exit_codes import ExitCode
from pmsync.cli import options
from pmsync.cli.discover import find_root
from pmsync.cli.state_output import lease_text, state_json, state_line, state_lines
from pmsync.cli.stores import open_store
from pmsync.cli.terminal import out, paint_for, safe
from pmsync.cli.world import ThisMachine
from pmsync.domain.errors import LeaseHeldError
from pmsync.domain.ports import StateStore
from pmsync.domain.state import Lease, State
from pmsync.domain.state_check import contradictions
from pmsync_config import load

NOTHING = "There is no state: nothing was filed from here yet."


@click.group()
def state() -> None:
    """Show, verify or unlock what pmsync remembers between runs."""


@state.command()
@options.form("it")
@options.config
@click.option("-v", "--verbose", is_flag=True, help="Show keys and agreed values, too.")
def show(
    *, form: Literal["text", "json"], config: Path | None, verbose: bool
) -> ExitCode:
    """Show items, creates in doubt, the lease, and how far trackers were read."""
    opened = _open(config)
    if form == "json":
        out(state_json(opened.state) if opened.state else "null")
    elif opened.state is None:
        out(NOTHING)
    else:
        paint = paint_for(sys.stdout)
        lease = lease_text(opened.state.lease, datetime.now(UTC), opened.length)
        for line in state_lines(opened.state, lease, paint, verbose=verbose):
            out(line)
        out()
        out(paint.bold(f"{state_line(opened.state)}."))
    return ExitCode.DONE


@state.command()
@options.config
def verify(*, config: Path | None) -> ExitCode:
    """Read all of it, and say what contradicts itself; exit code 1 if anything does."""
    found = _open(config).state
    if found is None:
        out(NOTHING)
        return ExitCode.DONE
    wrong: Sequence[str] = tuple(contradictions(found))
    for line in wrong:
        out(safe(line))
    verdict = f"{len(wrong)} contradictions" if wrong else "sound"
    out(f"{state_line(found)}: {verdict}.")
    return ExitCode.PART_FAILED if wrong else ExitCode.DONE


@state.command()
@click.option(
    "--force", is_flag=True, help="Take it from a run that is alive on this machine."
)
@options.config
def unlock(*, force: bool, config: Path | None) -> ExitCode:
    """Take away the lease of a run that is certainly gone.

    A run that is still alive stops when it next writes the state.
    """
    opened = _open(config)
    held = opened.state.lease if opened.state else None
    if opened.state is None or held is None:
        out("No lease is held.")
        return ExitCode.DONE
    told = lease_text(held, datetime.now(UTC), opened.length)
    if _is_alive(held) and not force:
        raise LeaseHeldError(
            f"the lease is {told}, and that run is at work on this machine",
            hint="wait for it to end, or stop it; --force takes the lease in any case",
        )
    opened.store.compare_and_swap(
        opened.version,
        replace(opened.state, lease=None),
        f"pmsync: unlock\n\nThe lease was {told}.",
    )
    out(f"Unlocked. The lease was {safe(told)}.")
    return ExitCode.DONE


class _Opened(NamedTuple):
    store: StateStore
    state: State | None
    version: str
    length: timedelta
    """How long a lease is."""


def _open(config: Path | None) -> _Opened:
    root = find_root(Path.cwd())
    configuration = load(root, config).settings
    store = open_store(root, configuration)
    found, version = store.read()
    return _Opened(store, found, version, configuration.state.lease)


def _is_alive(lease: Lease) -> bool:
    machine = ThisMachine()
    return lease.host == machine.host and machine.alive(lease.pid)
