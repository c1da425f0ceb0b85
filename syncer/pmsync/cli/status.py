"""``pmsync status``: how action items stand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from pmsync.app.exit_codes import ExitCode
from pmsync.app.overview import overview
from pmsync.cli import options
from pmsync.cli.absent import tell_absent
from pmsync.cli.errors import left_out
from pmsync.cli.status_output import last_line, status_json, status_lines
from pmsync.cli.stop import TERMINATED, Stop, Terminated
from pmsync.cli.terminal import out, paint_for
from pmsync.cli.wiring import Call, wire


@click.command()
@options.paths
@click.option("--only", metavar="GLOB", help="Show only documents that match.")
@click.option("--tracker", metavar="NAME", help="Show only rows of this tracker.")
@options.form("it")
@options.config
@click.option("-v", "--verbose", is_flag=True, help="Show finished rows, too.")
@options.quiet
def status(
    *,
    paths: tuple[Path, ...],
    only: str | None,
    tracker: str | None,
    form: Literal["text", "json"],
    config: Path | None,
    verbose: bool,
    quiet: bool,
) -> int:
    """Show what is open, overdue, in conflict, or waits for something.

    It is read from documents and state alone: nothing is written and no tracker is
    asked, so that it shows what the last run saw of the tickets.
    """
    call = Call(paths=paths, config=config, only=only, tracker=tracker, effects=False)
    with Stop() as stop:
        try:
            ports, settings = wire(call, stop)
            found = overview(ports, settings)
        except Terminated:
            return TERMINATED
    if form == "json":
        out(status_json(found))
    else:
        paint = paint_for(sys.stdout)
        if not quiet:
            for line in status_lines(found, paint, verbose=verbose):
                out(line)
        out(paint.bold(last_line(found)))
    for unread in found.unread:
        left_out(unread)
    if not quiet:
        tell_absent(found.paths, "status", settings.selected, tracker)
    return ExitCode.PART_FAILED if found.unread else ExitCode.DONE
