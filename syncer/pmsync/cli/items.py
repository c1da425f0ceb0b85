"""``pmsync items``: action items as they are read."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import click

from pmsync.app.exit_codes import ExitCode
from pmsync.cli import options
from pmsync.cli.absent import tell_absent
from pmsync.cli.discover import find_root
from pmsync.cli.errors import show, show_finding
from pmsync.cli.files import NamedFile, named_files, path_from, read_bytes
from pmsync.cli.items_json import emit
from pmsync.cli.reading import site_of, vocabulary_of
from pmsync.cli.terminal import out, paint_for, safe
from pmsync.document.reader import read_each
from pmsync.document.vocabulary import DEFAULT_LIMITS, Vocabulary
from pmsync.domain.errors import DocumentError, PmsyncError
from pmsync.domain.model import PostMortem, TicketRef
from pmsync.domain.references import beads_of_rows, resolve
from pmsync.domain.repository import Repository, SourceDocument, UnreadDocument
from pmsync.domain.tracker_sites import TrackerSite
from pmsync_config import load


@click.command()
@options.paths
@options.form("the list")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Configuration file, instead of the repository's.",
)
def items(
    *, paths: tuple[Path, ...], form: Literal["text", "json"], config: Path | None
) -> int:
    """List action items as they are read from tables and checklists.

    PATHs are files, and directories that are searched for Markdown files; without
    any, the configured documents are read. Nothing is sent or written.
    """
    root = find_root(Path.cwd())
    settings = load(root, config).settings
    sites = tuple(site_of(name, each) for name, each in settings.trackers.items())
    failures: list[PmsyncError] = []
    found: Iterable[SourceDocument | UnreadDocument]
    if paths:
        found = _named(list(named_files(paths)), str(root), failures)
    else:
        found = _configured(root, settings.documents)
        if not found:
            tell_absent((), "items")
    documents = read_all(found, vocabulary_of(settings), failures)
    if form == "json":
        emit(documents, out, partial(cited, sites=sites))
    else:
        _print(documents)
    for error in failures:
        show(error.message, error.hint)
    return ExitCode.PART_FAILED if failures else ExitCode.DONE


def cited(
    document: PostMortem, sites: Sequence[TrackerSite]
) -> Sequence[Sequence[TicketRef]]:
    """Return, for each item, the tickets of configured trackers that it cites."""
    citations = [item.citations for item in document.items]
    ids: dict[int, set[str]] = {}
    for item in document.items:
        if item.row_id is not None:
            ids.setdefault(item.block, set()).add(item.row_id)
    beads = None if ids else beads_of_rows(citations, sites)
    if beads is not None:
        return beads
    return [
        resolve(each, sites, row_ids=ids.get(item.block, ())).refs if each else ()
        for item, each in zip(document.items, citations, strict=True)
    ]


def read_all(
    found: Iterable[SourceDocument | UnreadDocument],
    vocabulary: Vocabulary,
    failures: list[PmsyncError],
) -> Iterator[PostMortem]:
    """Read one document after the other; what cannot be read goes to ``failures``."""
    for document in read_each(_read_sources(found, failures), vocabulary):
        if isinstance(document, DocumentError):
            failures.append(document)
        else:
            yield document


def _read_sources(
    found: Iterable[SourceDocument | UnreadDocument], failures: list[PmsyncError]
) -> Iterator[SourceDocument]:
    for source in found:
        if isinstance(source, SourceDocument):
            yield source
        else:
            failures.append(
                DocumentError(
                    f"{source.path}: {source.why}",
                    hint="correct the file, or leave it out of `documents`",
                )
            )


def _named(
    files: Iterable[NamedFile], root: str, failures: list[PmsyncError]
) -> Iterator[SourceDocument]:
    for file in files:
        try:
            data = read_bytes(file.path, DEFAULT_LIMITS.size)
        except DocumentError as error:
            failures.append(error)
            continue
        yield SourceDocument(path_from(root, file), data)


def _configured(
    root: Path, patterns: Sequence[str]
) -> Sequence[SourceDocument | UnreadDocument]:
    from pmsync.cli import installed  # noqa: PLC0415 slow

    open_worktree = installed.load(installed.REPOSITORIES, "worktree")
    repository: Repository = open_worktree(root, tuple(patterns))
    return repository.documents()


def _print(documents: Iterable[PostMortem]) -> None:
    paint = paint_for(sys.stdout)
    count = 0
    for document in documents:
        for finding in document.problems:
            show_finding(document.path, finding)
        if not document.items:
            continue
        title = f"  {safe(document.title)}" if document.title else ""
        out(f"{paint.bold(safe(document.path))}{title}")
        for item in document.items:
            count += 1
            details = [
                safe(each)
                for each in (
                    item.owner,
                    item.due_date.isoformat() if item.due_date else item.due,
                    ", ".join(
                        citation.text or citation.url or ""
                        for citation in item.citations
                    ),
                )
                if each
            ]
            tail = paint.dim(f"  ({'; '.join(details)})") if details else ""
            out(f"{item.line:6}  {item.state:<11}  {safe(item.text)}{tail}")
    out(f"{count} action item{'' if count == 1 else 's'}")
