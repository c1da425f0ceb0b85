"""Which citations in a sentence are the item's own ticket, and which it only mentions.

*Alert early (OPS-12)* has a ticket; *Add a test for the bug of OPS-12* has none yet.
"""

from __future__ import annotations

import re

from pmsync.document.status_vocabulary import words
from pmsync.domain.model import Citation

_ABOUT = re.compile(
    r"(?:(?:^|[\s(（])(?:for|of|from|like|unlike|after|before|with|about|than|since|under|per"
    r"|from the|blocked by|depends on|based on|(?:related|similar) to|für|von|aus|nach|wie"
    r"|wegen|zu|de|du|des|pour|comme|apres|après|como|para|del|tras|desde|após|depois de|do"
    r"|di|da|come|dopo|van|voor|na|zoals|z|od|dla|jak|по|для|из|от|после|как)"
    r"(?:\s(?:issue|ticket|bug|pr))?)\s*$",
    re.IGNORECASE,
)
_COMPOUND = re.compile(
    r"\s+(?:tests?|fix(?:es)?|workaround|patch|changes?|migration|rollout|regression|bugs?"
    r"|incident|outage|review|discussion|behaviou?r|code|branch|comments?|thread|findings?"
    r"|follow[- ]?ups?)\b",
    re.IGNORECASE,
)
_KEY = re.compile(r"(?:[\w./-]*[#!]|[A-Za-z][\w.]*-?)?[0-9][\w.]*|bd-[0-9a-z.]+")
_TICKETS = words(
    "issues issue work_items browse ticket tickets story stories bug bugs show_bug.cgi"
    " pull pulls merge_requests task tasks t c epic epics workitems"
)
"""Parts of addresses of tickets: ``/c/`` is Trello's, ``/t/`` ClickUp's."""
_TRACKERS = re.compile(
    r"(?i)\b(?:jira|linear|trello|asana|clickup|shortcut|youtrack|redmine|bugzilla"
    r"|launchpad|phabricator)\b"
)
_MARKUP = " \t*_`~[]"
_LONGEST = 1_000
_MOST = 10
_NEAR = 40
"""Characters before a citation that say what it is."""


def own(sentence: str, cited: tuple[Citation, ...]) -> tuple[Citation, ...]:
    """Return those of the tickets ``cited`` in a sentence that are its own.

    What is too long for a sentence, or cites too much, is not looked through.
    """
    if len(sentence) > _LONGEST or len(cited) > _MOST:
        return cited
    return tuple(
        each
        for each in cited
        if (
            _is_meant(sentence, each.text)
            if each.url is None
            else _is_ticket(sentence, each.text, each.url)
        )
    )


def _is_ticket(sentence: str, text: str, url: str) -> bool:
    """Tell whether a link leads to a ticket, and not to a dashboard or a runbook."""
    scheme, _, rest = url.partition("://")
    host, *parts = re.split("[?#]", rest, maxsplit=1)[0].split("/")
    return (
        scheme.lower() == "bd"
        or not _TICKETS.isdisjoint(parts)
        or _TRACKERS.search(host) is not None
        or _KEY.fullmatch(text) is not None
        # What is nothing but a link is followed where that leads.
        or (
            sentence.strip(_MARKUP + "<>").startswith(text)
            and sentence.strip(_MARKUP + "<>.").endswith((f"]({url})", url))
        )
    )


def _is_meant(sentence: str, text: str) -> bool:
    """Tell whether a bare ``#12`` is not just what the item is about.

    In doubt it is the item's own: a second ticket is worse than none.
    """
    for found in re.finditer(rf"{re.escape(text)}(?!\w)", sentence):
        before = sentence[: found.start()].rstrip(_MARKUP)
        if not any(map(str.isalnum, before)):
            return True
        about = _ABOUT.search(before[-_NEAR:])
        if not about and not _COMPOUND.match(sentence, found.end()):
            return True
    return False
