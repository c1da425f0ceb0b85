"""A record is one that beads would write, and what others wrote beside it is kept."""

from __future__ import annotations

from pmsync.domain.model import Field, Marker, Status
from pmsync.domain.ports import Absence, Done, Draft, Lookup, Refused
from support.desk import BY_HAND, Desk


def test_a_new_ticket_is_a_record_that_beads_would_export(desk: Desk) -> None:
    ticket = desk.open(owner="Al", due="2026-02-03", status="open")

    assert list(desk.record(ticket.id).items()) == [
        ("_type", "issue"),
        ("id", ticket.id),
        ("title", "Rotate keys"),
        ("description", "<!-- pmsync:begin -->\nWhy\n<!-- pmsync:end -->"),
        ("status", "open"),
        ("priority", 2),
        ("issue_type", "task"),
        ("assignee", "Al"),
        ("created_at", "2026-01-02T03:04:05Z"),
        ("created_by", "pmsync"),
        ("updated_at", "2026-01-02T03:04:05Z"),
        ("due_at", "2026-02-03T00:00:00Z"),
        (
            "metadata",
            {
                "pmsync": {
                    "v": 1,
                    "key": "k1",
                    "state": "s",
                    "wrote": desk.record(ticket.id)["metadata"]["pmsync"]["wrote"],  # type: ignore[index]
                }
            },
        ),
        ("dependency_count", 0),
        ("dependent_count", 0),
        ("comment_count", 0),
    ]
    assert ticket.ref.url == f"bd://{ticket.id}"


def test_lines_that_are_not_changed_keep_their_bytes(desk: Desk) -> None:
    others = [
        '{"_type":"memory","key":"a","value":"b"}',
        "",
        BY_HAND,
        '{"id":"bd-gone","status":"tombstone","title":"x","deleted_at":"2025"}',
        BY_HAND.replace("By hand", "Said twice"),
        "   ",
    ]
    desk.write(*others)

    ticket = desk.send(desk.open(), Field.STATUS, Status.DONE)

    assert desk.lines()[:6] == others
    assert desk.lines()[7:] == [""]
    assert desk.tracker.changed(None).tickets == (desk.read("bd-hand"), ticket)
    assert desk.read("bd-hand").fields[Field.TITLE] == "Said twice"
    gone = desk.tracker.fetch([Lookup("bd-gone")])
    assert gone == {"bd-gone": Absence.DELETED}


def test_a_changed_line_keeps_unknown_keys_order_and_spelling(desk: Desk) -> None:
    desk.write(BY_HAND)

    desk.send(desk.read("bd-hand"), Field.OWNER, "Al")

    expected = BY_HAND.replace('"bug", ', '"bug", "assignee": "Al", ').replace(
        '"updated_at": "2026-01-01T00:00:00Z"', '"updated_at": "2026-01-02T03:04:05Z"'
    )
    assert desk.lines() == [expected, ""]


def test_metadata_of_other_programs_is_kept(desk: Desk) -> None:
    ticket = desk.open()
    line = desk.lines()[0].replace('"metadata":{', '"metadata":{"other": 1.10, ')
    desk.write(line)

    desk.send(desk.read(ticket.id), Field.TITLE, "Another")

    assert '"metadata":{"other": 1.10, "pmsync":{' in desk.lines()[0]


def test_reordered_lines_are_the_same_tickets(desk: Desk) -> None:
    tickets = {desk.open(f"k{n}").id for n in range(5)}
    listing = desk.tracker.changed(None)

    desk.write(*reversed(desk.lines()[:-1]))

    assert {t.id for t in desk.tracker.changed(listing.watermark).tickets} == tickets
    assert all(desk.read(id_).touched_by_others is False for id_ in tickets)


def test_a_ticket_is_never_opened_twice_for_one_marker(desk: Desk) -> None:
    first = desk.open("k1")

    outcomes = desk.tracker.create([Draft(Marker("k1", "s"), "Again", "B")] * 2)

    assert outcomes == [Done(first)] * 2
    assert len(desk.lines()) == 2


def test_a_parent_becomes_an_epic_and_is_still_ours(desk: Desk) -> None:
    parent = desk.open("k1")
    draft = Draft(Marker("k2", "s"), "Child", "B", parent=parent.id)
    missing = Draft(Marker("k3", "s"), "Child", "B", parent="bd-none")

    child, refused = desk.tracker.create([draft, missing])

    assert isinstance(child, Done)
    assert child.ticket.parent == parent.id
    assert desk.record(child.ticket.id)["dependencies"] == [
        {
            "issue_id": child.ticket.id,
            "depends_on_id": parent.id,
            "type": "parent-child",
            "created_at": "2026-01-02T03:04:05Z",
            "created_by": "pmsync",
            "metadata": "{}",
        }
    ]
    assert desk.record(parent.id)["issue_type"] == "epic"
    assert desk.read(parent.id).touched_by_others is False
    assert refused == Refused("the parent bd-none is not there")
