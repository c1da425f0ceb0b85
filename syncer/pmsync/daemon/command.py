"""``pmsync serve``: the daemon's command line."""

from __future__ import annotations

import os
from importlib.metadata import entry_points
from pathlib import Path

import click

from pmsync.cli.discover import find_root
from pmsync.cli.wiring import REPOSITORY_GROUP
from pmsync.daemon.signatures import Source
from pmsync.domain.errors import UsageError
from pmsync_config import load
from pmsync_config.addresses import read_listen
from pmsync_config.annotations import UnreadableError
from pmsync_config.secrets import webhook_secret
from pmsync_config.values import read_schedule

EXTRA = "pip install 'pmsync[daemon]'"


@click.command()
@click.argument("repositories", metavar="[REPOSITORY]...", nargs=-1)
@click.option("--listen", metavar="HOST:PORT", help="Where webhooks are received.")
@click.option("--schedule", metavar="CRON", help="When a pass is made (UTC).")
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where clones are kept; $STATE_DIRECTORY or ~/.local/state/pmsync without.",
)
@click.option("-v", "--verbose", is_flag=True, help="Log more.")
def serve(
    *,
    repositories: tuple[str, ...],
    listen: str | None,
    schedule: str | None,
    directory: Path | None,
    verbose: bool,
) -> int:
    """Keep repositories in step: on a schedule, and soon after a webhook.

    REPOSITORY is an address that git can clone; without any, the repository of the
    present directory is served. Webhooks go to /webhooks/github, /webhooks/gitlab and
    /webhooks/jira; their secrets are PMSYNC_WEBHOOKS__GITHUB__SECRET and so on. There
    are /healthz, /readyz and /metrics, too. SIGHUP reads the rules again.
    """
    try:
        from pmsync.daemon.passes import Place  # noqa: PLC0415
        from pmsync.daemon.serving import Rules, Service, serve_forever  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is not installed", hint=EXTRA) from error
    if repositories:
        kept = (directory or _state_directory()).absolute()
        places = tuple(Place(a, _clone(a, kept), ours=True) for a in repositories)
    else:
        root = find_root(Path.cwd())
        places = (Place(root.name, root, ours=False),)

    def rules() -> Rules:
        daemon = load(places[0].root).settings.daemon
        found = {each: webhook_secret(each.value, os.environ) for each in Source}
        secrets = {k: s.get_secret_value() for k, s in found.items() if s is not None}
        return Rules(_read(schedule) or daemon.schedule, secrets)

    where = listen or load(places[0].root).settings.daemon.listen
    return serve_forever(Service(places, _address(where), rules, verbose))


def _state_directory() -> Path:
    given = os.environ.get("STATE_DIRECTORY")
    return Path(given) if given else Path.home() / ".local" / "state" / "pmsync"


def _clone(address: str, directory: Path) -> Path:
    (found,) = entry_points(group=REPOSITORY_GROUP, name="clone")
    root: Path = found.load()(address, directory)
    return root


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
