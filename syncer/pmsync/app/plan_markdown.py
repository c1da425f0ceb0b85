"""A plan as Markdown: for comments on pull requests, their bodies, and job summaries.

All text of documents and tickets is made harmless, and cut: a host refuses what is too
long, and a plan that nobody sees is worth nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from pmsync.domain.changes import (
    LINK,
    AddColumn,
    AdoptTicket,
    Agree,
    Change,
    CloseDuplicate,
    Conflict,
    CreateTicket,
    Fields,
    LostTicket,
    Noticed,
    Pending,
    Plan,
    UpdateRow,
    UpdateTicket,
    Withheld,
)
from pmsync.domain.neutral import neutral

LONGEST = 60_000
"""Characters; a comment on GitHub may have 65,536, a note on GitLab a million."""
_WIDEST = 160
"""Characters of one value."""
_HEADER = "| line | change | details |\n|---:|---|---|"


def plan_markdown(
    plan: Plan, projects: Mapping[str, str], *, longest: int = LONGEST
) -> str:
    """Return a sentence and a table for each document.

    ``projects`` maps the configured name of each tracker to its project.
    """
    blocks = [sentence(plan, projects), *_tables(plan, projects)]
    size, kept = 0, []
    for number, block in enumerate(blocks):
        size += len(block) + 2
        if size > longest:
            left = len(blocks) - number
            more = "document" if left == 1 else "documents"
            kept.append(f"… and {left} more {more}.")
            break
        kept.append(block)
    return "\n\n".join(kept)


def sentence(plan: Plan, projects: Mapping[str, str]) -> str:
    """Say in one sentence what the plan does: *open 3 tickets in OPS, edit 4 rows*."""
    opened = Counter(
        projects.get(change.tracker, change.tracker)
        for change in plan.changes
        if isinstance(change, CreateTicket)
    )
    parts = [
        f"open {_many(number, 'ticket')} in {value(project)}"
        for project, number in sorted(opened.items())
    ]
    counts = Counter(map(_kind, plan.changes))
    parts += [
        f"{verb} {_many(counts[verb], noun)}"
        for verb, noun in (
            ("update", "ticket"),
            ("close", "ticket"),
            ("adopt", "ticket"),
            ("edit", "row"),
        )
        if counts[verb]
    ]
    waiting = [
        _many(counts[kind], noun)
        for kind, noun in (
            ("conflict", "conflict"),
            ("lost ticket", "lost ticket"),
            ("withheld", "withheld row"),
        )
        if counts[kind]
    ]
    done = ", ".join(parts) if parts else "change nothing"
    asks = f"; {', '.join(waiting)} for a person" if waiting else ""
    return f"{done}{asks}."


def value(text: str | None) -> str:
    """Return a value for a table's cell: on one line, harmless, cut."""
    line = " ".join((text or "").split())
    shown = line if len(line) <= _WIDEST else f"{line[: _WIDEST - 1]}…"
    return neutral(shown).replace("\\", "\\\\").replace("|", "\\|") or "(blank)"


def _tables(plan: Plan, projects: Mapping[str, str]) -> Iterator[str]:
    by_path: dict[str, list[Change]] = {}
    for change in plan.changes:
        if _is_shown(change):
            by_path.setdefault(change.path, []).append(change)
    for path, changes in by_path.items():
        rows = [
            f"| {change.line} | {what} | {details} |"
            for change in sorted(changes, key=lambda each: each.line)
            for what, details in (_row(change, projects),)
        ]
        yield "\n".join([f"**{value(path)}**", "", _HEADER, *rows])


def _is_shown(change: Change) -> bool:
    match change:
        case Agree():
            return change.noticed is not Noticed.VALUES
        case UpdateRow():
            return change.ref is not None
        case AddColumn():
            return False
        case _:
            return True


def _row(change: Change, projects: Mapping[str, str]) -> tuple[str, str]:
    project = value(projects.get(change.tracker, change.tracker))
    match change:
        case CreateTicket():
            return f"open a ticket in {project}", value(change.title)
        case UpdateTicket():
            name = value(change.ticket.ref.key)
            return f"{_kind(change)} {name}", _fields(change.fields)
        case UpdateRow():
            name = value(change.ref.key if change.ref else None)
            return f"edit the row of {name}", _fields(change.fields)
        case AdoptTicket():
            return f"adopt {value(change.ticket.ref.key)}", value(change.reason)
        case CloseDuplicate():
            name = value(change.ticket.ref.key)
            return f"close {name}", f"duplicate of {value(change.survivor.key)}"
        case Conflict():
            return "**conflict**", _fields(change.fields, sides=True)
        case LostTicket():
            return "**lost ticket**", value(change.reason)
        case Withheld():
            return "**withheld**", value(change.reason)
        case Agree() | Pending() | AddColumn():
            return _kind(change), value(change.reason)


def _fields(fields: Fields, *, sides: bool = False) -> str:
    """Return what becomes of each field, or (``sides``) what each side says."""
    shown = []
    for name, field in fields.items():
        if sides:
            both = f"{value(field.document)} in the document"
            shown.append(f"{name}: {both}, {value(field.tracker)} in the ticket")
        elif name == LINK:
            shown.append("link")
        else:
            shown.append(f"{name}: {value(field.document)} → {value(field.to)}")
    return "; ".join(shown)


def _kind(change: Change) -> str:  # noqa: C901 one line for each kind
    match change:
        case CreateTicket():
            return "open"
        case UpdateTicket():
            return "close" if change.closes else "update"
        case CloseDuplicate():
            return "close"
        case UpdateRow():
            return "edit"
        case AdoptTicket():
            return "adopt"
        case AddColumn():
            return "add a column"
        case Conflict():
            return "conflict"
        case LostTicket():
            return "lost ticket"
        case Pending():
            return "pending"
        case Withheld():
            return "withheld"
        case Agree():
            return "note"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
