"""``pmsync serve``: the daemon's command line."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from pmsync.app.exit_codes import ExitCode
from pmsync.cli.discover import find_root
from pmsync.daemon.signatures import Source
from pmsync.domain.errors import UsageError
from pmsync_config import load
from pmsync_config.addresses import read_listen
from pmsync_config.annotations import UnreadableError
from pmsync_config.models import Daemon
from pmsync_config.secrets import webhook_secret
from pmsync_config.values import read_schedule

EXTRA = "pip install 'pmsync[daemon]'"


@click.command()
@click.argument("repositories", metavar="[REPOSITORY]...", nargs=-1)
@click.option(
    "--listen",
    envvar="PMSYNC_LISTEN",
    metavar="HOST:PORT",
    help="Where webhooks are received; $PMSYNC_LISTEN.",
)
@click.option("--schedule", metavar="CRON", help="When a pass is made (UTC).")
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where clones are kept; $STATE_DIRECTORY or ~/.local/state/pmsync without.",
)
@click.option(
    "--check", is_flag=True, help="Only ask a daemon at work whether it is well."
)
@click.option("-v", "--verbose", is_flag=True, help="Log more.")
def serve(
    *,
    repositories: tuple[str, ...],
    listen: str | None,
    schedule: str | None,
    directory: Path | None,
    check: bool,
    verbose: bool,
) -> int:
    """Keep repositories in step: on a schedule, and soon after a webhook.

    REPOSITORY is an address that git can clone; without any, the repository of the
    present directory is served. Webhooks go to /webhooks/github, /webhooks/gitlab and
    /webhooks/jira; their secrets are PMSYNC_WEBHOOKS__GITHUB__SECRET and so on. There
    are /healthz, /readyz and /metrics, too. SIGHUP reads the secrets again and makes a
    pass at once.
    """
    if check:
        return _check(_address(listen or Daemon().listen))
    try:
        from pmsync.daemon.passes import Place  # noqa: PLC0415
        from pmsync.daemon.serving import Job, serve_forever  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is not installed", hint=EXTRA) from error
    if repositories:
        kept = (directory or _state_directory()).absolute()
        addresses = dict.fromkeys(repositories)
        places = tuple(Place(_shown(each), kept, each) for each in addresses)
        where = listen or Daemon().listen
    else:
        root = find_root(Path.cwd())
        places = (Place(root.name, root),)
        where = listen or load(root).settings.daemon.listen
    return serve_forever(
        Job(places, _address(where), _secrets, _read(schedule), verbose)
    )


def _check(listen: str) -> ExitCode:
    from pmsync.daemon.health import answers  # noqa: PLC0415

    well = answers(listen)
    click.echo(f"{listen} {'answers' if well else 'does not answer'}", err=not well)
    return ExitCode.DONE if well else ExitCode.PART_FAILED


def _secrets() -> dict[Source, str]:
    found = {each: webhook_secret(each.value, os.environ) for each in Source}
    return {k: s.get_secret_value() for k, s in found.items() if s is not None}


def _state_directory() -> Path:
    given = os.environ.get("STATE_DIRECTORY")
    return Path(given) if given else Path.home() / ".local" / "state" / "pmsync"


def _shown(address: str) -> str:
    return re.sub("://[^/]*@", "://", address)


def _read(schedule: str | None) -> str | None:
    try:
        return None if schedule is None else read_schedule(schedule)
    except UnreadableError as error:
        raise UsageError(f"--schedule {error.message}", hint=error.hint) from None


def _address(listen: str) -> str:
    try:
        return read_listen(listen)
    except UnreadableError as error:
        raise UsageError(f"--listen {error.message}", hint=error.hint) from None
