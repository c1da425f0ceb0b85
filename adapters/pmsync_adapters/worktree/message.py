"""What a commit of pmsync says: one line, the rows, and trailers that tell it apart."""

from __future__ import annotations

import re

from pmsync.domain.neutral import neutral
from pmsync.domain.repository import EditedRow, Publication

RUN = "Pmsync-Run"
TREE = "Pmsync-Tree"
_SKIP = "[skip ci]"
_TREE = re.compile(rf"^{TREE}: ([0-9a-f]{{40,64}})$", re.MULTILINE)


def title(publication: Publication) -> str:
    """Return the one line; it is also the title of a pull request."""
    rows = len(publication.rows)
    items = "action item" if rows == 1 else "action items"
    return f"Bring {rows} {items} in step with their tickets"


def message(publication: Publication, tree: str, *, skip_ci: bool) -> str:
    """Return the message of a commit that has ``tree``."""
    subject = title(publication) + (f" {_SKIP}" if skip_ci else "")
    rows = [line for row in publication.rows for line in _row(row)]
    trailers = [f"{RUN}: {publication.run}", f"{TREE}: {tree}"]
    return "\n".join([subject, "", *rows, "", *trailers, ""])


def is_ours(message: str, tree: str) -> bool:
    """Tell whether a commit is as pmsync made it, and nobody amended what it holds."""
    found: list[str] = _TREE.findall(message)
    return found[-1:] == [tree]


def _row(row: EditedRow) -> list[str]:
    changes = [
        f"  {field}: {_shown(before)} -> {_shown(after)}"
        for field, (before, after) in row.values.items()
    ]
    return [f"{_shown(row.path)}:{row.line} {_shown(row.ticket)}", *changes]


def _shown(value: str | None) -> str:
    """Return a value on one line, without power over the host that shows it."""
    return neutral(" ".join((value or "(blank)").split()))
