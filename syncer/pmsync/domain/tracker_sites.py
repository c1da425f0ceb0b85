"""Configured trackers as people see them: what their tickets are called, and where.

One ticket has one name, in however many ways its address can be spelled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pmsync.domain.model import Citation, TicketRef

_FORGES = frozenset({"github", "gitlab"})
_PORTS = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_tuple = tuple.__new__
"""Makes a named tuple; its own constructor does the same in twice the time."""


@dataclass(frozen=True, slots=True)
class TrackerSite:
    """A configured tracker, as far as it takes to recognise its tickets."""

    name: str
    """The configured name."""
    type: str
    """github, gitlab, jira, beads, embedded or memory."""
    url: str
    """API base for GitHub, the site for GitLab and Jira, of no meaning for others."""
    project: str
    """``owner/repo``, the path (never the id) of a GitLab project, a Jira key, a
    Beads prefix (empty for whatever the workspace has)."""


def ticket_ref(site: TrackerSite, number: str) -> TicketRef:
    """Return the canonical name of a ticket of ``site``.

    ``number`` is what follows ``#`` or the whole key: ``12``, ``OPS-12``, ``bd-a1b2``.
    """
    if site.type in _FORGES:
        middle = "/issues/" if site.type == "github" else "/-/issues/"
        url = f"{web_base(site)}/{site.project}{middle}{number}"
        return TicketRef(site.name, f"{site.project}#{number}", url)
    if site.type == "jira":
        return TicketRef(site.name, number, f"{web_base(site)}/browse/{number}")
    return _tuple(TicketRef, (site.name, number, f"bd://{number}"))


def display(
    ref: TicketRef, site: TrackerSite, sites: Sequence[TrackerSite] = ()
) -> Citation:
    """Return how a document cites ``ref``: ``#12``, ``OPS-12`` or ``bd-a1b2``.

    With all configured ``sites`` the text is as short as it can be without becoming
    ambiguous: two projects with numbers give ``org/repo#12``.
    """
    if site.type not in _FORGES:
        return Citation(ref.key, ref.url)
    short = "#" + ref.key.rpartition("#")[2]
    alone = sum(other.type in _FORGES for other in sites) <= 1
    return Citation(short if alone else ref.key, ref.url)


def web_base(site: TrackerSite) -> str:
    """Return the address under which people see the site, without slash at the end.

    GitHub's API lives at api.github.com, at api.NAME.ghe.com for data residency, and
    under /api/v3 of a GitHub Enterprise Server (docs.github.com/rest).
    """
    base = site.url.rstrip("/")
    if site.type != "github":
        return base
    scheme, _, rest = base.partition("://")
    host, slash, path = rest.partition("/")
    if host.lower() == "api.github.com" or (
        host.lower().startswith("api.") and host.lower().endswith(".ghe.com")
    ):
        host = host[len("api.") :]
    return f"{scheme}://{host}{slash}{path}".removesuffix("/api/v3")


def path_below(base: str, address: str) -> str | None:
    """Return the path of ``address`` relative to ``base``, None if it is elsewhere.

    Scheme (http, https), default ports, the case of the host, query, fragment and
    slashes at the end do not matter. User information is never ours.
    """
    here, there = _origin(base), _origin(address)
    if here is None or there is None or here != there:
        return None
    root = urlsplit(base).path.rstrip("/")
    path = urlsplit(address).path.rstrip("/")
    return path[len(root) + 1 :] if path.startswith(f"{root}/") else None


def _origin(address: str) -> tuple[str, int | None] | None:
    """Return host and port (None for the default one), None for other addresses."""
    if _UNSAFE.search(address):
        return None
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or "@" in parts.netloc:
        return None
    if not host or not host.isascii():
        return None
    return host, None if port == _PORTS[parts.scheme] else port
