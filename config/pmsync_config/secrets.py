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


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """What a GitHub App asks for its tokens with."""

    id: str
    installation: str
    key: SecretStr
    """The private key, in PEM."""


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


def forge_token(type_: str, environment: Mapping[str, str]) -> SecretStr:
    """Find the token that opens pull requests on a ``github`` or ``gitlab``.

    Raises ``UsageError`` naming the variables that were tried.
    """
    specific, general = "PMSYNC_WRITE_BACK__TOKEN", f"{type_.upper()}_TOKEN"
    for key in (specific, general):
        if text := _look_up(key, environment):
            return SecretStr(text)
    raise UsageError(
        f"pull requests need a token: there is none in {specific} or {general}, nor in "
        "a file that these name with _FILE",
        hint=f"set {specific}",
    )


def webhook_secret(source: str, environment: Mapping[str, str]) -> SecretStr | None:
    """Return the secret of webhooks of ``github``, ``gitlab`` or ``jira``, if any.

    Raises ``UsageError`` for one that cannot be read.
    """
    text = _look_up(f"PMSYNC_WEBHOOKS__{source.upper()}__SECRET", environment)
    return SecretStr(text) if text else None


def github_app(name: str, environment: Mapping[str, str]) -> AppCredentials | None:
    """Find the GitHub App to act for, None where a token was given or nothing was.

    A token of the tracker's own comes before any app, and an app before the general
    ``GITHUB_TOKEN``, which may be there for other programs. Raises ``UsageError`` as
    ``credentials`` does, also when only a part of the app's three values is there.
    """
    if _look_up(variable(name, "TOKEN"), environment):
        return None
    parts = ("APP_ID", "APP_INSTALLATION_ID")
    found = [_search(name, part, f"GITHUB_{part}", environment) for part in parts]
    pem = _first(name, "APP_PRIVATE_KEY", environment)
    if pem is None and not any(found):
        return None
    for part, value in zip((*parts, "APP_PRIVATE_KEY"), (*found, pem), strict=True):
        if not value:
            _require(name, part, f"GITHUB_{part}", environment)
    if pem is None or "-----BEGIN" not in pem:
        raise UsageError(
            f"tracker {name}: what {variable(name, 'APP_PRIVATE_KEY')} or "
            "GITHUB_APP_PRIVATE_KEY holds is no private key in PEM",
            hint="give it the whole file that GitHub let you download",
        )
    id_, installation = (value.get_secret_value() if value else "" for value in found)
    return AppCredentials(id_, installation, SecretStr(pem))


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
        words = what.lower().replace("_", " ")
        raise UsageError(
            f"tracker {name}: no {words} in {specific}, {specific}_FILE, "
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


def _first(name: str, what: str, environment: Mapping[str, str]) -> str | None:
    r"""Return a text of several lines; ``\n`` in it is read as a line's end."""
    for key in (variable(name, what), f"GITHUB_{what}"):
        if text := _look_up(key, environment):
            return text.replace("\\n", "\n")
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
