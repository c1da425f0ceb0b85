"""A plan, or what became of it, as text: document by document, then row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pmsync.app.report import Done, Report
from pmsync.cli.diffs import unified
from pmsync.cli.plan_json import created_keys, key_of
from pmsync.cli.terminal import Paint, cut, safe
from pmsync.cli.verbs import acts, verb_of, worth_telling
from pmsync.domain.changes import (
    LINK,
    NEW,
    AddColumn,
    AdoptTicket,
    Agree,
    Change,
    CloseDuplicate,
    Conflict,
    CreateTicket,
    FieldChange,
    LostTicket,
    Noticed,
    Pending,
    Result,
    UpdateRow,
    UpdateTicket,
    Withheld,
)
from pmsync.domain.model import Field

WIDEST = 100
"""Characters of a title or value that are shown; JSON and diffs have all of it."""


def plan_lines(report: Report, paint: Paint, *, verbose: bool) -> Iterator[str]:
    """Show everything but the last line; ``verbose`` adds what only the state sees."""
    text = _Text(report, paint, verbose=verbose)
    yield from text.changes()
    yield from text.notes()
    yield from text.aside()
    if report.dry_run or verbose:
        for diff in report.diffs:
            yield from unified(diff, paint)
            yield ""


class _Text:
    """One report on its way to a terminal."""

    def __init__(self, report: Report, paint: Paint, *, verbose: bool) -> None:
        self._report = report
        self._paint = paint
        self._verbose = verbose
        self._created = created_keys(report)
        self._titles: Mapping[tuple[str, int], str] = {
            (document.path, item.line): item.text
            for document in report.documents
            for item in document.items
        }

    def changes(self) -> Iterator[str]:
        """Show the changes, each under its document."""
        by_path: dict[str, list[tuple[int, Change]]] = {}
        for index, change in enumerate(self._report.plan.changes):
            if self._is_shown(index, change):
                by_path.setdefault(change.path, []).append((index, change))
        for path, changes in by_path.items():
            yield self._paint.bold(safe(path))
            for index, change in sorted(changes, key=lambda entry: entry[1].line):
                yield from self._change(change, self._report.done.get(index))
            yield ""

    def notes(self) -> Iterator[str]:
        """Show what a person should know and that changes nothing."""
        for note in self._report.plan.notes:
            place = self._paint.cyan(f"{safe(note.path)}:{note.line}:")
            yield f"note: {place} {safe(note.message)}"
        if self._report.plan.notes:
            yield ""

    def aside(self) -> Iterator[str]:
        """Show how many rows are left as they are, and why."""
        tally = self._report.plan.tally
        total = sum(tally.skipped.values())
        if total:
            rows = "row is" if total == 1 else "rows are"
            yield f"{total} {rows} not filed:"
            width = len(str(max(tally.skipped.values())))
            for reason, number in sorted(tally.skipped.items(), key=_most_first):
                yield f"  {number:>{width}}  {safe(reason)}"
            yield ""
        if self._verbose and tally.unchanged:
            rows = "row is" if tally.unchanged == 1 else "rows are"
            yield f"{tally.unchanged} {rows} unchanged."
            yield ""

    def _is_shown(self, index: int, change: Change) -> bool:
        match change:
            case Agree():
                return self._verbose or worth_telling(change)
            case UpdateRow() if change.ref is None:
                # Shown as the ticket of the create that it follows.
                done = self._report.done.get(index)
                return done is not None and done.result is not Result.DONE
            case _:
                return True

    def _change(self, change: Change, done: Done | None) -> Iterator[str]:
        yield f"  {self._headline(change, done)}"
        for line in self._details(change):
            yield f"      {line}"
        if done is not None and done.result is not Result.DONE and acts(change):
            why = f": {safe(done.why)}" if done.why else ""
            yield f"      {self._paint.red(f'{done.result}{why}')}"
        elif done is not None and done.why and acts(change):
            yield f"      {self._paint.yellow(safe(done.why))}"

    def _headline(self, change: Change, done: Done | None) -> str:
        verb = verb_of(change)
        was_done = done is not None and done.result is Result.DONE
        said = verb.done if was_done and not self._report.dry_run else verb.planned
        key = key_of(change, self._created)
        title = self._title(change)
        parts = [
            f"{self._colour(verb.mark)} {said:<8}",
            f"line {change.line}" if change.line else "",
            self._paint.bold(safe(key)) if key else "",
            safe(cut(title, WIDEST)) if title else "",
        ]
        return "  ".join(part for part in parts if part)

    def _colour(self, mark: str) -> str:
        match mark:
            case "+":
                return self._paint.green(mark)
            case "-" | "!":
                return self._paint.red(mark)
            case "~":
                return self._paint.yellow(mark)
            case _:
                return self._paint.cyan(mark)

    def _title(self, change: Change) -> str | None:
        match change:
            case CreateTicket():
                return change.title
            case AddColumn():
                return f"column {change.column.value.title()}"
            case Agree(noticed=Noticed.VANISHED) | AdoptTicket(gone=True):
                # What stands on its line now is another row.
                return change.title if isinstance(change, Agree) else None
            case _:
                return self._titles.get((change.path, change.line))

    def _details(self, change: Change) -> Iterator[str]:
        match change:
            case CreateTicket():
                yield from self._created_fields(change)
            case UpdateTicket():
                yield from self._fields(change, "tracker")
                if change.body is not None:
                    yield "description is written anew"
            case UpdateRow():
                yield from self._fields(change, "document")
            case Conflict() | Agree():
                yield from self._sides(change)
                yield self._paint.dim(safe(change.reason))
            case (
                AdoptTicket() | CloseDuplicate() | LostTicket() | Pending() | Withheld()
            ):
                yield self._paint.dim(safe(change.reason))
            case AddColumn():
                pass
        if self._verbose and isinstance(
            change, CreateTicket | UpdateTicket | UpdateRow
        ):
            yield self._paint.dim(safe(change.reason))

    def _created_fields(self, change: CreateTicket) -> Iterator[str]:
        values = {
            name: value.to
            for name, value in change.fields.items()
            if name != Field.TITLE and value.to is not None
        }
        values[LINK] = self._created.get(change.key, NEW)
        width = max(map(len, values))
        for name, to in values.items():
            yield f"{name:<{width}}  {self._value(to)}"

    def _fields(self, change: Change, side: str) -> Iterator[str]:
        width = max(map(len, change.fields), default=0)
        for name, value in change.fields.items():
            before = (
                value.document if side == "document" or name == LINK else value.tracker
            )
            to = self._created.get(change.key, NEW) if value.to == NEW else value.to
            arrow = f"{self._value(before)} -> {self._value(to)}"
            yield f"{name:<{width}}  {arrow}"

    def _sides(self, change: Change) -> Iterator[str]:
        width = max(map(len, change.fields), default=0)
        for name, value in change.fields.items():
            yield f"{name:<{width}}  {self._three(value)}"

    def _three(self, value: FieldChange) -> str:
        sides = (
            f"document {self._value(value.document)}",
            f"ticket {self._value(value.tracker)}",
            f"last agreed {self._value(value.base)}",
        )
        return ", ".join(sides)

    def _value(self, value: str | None) -> str:
        return self._paint.dim("(none)") if value is None else safe(cut(value, WIDEST))


def _most_first(entry: tuple[str, int]) -> tuple[int, str]:
    return -entry[1], entry[0]
