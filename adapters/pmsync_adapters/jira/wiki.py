"""Bodies on Jira Data Center: wiki markup, in which our block stands between anchors.

An anchor is a macro that shows nothing (docs: "Text Formatting Notation Help").
"""

from __future__ import annotations

import re

from pmsync.domain.block import BEGIN, END, splice
from pmsync.domain.marking import marker_in, marker_line
from pmsync.domain.model import Marker

_BEGIN = "{anchor:pmsync-begin}"
_END = "{anchor:pmsync-end}"
_MARKER = re.compile(r"\{anchor:pmsync-v1-([a-z0-9]{1,64})-([a-z0-9]{1,64})\}")
_OURS = "{anchor:pmsync-"


def body(marker: Marker, text: str) -> str:
    """Return the body of a new ticket: its marker, and our block."""
    anchor = f"{{anchor:pmsync-v1-{marker.key}-{marker.state}}}"
    return f"{anchor}\n{_BEGIN}\n{_harmless(text)}\n{_END}"


def text_of(raw: object) -> str:
    """Return a body with the delimiters and the marker as the core writes them."""
    text = raw if isinstance(raw, str) else ""
    text = text.replace("\r\n", "\n").replace("<!-- pmsync:", "<!--pmsync:")
    text = text.replace(_BEGIN, BEGIN).replace(_END, END)
    return _MARKER.sub(lambda m: marker_line(Marker(m[1], m[2])), text)


def marker_of(raw: object) -> Marker | None:
    """Return the marker that a body bears, None when it bears none or several."""
    return marker_in(text_of(raw))


def spliced(raw: object, text: str) -> str | None:
    """Return the body with ``text`` in our block, None when there is not exactly one."""
    if not isinstance(raw, str) or splice(text_of(raw), "") is None:
        return None
    before, _, rest = raw.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{_harmless(text)}\n{_END}{after}"


def _harmless(text: str) -> str:
    """Return text in which what looks like our anchors has lost its power."""
    return text.replace(_OURS, "{anchor: pmsync-").replace(
        "<!-- pmsync:", "<!--pmsync:"
    )
