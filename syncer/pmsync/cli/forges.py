"""Which host of pull requests the repository's ``origin`` is on, and with what token."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from pmsync.cli import installed
from pmsync.domain.errors import UsageError
from pmsync.domain.repository import Forge
from pmsync.domain.settings import ForgeFactory, TrackerSettings
from pmsync_config import Settings as Configuration
from pmsync_config.secrets import forge_token
from pmsync_config.trackers import GitHub, GitLab

GROUP = "pmsync.forges"
_SCP = re.compile(r"(?:[^@/]+@)?(?P<host>[^:/]+):(?P<path>[^/].*)")


class Site(NamedTuple):
    """A host that knows pull requests."""

    type: str
    url: str
    """As a tracker of that type has it."""


def forge_of_origin(root: Path, configuration: Configuration) -> Forge:
    """Open the host that ``origin`` is pushed to. Raises ``UsageError``."""
    address: str | None = installed.load(installed.REPOSITORIES, "address")(root)
    if address is None:
        raise UsageError(
            "there is no remote named origin", hint="pull requests need one"
        )
    return open_forge(address, configuration, os.environ)


def open_forge(
    address: str, configuration: Configuration, environment: Mapping[str, str]
) -> Forge:
    """Open the host at an address as git has it.

    Raises ``UsageError`` for a host that nobody configured, or without a token.
    """
    host, project = host_and_project(address)
    site = _site(host, configuration, environment)
    if site is None:
        raise UsageError(
            f"nobody says what kind of host {host or 'the host of origin'!r} is",
            hint="configure a tracker of type github or gitlab there, or take "
            'write_back.mode = "commit"',
        )
    token = forge_token(site.type, environment)
    factory: ForgeFactory = installed.load(GROUP, site.type)
    return factory(
        TrackerSettings(
            name="origin",
            type=site.type,
            root="",
            url=site.url,
            project=project,
            token=token.get_secret_value,
        )
    )


def host_and_project(address: str) -> tuple[str, str]:
    """Return the host (with its port) and the path of a repository's address."""
    scp = None if "://" in address else _SCP.fullmatch(address)
    if scp is not None:
        host, path = scp["host"], scp["path"]
    else:
        parts = urlsplit(address)
        web = parts.scheme in ("http", "https")
        port = f":{parts.port}" if web and parts.port else ""
        host, path = f"{parts.hostname or ''}{port}", parts.path
    return host.casefold(), path.strip("/").removesuffix(".git")


def _site(
    host: str, configuration: Configuration, environment: Mapping[str, str]
) -> Site | None:
    sites = {"github.com": Site("github", "https://api.github.com")}
    sites["gitlab.com"] = Site("gitlab", "https://gitlab.com")
    server, api = (environment.get(f"GITHUB_{n}_URL", "") for n in ("SERVER", "API"))
    if server and api:
        sites[_host(server)] = Site("github", api)
    if server := environment.get("CI_SERVER_URL", ""):
        sites[_host(server)] = Site("gitlab", server)
    for tracker in configuration.trackers.values():
        match tracker:
            case GitHub():
                known = Site("github", tracker.url)
                sites.setdefault(_host(tracker.url).removeprefix("api."), known)
            case GitLab():
                sites.setdefault(_host(tracker.url), Site("gitlab", tracker.url))
            case _:
                pass
    return sites.get(host)


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].casefold()
