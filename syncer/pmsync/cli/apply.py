"""``pmsync apply``: carry out a plan that was saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import click

from pmsync.app.settings import Settings
from pmsync.cli import options
from pmsync.cli.discover import find_root
from pmsync.cli.passes import Manner, make
from pmsync.cli.saved_plan import load
from pmsync.domain.guards import Overrides


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@options.guards
@options.lease_wait
@options.form("the result")
@options.config
@options.verbose
@options.quiet
def apply(
    *,
    file: Path,
    max_creates: int | None,
    allow_mass_change: str | None,
    allow_empty_list: str | None,
    allow_config_change: str | None,
    lease_wait: timedelta,
    form: Literal["text", "json"],
    config: Path | None,
    verbose: bool,
    quiet: bool,
) -> int:
    """Carry out a plan that 'pmsync plan --out FILE' saved.

    Everything is read again. If documents, tickets, state, configuration or the
    branch have moved so that the plan is not the same any more, nothing is written
    and the exit code is 4.
    """
    plan = load(file)
    overrides = Overrides(allow_mass_change, allow_empty_list, allow_config_change)
    call = plan.call(find_root(Path.cwd()), overrides, max_creates, config)

    def as_saved(settings: Settings) -> Settings:
        return replace(settings, saved=plan.saved)

    manner = Manner(form=form, verbose=verbose, quiet=quiet, lease_wait=lease_wait)
    return make(call, manner, as_saved)
