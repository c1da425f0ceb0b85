"""What becomes of GitHub tickets when the network, the server or people interfere.

Numbers are those of the named faults. Every request goes through a real socket, and the
server fails the test when GitHub's description does not know it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pmsync.domain.errors import (
    PermissionDeniedError,
    RateLimitedError,
    TrackerError,
    TrackerUnavailableError,
)
from pmsync.domain.model import Field, Marker, Status
from pmsync.domain.ports import Absence, Done, Draft, Lookup, Patch, Refused, Unknown
from pmsync_adapters.github.tracker import GitHubTracker
from support.asked import draft, opened, read, shown
from support.github_fake import GitHubFake, github
from support.github_place import connect

ISSUES = r"/issues$"
LIST = r"/issues\?"
ISSUE = r"/issues/\d+$"
GRAPHQL = "/graphql$"
SECONDARY = json.dumps(
    {"message": "You have exceeded a secondary rate limit. Please wait a few minutes"}
)
PRIMARY = json.dumps({"message": "API rate limit exceeded for user ID 1."})


@pytest.fixture
def fake() -> Iterator[GitHubFake]:
    with github() as served:
        yield served
        assert served.count("GET", "/search/issues") == 0, "F14"


@pytest.fixture
def tracker(fake: GitHubFake) -> GitHubTracker:
    return connect(fake, deadline=1.0)


def test_f11_a_change_of_several_requests_that_ends_halfway_is_not_called_refused(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    ticket = opened(tracker)
    blocked = tracker.update(Patch(ticket, {Field.STATUS: Status.BLOCKED}))
    assert isinstance(blocked, Done)
    fake.fail("status", "DELETE", "/labels/", status=403, body=SECONDARY)

    outcome = tracker.update(Patch(blocked.ticket, {Field.STATUS: Status.IN_PROGRESS}))

    assert isinstance(outcome, Unknown)
    # Until the last step it looks as before, so that nothing else is read from it.
    assert shown(tracker, ticket).fields[Field.STATUS] == Status.BLOCKED


@pytest.mark.parametrize("knows", [True, False, None], ids=["known", "no", "ignored"])
def test_f13_of_two_tickets_of_one_marker_an_untouched_one_is_closed_with_a_link(
    knows: bool | None, fake: GitHubFake, tracker: GitHubTracker
) -> None:
    fake.site.knows_duplicates = knows
    twice = draft()
    first, second = (opened(tracker, twice) for _ in range(2))

    listed = {t.id: t for t in tracker.marked(None).tickets}
    spare = listed[second.id]
    assert not shown(tracker, spare).touched_by_others
    closed = tracker.update(Patch(spare, duplicate_of=first.ref.key))

    assert isinstance(closed, Done)
    assert closed.ticket.fields[Field.STATUS] == Status.WONT_DO
    issue = fake.issue(second.ref.key)
    if knows:
        assert issue.duplicate_of is fake.issue(first.ref.key)
        assert issue.comments == []
    else:
        assert issue.reason == "not_planned"
        assert [text for _, text in issue.comments] == [
            "Duplicate of example/payments#1"
        ]


@pytest.mark.parametrize("graphql", [True, False], ids=["graphql", "rest"])
@pytest.mark.parametrize("how", ["comment", "label", "title", "body", "reopen"])
def test_f13_a_second_ticket_that_a_person_touched_is_known_as_such(
    how: str, graphql: bool
) -> None:
    with github(graphql=graphql) as fake:
        tracker = connect(fake)
        twice = draft()
        first, second = (opened(tracker, twice) for _ in range(2))
        issue, person = fake.issue(second.ref.key), fake.person
        fake.site.time += timedelta(minutes=1)
        match how:
            case "comment":
                fake.site.comment(issue, person, "I work on this")
            case "label":
                fake.site.label(issue, person, ["mine"])
            case "title" | "body":
                fake.site.edit(issue, person, {how: f"Another\n{issue.body}"})
            case _:
                fake.site.edit(issue, person, {"state": "closed"})
                fake.site.edit(issue, person, {"state": "open"})

        assert not shown(tracker, first).touched_by_others
        assert shown(tracker, second).touched_by_others


def test_f15_a_new_ticket_that_answers_404_is_not_taken_for_deleted(
    fake: GitHubFake,
) -> None:
    fake.has_graphql = False
    tracker = connect(fake)
    fake.read_lag = timedelta(seconds=3)
    ticket = opened(tracker)

    assert read(tracker, ticket) is Absence.INVISIBLE
    outcome = tracker.update(Patch(ticket, {Field.TITLE: "Another"}))

    assert isinstance(outcome, Refused)
    assert outcome.stale
    assert not outcome.whole_project
    fake.site.time += timedelta(seconds=4)
    assert shown(tracker, ticket) == ticket


def test_f29_f30_what_changes_during_a_listing_is_in_the_next(
    fake: GitHubFake, tracker: GitHubTracker
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
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    late, newer = opened(tracker), opened(tracker)
    hidden = fake.repository.issues.pop(1)
    hidden.title = "Late"
    mark = tracker.changed(None).watermark
    assert newer.id != late.id

    fake.repository.issues[1] = hidden

    assert late.id in {ticket.id for ticket in tracker.changed(mark).tickets}


@pytest.mark.parametrize("graphql", [True, False], ids=["graphql", "rest"])
def test_f31_f35_a_deleted_ticket_is_deleted_and_a_hidden_one_only_invisible(
    graphql: bool,
) -> None:
    with github(graphql=graphql) as fake:
        tracker = connect(fake)
        deleted, hidden, other = (opened(tracker) for _ in range(3))
        fake.site.delete(fake.issue(deleted.ref.key))
        del fake.repository.issues[2]

        assert read(tracker, deleted) is Absence.DELETED
        assert read(tracker, hidden) is Absence.INVISIBLE
        assert shown(tracker, other) == other


@pytest.mark.parametrize("graphql", [True, False], ids=["graphql", "rest"])
def test_f31_another_ticket_under_the_same_number_is_not_taken_for_ours(
    graphql: bool,
) -> None:
    with github(graphql=graphql) as fake:
        tracker = connect(fake)
        ticket = opened(tracker)
        fake.issue(ticket.ref.key).id += 1

        assert read(tracker, ticket) is Absence.INVISIBLE
        outcome = tracker.update(Patch(ticket, {Field.TITLE: "Ours"}))
        assert isinstance(outcome, Refused)
        assert outcome.stale


@pytest.mark.parametrize("graphql", [True, False], ids=["graphql", "rest"])
def test_f32_a_transferred_ticket_is_followed_and_not_written_elsewhere(
    graphql: bool,
) -> None:
    with github(graphql=graphql) as fake:
        tracker = connect(fake)
        ticket = opened(tracker)
        other = fake.site.repository("example/other")
        other.people = dict(fake.repository.people)
        fake.site.transfer(fake.issue(ticket.ref.key), other, fake.person)

        here = shown(tracker, ticket)

        assert here.ref.key == "example/other#1"
        assert here.ref.url == f"{fake.url}/example/other/issues/1"
        assert here.id != ticket.id
        assert here.fields[Field.STATUS] == Status.OPEN
        assert here.read_only
        assert shown(tracker, here) == here
        outcome = tracker.update(Patch(here, {Field.TITLE: "Ours"}))
        assert isinstance(outcome, Refused)
        assert not outcome.stale
        assert fake.count("PATCH") == 0, "nothing is written elsewhere (S07)"


def test_f32_a_ticket_that_was_transferred_out_of_sight_is_neither_done_nor_gone(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    ticket = opened(tracker)
    secret = fake.site.repository("example/secret")
    fake.site.transfer(fake.issue(ticket.ref.key), secret, fake.person)

    assert read(tracker, ticket) is Absence.INVISIBLE


def test_f32_a_ticket_that_was_transferred_to_where_we_are_kept_out_hides_no_other(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    ticket, other = opened(tracker), opened(tracker)
    del fake.repository.issues[1]
    said = json.dumps({"message": "Resource protected by organization SAML"})
    fake.fail("status", "GET", r"/issues/1$", status=403, body=said)

    found = tracker.fetch([Lookup(t.ref.key, t.id) for t in (ticket, other)])

    assert found == {ticket.ref.key: Absence.INVISIBLE, other.ref.key: other}


def test_f32_a_renamed_repository_is_read_and_written_under_its_new_name(
    fake: GitHubFake,
) -> None:
    ticket = opened(connect(fake))
    tracker = connect(fake)
    fake.site.rename(fake.repository, "example/billing")

    here = shown(tracker, ticket)
    outcome = tracker.update(Patch(here, {Field.TITLE: "Ours"}))
    second = opened(tracker)

    assert isinstance(outcome, Done)
    # Links keep the configured name, which goes on leading there.
    assert outcome.ticket.ref == here.ref == ticket.ref
    assert second.ref.key == "example/payments#2"
    assert not here.read_only
    assert {t.id for t in tracker.marked(None).tickets} == {ticket.id, second.id}
    assert fake.count("POST", "^/repos/example/billing/issues$") == 1


def test_f33_what_was_closed_without_being_done_is_not_done(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    tickets = [opened(tracker) for _ in range(3)]
    done, dropped, twin = (fake.issue(t.ref.key) for t in tickets)
    fake.site.label(done, fake.person, ["status: blocked"])
    fake.site.edit(done, fake.person, {"state": "closed"})
    fake.site.edit(
        dropped, fake.person, {"state": "closed", "state_reason": "not_planned"}
    )
    twins = {"state_reason": "duplicate", "duplicate_issue_id": done.id}
    fake.site.edit(twin, fake.person, {"state": "closed", **twins})

    for look in (
        {t.id: t for t in tracker.changed(None).tickets},
        {t.id: shown(tracker, t) for t in tickets},
    ):
        assert [look[t.id].fields[Field.STATUS] for t in tickets] == [
            Status.DONE,
            Status.WONT_DO,
            Status.WONT_DO,
        ]
        assert {t.closed_by for t in look.values()} == {"alice"}


def test_f34_in_an_archived_repository_reads_go_on_and_nothing_is_sent(
    fake: GitHubFake,
) -> None:
    ticket = opened(connect(fake))
    tracker = connect(fake)
    fake.repository.archived = True
    writes = len(fake.sent)

    assert shown(tracker, ticket).read_only
    assert all(t.read_only for t in tracker.changed(None).tickets)
    (outcome,) = tracker.create([draft()])
    changed = tracker.update(Patch(ticket, {Field.TITLE: "Ours"}))

    for refused in (outcome, changed):
        assert isinstance(refused, Refused)
        assert refused.whole_project
        assert not refused.denied
        assert "archived" in refused.why
    assert {method for method, _, _ in fake.sent[writes:]} <= {"GET", "POST"}
    assert fake.count("POST", ISSUES) == 1


def test_f34_a_repository_that_is_archived_meanwhile_refuses_without_blaming_the_token(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    opened(tracker)
    fake.repository.archived = True

    (outcome,) = tracker.create([draft()])

    assert isinstance(outcome, Refused)
    assert (outcome.whole_project, outcome.denied) == (True, False)


def test_f34_disabled_issues_refuse_the_whole_repository(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    fake.repository.has_issues = False

    (outcome,) = tracker.create([draft()])

    assert isinstance(outcome, Refused)
    assert outcome.whole_project
    with pytest.raises(TrackerError, match="Issues are disabled"):
        tracker.changed(None)


def test_f35_a_repository_that_is_gone_from_sight_is_an_error_and_no_empty_list(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    ticket = opened(tracker)
    del fake.repository.people[fake.me]

    for look in (lambda: tracker.changed(None), lambda: tracker.marked(None)):
        with pytest.raises(TrackerError, match="nothing is there"):
            look()
    assert read(tracker, ticket) is Absence.INVISIBLE
    (outcome,) = tracker.create([draft()])
    assert isinstance(outcome, Refused)
    assert outcome.whole_project


def test_f37_a_missing_permission_is_named(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    said = json.dumps({"message": "Resource not accessible by personal access token"})
    needs = {"x-accepted-github-permissions": "issues=write"}
    fake.fail("status", "GET", LIST, status=403, body=said, headers=needs)
    fake.fail("status", "POST", ISSUES, status=403, body=said, headers=needs)

    with pytest.raises(PermissionDeniedError, match="issues=write"):
        tracker.changed(None)
    (outcome,) = tracker.create([draft()])

    assert isinstance(outcome, Refused)
    assert outcome.denied
    assert "issues=write" in outcome.why


def test_f37_what_a_token_may_not_set_is_seen_to_be_missing(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    fake.repository.people[fake.me] = False
    fields = {Field.OWNER: "alice", Field.STATUS: Status.BLOCKED}
    wanted = Draft(Marker("k", "s"), "Title", "Body", fields, frozenset({"sre"}))

    ticket = opened(tracker, wanted)

    assert ticket.fields[Field.OWNER] is None
    assert ticket.fields[Field.STATUS] == Status.OPEN
    assert ticket.labels == frozenset()


def test_f43_one_refused_draft_does_not_stop_the_others(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    said = {"message": "Validation Failed", "errors": [{"field": "body"}]}
    fake.fail("status", "POST", ISSUES, status=422, body=json.dumps(said))

    first, second = tracker.create([draft(), draft()])

    assert isinstance(first, Refused)
    assert not first.whole_project
    assert isinstance(second, Done)


def test_f43_an_assignee_who_is_refused_does_not_keep_the_ticket_from_being_opened(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    wanted = Draft(Marker("k", "s"), "Title", "Body", {Field.OWNER: "nobody"})

    ticket = opened(tracker, wanted)

    assert ticket.fields[Field.OWNER] is None
    assert len(fake.repository.issues) == 1


LIMITS: dict[str, tuple[dict[str, Any], float]] = {
    "429": ({"status": 429, "body": SECONDARY}, 60.0),
    "429_told": ({"status": 429, "headers": {"retry-after": "7"}}, 7.0),
    "403_secondary": ({"status": 403, "body": SECONDARY}, 60.0),
    "403_told": (
        {"status": 403, "body": SECONDARY, "headers": {"retry-after": "9"}},
        9.0,
    ),
}


@pytest.mark.parametrize(("limit", "wait"), LIMITS.values(), ids=LIMITS)
def test_f44_a_limit_is_obeyed_and_the_write_was_not_carried_out(
    limit: dict[str, Any], wait: float, fake: GitHubFake
) -> None:
    waits: list[float] = []
    tracker = connect(fake, pause=waits.append)
    fake.fail("status", "POST", ISSUES, **limit)
    fake.fail("status", "GET", LIST, **limit)

    (outcome,) = tracker.create([draft()])

    assert isinstance(outcome, Refused)
    assert outcome.retry_after == wait
    assert not outcome.denied
    assert fake.count("POST", ISSUES) == 1
    if wait == 60.0:
        with pytest.raises(RateLimitedError):
            tracker.changed(None)
        assert waits == []
    else:
        assert tracker.changed(None).tickets == ()
        assert waits == [wait]


def test_f44_a_spent_budget_is_told_with_the_time_of_its_end(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "4102444800"}
    fake.fail("status", "POST", ISSUES, status=403, body=PRIMARY, headers=headers)

    (outcome,) = tracker.create([draft()])

    assert isinstance(outcome, Refused)
    assert outcome.retry_after is not None
    assert outcome.retry_after > 1_000_000


def test_f44_a_limit_of_graphql_is_told_although_it_comes_with_200(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    ticket = opened(tracker)
    tracker.identity()
    said = {"errors": [{"type": "RATE_LIMITED", "message": "limit exceeded"}]}
    fake.fail("status", "POST", GRAPHQL, status=200, body=json.dumps(said))

    with pytest.raises(RateLimitedError):
        read(tracker, ticket)


def test_f45_f47_a_read_without_an_answer_is_tried_again(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    ticket = opened(tracker)
    for kind in ("lost", "cut"):
        fake.fail(kind, "POST", GRAPHQL)
        assert shown(tracker, ticket) == ticket
        fake.fail(kind, "GET", LIST)
        assert [t.id for t in tracker.changed(None).tickets] == [ticket.id]


@pytest.mark.parametrize(
    "body", ["<html>Sign in</html>", "{}", "[1]", '{"message": 1}', '[{"id": "1"}]']
)
def test_f47_an_answer_that_is_not_githubs_is_no_empty_list(
    body: str, fake: GitHubFake, tracker: GitHubTracker
) -> None:
    opened(tracker)
    fake.fail("status", "GET", LIST, times=99, status=200, body=body)

    for look in (lambda: tracker.changed(None), lambda: tracker.marked(None)):
        with pytest.raises(TrackerUnavailableError):
            look()


@pytest.mark.parametrize("status", [200, 404, 410])
def test_f47_a_page_of_a_proxy_does_not_make_a_ticket_gone(
    status: int, fake: GitHubFake, tracker: GitHubTracker
) -> None:
    ticket = opened(tracker)
    tracker.identity()
    fake.fail("status", "POST", GRAPHQL, times=99, status=status)
    fake.fail("status", "GET", ISSUE, times=99, status=status)

    with pytest.raises(TrackerUnavailableError):
        read(tracker, ticket)


@pytest.mark.parametrize("happens", ["change", "delete", "open"])
def test_f52_no_ticket_is_missed_when_the_list_moves_while_it_is_read(
    happens: str, fake: GitHubFake, tracker: GitHubTracker
) -> None:
    fake.site.step = timedelta(seconds=1)
    mark = tracker.changed(None).watermark
    given = {"title": "A ticket", "body": "text"}
    for _ in range(350):
        fake.site.create(fake.repository, fake.me, given)
    old = iter(sorted(fake.repository.issues))
    gone: set[str] = set()

    def meanwhile() -> None:
        issue = fake.repository.issues[next(old)]
        match happens:
            case "change":
                fake.site.edit(issue, fake.person, {"title": f"Changed {issue.id}"})
                gone.add(issue.node_id)
            case "delete":
                fake.site.delete(issue)
                gone.add(issue.node_id)
            case _:
                fake.site.create(fake.repository, fake.person, given)

    before = {issue.node_id for issue in fake.repository.issues.values()}
    fake.after_list = meanwhile
    listing = tracker.changed(mark)
    fake.after_list = None

    assert listing.complete
    ids = [ticket.id for ticket in listing.tickets]
    assert len(ids) == len(set(ids))
    assert before - gone <= set(ids)
    # What changed or came meanwhile is in the next one.
    present = {issue.node_id for issue in fake.repository.issues.values()}
    later = {t.id for t in tracker.changed(listing.watermark).tickets}
    assert present <= set(ids) | later


def test_f52_many_tickets_of_one_and_the_same_time_are_all_listed(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    fake.site.step = timedelta()
    for _ in range(350):
        fake.site.create(fake.repository, fake.me, {"title": "A ticket"})

    for listing in (tracker.changed(None), tracker.marked(fake.site.time)):
        assert listing.complete
    assert len(tracker.changed(None).tickets) == 350
