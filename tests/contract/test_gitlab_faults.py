"""What becomes of GitLab tickets when the network, the server or people interfere.

Numbers are those of the named faults. Every request goes through a real socket, and the
server fails the test when GitLab would not know it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from pmsync.domain.errors import (
    PermissionDeniedError,
    RateLimitedError,
    TrackerError,
    TrackerUnavailableError,
)
from pmsync.domain.model import Field, Status
from pmsync.domain.ports import Absence, Done, Patch, Refused
from pmsync_adapters.gitlab.tracker import GitLabTracker
from support.asked import draft, opened, read, shown
from support.gitlab_fake import GitLabFake, gitlab
from support.gitlab_place import connect
from support.gitlab_site import GUEST, REPORTER

ISSUES = r"/issues$"
LIST = r"/issues\?"
ISSUE = r"/issues/\d+$"
SAID = json.dumps({"message": "403 Forbidden"})


@pytest.fixture
def fake() -> Iterator[GitLabFake]:
    with gitlab() as served:
        yield served
        assert not [path for _, path, _ in served.sent if "search=" in path], "F14"


@pytest.fixture
def tracker(fake: GitLabFake) -> GitLabTracker:
    return connect(fake, deadline=1.0)


def test_f11_a_change_that_the_ticket_shows_already_is_not_sent(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker)
    change = {Field.TITLE: "Rotate all keys"}
    fake.fail("lost", "PUT", ISSUE)
    tracker.update(Patch(ticket, change))
    now = shown(tracker, ticket)

    assert tracker.update(Patch(now, change)) == Done(now)
    assert fake.count("PUT") == 1


def test_f13_of_two_tickets_of_one_marker_an_untouched_one_is_closed_with_a_link(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    twice = draft()
    first, second = (connect(fake).create([twice])[0] for _ in range(2))
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    opened(tracker)

    listed = {t.id: t for t in tracker.marked(None).tickets}
    spare = listed[second.ticket.id]
    assert not spare.touched_by_others
    closed = tracker.update(Patch(spare, duplicate_of=first.ticket.ref.key))

    assert isinstance(closed, Done)
    assert closed.ticket.fields[Field.STATUS] == Status.WONT_DO
    issue = fake.issue(second.ticket.ref.key)
    assert [text for _, text, system in issue.notes if not system] == [
        "Closed as a duplicate of example/payments#1."
    ]
    assert fake.site.ran == []


@pytest.mark.parametrize("how", ["comment", "label", "title", "close and reopen"])
def test_f13_a_second_ticket_that_a_person_touched_is_known_as_such(
    how: str, fake: GitLabFake, tracker: GitLabTracker
) -> None:
    twice = draft()
    for _ in range(2):
        connect(fake).create([twice])
    issue, person = fake.project.issues[2], fake.person
    match how:
        case "comment":
            fake.site.comment(issue, person, "I work on this")
        case "label":
            fake.site.edit(issue, person, {"add_labels": "mine"})
        case "title":
            fake.site.edit(issue, person, {"title": "Another"})
        case _:
            fake.site.edit(issue, person, {"state_event": "close"})
            fake.site.edit(issue, person, {"state_event": "reopen"})

    touched = {t.ref.key: t.touched_by_others for t in tracker.marked(None).tickets}

    assert touched == {"example/payments#1": False, "example/payments#2": True}


def test_f15_a_new_ticket_that_answers_404_is_not_taken_for_deleted(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    fake.read_lag = timedelta(seconds=3)
    ticket = opened(tracker)

    outcome = tracker.update(Patch(ticket, {Field.TITLE: "Another"}))

    assert isinstance(outcome, Refused)
    assert outcome.stale
    assert not outcome.whole_project
    fake.site.time += timedelta(seconds=4)
    assert shown(tracker, ticket) == ticket


def test_f29_f30_what_changes_during_a_listing_is_in_the_next(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    first, second = opened(tracker), opened(tracker)

    def meanwhile() -> None:
        fake.after_list = None
        fake.site.edit(fake.issue(first.ref.key), fake.person, {"title": "Theirs"})

    fake.after_list = meanwhile
    listing = tracker.changed(None)
    later = tracker.changed(listing.watermark)

    # This machine's clock is years ahead of the server's, and plays no part.
    assert listing.time.year == later.time.year == 2026
    titles = {t.id: t.fields[Field.TITLE] for t in later.tickets}
    assert titles[first.id] == "Theirs"
    assert second.id in titles


def test_f30_a_change_that_becomes_visible_late_is_not_missed(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    late, newer = opened(tracker), opened(tracker)
    hidden = fake.project.issues.pop(1)
    hidden.title = "Late"
    mark = tracker.changed(None).watermark
    assert newer.updated_at > late.updated_at

    fake.project.issues[1] = hidden

    assert late.id in {ticket.id for ticket in tracker.changed(mark).tickets}


def test_f31_f35_a_deleted_and_a_hidden_ticket_are_invisible_and_others_are_read(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    deleted, hidden, other = (opened(tracker) for _ in range(3))
    fake.site.delete(fake.issue(deleted.ref.key))
    issue = fake.issue(hidden.ref.key)
    issue.confidential, issue.author = True, fake.person
    fake.project.roles[fake.me.id] = GUEST

    assert read(tracker, deleted) is Absence.INVISIBLE
    assert read(tracker, hidden) is Absence.INVISIBLE
    assert shown(tracker, other) == other


def test_f31_another_ticket_under_the_same_number_is_not_taken_for_ours(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker)
    fake.issue(ticket.ref.key).id += 1

    assert read(tracker, ticket) is Absence.INVISIBLE
    outcome = tracker.update(Patch(ticket, {Field.TITLE: "Ours"}))
    assert isinstance(outcome, Refused)
    assert outcome.stale


@pytest.mark.parametrize("moves", [1, 3])
def test_f32_a_moved_ticket_is_followed_and_not_read_as_done(
    moves: int, fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker)
    issue = fake.issue(ticket.ref.key)
    for number in range(moves):
        other = fake.site.project(f"example/other{number}")
        other.roles = {fake.me.id: REPORTER}
        fake.site.move(issue, other, fake.person)
        issue = other.issues[1]

    here = shown(tracker, ticket)

    assert here.fields[Field.STATUS] == Status.OPEN
    assert here.ref.key == f"example/other{moves - 1}#1"
    assert here.ref.url == f"{fake.url}/example/other{moves - 1}/-/issues/1"
    assert here.id == str(issue.id)
    assert here.read_only
    assert shown(tracker, here) == here
    assert tracker.changed(None).tickets == ()
    assert [t.ref.key for t in tracker.marked(None).tickets] == [here.ref.key]
    assert isinstance(tracker.update(Patch(here, {Field.TITLE: "Ours"})), Refused)
    assert fake.count("PUT") == 0, "nothing is written elsewhere (S07)"


def test_f32_a_ticket_that_moved_out_of_sight_is_neither_done_nor_gone(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker)
    secret = fake.site.project("example/secret")
    fake.site.move(fake.issue(ticket.ref.key), secret, fake.person)

    assert read(tracker, ticket) is Absence.INVISIBLE
    (left,) = tracker.marked(None).tickets
    assert left.fields[Field.STATUS] == Status.OPEN
    assert left.read_only


def test_f32_a_ticket_that_moved_and_came_back_is_ours_again(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker)
    other = fake.site.project("example/other")
    other.roles = {fake.me.id: REPORTER}
    moved = fake.site.move(fake.issue(ticket.ref.key), other, fake.person)
    fake.site.move(moved, fake.project, fake.person)

    here = shown(tracker, ticket)

    assert (here.ref.key, here.read_only) == ("example/payments#2", False)


def test_f33_what_was_closed_without_being_done_is_not_done(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    done, dropped, twin = (opened(tracker) for _ in range(3))
    for ticket in (done, dropped, twin):
        close = {"state_event": "close"}
        fake.site.edit(fake.issue(ticket.ref.key), fake.person, close)
    fake.issue(dropped.ref.key).labels = {"status::wont do", "status::blocked"}
    fake.issue(twin.ref.key).duplicate_of = fake.issue(done.ref.key)
    fake.issue(done.ref.key).labels = {"status::in progress"}

    statuses = [shown(tracker, t).fields[Field.STATUS] for t in (done, dropped, twin)]

    assert statuses == [Status.DONE, Status.WONT_DO, Status.WONT_DO]
    assert shown(tracker, done).closed_by == "alice.w"


def test_f34_in_an_archived_project_reads_go_on_and_no_write_is_tried_twice(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker)
    fake.project.archived = True

    (outcome,) = tracker.create([draft()])

    assert isinstance(outcome, Refused)
    assert outcome.whole_project
    assert shown(tracker, ticket) == ticket


def test_f35_a_project_that_is_gone_from_sight_is_an_error_and_not_an_empty_list(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker)
    del fake.project.roles[fake.me.id]

    for look in (
        lambda: read(tracker, ticket),
        lambda: tracker.changed(None),
        lambda: tracker.marked(None),
    ):
        with pytest.raises(TrackerError, match="there is no project example/payments"):
            look()
    (outcome,) = tracker.create([draft()])
    assert isinstance(outcome, Refused)
    assert outcome.whole_project


def test_f37_a_missing_permission_is_named(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    said = {"error": "insufficient_scope", "error_description": "needs scope api"}
    fake.fail("status", "GET", LIST, status=403, body=json.dumps(said))
    fake.fail("status", "POST", ISSUES, status=403, body=json.dumps(said))

    with pytest.raises(PermissionDeniedError, match="needs scope api"):
        tracker.changed(None)
    (outcome,) = tracker.create([draft()])

    assert isinstance(outcome, Refused)
    assert outcome.denied
    assert "needs scope api" in outcome.why


def test_f43_one_refused_draft_does_not_stop_the_others(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    said = json.dumps({"message": {"title": ["is too long"]}})
    fake.fail("status", "POST", ISSUES, status=400, body=said)

    first, second = tracker.create([draft(), draft()])

    assert isinstance(first, Refused)
    assert "title is too long" in first.why
    assert not first.whole_project
    assert isinstance(second, Done)


@pytest.mark.parametrize(("told", "wait"), [("7", 7.0), (None, 60.0)])
def test_f44_a_limit_is_obeyed_and_the_write_was_not_carried_out(
    told: str | None, wait: float, fake: GitLabFake
) -> None:
    waits: list[float] = []
    tracker = connect(fake, pause=waits.append)
    headers = {"retry-after": told} if told else {}
    limit = {"status": 429, "headers": headers, "body": '{"message": "Retry later"}'}
    fake.fail("status", "POST", ISSUES, **limit)
    fake.fail("status", "GET", LIST, **limit)

    (outcome,) = tracker.create([draft()])

    assert isinstance(outcome, Refused)
    assert outcome.retry_after == wait
    assert fake.count("POST") == 1
    if told is None:
        with pytest.raises(RateLimitedError):
            tracker.changed(None)
        assert waits == []
    else:
        assert tracker.changed(None).tickets == ()
        assert waits == [7.0]


@pytest.mark.parametrize(
    "body", ["<html>Sign in</html>", "{}", "[1]", '{"message": 1}']
)
def test_f47_an_answer_that_is_not_gitlabs_is_no_empty_list(
    body: str, fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker)
    fake.fail("status", "GET", LIST, times=99, status=200, body=body)

    for look in (
        lambda: read(tracker, ticket),
        lambda: tracker.changed(None),
        lambda: tracker.marked(None),
    ):
        with pytest.raises(TrackerUnavailableError):
            look()


@pytest.mark.parametrize("kind", ["lost", "cut", "slow"])
def test_f47_a_read_without_an_answer_is_tried_again(
    kind: str, fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker)
    fake.fail(kind, "GET", LIST)

    assert shown(tracker, ticket) == ticket


@pytest.mark.parametrize("happens", ["change", "delete", "open"])
def test_f52_no_ticket_is_missed_when_the_list_moves_while_it_is_read(
    happens: str, fake: GitLabFake, tracker: GitLabTracker
) -> None:
    given = {"title": "A ticket", "description": "text"}
    for _ in range(350):
        fake.site.create(fake.project, fake.me, given)
    start = fake.site.time - timedelta(days=1)
    mark = f"{start.isoformat(timespec='milliseconds')} unknown"
    old = iter(sorted(fake.project.issues))
    gone: set[str] = set()

    def meanwhile() -> None:
        issue = fake.project.issues[next(old)]
        match happens:
            case "change":
                fake.site.edit(issue, fake.person, {"title": f"Changed {issue.iid}"})
                gone.add(str(issue.id))
            case "delete":
                newest = fake.project.issues[max(fake.project.issues)]
                fake.site.delete(newest)
                gone.add(str(newest.id))
            case _:
                fake.site.create(fake.project, fake.person, given)

    before = {str(issue.id) for issue in fake.project.issues.values()}
    fake.after_list = meanwhile
    listing = tracker.changed(mark)
    fake.after_list = None

    assert listing.complete
    ids = [ticket.id for ticket in listing.tickets]
    assert len(ids) == len(set(ids))
    assert before - gone <= set(ids)
    # What changed or came meanwhile is in the next one.
    present = {str(issue.id) for issue in fake.project.issues.values()}
    assert present <= set(ids) | {
        t.id for t in tracker.changed(listing.watermark).tickets
    }


def test_f52_many_tickets_of_one_and_the_same_time_are_all_listed(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    fake.site.step = timedelta()
    for _ in range(350):
        fake.site.create(fake.project, fake.me, {"title": "A ticket"})

    listing = tracker.changed(None)

    assert listing.complete
    assert len(listing.tickets) == 350


def test_f52_tickets_between_two_milliseconds_are_all_listed(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    fake.site.step = timedelta(microseconds=7)
    for _ in range(350):
        fake.site.create(fake.project, fake.me, {"title": "A ticket"})

    assert len(tracker.changed(None).tickets) == 350
