"""``pmsync resolve``: a person decides one row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import click

from pmsync.app.settings import Settings
from pmsync.cli import options
from pmsync.cli.discover import find_root, named_paths
from pmsync.cli.passes import Manner, make
from pmsync.cli.wiring import Call
from pmsync.domain.errors import UsageError
from pmsync.domain.guards import Overrides
from pmsync.domain.merge import Side
from pmsync.domain.view import Resolve


@click.command()
@click.argument("place", metavar="PATH:LINE")
@click.option(
    "--take",
    type=click.Choice(["document", "tracker"]),
    required=True,
    help="The side that wins.",
)
@click.option("--dry-run", is_flag=True, help="Print plan and diffs; write nothing.")
@options.allow_config_change
@options.lease_wait
@options.saying
def resolve(
    *,
    place: str,
    take: Literal["document", "tracker"],
    dry_run: bool,
    allow_config_change: str | None,
    lease_wait: timedelta,
    form: Literal["text", "json"],
    config: Path | None,
    verbose: bool,
    quiet: bool,
) -> int:
    """Decide one row that pmsync leaves to a person.

    In a conflict the side that is taken wins, and a ticket that somebody closed is
    opened again with --take document. A row whose link was taken out is linked again
    (tracker) or gets a new ticket (document). A row whose ticket is withheld is the
    one that vanished (tracker), or a new one (document).

    PATH:LINE is a place as plans name it. Only this row and its ticket are changed.
    """
    path, line = _place(place)
    call = Call(
        paths=(Path(path),),
        config=config,
        overrides=Overrides(config_change=allow_config_change),
        effects=not dry_run,
    )
    (named,) = named_paths(call.paths, find_root(Path.cwd()))
    wanted = Resolve(named, line, Side(take))

    def limited(settings: Settings) -> Settings:
        return replace(settings, resolve=wanted)

    manner = Manner(
        form=form,
        verbose=verbose,
        quiet=quiet,
        dry_run=dry_run,
        lease_wait=lease_wait,
    )
    return make(call, manner, limited)


def _place(text: str) -> tuple[str, int]:
    path, colon, line = text.rpartition(":")
    if not colon or not path or not line.isdecimal():
        raise UsageError(
            f"{text!r} is not PATH:LINE",
            hint="name the row as plans do: postmortems/a.md:12",
        )
    return path, int(line)
