"""``pmsync plan``: what a run would do, to look at and to keep."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import click

from pmsync.app.report import Report
from pmsync.app.settings import Settings
from pmsync.cli import options
from pmsync.cli.discover import find_root, named_paths
from pmsync.cli.passes import Manner, make
from pmsync.cli.saved_plan import save
from pmsync.cli.terminal import err
from pmsync.cli.wiring import Call
from pmsync.domain.guards import Overrides


@click.command()
@options.paths
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Save the plan, for 'pmsync apply FILE'.",
)
@click.option("--exit-code", is_flag=True, help="Exit 1 on changes.")
@options.only
@options.tracker
@options.guards
@options.verify
@options.saying
def plan(
    *,
    paths: tuple[Path, ...],
    out: Path | None,
    exit_code: bool,
    only: str | None,
    tracker: str | None,
    max_creates: int | None,
    allow_mass_change: str | None,
    allow_empty_list: str | None,
    allow_config_change: str | None,
    verify: bool,
    form: Literal["text", "json"],
    config: Path | None,
    verbose: bool,
    quiet: bool,
) -> int:
    """Show what a run would do, and save it with --out.

    It prints what 'pmsync sync --dry-run' prints and writes nothing but FILE. A saved
    plan is carried out by 'pmsync apply FILE', exactly as it was shown, or not at all.
    """
    call = Call(
        paths=paths,
        config=config,
        only=only,
        tracker=tracker,
        max_creates=max_creates,
        overrides=Overrides(allow_mass_change, allow_empty_list, allow_config_change),
        verify=verify,
        effects=False,
    )
    named = named_paths(paths, find_root(Path.cwd()))

    def to_be_saved(settings: Settings) -> Settings:
        return replace(settings, to_be_saved=out is not None)

    def keep(report: Report) -> None:
        if out is not None:
            save(report, call, named, out)
            if not quiet:
                err(f"saved; to carry it out: pmsync apply {out}")

    manner = Manner(
        form=form, verbose=verbose, quiet=quiet, dry_run=True, exit_code=exit_code
    )
    return make(call, manner, to_be_saved, keep)
