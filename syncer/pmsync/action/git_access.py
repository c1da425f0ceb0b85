"""What git shows the host of the job, so that a checkout need not keep credentials.

Sources: git's documentation of ``http.<url>.extraHeader`` (a blank value clears those
before it) and of ``GIT_CONFIG_COUNT``.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

from pmsync.domain.errors import UsageError
from pmsync_config.secrets import forge_token

_HOSTS = (
    ("github", "GITHUB_SERVER_URL", "x-access-token"),
    ("gitlab", "CI_SERVER_URL", "oauth2"),
)
"""Type of the host, the variable with its address, and the user that tokens go with."""


def git_access(environment: Mapping[str, str]) -> dict[str, str]:
    """Return variables for git: the token of the step, for the host of the job only.

    They take the place of what the checkout keeps for that host: two headers at once
    would be refused. Empty without a token; raises ``UsageError`` for a variable that
    is no number.
    """
    settings = [
        pair
        for type_, server, user in _HOSTS
        for pair in _header(environment.get(server, ""), type_, user, environment)
    ]
    if not settings:
        return {}
    given = environment.get("GIT_CONFIG_COUNT", "") or "0"
    if not given.isdecimal():
        raise UsageError(f"GIT_CONFIG_COUNT is {given!r}", hint="give it a number")
    access = {"GIT_CONFIG_COUNT": str(int(given) + len(settings))}
    for number, (key, value) in enumerate(settings, int(given)):
        access[f"GIT_CONFIG_KEY_{number}"] = key
        access[f"GIT_CONFIG_VALUE_{number}"] = value
    return access


def _header(
    server: str, type_: str, user: str, environment: Mapping[str, str]
) -> list[tuple[str, str]]:
    if not server.startswith(("https://", "http://")):
        return []
    try:
        token = forge_token(type_, environment).get_secret_value()
    except UsageError:
        return []
    key = f"http.{server.rstrip('/')}/.extraHeader"
    basic = b64encode(f"{user}:{token}".encode()).decode()
    return [(key, ""), (key, f"Authorization: Basic {basic}")]
