"""One pass as a command makes it: signals, progress, the wait for the lease, output."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from pmsync.app.exit_codes import ExitCode, worst
from pmsync.app.report import Report
from pmsync.app.run import run_once
from pmsync.app.settings import Ports, Settings
from pmsync.cli.absent import tell_absent
from pmsync.cli.errors import left_out, show, show_finding
from pmsync.cli.plan_json import to_json
from pmsync.cli.plan_text import plan_lines
from pmsync.cli.progress import Bar
from pmsync.cli.stop import TERMINATED, Stop, Terminated
from pmsync.cli.summary import last_line, summarise
from pmsync.cli.terminal import err, out, paint_for, safe
from pmsync.cli.traffic import traffic_lines
from pmsync.cli.waiting import once_free
from pmsync.cli.wiring import Call, wire


@dataclass(frozen=True, slots=True)
class Manner:
    """How a pass is made and shown."""

    form: str = "text"
    verbose: bool = False
    quiet: bool = False
    dry_run: bool = False
    exit_code: bool = False
    """True when a plan with effects ends a dry run with 1."""
    lease_wait: timedelta = timedelta()


def _unchanged(settings: Settings) -> Settings:
    return settings


def make(
    call: Call,
    manner: Manner,
    prepare: Callable[[Settings], Settings] = _unchanged,
    then: Callable[[Report], None] = lambda _report: None,
) -> int:
    """Wire, make one pass, print it, and return the exit code.

    ``prepare`` completes the settings; ``then`` is called before anything is printed.
    """
    with Stop() as stop:
        try:
            with Bar(wanted=not manner.quiet) as bar:
                ports, settings = wire(call, stop)
                report = _run(ports, prepare(settings), bar, manner)
        except Terminated:
            return TERMINATED
    then(report)
    print_report(report, manner)
    if not manner.quiet:
        read = (document.path for document in report.documents)
        unread = (document.path for document in report.unread)
        tell_absent((*read, *unread), "sync", settings.selected, call.tracker)
    if manner.verbose:
        for line in traffic_lines(ports.traffic):
            err(line)
    codes = {report.exit_code}
    if manner.exit_code and manner.dry_run and summarise(report).effects:
        codes.add(ExitCode.PART_FAILED)
    code = worst(codes)
    interrupted = code is ExitCode.INTERRUPTED
    return TERMINATED if interrupted and stop.terminated else code


def _run(ports: Ports, settings: Settings, bar: Bar, manner: Manner) -> Report:
    """Make one pass, as soon as the lease is free."""
    return once_free(
        lambda: run_once(ports, settings, dry_run=manner.dry_run, progress=bar),
        manner.lease_wait,
        lambda _error: bar.step("Waiting for another run", 1),
    )


def print_report(report: Report, manner: Manner) -> None:
    """Print a plan, or what became of it, and what is left to people."""
    if manner.form == "json":
        out(to_json(report))
    else:
        paint = paint_for(sys.stdout)
        if not manner.quiet:
            for line in plan_lines(report, paint, verbose=manner.verbose):
                out(line)
        out(paint.bold(last_line(summarise(report), planned=report.dry_run)))
    _print_messages(report, verbose=manner.verbose, quiet=manner.quiet)


def _print_findings(report: Report, *, verbose: bool, quiet: bool) -> None:
    """Say what is odd in the documents: all of it, or how much there is."""
    found = [(d.path, problem) for d in report.documents for problem in d.problems]
    if verbose:
        for path, problem in found:
            show_finding(path, problem)
    elif found and not quiet:
        findings = "finding" if len(found) == 1 else "findings"
        err(f"{len(found)} {findings} in the documents; -v lists them")


def _print_messages(report: Report, *, verbose: bool, quiet: bool) -> None:
    """Say on standard error what the run could not do, and what is left to people."""
    for unread in report.unread:
        left_out(unread)
    _print_findings(report, verbose=verbose, quiet=quiet)
    for failure in report.failures:
        show(failure.message, failure.hint)
    if report.stop is not None:
        why = report.stop.message.removeprefix("nothing was written: ")
        show(f"a run would be refused: {why}", report.stop.hint)
    if quiet:
        return
    if report.address is not None:
        err(f"the edited documents are in {safe(report.address)}")
    if report.by_hand:
        err("the edited documents are in the work tree: commit and push them")
    if summarise(report).conflict:
        err(
            "conflicts: make document and ticket equal there and run again, or let one "
            "side win: pmsync resolve PATH:LINE --take document|tracker"
        )
