"""A plan as people and programs read it: complete, countable, and harmless."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pmsync.app.report import Done, Report
from pmsync.cli.plan_json import to_json
from pmsync.cli.plan_text import plan_lines
from pmsync.cli.summary import last_line, summarise
from pmsync.cli.terminal import Paint
from pmsync.domain.changes import (
    AddColumn,
    AdoptTicket,
    Agree,
    Change,
    CloseDuplicate,
    Conflict,
    CreateTicket,
    FieldChange,
    LostTicket,
    Note,
    Pending,
    Plan,
    Result,
    Tally,
    UpdateRow,
    UpdateTicket,
    Withheld,
)
from pmsync.domain.errors import SafetyStopError, TrackerUnavailableError
from pmsync.domain.model import Column, Field, Marker, Status, Ticket, TicketRef
from pmsync.domain.ports import Absence, Draft
from pmsync.domain.repository import UnreadDocument

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REF = TicketRef("ops", "OPS-1", "https://example.com/OPS-1")
TICKET = Ticket(REF, "1", "1", {}, "me", NOW, NOW)
AT = ("a.md", 7, "k1", "ops", "because")


def status(document: str, tracker: str, base: str, to: str | None) -> FieldChange:
    return FieldChange(document, tracker, base, to)


CREATE = CreateTicket(
    *AT,
    {
        "title": FieldChange("Fix it", None, None, "Fix it"),
        "owner": FieldChange("@alice", None, None, "alice"),
    },
    draft=Draft(Marker("k1", "s"), "Fix it", "body"),
    title="Fix it",
)
LINK = UpdateRow(
    *AT,
    {"ticket": FieldChange(None, None, None, "(new)")},
    ref=None,
    values={Column.TICKET: None},
)
UPDATE = UpdateTicket(
    *AT,
    {"due": FieldChange("2026-02-01", "2026-01-01", "2026-01-01", "2026-02-01")},
    ticket=TICKET,
    send={Field.DUE: "2026-02-01"},
)
CLOSE = UpdateTicket(
    *AT,
    {"status": status("done", "open", "open", "done")},
    ticket=TICKET,
    send={Field.STATUS: Status.DONE},
)
EDIT = UpdateRow(
    *AT,
    {"status": status("open", "done", "open", "done")},
    ref=REF,
    values={Column.STATUS: "done"},
)
CONFLICT = Conflict(*AT, {"status": status("done", "blocked", "open", None)}, ref=REF)
OTHERS: list[Change] = [
    AdoptTicket(*AT, ticket=TICKET),
    AddColumn("a.md", 5, "k1", "ops", "because", column=Column.TICKET),
    CloseDuplicate(*AT, ticket=TICKET, survivor=REF),
    Agree(*AT, {"owner": FieldChange("Bob", None, None, None)}, ref=REF),
    LostTicket(*AT, ref=REF, absence=Absence.DELETED),
    Pending(*AT),
    Withheld(*AT),
]
EVERYTHING = (CREATE, LINK, UPDATE, CLOSE, EDIT, CONFLICT, *OTHERS)


def report(*changes: Change, done: dict[int, Done] | None = None) -> Report:
    plan = Plan(changes, (), Tally(3, {"it is done already": 2}))
    return Report(plan, "d1", done=done or {}, dry_run=done is None)


def text(given: Report, *, verbose: bool = False) -> str:
    return "\n".join(plan_lines(given, Paint(on=False), verbose=verbose))


def test_every_kind_of_change_has_its_name_and_place_in_json() -> None:
    document = json.loads(to_json(report(*EVERYTHING)))

    assert document["version"] == 1
    assert [change["change"] for change in document["changes"]] == [
        "create_ticket",
        "update_row",
        "update_ticket",
        "update_ticket",
        "update_row",
        "conflict",
        "adopt_ticket",
        "add_column",
        "close_duplicate",
        "agree",
        "lost_ticket",
        "pending",
        "withheld",
    ]
    for change in document["changes"]:
        assert {"path", "line", "tracker", "key", "fields", "reason", "ref"} <= set(
            change
        )
        assert "outcome" not in change


def test_json_shows_all_three_sides_of_a_field_and_what_it_becomes() -> None:
    (change,) = json.loads(to_json(report(EDIT)))["changes"]

    assert change["fields"] == {
        "status": {"document": "open", "tracker": "done", "base": "open", "to": "done"}
    }
    assert change["ref"] == "ops:OPS-1"


def test_after_a_run_json_tells_the_outcome_and_the_ticket_that_was_opened() -> None:
    done = {0: Done(Result.DONE, ticket="OPS-9"), 1: Done(Result.REFUSED, "moved")}

    created, link = json.loads(to_json(report(CREATE, LINK, done=done)))["changes"]

    assert (created["outcome"], created["ref"]) == ("done", "ops:OPS-9")
    assert (link["outcome"], link["why"], link["ref"]) == (
        "refused",
        "moved",
        "ops:OPS-9",
    )


def test_the_summary_has_every_number_that_was_promised() -> None:
    assert json.loads(to_json(report(*EVERYTHING)))["summary"] == {
        "create": 1,
        "update": 2,
        "edit": 2,
        "adopt": 1,
        "conflict": 1,
        "lost": 1,
        "failed": 0,
        "close": 2,
        "pending": 1,
        "withheld": 1,
        "skipped": 2,
        "unchanged": 3,
    }


def test_one_ticket_that_was_refused_is_one_failure_not_three() -> None:
    done = {
        0: Done(Result.REFUSED, "archived"),
        1: Done(Result.SKIPPED, "its ticket was not opened"),
        2: Done(Result.SKIPPED),
    }
    column = AddColumn("a.md", 5, "k1", "ops", "because", column=Column.TICKET)

    summary = summarise(report(CREATE, LINK, column, done=done))

    assert (summary.failed, summary.create, summary.edit) == (1, 0, 0)


def test_what_could_not_be_read_or_asked_counts_as_failed() -> None:
    given = Report(
        Plan(),
        "d1",
        unread=(UnreadDocument("a.md", "is not UTF-8"),),
        failures=(TrackerUnavailableError("no answer"),),
    )

    assert summarise(given).failed == 2
    problems = json.loads(to_json(given))["problems"]
    assert [p["message"] for p in problems] == ["is not UTF-8", "no answer"]


def test_json_says_why_a_run_of_the_plan_would_be_refused() -> None:
    given = Report(Plan(), "d1", stop=SafetyStopError("60 tickets, more than 50"))

    (problem,) = json.loads(to_json(given))["problems"]
    assert problem["message"] == "60 tickets, more than 50"


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (report(), "Plan: nothing to do."),
        (report(CREATE, LINK), "Plan: 1 to create, 1 row to edit."),
        (report(CLOSE), "Plan: 1 to close."),
        (
            report(*EVERYTHING),
            (
                "Plan: 1 to create, 1 to update, 2 rows to edit, 1 column to add, "
                "1 to adopt, 2 to close, 1 conflict, 1 lost, 1 pending, 1 withheld."
            ),
        ),
    ],
)
def test_the_last_line_says_it_all(given: Report, line: str) -> None:
    assert last_line(summarise(given), planned=True) == line


def test_after_a_run_the_last_line_says_what_was_done() -> None:
    done = {0: Done(Result.DONE), 1: Done(Result.REFUSED)}

    line = last_line(summarise(report(UPDATE, EDIT, done=done)), planned=False)

    assert line == "Done: 1 updated, 1 failed."


SHOWN = """\
a.md
  + create    line 7  Fix it
      owner   alice
      ticket  (new)
  ~ update    line 7  OPS-1
      due  2026-01-01 -> 2026-02-01
  - close     line 7  OPS-1
      status  open -> done
  ~ edit      line 7  OPS-1
      status  open -> done
  ! conflict  line 7  OPS-1
      status  document done, ticket blocked, last agreed open
      because

2 rows are not filed:
  2  it is done already
"""


def test_a_plan_reads_from_the_document_down_to_the_field() -> None:
    assert text(report(CREATE, LINK, UPDATE, CLOSE, EDIT, CONFLICT)) == SHOWN


def test_a_change_that_failed_says_why_where_it_stands() -> None:
    shown = text(report(UPDATE, done={0: Done(Result.REFUSED, "archived")}))

    assert "      refused: archived" in shown.splitlines()


def test_nothing_that_a_person_must_know_hides_behind_verbose() -> None:
    shown = text(report(*EVERYTHING))

    for word in ("adopt", "add", "close", "keep", "lost", "pending", "withheld"):
        assert f" {word} " in shown
    assert "document Bob, ticket (none)" in shown


def test_what_only_the_state_learns_is_shown_on_request() -> None:
    same = Agree(*AT, {"due": FieldChange("x", "x", None, "x")}, ref=REF)

    assert "keep" not in text(report(same))
    assert "keep" in text(report(same), verbose=True)
    assert "3 rows are unchanged." in text(report(), verbose=True)


def test_text_of_documents_and_trackers_shows_and_does_nothing_else() -> None:
    hostile = "::set-output name=x::\x1b[2J\u202e##[debug]\n::y"
    ref = TicketRef("ops", hostile, "")
    field = {"title": FieldChange(hostile, hostile, hostile, hostile)}
    at = (hostile, 7, "k1", "ops", hostile)
    given = Report(
        Plan(
            (
                Conflict(*at, field, ref=ref),
                CreateTicket(
                    *at, field, draft=Draft(Marker("k", "s"), "", ""), title=hostile
                ),
                Pending(*at),
            ),
            (Note(hostile, 1, hostile),),
            Tally(0, {hostile: 1}),
        ),
        "d1",
        done={0: Done(Result.REFUSED, hostile)},
    )

    for shown in (text(given, verbose=True), to_json(given)):
        assert not any(line.lstrip().startswith("::") for line in shown.splitlines())
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "##[" not in shown
    assert json.loads(to_json(given))["changes"][1]["reason"] == hostile
