"""``pmsync sync``: one pass."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Literal

import click

from pmsync.app.exit_codes import ExitCode, worst
from pmsync.app.report import Report
from pmsync.app.run import run_once
from pmsync.app.settings import Ports, Settings
from pmsync.cli.errors import show
from pmsync.cli.plan_json import to_json
from pmsync.cli.plan_text import plan_lines
from pmsync.cli.progress import Bar
from pmsync.cli.stop import TERMINATED, Stop, Terminated
from pmsync.cli.summary import last_line, summarise
from pmsync.cli.terminal import err, out, paint_for, safe
from pmsync.cli.wiring import Call, wire
from pmsync.domain.errors import LeaseHeldError
from pmsync.domain.guards import Overrides
from pmsync_config.annotations import UnreadableError
from pmsync_config.values import read_duration

PAUSE = 2.0
"""Seconds between two looks at a lease that another run holds."""


def _duration(_ctx: click.Context, _option: click.Parameter, text: str) -> timedelta:
    try:
        return timedelta() if text == "0" else read_duration(text)
    except UnreadableError as error:
        raise click.BadParameter(f"{text!r} {error.message}; {error.hint}") from None


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Print plan and diffs; write nothing.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the plan is printed.",
)
@click.option("--exit-code", is_flag=True, help="With --dry-run: exit 1 on changes.")
@click.option("--only", metavar="GLOB", help="Change only documents that match.")
@click.option("--tracker", metavar="NAME", help="Change only rows of this tracker.")
@click.option(
    "--max-creates",
    type=click.IntRange(min=0),
    metavar="N",
    help="Open up to N tickets in this run.",
)
@click.option(
    "--allow-mass-change",
    metavar="DIGEST",
    help="Carry out this plan although it changes many rows.",
)
@click.option(
    "--allow-empty-list",
    metavar="DIGEST",
    help="Carry out this plan although a tracker shows none of its tickets.",
)
@click.option(
    "--allow-config-change",
    metavar="DIGEST",
    help="Carry out this plan although the configuration changed.",
)
@click.option(
    "--lease-wait",
    callback=_duration,
    default="0",
    metavar="DURATION",
    help="Wait so long for another run to end (90s, 15m).",
)
@click.option("--verify", is_flag=True, help="Read every linked ticket again.")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Configuration file, instead of the repository's.",
)
@click.option("-v", "--verbose", is_flag=True, help="Say more: what is unchanged, why.")
@click.option("-q", "--quiet", is_flag=True, help="Print only the last line.")
def sync(
    *,
    paths: tuple[Path, ...],
    dry_run: bool,
    form: Literal["text", "json"],
    exit_code: bool,
    only: str | None,
    tracker: str | None,
    max_creates: int | None,
    allow_mass_change: str | None,
    allow_empty_list: str | None,
    allow_config_change: str | None,
    lease_wait: timedelta,
    verify: bool,
    config: Path | None,
    verbose: bool,
    quiet: bool,
) -> int:
    """Bring action items and their tickets in step.

    Opens a ticket for each action item without one, and carries changes of either
    side to the other. PATHs are files and directories to which changes are limited;
    without any, every configured document is meant.
    """
    call = Call(
        paths=paths,
        config=config,
        only=only,
        tracker=tracker,
        max_creates=max_creates,
        overrides=Overrides(allow_mass_change, allow_empty_list, allow_config_change),
        verify=verify,
    )
    with Stop() as stop:
        try:
            with Bar(wanted=not quiet) as bar:
                ports, settings = wire(call, stop)
                report = _run(ports, settings, bar, dry_run, lease_wait)
        except Terminated:
            return TERMINATED
    _print(report, form, verbose=verbose, quiet=quiet)
    codes = {report.exit_code}
    if exit_code and dry_run and summarise(report).effects:
        codes.add(ExitCode.PART_FAILED)
    code = worst(codes)
    interrupted = code is ExitCode.INTERRUPTED
    return TERMINATED if interrupted and stop.terminated else code


def _run(
    ports: Ports, settings: Settings, bar: Bar, dry_run: bool, wait: timedelta
) -> Report:
    """Make one pass, as soon as the lease is free."""
    end = time.monotonic() + wait.total_seconds()
    while True:
        try:
            return run_once(ports, settings, dry_run=dry_run, progress=bar)
        except LeaseHeldError:
            left = end - time.monotonic()
            if left <= 0:
                raise
            bar.step("Waiting for another run", 1)
            time.sleep(min(PAUSE, left))


def _print(report: Report, form: str, *, verbose: bool, quiet: bool) -> None:
    if form == "json":
        out(to_json(report))
    else:
        if not quiet:
            for line in plan_lines(report, paint_for(sys.stdout), verbose=verbose):
                out(line)
        planned = report.dry_run
        out(paint_for(sys.stdout).bold(last_line(summarise(report), planned=planned)))
    _print_messages(report, verbose=verbose, quiet=quiet)


def _print_findings(report: Report, *, verbose: bool, quiet: bool) -> None:
    """Say what is odd in the documents: all of it, or how much there is."""
    found = [(d.path, problem) for d in report.documents for problem in d.problems]
    if verbose:
        for path, problem in found:
            place = f"{safe(path)}:{problem.line}:{problem.column}:"
            err(f"{place} {problem.code} {safe(problem.message)}")
    elif found and not quiet:
        findings = "finding" if len(found) == 1 else "findings"
        err(f"{len(found)} {findings} in the documents; -v lists them")


def _print_messages(report: Report, *, verbose: bool, quiet: bool) -> None:
    """Say on standard error what the run could not do, and what is left to people."""
    for unread in report.unread:
        err(f"left out: {safe(unread.path)}: {safe(unread.why)}")
    _print_findings(report, verbose=verbose, quiet=quiet)
    for failure in report.failures:
        show(failure.message, failure.hint)
    if report.stop is not None:
        why = report.stop.message.removeprefix("nothing was written: ")
        show(f"a run would be refused: {why}", report.stop.hint)
    if quiet:
        return
    if not report.documents and not report.unread:
        err(
            "no documents were found: name them (pmsync sync PATH), or set documents "
            "in pmsync.toml"
        )
    if summarise(report).conflict:
        err("conflicts: make document and ticket equal there, then run again")
