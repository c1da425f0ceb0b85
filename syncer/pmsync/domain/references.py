"""Which ticket a citation means, and whether it is one of ours.

A citation is believed only if exactly one configured tracker and project can be
meant. All others that look like a ticket are *foreign*: the row is left alone, since
somebody may follow it elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

from pmsync.domain.model import Citation, TicketRef
from pmsync.domain.tracker_sites import TrackerSite, path_below, ticket_ref, web_base

_BEADS = frozenset({"beads", "embedded", "memory"})

_NUMBERED = re.compile(r"(?P<project>[\w.-]+(?:/[\w.-]+)*)?#(?P<number>[1-9][0-9]*)")
_JIRA_KEY = re.compile(r"(?P<project>[A-Z][A-Z0-9_]*)-(?P<number>[1-9][0-9]*)")
# https://github.com/gastownhall/beads: base36, children as .1.2
_BEADS_SUFFIX = re.compile(r"[0-9a-z]+(?:\.[0-9]+){0,3}")
_BEADS_KEY = re.compile(rf"(?P<prefix>.+)-{_BEADS_SUFFIX.pattern}", re.DOTALL)
_BEADS_ADDRESS = re.compile(rf"(?i:bd)://(?P<id>{_BEADS_KEY.pattern})/*", re.DOTALL)
_PULL_REQUEST = re.compile(
    r"(?:[\w./-]*!|(?:PR|MR|pull request|merge request)[ -]?[#!]?)[1-9][0-9]*",
    re.IGNORECASE,
)
_tuple = tuple.__new__
"""Makes a named tuple; its own constructor does the same in twice the time."""
# Pages of a code host that never stand for work to be done.
_PAGES = frozenset({"blob", "tree", "raw", "commit", "commits", "wiki", "compare"})
_TICKETS = frozenset({"issues", "work_items", "browse"})
_PULLS = frozenset({"pull", "pulls", "merge_requests"})


class Resolution(NamedTuple):
    """What the citations of a row mean."""

    refs: tuple[TicketRef, ...]
    """Tickets of configured trackers, each once, in order."""
    foreign: bool
    """True when something else is cited that looks like a ticket."""
    pull_request: bool
    """True when a pull or merge request is cited; ``foreign`` is then true, too."""


def resolve(
    citations: Sequence[Citation],
    sites: Sequence[TrackerSite],
    *,
    row_ids: Collection[str] = (),
) -> Resolution:
    """Return the tickets that ``citations`` mean.

    ``row_ids`` are the cells of the table's id column: ``#3`` and ``AI-2`` are rows
    where these count them, unless a link says otherwise.
    """
    rows = {_row_id(row) for row in row_ids} if row_ids else ()
    refs: list[TicketRef] = []
    foreign = pull_request = False
    for citation in citations:
        if rows and not citation.url and _row_id(citation.text) in rows:
            continue
        ref = _one_meant(citation, sites)
        if ref is not None and (
            citation.text == ref.key or _consistent(citation, ref, sites)
        ):
            if ref not in refs:
                refs.append(ref)
        elif not _is_page(citation):
            foreign = True
            pull_request = pull_request or _is_pull_request(citation)
    return _tuple(Resolution, (tuple(refs), foreign, pull_request))


def beads_of_rows(
    rows: Sequence[Sequence[Citation]], sites: Sequence[TrackerSite]
) -> list[tuple[TicketRef, ...]] | None:
    """Return what ``resolve`` finds for each row, or None where it takes a closer look.

    Nearly all links to beads name one both in their text and in their address, and most
    rows cite one or nothing. Looking at all rows together takes half the time.
    """
    cited = [each[0] for each in rows if each]
    if not cited:
        return [()] * len(rows)
    if (
        len(sites) != 1
        or sites[0].type not in _BEADS
        or len(cited) < sum(map(len, rows))
    ):
        return None
    name, project = sites[0].name, sites[0].project
    texts = "\n".join([text for text, _ in cited])
    links = "\n".join([url or "" for _, url in cited])
    if (
        links != "bd://" + texts.replace("\n", "\nbd://")
        or texts.count("\n") >= len(cited)
        or _beads_of(project).fullmatch(texts) is None
    ):
        return None
    return [(_tuple(TicketRef, (name, *each[0])),) if each else () for each in rows]


@lru_cache(maxsize=16)
def _beads_of(project: str) -> re.Pattern[str]:
    """Match keys of a project, one a line."""
    key = rf"{re.escape(project) or '.+'}-{_BEADS_SUFFIX.pattern}"
    return re.compile(rf"{key}(?:\n{key})*+")


def _one_meant(citation: Citation, sites: Sequence[TrackerSite]) -> TicketRef | None:
    """Return the ticket that is meant, None if no site or several could be."""
    if len(sites) == 1:
        return _meant(citation, sites[0])
    found: TicketRef | None = None
    for site in sites:
        ref = _meant(citation, site)
        if found is None:
            found = ref
        elif ref is not None and ref != found:
            return None
    return found


def _meant(citation: Citation, site: TrackerSite) -> TicketRef | None:
    """Return the ticket of ``site`` that is meant."""
    text, url = citation
    address = url or (text if "://" in text else None)
    number = _by_url(address, site) if address else _by_text(text, site)
    return None if number is None else ticket_ref(site, number)


def _by_text(text: str, site: TrackerSite) -> str | None:
    match site.type:
        case "github" | "gitlab":
            found = _NUMBERED.fullmatch(text)
            if found and _same_name(found["project"] or site.project, site.project):
                return found["number"]
        case "jira":
            found = _JIRA_KEY.fullmatch(text)
            if found and found["project"] == site.project.upper():
                return text
        case _:
            return _beads_id(text, site.project)
    return None


def _beads_id(text: str, project: str) -> str | None:
    prefix, _, suffix = text.rpartition("-")
    ours = bool(prefix) and prefix == project
    return text if ours and _BEADS_SUFFIX.fullmatch(suffix) else None


def _by_url(address: str, site: TrackerSite) -> str | None:
    if site.type in _BEADS:
        found = _BEADS_ADDRESS.fullmatch(address)
        # With the workspace's own prefix, which nobody told us, the scheme is enough.
        ours = found is not None and site.project in ("", found["prefix"])
        return found["id"] if found is not None and ours else None
    path = path_below(web_base(site), address)
    if path is None:
        return None
    if site.type == "jira":
        where, _, key = path.rpartition("/")
        return _by_text(key.upper(), site) if where.lower() == "browse" else None
    where, _, number = path.rpartition("/")
    places = {"issues"} if site.type == "github" else {"-/issues", "-/work_items"}
    if any(_same_name(where, f"{site.project}/{place}") for place in places):
        return _by_text(f"#{number}", site)
    return None


def _consistent(
    citation: Citation, ref: TicketRef, sites: Sequence[TrackerSite]
) -> bool:
    """Return False when the text of a link names another ticket than its address."""
    if not citation.url:
        return True
    text = citation.text.removeprefix("bd://")
    named = [_meant(Citation(text, None), site) for site in sites]
    if any(named):
        return ref in named
    numbered, (project, _, number) = _NUMBERED.fullmatch(text), ref.key.rpartition("#")
    if numbered and project:
        tail = f"/{numbered['project']}" if numbered["project"] else ""
        same_project = f"/{project}".lower().endswith(tail.lower())
        return same_project and numbered["number"] == number
    return bool(project) or not _JIRA_KEY.fullmatch(text)


def _is_pull_request(citation: Citation) -> bool:
    address = _address(citation)
    if address is None:
        return bool(_PULL_REQUEST.fullmatch(citation.text))
    return not _PULLS.isdisjoint(_segments(address))


def _is_page(citation: Citation) -> bool:
    """Return True when the address is that of a page which is never a ticket."""
    segments = _segments(_address(citation) or "")
    return not _PAGES.isdisjoint(segments) and _TICKETS.isdisjoint(segments)


def _address(citation: Citation) -> str | None:
    return citation.url or (citation.text if "://" in citation.text else None)


def _segments(address: str) -> list[str]:
    return re.split("[?#]", address, maxsplit=1)[0].split("/")


def _row_id(text: str) -> str:
    return text.strip().removeprefix("#").casefold()


def _same_name(one: str, other: str) -> bool:
    """Compare ASCII names without regard to case, as GitHub and GitLab do."""
    return one.isascii() and other.isascii() and one.lower() == other.lower()
