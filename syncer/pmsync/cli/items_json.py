"""Documents and their action items as JSON, one document a line.

Strings are put together by hand: this runs for every row of every document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from json.encoder import encode_basestring_ascii

from pmsync.domain.model import ActionItem, PostMortem, TicketRef

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
        # Log readers of build servers obey ``##[…]`` anywhere in a line.
        write(before + document_json(document, resolve).replace("##[", "##\\u005b"))
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
    date = None if document.date is None else document.date.isoformat()
    return (
        f'{{"path": {_text(document.path)},'
        f' "incident_id": {_value(document.incident_id)},'
        f' "title": {_value(document.title)}, "date": {_value(date)},'
        f' "severity": {_value(document.severity)},'
        f' "status": {_value(document.status)},'
        f' "template": {str(document.template).lower()},'
        f' "items": [{items}], "problems": [{problems}]}}'
    )


_text = encode_basestring_ascii


def _value(text: str | None) -> str:
    return "null" if text is None else _text(text)


def _item(item: ActionItem, refs: Sequence[TicketRef]) -> str:
    due = "null" if item.due_date is None else f'"{item.due_date}"'
    ref, more = _refs(refs) if refs else ("null", "")
    return (
        f'{{"line": {item.line}, "form": "{item.form}",'
        f' "section": {_value(item.section)}, "title": {_text(item.title)},'
        f' "owner": {_value(item.owner)}, "due": {_value(item.due)},'
        f' "due_date": {due}, "status": {_value(item.status)},'
        f' "state": "{item.state}", "ticket": {_value(item.ticket)}, "ref": {ref},'
        f' "priority": {_value(item.priority)}{more}}}'
    )


def _refs(refs: Sequence[TicketRef]) -> tuple[str, str]:
    names = [_text(f"{each.tracker}:{each.key}") for each in refs]
    if len(names) == 1:
        return names[0], ""
    return "null", f', "refs": [{", ".join(names)}]'
