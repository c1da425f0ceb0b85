"""Tokens: from the environment, from files that it names, or a secrets directory.

For each tracker the variables are tried from the most to the least specific, and
each of them in all three places before the next: a token meant for this tracker is
never passed over for a general one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from pmsync.domain.errors import UsageError
from pmsync_config.trackers import GitHub, GitLab, Jira
from pmsync_config.values import variable

SECRETS_DIRECTORY = "PMSYNC_SECRETS_DIR"
SIZE_LIMIT = 65_536
"""Bytes; a larger file is no token."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a tracker is opened with."""

    token: SecretStr
    user: SecretStr | None
    """The account (Jira Cloud: its e-mail address), None where a token is enough."""


def credentials(
    name: str, tracker: GitHub | GitLab | Jira, environment: Mapping[str, str]
) -> Credentials:
    """Find the credentials of the tracker configured as ``name``.

    ``environment`` is ``os.environ``. Raises ``UsageError`` naming every variable
    that was tried, or the file that cannot be read; never a value.
    """
    match tracker:
        case GitHub():
            return Credentials(
                _require(name, "TOKEN", "GITHUB_TOKEN", environment), None
            )
        case GitLab():
            return Credentials(
                _require(name, "TOKEN", "GITLAB_TOKEN", environment), None
            )
        case Jira():
            token = _require(name, "TOKEN", "JIRA_API_TOKEN", environment)
            if is_jira_cloud(tracker.url):
                return Credentials(
                    token, _require(name, "USER", "JIRA_USER", environment)
                )
            return Credentials(token, _search(name, "USER", "JIRA_USER", environment))


def webhook_secret(source: str, environment: Mapping[str, str]) -> SecretStr | None:
    """Return the secret of webhooks of ``github``, ``gitlab`` or ``jira``, if any.

    Raises ``UsageError`` for one that cannot be read.
    """
    text = _look_up(f"PMSYNC_WEBHOOKS__{source.upper()}__SECRET", environment)
    return SecretStr(text) if text else None


def is_jira_cloud(url: str) -> bool:
    """Tell a site of Jira Cloud, which wants an account beside the token."""
    host = urlsplit(url).hostname or ""
    return host.endswith((".atlassian.net", ".jira.com")) or host == "api.atlassian.com"


def _require(
    name: str, what: str, general: str, environment: Mapping[str, str]
) -> SecretStr:
    secret = _search(name, what, general, environment)
    if secret is None:
        specific = variable(name, what)
        raise UsageError(
            f"tracker {name}: no {what.lower()} in {specific}, {specific}_FILE, "
            f"{general} or {general}_FILE, nor in a file of {SECRETS_DIRECTORY}",
            hint=f"set {specific}",
        )
    return secret


def _search(
    name: str, what: str, general: str, environment: Mapping[str, str]
) -> SecretStr | None:
    for key in (variable(name, what), general):
        text = _look_up(key, environment)
        if text:
            if not text.isascii() or not text.isprintable() or " " in text:
                raise UsageError(
                    f"tracker {name}: what {key} holds is no {what.lower()}: it has "
                    "spaces, line breaks or characters beyond ASCII",
                    hint="copy it again, on one line",
                )
            return SecretStr(text)
    return None


def _look_up(key: str, environment: Mapping[str, str]) -> str | None:
    """Return what stands under ``key``; a blank value counts as absent."""
    if text := environment.get(key, "").strip():
        return text
    if file := environment.get(f"{key}_FILE"):
        return _read(Path(file), f"{key}_FILE")
    if directory := environment.get(SECRETS_DIRECTORY):
        if not Path(directory).is_dir():
            raise UsageError(
                f"{SECRETS_DIRECTORY} names no directory",
                hint="mount it, or unset the variable",
            )
        if (Path(directory) / key).exists():
            return _read(Path(directory) / key, SECRETS_DIRECTORY)
    return None


def _read(path: Path, variable_name: str) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise UsageError(
            f"the secret that {variable_name} names cannot be read: {error.strerror}",
            hint="check the path and its permissions",
        ) from error
    if len(data) > SIZE_LIMIT:
        raise UsageError(
            f"the secret that {variable_name} names is larger than {SIZE_LIMIT} bytes",
            hint="check the path",
        )
    return data.decode(errors="replace").strip()
