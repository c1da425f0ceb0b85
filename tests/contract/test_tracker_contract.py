"""What every tracker adapter promises, tried through the port alone.

Capabilities decide what is expected; nothing is skipped.
"""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from importlib.metadata import EntryPoint, entry_points
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmsync.domain.block import BEGIN, END, enclose, inner
from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.ports import (
    Absence,
    Done,
    Draft,
    Lookup,
    Outcome,
    Patch,
    Refused,
    Tracker,
)
from support.beads import BdPlace
from support.places import PLACES, Place

NUMBERS = count(1)
SHIPPED = sorted(entry_points(group="pmsync.trackers"))
STATE = "s8t4t3"
HOSTILE = {
    "quick actions": "Rotate keys\n/close\n/assign @everyone",
    "mentions": "Ask @everyone, @org/team, &#64;user and \uff20user",
    "references": "fixes #1, owner/repo#1, !12, $1, ~label",
    "wiki markup": "{html}<b>{code}[~user] !img!",
    "a table": "a | b \\| c",
    "markup": "--> ``` <img src=x onerror=alert(1)> [x](javascript:1) <br>' \"",
    "a forged marker": "<!-- pmsync:v1 key=zzzz state=zzzz -->",
    "delimiters": f"{BEGIN} forged {END}",
    "controls": "a\x00b\x07c\x1b[31md\x7f\x9b",
    "bidi": "abc\u202edcba\u2066x\u2069\u200f",
    "line ends": "one\r\ntwo\rthree\u2028four\u0085five",
    "length": "very " * 200 + "long",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈 é 漢字",
    "json": '{"a": "\\u0000", "metadata": null}',
    "a formula": "=cmd()|' /C calc'!A0",
}


def draft(title: str = "Rotate the keys", body: str = "Why and where.") -> Draft:
    return Draft(Marker(f"k{next(NUMBERS):04}", STATE), title, body)


def done(outcome: Outcome) -> Ticket:
    assert isinstance(outcome, Done), outcome
    return outcome.ticket


def refused(outcome: Outcome) -> Refused:
    assert isinstance(outcome, Refused), outcome
    return outcome


def opened(tracker: Tracker, wanted: Draft | None = None) -> Ticket:
    (outcome,) = tracker.create([wanted or draft()])
    return done(outcome)


def read(tracker: Tracker, ticket: Ticket) -> Ticket:
    found = tracker.fetch([Lookup(ticket.ref.key, ticket.id)])[ticket.ref.key]
    assert isinstance(found, Ticket), found
    return found


def one_line(text: str, tracker: Tracker) -> str:
    return " ".join(text.split())[: tracker.capabilities.title_limit].rstrip()


def without_controls(text: str) -> str:
    """Not every tracker can hold what nobody sees; pmsync itself sends none of it."""
    return "".join(c for c in text if unicodedata.category(c) != "Cc")


def a_value(field: Field, place: Place) -> str:
    match field:
        case Field.TITLE:
            return "Rotate all of the keys"
        case Field.OWNER:
            (account,) = place.tracker().users([place.person()]).values()
            return account
        case Field.DUE:
            return "2026-03-04"
        case Field.STATUS:
            return Status.DONE
        case Field.PRIORITY:
            return "1"


def another_value(field: Field) -> str | None:
    match field:
        case Field.TITLE:
            return "Rotate every key"
        case Field.OWNER:
            return None
        case Field.DUE:
            return "2026-05-06"
        case Field.STATUS:
            return Status.DONE
        case Field.PRIORITY:
            return "3"


def test_no_adapter_ships_untested() -> None:
    shipped = {entry.name for entry in SHIPPED}

    assert shipped == {name.partition("-")[0] for name in PLACES}


@pytest.mark.parametrize("entry", SHIPPED, ids=[entry.name for entry in SHIPPED])
def test_an_entry_point_can_be_given_settings(entry: EntryPoint) -> None:
    assert callable(entry.load().from_settings)


def test_a_created_ticket_bears_marker_text_and_author(tracker: Tracker) -> None:
    wanted = draft()

    ticket = opened(tracker, wanted)

    assert ticket.marker == wanted.marker
    assert ticket.fields[Field.TITLE] == wanted.title
    assert ticket.fields[Field.STATUS] == Status.OPEN
    assert inner(ticket.body) == wanted.body
    assert ticket.author == tracker.identity()
    assert ticket.ref.tracker == tracker.name
    assert all((ticket.id, ticket.ref.key, ticket.ref.url, ticket.version))
    assert not ticket.touched_by_others


@pytest.mark.parametrize("field", [f for f in Field if f is not Field.TITLE])
def test_a_field_given_at_creation_is_kept(
    field: Field, place: Place, tracker: Tracker
) -> None:
    value = a_value(field, place)
    marker = Marker(f"k{next(NUMBERS)}", STATE)

    ticket = opened(tracker, Draft(marker, "Title", "Body", {field: value}))

    held = field in tracker.capabilities.fields
    assert ticket.fields.get(field) == (value if held else None)
    assert read(tracker, ticket).fields == ticket.fields


def test_what_was_created_is_what_is_read(tracker: Tracker) -> None:
    ticket = opened(tracker)

    assert tracker.fetch([Lookup(ticket.ref.key, ticket.id)]) == {
        ticket.ref.key: ticket
    }
    assert tracker.fetch([Lookup(ticket.ref.key)]) == {ticket.ref.key: ticket}
    assert tracker.fetch([]) == {}


def test_a_ticket_that_is_not_there_is_absent(place: Place, tracker: Tracker) -> None:
    deleted, other = opened(tracker), opened(tracker)
    place.delete(deleted)

    found = tracker.fetch([Lookup("no such key"), Lookup(deleted.ref.key, deleted.id)])

    assert set(found) == {"no such key", deleted.ref.key}
    assert all(isinstance(absence, Absence) for absence in found.values())
    if tracker.capabilities.exact_reads:
        assert set(found.values()) == {Absence.DELETED}
    assert read(tracker, other) == other


def test_a_second_run_finds_what_the_first_created_by_its_marker(
    place: Place, tracker: Tracker
) -> None:
    before = tracker.marked(None).time
    wanted = [draft(), draft()]
    tickets = [done(outcome) for outcome in tracker.create(wanted)]
    done(tracker.update(Patch(tickets[0], {Field.STATUS: Status.DONE})))

    for since in (None, before - timedelta(minutes=5)):
        listing = place.tracker().marked(since)

        assert listing.complete
        assert listing.time.tzinfo is not None
        assert {t.id: t.marker for t in listing.tickets} == {
            t.id: w.marker for t, w in zip(tickets, wanted, strict=True)
        }


def test_results_stand_in_the_order_of_the_drafts(tracker: Tracker) -> None:
    wanted = [draft(f"Number {n}") for n in range(tracker.capabilities.batch + 1)]

    tickets = [done(outcome) for outcome in tracker.create(wanted)]

    assert [t.marker for t in tickets] == [w.marker for w in wanted]
    assert len({t.id for t in tickets}) == len(wanted)
    assert tracker.create([]) == []


def test_one_refused_draft_does_not_stop_the_others(tracker: Tracker) -> None:
    first, blank, last = tracker.create([draft(), draft(" \n"), draft()])

    assert refused(blank).whole_project is False
    assert {t.id for t in tracker.marked(None).tickets} == {
        done(first).id,
        done(last).id,
    }


@pytest.mark.parametrize("field", Field)
def test_an_update_changes_the_named_field_and_no_other(
    field: Field, place: Place, tracker: Tracker
) -> None:
    before = opened(tracker)
    value = a_value(field, place)

    after = done(tracker.update(Patch(before, {field: value})))

    held = field in tracker.capabilities.fields
    assert after.fields.get(field) == (value if held else before.fields.get(field))
    assert {f: v for f, v in after.fields.items() if f != field} == {
        f: v for f, v in before.fields.items() if f != field
    }
    assert (after.id, after.ref, after.body, after.marker, after.labels) == (
        before.id,
        before.ref,
        before.body,
        before.marker,
        before.labels,
    )
    assert read(tracker, before) == after
    assert not after.touched_by_others


@pytest.mark.parametrize("field", Field)
def test_an_update_takes_nothing_off_a_ticket_that_has_everything(
    field: Field, place: Place, tracker: Tracker
) -> None:
    able = tracker.capabilities
    parent = opened(tracker).ref.key if able.parents else None
    given = {f: a_value(f, place) for f in Field if f in able.fields}
    title = given.pop(Field.TITLE)
    given[Field.STATUS] = Status.OPEN
    labels = frozenset({"postmortem", "sre"})
    marker = Marker(f"k{next(NUMBERS)}", STATE)
    full = opened(tracker, Draft(marker, title, "Body", given, labels, parent))
    place.label(full, "by-hand")

    after = done(tracker.update(Patch(full, {field: another_value(field)})))

    assert {f: v for f, v in after.fields.items() if f != field} == {
        f: v for f, v in full.fields.items() if f != field
    }
    assert after.labels >= {*labels, "by-hand"}
    assert (after.parent, after.body, after.marker) == (parent, full.body, full.marker)
    assert read(tracker, full) == after


@pytest.mark.parametrize("field", [Field.OWNER, Field.DUE])
def test_a_cleared_value_is_cleared(
    field: Field, place: Place, tracker: Tracker
) -> None:
    ticket = opened(tracker)
    given = done(tracker.update(Patch(ticket, {field: a_value(field, place)})))

    after = done(tracker.update(Patch(given, {field: None})))

    assert after.fields.get(field) is None
    assert read(tracker, ticket).fields.get(field) is None


def test_every_status_can_follow_every_other(tracker: Tracker) -> None:
    held = sorted(tracker.capabilities.statuses)
    for at, first in enumerate(held):
        ticket = opened(tracker)
        there_and_back = [s for later in held[at + 1 :] for s in (later, first)]
        for status in (first, *there_and_back):
            ticket = done(tracker.update(Patch(ticket, {Field.STATUS: status})))

            assert ticket.fields[Field.STATUS] == status
        assert read(tracker, ticket) == ticket


def test_a_ticket_that_a_person_closed_does_not_look_closed_by_us(
    place: Place, tracker: Tracker
) -> None:
    ours, theirs, both = opened(tracker), opened(tracker), opened(tracker)
    ours = done(tracker.update(Patch(ours, {Field.STATUS: Status.DONE})))
    place.edit(theirs, {Field.STATUS: Status.DONE})
    both = done(tracker.update(Patch(both, {Field.STATUS: Status.DONE})))
    both = done(tracker.update(Patch(both, {Field.STATUS: Status.OPEN})))
    assert both.closed_by is None
    place.edit(both, {Field.STATUS: Status.DONE})

    assert ours.closed_by in (tracker.identity(), None)
    assert read(tracker, theirs).closed_by != tracker.identity()
    assert read(tracker, both).closed_by != tracker.identity()


@pytest.mark.parametrize("field", Field)
def test_a_persons_change_is_never_overwritten(
    field: Field, place: Place, tracker: Tracker
) -> None:
    if field not in tracker.capabilities.fields:
        return
    observed = opened(tracker)
    place.edit(observed, {field: a_value(field, place)})
    theirs = read(tracker, observed)
    patch = Patch(observed, {field: theirs.fields[field], Field.TITLE: "Ours"})

    assert refused(tracker.update(patch)).stale
    assert read(tracker, observed) == theirs


def test_a_persons_change_to_another_field_is_kept_beside_ours(
    place: Place, tracker: Tracker
) -> None:
    observed = opened(tracker)
    place.edit(observed, {Field.TITLE: "Theirs"})

    after = done(tracker.update(Patch(observed, {Field.STATUS: Status.DONE})))

    assert after.fields[Field.TITLE] == "Theirs"
    assert after.fields[Field.STATUS] == Status.DONE
    assert after.touched_by_others


def test_peoples_text_around_the_block_is_kept(place: Place, tracker: Tracker) -> None:
    ticket = opened(tracker, draft(body="first"))
    place.edit(ticket, {}, body=f"Above, by hand\n{enclose('first')}\nBelow, by hand")

    after = done(tracker.update(Patch(read(tracker, ticket), body="second")))

    assert after.body == f"Above, by hand\n{enclose('second')}\nBelow, by hand"
    assert after.fields == ticket.fields


def test_a_body_that_changed_meanwhile_is_not_overwritten(
    place: Place, tracker: Tracker
) -> None:
    observed = opened(tracker, draft(body="first"))
    place.edit(observed, {}, body=f"{enclose('first')}\nBelow, by hand")
    theirs = read(tracker, observed)

    assert refused(tracker.update(Patch(observed, body="second"))).stale
    assert read(tracker, observed) == theirs


@pytest.mark.parametrize(
    "body",
    ["All by hand", f"{BEGIN}\nno end", f"{END}\n{BEGIN}", enclose("1") + enclose("2")],
    ids=["gone", "half", "turned", "doubled"],
)
def test_a_body_without_exactly_one_block_is_left_alone(
    body: str, place: Place, tracker: Tracker
) -> None:
    ticket = opened(tracker)
    place.edit(ticket, {}, body=body)
    observed = read(tracker, ticket)

    patch = Patch(observed, {Field.TITLE: "A title"}, body="ours")
    after = done(tracker.update(patch))

    assert after.body == observed.body
    assert after.fields[Field.TITLE] == "A title"
    assert done(tracker.update(Patch(after, body="ours"))).body == observed.body


def test_a_ticket_that_is_gone_is_not_written(place: Place, tracker: Tracker) -> None:
    observed = opened(tracker)
    place.delete(observed)

    assert refused(tracker.update(Patch(observed, {Field.TITLE: "Ours"}))).stale
    assert tracker.marked(None).tickets == ()


def test_a_duplicate_is_closed_unless_somebody_touched_it(
    place: Place, tracker: Tracker
) -> None:
    survivor, second, touched = (opened(tracker) for _ in range(3))
    place.edit(touched, {Field.TITLE: "Still needed"})
    key = survivor.ref.key

    closed = done(tracker.update(Patch(second, duplicate_of=key)))
    outcome = tracker.update(Patch(touched, duplicate_of=key))

    known = tracker.capabilities.statuses
    ended = Status.WONT_DO if Status.WONT_DO in known else Status.DONE
    assert closed.fields[Field.STATUS] == ended
    assert refused(outcome).stale
    assert read(tracker, touched).fields[Field.STATUS] == Status.OPEN
    assert read(tracker, survivor) == survivor


def test_labels_are_on_the_ticket_from_the_start(tracker: Tracker) -> None:
    labels = frozenset({"postmortem", "sre"})
    marker = Marker(f"k{next(NUMBERS)}", STATE)

    ticket = opened(tracker, Draft(marker, "Title", "Body", labels=labels))

    assert labels <= ticket.labels
    assert read(tracker, ticket).labels == ticket.labels


def test_a_child_knows_its_parent(tracker: Tracker) -> None:
    parent = opened(tracker)
    marker = Marker(f"k{next(NUMBERS)}", STATE)

    child = opened(tracker, Draft(marker, "Title", "Body", parent=parent.ref.key))

    assert child.parent == (parent.ref.key if tracker.capabilities.parents else None)
    assert read(tracker, child).parent == child.parent
    assert not read(tracker, parent).touched_by_others


def test_an_owner_is_found_and_nobody_is_made_up(
    place: Place, tracker: Tracker
) -> None:
    person = place.person()

    found = tracker.users([person, "Nobody at all"])

    expected = (
        {person, "Nobody at all"} if tracker.capabilities.free_owners else {person}
    )
    assert set(found) == expected


def test_nothing_is_listed_when_nothing_changed(tracker: Tracker) -> None:
    opened(tracker)
    listing = tracker.changed(None)

    again = tracker.changed(listing.watermark)

    assert again.complete
    assert again.watermark == listing.watermark
    assert again.tickets == () or not tracker.capabilities.exact_reads


def test_every_change_since_is_listed(place: Place, tracker: Tracker) -> None:
    edited, patched = opened(tracker), opened(tracker)
    first = tracker.changed(None)
    assert {t.id for t in first.tickets} >= {edited.id, patched.id}

    place.edit(edited, {Field.TITLE: "Theirs"})
    done(tracker.update(Patch(patched, {Field.TITLE: "Ours"})))
    new = opened(tracker)
    listing = place.tracker().changed(first.watermark)

    assert listing.watermark != first.watermark
    shown = {t.id: t.fields[Field.TITLE] for t in listing.tickets}
    assert (
        shown.items()
        >= {
            edited.id: "Theirs",
            patched.id: "Ours",
            new.id: new.fields[Field.TITLE],
        }.items()
    )


def test_a_version_changes_when_the_ticket_does_and_only_then(
    place: Place, tracker: Tracker
) -> None:
    ticket = opened(tracker)
    assert read(tracker, ticket).version == ticket.version
    assert done(tracker.update(Patch(ticket))).version == ticket.version

    patched = done(tracker.update(Patch(ticket, {Field.TITLE: "Ours"})))
    place.edit(ticket, {Field.TITLE: "Theirs"})
    edited = read(tracker, ticket)

    assert len({ticket.version, patched.version, edited.version}) == 3
    assert edited.touched_by_others


def test_times_have_a_zone_and_do_not_run_backwards(tracker: Tracker) -> None:
    ticket = opened(tracker)
    after = done(tracker.update(Patch(ticket, {Field.TITLE: "Later"})))

    assert ticket.created_at.tzinfo is not None
    assert ticket.updated_at.tzinfo is not None
    assert after.created_at == ticket.created_at
    assert ticket.created_at <= ticket.updated_at <= after.updated_at


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_stays_text(text: str, tracker: Tracker) -> None:
    bystander = opened(tracker)
    wanted = draft(text, text)

    ticket = opened(tracker, wanted)
    again = done(tracker.update(Patch(bystander, {Field.TITLE: text}, body=text)))

    for shown in (ticket, again):
        title = shown.fields[Field.TITLE]
        assert title is not None
        assert without_controls(title) == without_controls(one_line(text, tracker))
        assert len(title.splitlines()) == 1
        assert inner(shown.body) is not None, "the block can still be found"
        assert shown.fields[Field.STATUS] == Status.OPEN
        assert read(tracker, shown) == shown
    assert ticket.marker == wanted.marker
    assert {t.marker for t in tracker.marked(None).tickets} == {
        bystander.marker,
        wanted.marker,
    }


def test_any_text_comes_back_as_it_was_returned(place: Place, tracker: Tracker) -> None:
    texts = st.text()

    @settings(max_examples=8 if isinstance(place, BdPlace) else 25)
    @given(title=st.text(min_size=1), body=texts, around=texts)
    def comes_back(title: str, body: str, around: str) -> None:
        (outcome,) = tracker.create([draft(title, body)])
        if isinstance(outcome, Refused):
            assert not title.strip()
            return
        ticket = done(outcome)
        assert read(tracker, ticket) == ticket
        place.edit(ticket, {}, body=around.replace("pmsync", "") + ticket.body)
        edited = read(tracker, ticket)

        after = done(tracker.update(Patch(edited, body=body[::-1])))

        assert read(tracker, ticket) == after
        assert after.body.partition(BEGIN)[0] == edited.body.partition(BEGIN)[0]

    comes_back()


def test_two_connections_lose_nothing_of_each_other(place: Place) -> None:
    first, second = place.tracker(), place.tracker()
    tickets = [opened(first if n % 2 else second) for n in range(10)]

    for n, ticket in enumerate(tickets):
        connection = second if n % 2 else first
        done(connection.update(Patch(ticket, {Field.TITLE: f"Number {n}"})))

    shown = {t.id: t.fields[Field.TITLE] for t in first.marked(None).tickets}
    assert shown == {t.id: f"Number {n}" for n, t in enumerate(tickets)}
    outdated = Patch(tickets[0], {Field.TITLE: "Outdated"})
    assert refused(second.update(outdated)).stale
