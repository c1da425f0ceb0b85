"""Files that people renamed: their rows are looked for among those of the old path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pmsync.domain.rows import Page
from pmsync.domain.state import DocumentState


def renamed_files(
    pages: Sequence[Page],
    titles: Mapping[str, Sequence[str]],
    documents: Mapping[str, DocumentState],
    unread: frozenset[str],
) -> dict[str, str]:
    """Find, for each new path, the vanished path whose document it is.

    ``titles`` are those of the known items of each path, ``documents`` what the state
    knows of it, ``unread`` the paths that are there and could not be read.
    Of a document none of whose tickets was ever answered only the rows are known.
    """
    present = {page.path for page in pages} | unread
    gone = {
        path: _Former(documents.get(path, DocumentState()), set(titles.get(path, ())))
        for path in sorted({*documents, *titles} - present)
    }
    found: dict[str, str] = {}
    for page in pages:
        if page.path in documents or page.path in titles:
            continue
        former = _best_former(page, gone)
        if former is not None:
            found[page.path] = former
            del gone[former]
    return found


class _Former(NamedTuple):
    """A document that is not there any more."""

    state: DocumentState
    titles: set[str]


def _best_former(page: Page, gone: Mapping[str, _Former]) -> str | None:
    for path, (document, _) in gone.items():
        if document.digest is not None and document.digest == page.digest:
            return path
    for path, (document, _) in gone.items():
        if page.incident_id and document.incident_id == page.incident_id:
            return path
    texts = {row.text for row in page.rows}
    for path, (_, before) in gone.items():
        if len(texts & before) * 2 > len(before):
            return path
    return None
