"""What a tracker makes of a value is told once, and undoes nothing that a person wrote."""

from __future__ import annotations

from dataclasses import replace

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.changes import Agree, UpdateTicket
from pmsync.domain.model import Field, Status
from pmsync.domain.ports import Capabilities
from support.capabilities import LISTS
from support.engine import Engine, kinds, rows_of
from support.two_rows import DISK, made


def test_a_title_that_the_tracker_cuts_is_told_once_and_not_sent_again() -> None:
    short = Capabilities(
        fields=LISTS.fields, statuses=LISTS.statuses, free_owners=True, title_limit=250
    )
    engine = made(short)
    stored = engine.project._stored

    def without_please(field: Field, value: str | None) -> str | None:
        kept = stored(field, value)
        return kept.replace("please ", "") if kept else kept

    engine.project._stored = without_please  # type: ignore[method-assign]
    engine.edit("a.md", DISK, f"please {DISK}")

    report = engine.run()

    (told,) = [done.why for done in report.done.values() if done.why]
    assert told.startswith("the tracker did not accept title")
    assert f"please {DISK}" in rows_of(engine)[0], "the row keeps what a person wrote"
    engine.assert_at_rest()


def test_white_space_of_a_ticket_never_makes_two_runs_differ(engine: Engine) -> None:
    engine.project._stored = lambda _field, value: value  # type: ignore[method-assign]
    engine.project.edit(engine.ticket(DISK).id, {Field.TITLE: f"  {DISK}\t now \n"})
    engine.run()

    assert f"| {DISK} now |" in rows_of(engine)[0]
    engine.assert_at_rest()


def test_what_nobody_sees_in_a_tickets_title_is_no_conflict(engine: Engine) -> None:
    engine.project._stored = lambda _field, value: value  # type: ignore[method-assign]
    unseen = "\u202eright\u202c \u200bto\ufeff left\u00ad"
    engine.project.edit(engine.ticket(DISK).id, {Field.TITLE: unseen})
    engine.run()

    assert "| right to left |" in rows_of(engine)[0]
    assert engine.run().exit_code is ExitCode.DONE
    engine.assert_at_rest()


def test_a_status_that_is_not_understood_is_not_blamed_on_the_tracker(
    engine: Engine,
) -> None:
    engine.edit("a.md", f"| {DISK} | @alice | Open |", f"| {DISK} | @alice | Umm |")

    (told,) = [c for c in engine.run().plan.changes if isinstance(c, Agree)]

    assert told.reason == "the document's status is not understood"


def test_an_owner_from_the_ticket_changes_its_description_in_the_same_run(
    engine: Engine,
) -> None:
    engine.project.edit(engine.ticket(DISK).id, {Field.OWNER: "carol"})
    engine.run()

    assert "@carol" in rows_of(engine)[0]
    assert "Owner: @carol" in engine.ticket(DISK).body
    engine.assert_at_rest()


def test_an_owner_without_an_account_is_told_when_the_ticket_is_opened() -> None:
    named = Capabilities(fields=frozenset({Field.TITLE, Field.STATUS, Field.OWNER}))
    engine = Engine(named)
    engine.write("a.md", f"{DISK}|@alice|Open|")

    report = engine.run()

    (note,) = report.plan.notes
    assert "knows no @alice" in note.message
    assert "| @alice |" in rows_of(engine)[0]
    engine.assert_at_rest()


def test_a_name_that_the_tracker_does_not_know_unassigns_nobody() -> None:
    named = Capabilities(fields=frozenset({Field.TITLE, Field.STATUS, Field.OWNER}))
    engine = Engine(named)
    engine.project.users["@alice"] = "alice"
    engine.write("a.md", f"{DISK}|@alice|Open|")
    engine.run()
    assert engine.ticket(DISK).fields[Field.OWNER] == "alice"
    engine.edit("a.md", "@alice", "@ghost")

    engine.run()

    assert engine.ticket(DISK).fields[Field.OWNER] == "alice"
    assert "| @ghost |" in rows_of(engine)[0]
    engine.assert_at_rest()


def test_an_owner_that_a_checklist_has_no_place_for_fails_no_run() -> None:
    engine = Engine()
    text = f"# P\n\n## Action Items\n\n- [ ] {DISK}\n  - Owner: @alice\n"
    engine.documents.files["a.md"] = text
    engine.run()
    before = engine.documents.files["a.md"]
    assert engine.ticket(DISK).fields[Field.OWNER] == "alice"
    engine.project.edit(engine.ticket(DISK).id, {Field.OWNER: "bob"})

    report = engine.run()

    assert report.exit_code is ExitCode.DONE
    assert engine.documents.files["a.md"] == before
    engine.assert_at_rest()


def test_the_link_in_a_description_stays_that_of_the_day_it_was_filed() -> None:
    engine = Engine()
    engine.documents.commit = "aaaa"
    engine.write("a.md", f"{DISK}|@alice|Open|")
    engine.run()
    filed = "https://github.com/org/repo/blob/aaaa/a.md#L7"
    assert filed in engine.ticket(DISK).body

    engine.documents.commit = "bbbb"
    engine.assert_at_rest()
    engine.edit("a.md", DISK, f"{DISK} again")
    engine.run()

    assert filed in engine.ticket(f"{DISK} again").body
    assert "bbbb" not in engine.ticket(f"{DISK} again").body
    engine.assert_at_rest()


def test_what_a_tracker_drops_at_creation_is_told_once_and_not_sent_again() -> None:
    due = replace(LISTS, free_owners=False)
    engine = Engine(due)
    engine.settings = replace(
        engine.settings, owners={engine.tracker.name: {"@alice": "alice-left"}}
    )
    engine.write("a.md", f"{DISK}|@alice|Open|")

    report = engine.run()

    (why,) = [done.why for done in report.done.values() if done.why]
    assert (
        why == 'the tracker did not accept owner: sent "alice-left", it shows nothing'
    )
    engine.assert_at_rest()


def test_a_status_that_the_tracker_cannot_tell_from_another_is_not_sent() -> None:
    engine = made(replace(LISTS, statuses=frozenset({Status.OPEN, Status.DONE})))
    engine.edit("a.md", f"{DISK} | @alice | Open", f"{DISK} | @alice | Blocked")
    before = engine.ticket(DISK).version

    report = engine.run()
    engine.edit("a.md", f"{DISK} | @alice | Blocked", f"{DISK} | @alice | In Progress")
    engine.run()

    assert UpdateTicket not in kinds(report)
    assert engine.ticket(DISK).version == before
    engine.assert_at_rest()
