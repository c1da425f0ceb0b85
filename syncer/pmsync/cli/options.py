"""Options that several commands share, so that they mean the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from pmsync_config.annotations import UnreadableError
from pmsync_config.values import read_wait

_F = TypeVar("_F", bound=Callable[..., Any])


def _duration(_ctx: click.Context, _option: click.Parameter, text: str) -> timedelta:
    try:
        return read_wait(text)
    except UnreadableError as error:
        raise click.BadParameter(f"{text!r} {error.message}; {error.hint}") from None


def form(what: str) -> Callable[[_F], _F]:
    """Return the option that chooses how something is printed."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help=f"How {what} is printed.",
    )


paths = click.argument(
    "paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path)
)
only = click.option("--only", metavar="GLOB", help="Change only documents that match.")
tracker = click.option(
    "--tracker", metavar="NAME", help="Change only rows of this tracker."
)
max_creates = click.option(
    "--max-creates",
    type=click.IntRange(min=0),
    metavar="N",
    help="Open up to N tickets in this run.",
)
allow_mass_change = click.option(
    "--allow-mass-change",
    metavar="DIGEST",
    help="Carry out this plan although it changes many rows.",
)
allow_empty_list = click.option(
    "--allow-empty-list",
    metavar="DIGEST",
    help="Carry out this plan although a tracker shows none of its tickets.",
)
allow_config_change = click.option(
    "--allow-config-change",
    metavar="DIGEST",
    help="Carry out this plan although the configuration changed.",
)
lease_wait = click.option(
    "--lease-wait",
    callback=_duration,
    default="0",
    metavar="DURATION",
    help="Wait so long for another run to end (90s, 15m).",
)
verify = click.option("--verify", is_flag=True, help="Read every linked ticket again.")
config = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Configuration file, instead of the repository's.",
)
verbose = click.option(
    "-v", "--verbose", is_flag=True, help="Say more: what is unchanged, why."
)
quiet = click.option("-q", "--quiet", is_flag=True, help="Print only the last line.")


def together(*options: Callable[[_F], _F]) -> Callable[[_F], _F]:
    """Return several options as one decorator, in this order in the help."""

    def decorate(function: _F) -> _F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


saying = together(form("the plan"), config, verbose, quiet)
guards = together(max_creates, allow_mass_change, allow_empty_list, allow_config_change)
