"""Markdown as one line of plain text: what a reader of the rendered page sees.

Most texts hold no construct, or only emphasis and code around whole words, and one look
tells. The others go to ``inline_parser``: its patterns take a while to compile, and many
documents do without.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pmsync.document.inline_signs import SPECIAL
from pmsync.domain.unseen import INVISIBLE, one_line

_ANY_SPECIAL = re.compile(r"[\\`*_~\[\]<&" + INVISIBLE + r"]|[^\S ]|  ")
_NOTHING_SPECIAL = re.compile(r"[ !-%'-)+-;=-Z^a-z{|}]*")
"""Printable ASCII of which nothing starts or ends a construct: most texts."""
_FEW_SPECIAL = re.compile(r"[ !-%'-;=-Z^`-z{|}\n]*")
"""Lines of it in which only asterisks and backticks can start or end a construct."""
_EASY_MARKS = re.compile(
    "(?:{})(?![^ ).,:;?])".format(
        "|".join(
            rf"{mark}(?<![^ (]{mark})([0-9A-Za-z](?:[^\\`*_~\[\]<&!]*[0-9A-Za-z])?){mark}"
            for mark in (r"\*\*", r"\*", "`")
        )
    )
)
"""Emphasis and code around whole words, with nothing special inside."""
_LONGEST = 50_000
"""Characters of a text that is read as Markdown; nobody writes a longer paragraph."""


def plain(markdown: str) -> str:
    """Return the text that a reader of the rendered Markdown sees, on one line.

    Links give their text, images their description, code spans their content;
    emphasis, HTML tags, comments, control and bidi characters are left out;
    entities and backslash escapes are undone; white space is folded.
    """
    if _NOTHING_SPECIAL.fullmatch(markdown) is not None and "  " not in markdown:
        return markdown.strip(" ")
    if "`" in markdown or "*" in markdown:
        bare = "".join(filter(None, _EASY_MARKS.split(markdown)))
        if _NOTHING_SPECIAL.fullmatch(bare) is not None and "  " not in bare:
            return bare.strip(" ")
    return _plain(markdown)


def plain_texts(texts: list[str]) -> list[str]:
    """Return ``plain`` of each of some trimmed texts; most are looked at together."""
    lines = "\n".join(texts)
    if _FEW_SPECIAL.fullmatch(lines) is None or "  " in lines:
        return list(map(plain, texts))
    if "*" not in lines and "`" not in lines:
        return texts
    return [plain(each) if "*" in each or "`" in each else each for each in texts]


@lru_cache(maxsize=8192)
def _plain(markdown: str) -> str:
    if _ANY_SPECIAL.search(markdown) is None:
        return markdown.strip(" ")
    if len(markdown) <= _LONGEST and SPECIAL.search(markdown) is not None:
        from pmsync.document.inline_parser import InlineParser  # noqa: PLC0415

        markdown = InlineParser(markdown).text()
    return one_line(markdown)
