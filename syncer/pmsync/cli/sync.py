"""``pmsync sync``: one pass."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal

import click

from pmsync.cli import options
from pmsync.cli.passes import Manner, make
from pmsync.cli.wiring import Call
from pmsync.domain.guards import Overrides


@click.command()
@options.paths
@click.option("--dry-run", is_flag=True, help="Print plan and diffs; write nothing.")
@click.option("--exit-code", is_flag=True, help="With --dry-run: exit 1 on changes.")
@options.only
@options.tracker
@options.guards
@options.lease_wait
@options.verify
@options.saying
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
        effects=not dry_run,
    )
    manner = Manner(
        form=form,
        verbose=verbose,
        quiet=quiet,
        dry_run=dry_run,
        exit_code=exit_code,
        lease_wait=lease_wait,
    )
    return make(call, manner)
