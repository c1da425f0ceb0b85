"""The two modes of a step: the plan of a pull request, and a pass."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pmsync.action.git_access import git_access
from pmsync.action.inputs import Inputs, Review, branch_of, read_inputs, review_of
from pmsync.action.runner import Annotation, Runner
from pmsync.action.telling import (
    NOT_COMMITTED,
    annotations_of,
    as_list,
    carried_out,
    details,
    more_annotations,
    outputs_of,
)
from pmsync.app.exit_codes import ExitCode, exit_code_of
from pmsync.app.plan_markdown import sentence, value
from pmsync.app.report import Report
from pmsync.app.run import run_once
from pmsync.app.settings import Ports, Silent
from pmsync.cli import installed
from pmsync.cli.discover import find_root
from pmsync.cli.errors import explain
from pmsync.cli.forges import forge_of_origin
from pmsync.cli.stop import TERMINATED, Stop, Terminated
from pmsync.cli.summary import summarise
from pmsync.cli.terminal import out
from pmsync.cli.waiting import once_free
from pmsync.cli.wiring import Call, wire
from pmsync.domain.errors import (
    AuthenticationError,
    LeaseHeldError,
    PermissionDeniedError,
    PmsyncError,
    TrackerError,
    UsageError,
)
from pmsync_config import Settings as Configuration
from pmsync_config import load
from pmsync_config.loading import OWN_FILE, SHARED_FILE

_NO_ACCESS = (UsageError, AuthenticationError, PermissionDeniedError)
_TITLE = "### pmsync"


def main() -> int:
    """Run the step that the environment describes; return its exit code."""
    runner = Runner(os.environ, out)
    try:
        inputs = read_inputs(os.environ)
        review = review_of(os.environ)
        os.environ.update(git_access(os.environ))
        if inputs.mode == "plan":
            return _plan(inputs, review, runner)
        return _sync(inputs, review, runner)
    except Terminated:
        return TERMINATED
    except PmsyncError as error:
        hint = f" ({error.hint})" if error.hint else ""
        runner.annotate([Annotation("error", "", 1, "pmsync", error.message + hint)])
        runner.summary(f"{_TITLE}\n\n{as_list([error.message, error.hint])}")
        return exit_code_of(error)
    except Exception as error:  # noqa: BLE001 its own text may be a command
        return explain(error, verbose=False)


def _plan(inputs: Inputs, review: Review | None, runner: Runner) -> int:
    """Say what merging would do, without any right to do it."""
    root = find_root(Path.cwd())
    with _trusted_config(root, inputs, review) as config:
        call = Call(
            paths=inputs.paths,
            config=config,
            max_creates=inputs.max_creates,
            effects=False,
            proposed=review is not None,
        )
        if review is not None and review.foreign:
            return _documents_only(root, config, runner, "the change comes from a fork")
        try:
            with Stop() as stop:
                ports, settings = wire(call, stop)
                report = run_once(ports, settings, dry_run=True, progress=Silent())
        except _NO_ACCESS as error:
            return _documents_only(root, config, runner, error.message)
        projects = _projects(ports)
        text = (
            f"{_TITLE}\n\nMerging will {sentence(report.plan, projects)}\n\n"
            f"{details(report, projects)}"
        )
        hidden = runner.annotate(annotations_of(report))
        runner.summary(text + more_annotations(hidden))
        runner.outputs(outputs_of(report))
        if review is not None and inputs.comment:
            _comment(root, load(root, config).settings, review, text, runner)
    return 0


def _comment(
    root: Path, configuration: Configuration, review: Review, text: str, runner: Runner
) -> None:
    """Show the plan below the pull request; without the right to, say so."""
    try:
        address = forge_of_origin(root, configuration).comment(review.number, text)
    except (TrackerError, UsageError) as error:
        runner.log(f"no comment was written: {error.message}")
    else:
        runner.log(f"commented: {address}")


def _documents_only(root: Path, config: Path | None, runner: Runner, why: str) -> int:
    """Say what the documents hold; nothing is asked of anybody."""
    from pmsync.app.read import read_all  # noqa: PLC0415
    from pmsync.cli.reading import vocabulary_of  # noqa: PLC0415

    configuration = load(root, config).settings
    worktree = installed.load(installed.REPOSITORIES, "worktree")
    documents = worktree(root, configuration.documents).documents()
    reading = read_all(documents, vocabulary_of(configuration), ())
    open_items = [
        (document.path, item)
        for document in reading.documents
        for item in document.items
        if not item.state.terminal and not item.citations
    ]
    lines = [
        f"- {value(path)}:{item.line} {value(item.text)}" for path, item in open_items
    ]
    count = len(open_items)
    runner.summary(
        f"{_TITLE}\n\nOnly the documents were read: {value(why)}.\n\n"
        f"{count} unfinished action {'item' if count == 1 else 'items'} without a ticket."
        + "".join(f"\n{line}" for line in ["", *lines])
    )
    runner.annotate(
        [
            Annotation("warning", document.path, one.line, one.code, one.message)
            for document in reading.documents
            for one in document.problems
        ]
    )
    runner.outputs({"changed": "false", "created": "0", "conflicts": "0"})
    return 0


def _sync(inputs: Inputs, review: Review | None, runner: Runner) -> int:
    """Make one pass, as soon as the lease is free."""
    if review is not None:
        # What it changes may say where tokens are sent to.
        raise UsageError(
            "the mode sync is for the branch that documents are merged into, and "
            "this job runs for a pull request",
            hint="take the mode plan here, and sync on push and on a schedule",
        )
    call = Call(
        paths=inputs.paths, config=inputs.config, max_creates=inputs.max_creates
    )

    def make() -> tuple[Ports, Report]:
        _catch_up(inputs)
        ports, settings = wire(call, stop)
        return ports, run_once(ports, settings, dry_run=False, progress=Silent())

    def wait(error: LeaseHeldError) -> None:
        runner.log(f"waiting: {error.message}")

    with Stop() as stop:
        ports, report = once_free(make, inputs.lease_wait, wait)
    projects = _projects(ports)
    annotations = annotations_of(report)
    if summarise(report).edit and report.address is None:
        annotations.append(NOT_COMMITTED)
    hidden = runner.annotate(annotations)
    done = sentence(carried_out(report).plan, projects)
    runner.summary(
        f"{_TITLE}\n\nThis run: {done}{more_annotations(hidden)}\n\n"
        f"{details(report, projects)}"
    )
    runner.outputs(outputs_of(report))
    code = report.exit_code
    if code is ExitCode.CONFLICT and not inputs.fail_on_conflict:
        return 0
    return TERMINATED if code is ExitCode.INTERRUPTED and stop.terminated else int(code)


def _catch_up(inputs: Inputs) -> None:
    """Go to the tip of the branch: a job may have waited, and others went on."""
    job = branch_of(os.environ)
    if job is None:
        return
    root = find_root(Path.cwd())
    catch_up = installed.load(installed.REPOSITORIES, "catch_up")
    catch_up(root, load(root, inputs.config).settings.branch, job)


def _projects(ports: Ports) -> Mapping[str, str]:
    return {name: tracker.project for name, tracker in ports.trackers.items()}


@contextmanager
def _trusted_config(
    root: Path, inputs: Inputs, review: Review | None
) -> Iterator[Path | None]:
    """Give the configuration of the branch that a pull request would be merged into.

    That of the pull request itself may say where tokens are sent to: it is not read.
    """
    if review is None or not review.base:
        yield inputs.config
        return
    file_at = installed.load(installed.REPOSITORIES, "file_at")
    names = (inputs.config.as_posix(),) if inputs.config else (OWN_FILE, SHARED_FILE)
    with tempfile.TemporaryDirectory() as directory:
        for name in names:
            data = file_at(root, review.base, name)
            if data is not None and (name != SHARED_FILE or b"tool.pmsync" in data):
                file = Path(directory) / Path(name).name
                file.write_bytes(data)
                yield file
                return
        file = Path(directory) / OWN_FILE
        file.write_bytes(b"")
        yield file
