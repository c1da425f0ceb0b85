"""What a GitLab ticket holds, who owns it, and how few requests it takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest

from pmsync.domain.errors import TrackerError, UsageError
from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.ports import Done, Draft, Lookup, Patch, Refused
from pmsync.domain.traffic import Traffic
from pmsync_adapters.gitlab.tracker import GitLabTracker
from support.gitlab_fake import GitLabFake, gitlab
from support.gitlab_place import connect
from support.gitlab_site import GUEST, REPORTER, Issue

NUMBERS = count(1)


@pytest.fixture
def fake() -> Iterator[GitLabFake]:
    with gitlab() as served:
        yield served


@pytest.fixture
def tracker(fake: GitLabFake) -> GitLabTracker:
    return connect(fake)


def draft(**fields: str) -> Draft:
    marker = Marker(f"k{next(NUMBERS):04}", "s8t4t3")
    named = {Field(name): value for name, value in fields.items()}
    return Draft(marker, "Rotate the keys", "Why.", named, frozenset({"postmortem"}))


def opened(tracker: GitLabTracker, wanted: Draft | None = None) -> Ticket:
    (outcome,) = tracker.create([wanted or draft()])
    assert isinstance(outcome, Done), outcome
    return outcome.ticket


def updated(tracker: GitLabTracker, patch: Patch) -> Ticket:
    outcome = tracker.update(patch)
    assert isinstance(outcome, Done), outcome
    return outcome.ticket


def read(tracker: GitLabTracker, ticket: Ticket) -> Ticket:
    found = tracker.fetch([Lookup(ticket.ref.key, ticket.id)])[ticket.ref.key]
    assert isinstance(found, Ticket)
    return found


def kept(fake: GitLabFake, ticket: Ticket) -> Issue:
    return fake.issue(ticket.ref.key)


def test_everything_is_in_the_one_request_that_opens_a_ticket(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    wanted = draft(owner="alice.w", due="2026-02-01", status="blocked", priority="0")

    ticket = opened(tracker, wanted)

    assert fake.count("POST") == 1
    assert fake.count("PUT") == 0
    issue = kept(fake, ticket)
    assert [user.username for user in issue.assignees] == ["alice.w"]
    assert issue.due == "2026-02-01"
    assert issue.labels == {"postmortem", "status::blocked", "priority::0"}
    assert ticket.labels == {"postmortem"}
    assert ticket.fields == {
        Field.TITLE: "Rotate the keys",
        Field.OWNER: "alice.w",
        Field.DUE: "2026-02-01",
        Field.STATUS: Status.BLOCKED,
        Field.PRIORITY: "0",
    }


@pytest.mark.parametrize("asked", [True, False])
def test_a_confidential_ticket_is_never_public_for_a_moment(
    asked: bool, fake: GitLabFake
) -> None:
    ticket = opened(connect(fake, fields={"confidential": asked}))

    assert kept(fake, ticket).confidential == asked
    assert fake.count("PUT") == 0


def test_what_gitlab_leaves_out_for_want_of_a_role_is_not_shown_as_held(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    fake.project.roles[fake.me.id] = GUEST

    ticket = opened(tracker, draft(owner="alice.w", due="2026-02-01", priority="1"))
    after = updated(tracker, Patch(ticket, {Field.DUE: "2026-02-02"}))

    for shown in (ticket, after):
        assert shown.fields[Field.OWNER] is None
        assert shown.fields[Field.DUE] is None
        assert shown.fields[Field.PRIORITY] is None
        assert shown.labels == frozenset()


def test_labels_of_people_and_their_scopes_stay(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker, draft(status="in_progress", priority="2"))
    kept(fake, ticket).labels |= {"team::payments", "customer"}

    change = {Field.STATUS: Status.WONT_DO, Field.PRIORITY: "1"}
    after = updated(tracker, Patch(read(tracker, ticket), change))

    assert kept(fake, ticket).labels == {
        "postmortem",
        "team::payments",
        "customer",
        "status::wont do",
        "priority::1",
    }
    assert after.fields[Field.STATUS] == Status.WONT_DO
    reopened = updated(tracker, Patch(after, {Field.STATUS: Status.OPEN}))
    assert reopened.fields[Field.STATUS] == Status.OPEN
    assert "status::wont do" not in kept(fake, ticket).labels


def test_a_team_may_have_words_of_its_own_for_a_status(fake: GitLabFake) -> None:
    words = {Status.IN_PROGRESS: "Doing", Status.OPEN: "To Do", Status.DONE: "Shipped"}
    tracker = connect(fake, statuses=words)

    ticket = opened(tracker)
    assert kept(fake, ticket).labels == {"postmortem", "To Do"}
    ticket = updated(tracker, Patch(ticket, {Field.STATUS: Status.IN_PROGRESS}))
    assert kept(fake, ticket).labels == {"postmortem", "Doing"}
    ticket = updated(tracker, Patch(ticket, {Field.STATUS: Status.DONE}))

    assert kept(fake, ticket).labels == {"postmortem", "Shipped"}
    assert ticket.fields[Field.STATUS] == Status.DONE


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"labels": frozenset({"a,b"})}, 'the label "a,b" has a comma'),
        ({"statuses": {Status.BLOCKED: "x, y"}}, 'the label "x, y" has a comma'),
        (
            {"statuses": {Status.BLOCKED: "Status::In Progress"}},
            "would mean both",
        ),
        ({"project": None}, "wants a project"),
    ],
)
def test_a_setting_that_gitlab_cannot_honour_is_refused_at_once(
    settings: dict[str, Any], message: str, fake: GitLabFake
) -> None:
    with pytest.raises(UsageError, match=message):
        connect(fake, **settings)

    assert fake.sent == []


def test_a_label_with_a_comma_never_becomes_two(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    marker = Marker("k1", "s8t4t3")

    (outcome,) = tracker.create([Draft(marker, "T", "B", labels=frozenset({"a,b"}))])

    assert isinstance(outcome, Refused)
    assert fake.sent == []


def test_people_whom_somebody_put_beside_the_owner_stay(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker, draft(owner="alice.w"))
    others = [fake.site.user(name, name.title()) for name in ("bob", "carol")]
    for user in others:
        fake.project.roles[user.id] = REPORTER
    kept(fake, ticket).assignees += others

    after = updated(tracker, Patch(read(tracker, ticket), {Field.OWNER: "carol"}))
    assert [u.username for u in kept(fake, ticket).assignees] == ["carol", "bob"]
    assert after.fields[Field.OWNER] == "carol"

    after = updated(tracker, Patch(after, {Field.OWNER: None}))
    assert [u.username for u in kept(fake, ticket).assignees] == ["bob"]
    after = updated(tracker, Patch(after, {Field.OWNER: None}))
    assert kept(fake, ticket).assignees == []


@pytest.mark.parametrize("members", [2, 130])
@pytest.mark.parametrize(
    ("name", "username"),
    [
        ("@alice.w", "alice.w"),
        ("@Alice.W", "alice.w"),
        ("alice.w", "alice.w"),
        ("Alice Wonder", "alice.w"),
        ("alice wonder", "alice.w"),
        ("alice.w@example.com", "alice.w"),
        ("@outside", "outside"),
        ("Alice", None),
        ("Twin Name", None),
        ("@left", None),
        ("@", None),
        ("Outside Person", None),
    ],
)
def test_an_owner_is_who_is_certainly_meant(
    members: int,
    name: str,
    username: str | None,
    fake: GitLabFake,
    tracker: GitLabTracker,
) -> None:
    fake.site.user("outside", "Outside Person")
    for one in ("twin1", "twin2"):
        fake.project.roles[fake.site.user(one, "Twin Name").id] = REPORTER
    left = fake.site.user("left", "Left Person")
    left.active = False
    fake.project.roles[left.id] = REPORTER
    for number in range(members):
        user = fake.site.user(f"member{number}", f"Member {number}")
        fake.project.roles[user.id] = REPORTER

    found = tracker.users([name, "Nobody at all"])

    assert found == ({name: username} if username else {})


def test_owners_of_many_tickets_are_asked_for_once(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    tracker.users(["@alice.w", "Alice Wonder"])
    for _ in range(5):
        opened(tracker, draft(owner="alice.w"))
    tracker.users(["@alice.w"])

    assert fake.count("GET") == 1


def test_an_owner_without_an_account_leaves_the_ticket_unassigned(
    tracker: GitLabTracker,
) -> None:
    ticket = opened(tracker, draft(owner="nobody"))

    assert ticket.fields[Field.OWNER] is None


def test_a_create_that_could_not_be_prepared_says_when_to_try_again(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    fake.fail(
        "status",
        "GET",
        "members",
        status=429,
        headers={"retry-after": "90"},
        body='{"message": "Retry later"}',
    )

    (outcome,) = tracker.create([draft(owner="alice.w")])

    assert isinstance(outcome, Refused)
    assert outcome.retry_after == 90
    assert fake.count("POST") == 0


def test_a_project_by_its_number_has_the_same_tickets_as_by_its_path(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    numbered = connect(fake, project=str(fake.project.id))

    ticket = opened(numbered)

    assert ticket.ref == read(tracker, ticket).ref
    assert read(numbered, ticket) == ticket
    assert not read(numbered, ticket).read_only
    assert numbered.home() == tracker.home() == "example/payments"


def test_a_project_that_is_not_there_is_named(fake: GitLabFake) -> None:
    for project in ("4711", "example/other"):
        with pytest.raises(TrackerError, match=f"there is no project {project}"):
            connect(fake, project=project).fetch([Lookup(f"{project}#1")])


def test_a_ticket_that_only_we_have_written_is_known_as_such(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker)
    after = updated(tracker, Patch(ticket, {Field.TITLE: "Ours"}))
    assert not after.touched_by_others

    fake.site.comment(kept(fake, ticket), fake.person, "Mine")

    assert read(tracker, ticket).touched_by_others
    # Without having seen all of its history, nobody can say.
    assert read(connect(fake), ticket).touched_by_others


def test_a_left_behind_ticket_of_a_move_is_not_written(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    ticket = opened(tracker)
    other = fake.site.project("example/other")
    fake.site.move(kept(fake, ticket), other, fake.person)

    outcome = tracker.update(Patch(ticket, {Field.TITLE: "Ours"}))

    assert isinstance(outcome, Refused)
    assert outcome.stale
    assert fake.count("PUT") == 0


@pytest.mark.parametrize("tickets", [1, 250])
def test_an_unchanged_pass_is_one_request(
    tickets: int, fake: GitLabFake, tracker: GitLabTracker
) -> None:
    for _ in range(tickets):
        fake.site.create(fake.project, fake.me, {"title": "A ticket"})
    mark = tracker.changed(None).watermark
    fake.sent.clear()

    again = connect(fake).changed(mark)

    assert len(fake.sent) == 1
    assert (again.tickets, again.complete, again.watermark) == ((), True, mark)


def test_a_watermark_never_goes_back_and_survives_an_empty_project(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    empty = tracker.changed(None)
    ticket = opened(tracker)
    first = tracker.changed(empty.watermark)
    assert [t.id for t in first.tickets] == [ticket.id]

    fake.site.delete(kept(fake, ticket))
    second = tracker.changed(first.watermark)

    assert second.tickets == ()
    assert str(second.watermark)[:24] == str(first.watermark)[:24]
    assert tracker.changed("from another version").complete


def test_many_tickets_are_read_a_hundred_at_a_time(fake: GitLabFake) -> None:
    tracker = connect(fake, concurrency=3)
    for _ in range(250):
        fake.site.create(fake.project, fake.me, {"title": "A ticket"})
    lookups = [
        Lookup(f"example/payments#{issue.iid}", str(issue.id))
        for issue in fake.project.issues.values()
    ]

    found = tracker.fetch(lookups)

    assert [t.id for t in found.values() if isinstance(t, Ticket)] == [
        lookup.id for lookup in lookups
    ]
    assert len(fake.sent) == 3


def test_a_list_that_gitlab_no_longer_counts_is_complete(
    fake: GitLabFake, tracker: GitLabTracker
) -> None:
    """X-Total is missing above 10,000 tickets."""
    with fake.site.lock:
        for number in range(10_050):
            fake.site.create(fake.project, fake.me, {"title": f"Number {number}"})

    listing = tracker.changed(None)

    assert listing.complete
    assert len(listing.tickets) == 10_050


def test_what_gitlab_says_about_its_limit_is_shown(fake: GitLabFake) -> None:
    traffic = Traffic()
    tracker = connect(fake, traffic=traffic, concurrency=4)
    fake.fail(
        "status",
        "GET",
        "/user$",
        status=200,
        headers={"ratelimit-limit": "2000", "ratelimit-remaining": "1999"},
        body=json.dumps({"username": "pmsync-bot"}),
    )

    tracker.identity()
    tracker.create([draft() for _ in range(40)])

    assert (traffic.limit, traffic.remaining) == (2000, 1999)
    assert (traffic.total, traffic.writes) == (41, 40)


def test_drafts_go_out_side_by_side_where_that_is_wanted(fake: GitLabFake) -> None:
    fake.latency = 0.05
    tracker = connect(fake, concurrency=8)
    assert tracker.capabilities.concurrency == 8

    with ThreadPoolExecutor(8) as pool:
        tickets = list(pool.map(lambda _: opened(tracker), range(8)))

    assert len({ticket.id for ticket in tickets}) == 8
    assert fake.busiest > 1


def test_a_title_is_cut_and_put_on_one_line(
    tracker: GitLabTracker,
) -> None:
    marker = Marker("k1", "s8t4t3")

    ticket = opened(tracker, Draft(marker, f" a\x00\n b {'x' * 300}", "Body"))

    assert ticket.fields[Field.TITLE] == f"a b {'x' * 251}"
