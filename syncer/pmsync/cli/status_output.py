"""How action items stand, as text and as JSON; described in docs/reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from pmsync.app.overview import DocumentStanding, Mark, Overview, Standing
from pmsync.cli.terminal import Paint, cut, safe, safe_json
from pmsync.domain.body import incident_name
from pmsync.domain.model import TicketRef

VERSION = 1
WIDEST = 60
"""Characters of a title that are shown."""


def counts(found: Overview) -> Mapping[str, int]:
    """Return how many rows are open and finished, and how many bear each mark."""
    rows = [row for document in found.documents for row in document.rows]
    marks = Counter(mark for row in rows for mark in row.marks)
    finished = sum(row.status.terminal for row in rows)
    return {
        "open": len(rows) - finished,
        "finished": finished,
        **{mark.value: marks[mark] for mark in Mark},
        "gone": len(found.gone),
    }


def last_line(found: Overview) -> str:
    """Say it in one line."""
    numbers = counts(found)
    said = [f"{numbers[name]} {name}" for name in ("open", "overdue", "finished")]
    rest = {
        n: c for n, c in numbers.items() if n not in ("open", "overdue", "finished")
    }
    said += [f"{count} {_noun(name, count)}" for name, count in rest.items() if count]
    return f"{', '.join(said)}."


def _noun(name: str, count: int) -> str:
    if name == Mark.CONFLICT:
        return "conflict" if count == 1 else "conflicts"
    return "with its row gone" if name == "gone" else name


def status_lines(found: Overview, paint: Paint, *, verbose: bool) -> Iterator[str]:
    """Show each document with the rows that are open or bear a mark."""
    for document in found.documents:
        rows = [r for r in document.rows if verbose or r.marks or not r.status.terminal]
        if rows:
            yield from _document(document, rows, paint)
            yield ""
    if found.gone:
        yield paint.bold("rows that are gone; their tickets are left as they are")
        for gone in found.gone:
            key = paint.bold(safe(gone.ref.key))
            yield f"  {safe(gone.path)}  {key}  {safe(cut(gone.title, WIDEST))}"
        yield ""
    for name, time in found.read.items():
        if time is not None:
            read = time.isoformat(sep=" ", timespec="minutes")
            yield paint.dim(f"{safe(name)}: every linked ticket was read at {read}")
    if any(found.read.values()):
        yield ""


def _document(
    document: DocumentStanding, rows: list[Standing], paint: Paint
) -> Iterator[str]:
    name = incident_name(document.incident_id, document.title) or ""
    words = (paint.bold(safe(document.path)), safe(name), "(draft)" * document.draft)
    yield "  ".join(word for word in words if word)
    for row in rows:
        parts = [
            f"line {row.line}",
            paint.bold(safe(row.ref.key)) if row.ref else "(no ticket)",
            safe(cut(row.title, WIDEST)),
            safe(row.owner) if row.owner else "",
            f"due {row.due}" if row.due else "",
            row.status.value.replace("_", " "),
        ]
        marks = " ".join(_mark(mark, paint) for mark in row.marks)
        yield f"  {'  '.join(part for part in (*parts, marks) if part)}"
        for field, value in row.fields.items():
            sides = f"document {_value(value.document)}, ticket {_value(value.tracker)}"
            yield f"      {field}  {sides}, last agreed {_value(value.base)}"


def _mark(mark: Mark, paint: Paint) -> str:
    match mark:
        case Mark.OVERDUE | Mark.CONFLICT | Mark.LOST:
            return paint.red(mark.value)
        case (
            Mark.WITHHELD | Mark.UNLINKED | Mark.PENDING | Mark.UNFILED | Mark.DECLINED
        ):
            return paint.yellow(mark.value)


def _value(value: str | None) -> str:
    return "(none)" if value is None else safe(cut(value, WIDEST))


def status_json(found: Overview) -> str:
    """Write it as JSON."""
    document = {
        "version": VERSION,
        "documents": [_document_json(each) for each in found.documents],
        "gone": [
            {"path": each.path, "title": each.title, "ref": _ref(each.ref)}
            for each in found.gone
        ],
        "read": {
            name: time.isoformat() if time else None
            for name, time in found.read.items()
        },
        "summary": counts(found),
        "problems": [{"path": each.path, "message": each.why} for each in found.unread],
    }
    return safe_json(document)


def _document_json(document: DocumentStanding) -> dict[str, object]:
    return {
        "path": document.path,
        "incident_id": document.incident_id,
        "title": document.title,
        "draft": document.draft,
        "items": [_row_json(row) for row in document.rows],
    }


def _row_json(row: Standing) -> dict[str, object]:
    return {
        "line": row.line,
        "title": row.title,
        "owner": row.owner,
        "due_date": row.due,
        "state": row.status,
        "ref": _ref(row.ref),
        "marks": list(row.marks),
        "fields": {name: value._asdict() for name, value in row.fields.items()},
    }


def _ref(ref: TicketRef | None) -> str | None:
    return ref.full_name if ref else None
