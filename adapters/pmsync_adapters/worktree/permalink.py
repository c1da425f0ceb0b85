"""Lasting addresses of lines, as hosts of git repositories show them."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, urlsplit

_FORM = "blob/{commit}/{path}#L{line}"
_FORMS = {
    "gitlab": "-/blob/{commit}/{path}#L{line}",
    "bitbucket.org": "src/{commit}/{path}#lines-{line}",
}
"""Where a line stands, by a word in the host's name."""


class Remote(NamedTuple):
    """Where others see the repository."""

    url: str
    """Address of ``origin``, as git has it."""
    commit: str
    """The commit whose files are shown."""


def permalink(remote: Remote, path: str, line: int) -> str | None:
    """Return the address of a line, None if the remote is on no such host.

    Credentials in the remote's address never get into it. A host under a name of its
    own is taken for a GitHub or GitLab; GitHub's form works on both.
    """
    parts = urlsplit(_as_url(remote.url))
    if parts.scheme not in ("http", "https", "ssh", "git") or not parts.hostname:
        return None
    web = parts.scheme in ("http", "https") and parts.port is not None
    host = f"{parts.hostname}:{parts.port}" if web else parts.hostname
    repository = quote(parts.path.strip("/").removesuffix(".git"))
    form = next((f for word, f in _FORMS.items() if word in parts.hostname), _FORM)
    place = form.format(commit=remote.commit, path=quote(path), line=line)
    return f"https://{host}/{repository}/{place}"


def _as_url(address: str) -> str:
    """Return ``git@host:owner/name.git`` as an address with a scheme."""
    host, colon, repository = address.partition(":")
    if "://" in address or not colon or "/" in host:
        return address
    return f"ssh://{host}/{repository}"
