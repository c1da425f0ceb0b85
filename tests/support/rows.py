"""Rows and pages in one line each."""

from __future__ import annotations

from datetime import date

from pmsync.domain.model import Column, Field, Form, Status, TicketRef
from pmsync.domain.rows import Page, Row

ALL = frozenset(Column)


def ref(key: str, tracker: str = "memory") -> TicketRef:
    """A ticket of the memory tracker."""
    return TicketRef(tracker, key, f"bd://{key}")


def row(
    text: str,
    line: int = 1,
    *,
    path: str = "a.md",
    section: str | None = "Action Items",
    status: Status = Status.OPEN,
    owner: str | None = None,
    due: str | None = None,
    refs: tuple[TicketRef, ...] = (),
    columns: frozenset[Column] = ALL,
    foreign: bool = False,
    skipped: bool = False,
    editable: bool = True,
    two_state: bool = False,
) -> Row:
    """A table row with every column."""
    return Row(
        path=path,
        line=line,
        block=1,
        form=Form.TABLE,
        section=section,
        values={
            Field.TITLE: text,
            Field.OWNER: owner,
            Field.DUE: due,
            Field.STATUS: status,
            Field.PRIORITY: None,
        },
        writable=frozenset(Field),
        two_state=two_state,
        columns=columns,
        refs=refs,
        foreign=foreign,
        raw={Column.TITLE: text, Column.OWNER: owner, Column.DUE: due},
        horizon_due=None,
        skipped=skipped,
        editable=editable,
    )


def page(
    *rows: Row,
    path: str = "a.md",
    digest: str = "d",
    incident_id: str | None = None,
    draft: bool = False,
    template: bool = False,
    day: date | None = None,
) -> Page:
    """A document with these rows, numbered by their lines."""
    return Page(
        path=path,
        rows=tuple(one._replace(path=path) for one in rows),
        digest=digest,
        incident_id=incident_id,
        title="Outage",
        summary="It broke.",
        severity="SEV1",
        date=day,
        draft=draft,
        template=template,
        parent=None,
    )
