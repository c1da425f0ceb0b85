"""The reference tracker does to tickets what real trackers and people do."""

from __future__ import annotations

from datetime import timedelta

from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.ports import Absence, Capabilities, Done, Draft, Lookup, Patch
from pmsync.domain.settings import TrackerSettings
from pmsync_adapters.memory import MemoryProject, MemoryTracker
from pmsync_adapters.memory.project import EPOCH

MARKER = Marker("k1", "s")


def opened(tracker: MemoryTracker, **fields: str) -> Ticket:
    given = {Field(name): value for name, value in fields.items()}
    (outcome,) = tracker.create([Draft(MARKER, "Title", "Body", given)])
    assert isinstance(outcome, Done)
    return outcome.ticket


def test_a_moved_ticket_is_found_under_what_it_was_called() -> None:
    project = MemoryProject()
    tracker = MemoryTracker(project)
    ticket = opened(tracker)

    moved = project.move(ticket.ref.key, "elsewhere")
    again = project.move(moved.ref.key, "further")

    for lookup in (Lookup(ticket.ref.key, ticket.id), Lookup(moved.ref.key)):
        found = tracker.fetch([lookup])[lookup.key]
        assert isinstance(found, Ticket)
        assert (found.id, found.ref.key) == (again.id, again.ref.key)
        assert found.read_only
    assert again.id != ticket.id
    assert tracker.marked(None).tickets == ()
    assert tracker.changed(None).tickets == ()


def test_a_deleted_ticket_is_told_from_one_that_never_was() -> None:
    project = MemoryProject(capabilities=Capabilities())
    tracker = MemoryTracker(project)
    ticket = opened(tracker)
    project.delete(ticket.id)

    found = tracker.fetch([Lookup(ticket.ref.key, ticket.id), Lookup("demo#99")])

    assert found == {ticket.ref.key: Absence.DELETED, "demo#99": Absence.INVISIBLE}


def test_every_accepted_write_is_in_the_journal_and_no_other() -> None:
    project = MemoryProject()
    tracker = MemoryTracker(project)
    ticket = opened(tracker)
    tracker.create([Draft(MARKER, " ", "refused")])
    project.comment(ticket.id, actor="bob")
    tracker.update(Patch(ticket, {Field.TITLE: "Ours"}))
    tracker.update(Patch(ticket, {Field.TITLE: "stale"}))
    project.delete(ticket.id)

    assert [(w.actor, w.action, w.key, w.marker) for w in project.journal] == [
        ("pmsync", "create", "demo#1", MARKER),
        ("bob", "comment", "demo#1", MARKER),
        ("pmsync", "edit", "demo#1", MARKER),
        ("alice", "delete", "demo#1", MARKER),
    ]
    assert [w.time for w in project.journal] == [
        EPOCH + timedelta(seconds=n) for n in range(4)
    ]
    assert project.journal[2].fields == {Field.TITLE: "Ours"}


def test_a_comment_is_a_touch_that_changes_no_field() -> None:
    project = MemoryProject()
    tracker = MemoryTracker(project)
    ticket = opened(tracker)

    project.comment(ticket.id)

    (after,) = tracker.changed("1").tickets
    assert after.fields == ticket.fields
    assert after.touched_by_others
    assert after.version != ticket.version


def test_what_a_poor_tracker_cannot_hold_is_lost_as_in_real_life() -> None:
    poor = Capabilities(
        fields=frozenset({Field.TITLE, Field.STATUS, Field.OWNER}), title_limit=5
    )
    project = MemoryProject(capabilities=poor, users={"Alice": "alice"})
    tracker = MemoryTracker(project)
    draft = Draft(
        MARKER,
        "  Rot\r\nate  all",
        "a\r\nb\rc",
        {Field.STATUS: Status.BLOCKED, Field.OWNER: "nobody", Field.DUE: "2026-01-01"},
    )

    (outcome,) = tracker.create([draft])

    assert isinstance(outcome, Done)
    assert outcome.ticket.fields == {
        Field.TITLE: "Rot a",
        Field.STATUS: Status.OPEN,
        Field.OWNER: None,
    }
    assert "a\nb\nc" in outcome.ticket.body
    wont_do = project.close(outcome.ticket.id, Status.WONT_DO)
    assert wont_do.fields[Field.STATUS] == Status.DONE
    assert tracker.users(["Alice", "Bob"]) == {"Alice": "alice"}


def test_closing_and_reopening_record_who_did_it() -> None:
    project = MemoryProject()
    ours = opened(MemoryTracker(project), status=Status.DONE)
    assert ours.closed_by == "pmsync"

    assert project.reopen(ours.id).closed_by is None
    assert project.close(ours.id, actor="bob").closed_by == "bob"


def test_two_identities_see_each_other_as_others() -> None:
    project = MemoryProject()
    first = MemoryTracker(project, identity="bot-1")
    second = MemoryTracker(project, identity="bot-2")
    opened(first)

    (seen,) = second.marked(None).tickets

    assert seen.author == "bot-1"
    assert seen.touched_by_others


def test_it_can_be_configured_by_name() -> None:
    settings = TrackerSettings("ops", "memory", "/", project="payments")

    ticket = opened(MemoryTracker.from_settings(settings))

    assert (ticket.ref.tracker, ticket.ref.key) == ("ops", "payments#1")
