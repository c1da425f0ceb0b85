"""Documents and their action items as JSON, one document a line.

Strings are put together by hand: this runs for every row of every document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from json.encoder import encode_basestring_ascii

from pmsync.cli.terminal import inert
from pmsync.domain.model import ActionItem, Form, PostMortem, Status, TicketRef

VERSION = 1

Resolve = Callable[[PostMortem], Sequence[Sequence[TicketRef]]]
"""Returns, for each item of a document, the tickets that it cites."""


def emit(
    documents: Iterable[PostMortem], write: Callable[[str], object], resolve: Resolve
) -> None:
    """Write all documents as ASCII JSON, so that nothing in it acts on a terminal.

    ``write`` is given one line at a time, without its end; each document is written
    before the next one is asked for.
    """
    write(f'{{"version": {VERSION}, "documents": [')
    before = ""
    for document in documents:
        write(before + inert(document_json(document, resolve)))
        before = ","
    write("]}")


def document_json(document: PostMortem, resolve: Resolve) -> str:
    """Return one document as a JSON object."""
    items = ",\n".join(map(_item, document.items, resolve(document)))
    problems = ", ".join(
        f'{{"line": {line}, "column": {column}, "code": {_text(code)},'
        f' "message": {_text(message)}}}'
        for line, column, code, message in document.problems
    )
    return (
        f'{{"path": {_text(document.path)},'
        f' "incident_id": {_value(document.incident_id)},'
        f' "title": {_value(document.title)}, "date": {_day(document.date)},'
        f' "severity": {_value(document.severity)},'
        f' "status": {_value(document.status)},'
        f' "template": {str(document.template).lower()},'
        f' "items": [{items}], "problems": [{problems}]}}'
    )


_text = encode_basestring_ascii


def _value(text: str | None) -> str:
    return "null" if text is None else _text(text)


def _item(item: ActionItem, refs: Sequence[TicketRef]) -> str:
    # Unpacked and written out, since a run shows hundreds of thousands of them.
    line, form, section, title, owner, due, status, ticket, priority, _, day, state = (
        item[:12]
    )
    return (
        f'{{"line": {line}, {_place(form, section)}, "title": {_text(title)},'
        f' "owner": {"null" if owner is None else _text(owner)},'
        f" {_due(due, day)}, {_status(status, state)},"
        f' "ticket": {"null" if ticket is None else _text(ticket)},'
        f' "ref": {_name(refs[0]) if len(refs) == 1 else _names(refs)},'
        f' "priority": {"null" if priority is None else _text(priority)}}}'
    )


# What many items share is remembered.


@lru_cache(maxsize=4096)
def _place(form: Form, section: str | None) -> str:
    return f'"form": {_text(form)}, "section": {_value(section)}'


@lru_cache(maxsize=4096)
def _due(raw: str | None, day: date | None) -> str:
    return f'"due": {_value(raw)}, "due_date": {_day(day)}'


@lru_cache(maxsize=4096)
def _status(raw: str | None, state: Status) -> str:
    return f'"status": {_value(raw)}, "state": {_text(state)}'


def _day(day: date | None) -> str:
    return "null" if day is None else _text(day.isoformat())


def _name(ref: TicketRef) -> str:
    tracker, key, _ = ref
    return _text(f"{tracker}:{key}")


def _names(refs: Sequence[TicketRef]) -> str:
    return f'null, "refs": [{", ".join(map(_name, refs))}]' if refs else "null"
