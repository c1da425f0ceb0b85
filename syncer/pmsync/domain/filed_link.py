"""The permanent link of a ticket's body: fixed when the ticket was opened."""

from __future__ import annotations

import re
from urllib.parse import quote


def filed_link(body: str, path: str, link: str | None) -> str | None:
    """Return the link to a document that a body has, else ``link``.

    It names the commit that the ticket was opened from, so that people go on seeing
    what was written then.
    """
    if link is None:
        return None
    line = rf"https://[^\s()<>\[\]|]+/{re.escape(quote(path))}#(?:L|lines-)[0-9]+"
    found = re.search(line, body)
    return found[0] if found else link
