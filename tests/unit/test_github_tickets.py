"""What a GitHub ticket holds, who owns it, and how few requests it takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count, pairwise
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from pmsync.domain.errors import TrackerError, UsageError
from pmsync.domain.model import Field, Marker, Status, Ticket
from pmsync.domain.ports import Done, Draft, Lookup, Patch, Refused
from pmsync.domain.settings import App, TrackerSettings
from pmsync.domain.traffic import Traffic
from pmsync_adapters.github.pace import APART, CREATES, HOUR, Pace
from pmsync_adapters.github.tracker import GitHubTracker
from support.github_fake import GitHubFake, github
from support.github_place import PRIORITIES, connect
from support.github_site import Issue

NUMBERS = count(1)


@pytest.fixture
def fake() -> Iterator[GitHubFake]:
    with github() as served:
        yield served


@pytest.fixture
def tracker(fake: GitHubFake) -> GitHubTracker:
    return connect(fake)


@pytest.fixture(scope="module")
def app() -> App:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    return App("12", "34", lambda: pem)


def draft(labels: frozenset[str] = frozenset(), **fields: str) -> Draft:
    marker = Marker(f"k{next(NUMBERS):04}", "s8t4t3")
    named = {Field(name): value for name, value in fields.items()}
    return Draft(marker, "Rotate the keys", "Why.", named, labels)


def opened(tracker: GitHubTracker, wanted: Draft | None = None) -> Ticket:
    (outcome,) = tracker.create([wanted or draft()])
    assert isinstance(outcome, Done), outcome
    return outcome.ticket


def updated(tracker: GitHubTracker, patch: Patch) -> Ticket:
    outcome = tracker.update(patch)
    assert isinstance(outcome, Done), outcome
    return outcome.ticket


def read(tracker: GitHubTracker, ticket: Ticket) -> Ticket:
    found = tracker.fetch([Lookup(ticket.ref.key, ticket.id)])[ticket.ref.key]
    assert isinstance(found, Ticket)
    return found


def kept(fake: GitHubFake, ticket: Ticket) -> Issue:
    return fake.issue(ticket.ref.key)


def test_everything_is_in_the_request_that_opens_the_issue(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    wanted = draft(frozenset({"sre"}), owner="alice", status=Status.BLOCKED)

    opened(tracker, wanted)

    (sent,) = [body for verb, url, body in fake.sent if url.endswith("/issues")]
    assert sent["labels"] == ["sre", "status: blocked"]
    assert sent["assignees"] == ["alice"]
    assert f"key={wanted.marker.key}" in sent["body"]
    assert fake.count("PATCH") == 0


def test_an_update_sends_what_changed_and_nothing_else(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    ticket = opened(tracker)

    updated(tracker, Patch(ticket, {Field.TITLE: "Rotate all keys"}))

    (sent,) = [body for verb, _, body in fake.sent if verb == "PATCH"]
    assert sent == {"title": "Rotate all keys"}


def test_peoples_labels_and_assignees_stay(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    bob = fake.site.user("bob", "Bob")
    fake.repository.people[bob] = True
    ticket = opened(tracker, draft(owner="alice", status=Status.IN_PROGRESS))
    issue = kept(fake, ticket)
    fake.site.label(issue, fake.person, ["mine"])
    fake.site.edit(issue, fake.person, {"assignees": ["alice", "bob"]})
    now = read(tracker, ticket)

    after = updated(
        tracker, Patch(now, {Field.STATUS: Status.BLOCKED, Field.OWNER: None})
    )

    assert issue.labels == ["mine", "status: blocked"]
    assert issue.assignees == [bob]
    assert after.labels == {"mine"}


def test_labels_are_known_whatever_their_case(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    fake.repository.labels["status: blocked"] = "Status: Blocked"

    ticket = opened(tracker, draft(status=Status.BLOCKED))
    assert ticket.fields[Field.STATUS] == Status.BLOCKED
    done = updated(tracker, Patch(ticket, {Field.STATUS: Status.DONE}))

    assert done.fields[Field.STATUS] == Status.DONE
    assert kept(fake, ticket).labels == []


def test_configured_labels_stand_for_statuses_and_priorities(fake: GitHubFake) -> None:
    words = {Status.IN_PROGRESS: "doing", Status.WONT_DO: "wontfix"}
    tracker = connect(fake, statuses=words, priorities=PRIORITIES)

    ticket = opened(tracker, draft(status=Status.IN_PROGRESS, priority="1"))
    issue = kept(fake, ticket)
    assert sorted(issue.labels) == ["P1", "doing"]
    patch = {Field.STATUS: Status.WONT_DO, Field.PRIORITY: "0"}
    after = updated(tracker, Patch(ticket, patch))

    assert sorted(issue.labels) == ["P0", "wontfix"]
    assert issue.reason == "not_planned"
    assert {f: after.fields[f] for f in patch} == patch
    assert (
        updated(tracker, Patch(after, {Field.PRIORITY: None})).fields[Field.PRIORITY]
        is None
    )


def test_without_priorities_in_the_configuration_none_is_held(
    tracker: GitHubTracker,
) -> None:
    assert Field.PRIORITY not in tracker.capabilities.fields
    assert Field.DUE not in tracker.capabilities.fields


@pytest.mark.parametrize("graphql", [True, False], ids=["graphql", "rest"])
@pytest.mark.parametrize(
    "name", ["@alice", "alice", "@Alice", "Alice Wonder", "alice@example.com"]
)
def test_an_owner_is_found_by_handle_name_and_mail(name: str, graphql: bool) -> None:
    with github(graphql=graphql) as fake:
        tracker = connect(fake)

        assert {k: v.lower() for k, v in tracker.users([name]).items()} == {
            name: "alice"
        }
        asked = len(fake.sent)
        assert tracker.users([name])
        assert len(fake.sent) == asked, "asked once in a run"


@pytest.mark.parametrize("graphql", [True, False], ids=["graphql", "rest"])
def test_nobody_is_taken_for_somebody_else(graphql: bool) -> None:
    with github(graphql=graphql) as fake:
        for login, name in (("ann1", "Ann Lee"), ("ann2", "Ann Lee"), ("zoe", "Zoe")):
            fake.repository.people[fake.site.user(login, name)] = True
        fake.site.user("stranger", "Some Stranger")
        tracker = connect(fake)
        names = ["Ann Lee", "@ann", "stranger", "@org/team", 'x" type:org', "", "@"]

        assert tracker.users([*names, "@zoe"]) == {"@zoe": "zoe"}


def test_many_owners_are_found_in_few_requests(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    names = [f"@person{n}" for n in range(60)]
    for name in names[:30]:
        fake.repository.people[fake.site.user(name[1:], name)] = True

    assert set(tracker.users(names)) == set(names[:30])
    assert len(fake.sent) == 2


@pytest.mark.parametrize("first", [Status.DONE, Status.WONT_DO])
def test_a_person_closing_and_we_changing_the_reason_is_one_change_at_a_time(
    first: Status, fake: GitHubFake, tracker: GitHubTracker
) -> None:
    ticket = opened(tracker, draft(status=first))
    other = Status.WONT_DO if first is Status.DONE else Status.DONE

    after = updated(tracker, Patch(ticket, {Field.STATUS: other}))

    assert after.fields[Field.STATUS] == other
    assert read(tracker, after) == after
    assert kept(fake, ticket).closed is not None


@pytest.mark.parametrize("tells", [True, False, None], ids=["told", "absent", "blank"])
def test_who_closed_a_ticket_is_known_where_lists_do_not_tell(
    tells: bool | None, fake: GitHubFake, tracker: GitHubTracker
) -> None:
    fake.tells_closer = tells
    ours, theirs, still_open = (opened(tracker) for _ in range(3))
    updated(tracker, Patch(ours, {Field.STATUS: Status.DONE}))
    fake.site.edit(kept(fake, theirs), fake.person, {"state": "closed"})

    closers = {t.id: t.closed_by for t in tracker.changed(None).tickets}

    assert closers == {ours.id: "pmsync-bot", theirs.id: "alice", still_open.id: None}


def test_pull_requests_are_told_apart(fake: GitHubFake, tracker: GitHubTracker) -> None:
    issue = fake.site.create(fake.repository, fake.me, {"title": "A pull request"})
    issue.pull_request = True
    key = f"{fake.repository.name}#{issue.number}"

    found = tracker.fetch([Lookup(key)])[key]

    assert isinstance(found, Ticket)
    assert found.pull_request
    assert tracker.changed(None).tickets == ()
    assert isinstance(tracker.update(Patch(found, {Field.TITLE: "Ours"})), Refused)


@pytest.mark.parametrize("graphql", [True, False], ids=["graphql", "rest"])
def test_many_tickets_are_read_in_few_requests(graphql: bool) -> None:
    with github(graphql=graphql) as fake:
        issues = [
            fake.site.create(fake.repository, fake.me, {"title": f"Number {n}"})
            for n in range(250)
        ]
        tracker = connect(fake, concurrency=4)
        lookups = [
            Lookup(f"example/payments#{i.number}", i.node_id if i.number % 2 else None)
            for i in issues
        ]

        found = tracker.fetch(lookups)

        assert all(isinstance(one, Ticket) for one in found.values())
        assert len(found) == 250
        if graphql:
            assert len(fake.sent) <= 6
        else:
            assert fake.busiest <= 4


def test_an_unchanged_repository_is_one_request_that_counts_nothing(
    fake: GitHubFake, tracker: GitHubTracker
) -> None:
    for _ in range(250):
        fake.site.create(fake.repository, fake.me, {"title": "A ticket"})
    fake.site.time += timedelta(hours=1)
    mark = tracker.changed(None).watermark
    fake.sent.clear()
    fake.statuses.clear()

    listing = connect(fake).changed(mark)

    assert (listing.tickets, listing.watermark) == ((), mark)
    assert (len(fake.sent), fake.statuses) == (1, [304])


def test_a_change_is_one_request_too(fake: GitHubFake, tracker: GitHubTracker) -> None:
    fake.site.step = timedelta(minutes=1)
    for _ in range(250):
        fake.site.create(fake.repository, fake.me, {"title": "A ticket"})
    mark = tracker.changed(None).watermark
    fake.site.edit(fake.repository.issues[7], fake.person, {"title": "Theirs"})
    fake.sent.clear()

    listing = connect(fake).changed(mark)

    assert "Theirs" in {t.fields[Field.TITLE] for t in listing.tickets}
    assert len(listing.tickets) <= 5, "it overlaps a little, and no more"
    assert len(fake.sent) == 1


@pytest.mark.parametrize(
    "mark",
    [
        *("", "nonsense", "{}", "[]", "null"),
        '{"since":1,"newest":2,"etag":3}',
        '{"since":null,"newest":null,"etag":3}',
        '{"since":null,"newest":"2026-01-01","etag":null}',
    ],
)
def test_a_watermark_of_another_version_is_none(
    mark: str, tracker: GitHubTracker
) -> None:
    ticket = opened(tracker)

    assert [t.id for t in tracker.changed(mark).tickets] == [ticket.id]


def test_a_workflow_knows_itself_by_graphql(fake: GitHubFake) -> None:
    bot = fake.site.user("github-actions[bot]", "GitHub Actions", "ghs_workflow")
    fake.repository.people[bot] = True
    tracker = connect(fake, token=lambda: "ghs_workflow")

    ticket = opened(tracker)

    assert tracker.identity() == ticket.author == "github-actions[bot]"
    assert read(tracker, ticket) == ticket
    assert [t.id for t in tracker.marked(None).tickets] == [ticket.id]
    assert all("creator=" not in url for _, url, _ in fake.sent)


def test_a_token_that_tells_nobody_is_refused_with_the_way_out(
    fake: GitHubFake,
) -> None:
    fake.has_graphql = False
    fake.site.user("github-actions[bot]", "GitHub Actions", "ghs_workflow")

    with pytest.raises(TrackerError, match="whose token"):
        connect(fake, token=lambda: "ghs_workflow").identity()


def test_an_app_asks_for_its_tokens_and_renews_them_in_time(
    app: App, fake: GitHubFake
) -> None:
    tracker = connect(fake, app=lambda: app)
    ticket = opened(tracker)
    read(tracker, ticket)

    assert tracker.identity() == ticket.author == "pmsync-app[bot]"
    assert list(fake.installations.values()) == ["34"]
    fake.token_life = timedelta(minutes=4)
    short = connect(fake, app=lambda: app)
    opened(short)
    fake.site.tokens.clear()
    opened(short)
    assert len(fake.installations) > 3, "a token near its end is not used again"


@pytest.mark.parametrize("status", [500, 502, 404])
def test_an_app_without_a_token_has_certainly_written_nothing(
    status: int, app: App, fake: GitHubFake
) -> None:
    tracker = connect(fake, app=lambda: app)
    said = '{"message": "no"}'
    fake.fail("status", "POST", "access_tokens", times=99, status=status, body=said)

    (outcome,) = tracker.create([draft()])

    assert isinstance(outcome, Refused)


def test_a_key_that_cannot_be_used_is_a_mistake_of_the_configuration(
    fake: GitHubFake,
) -> None:
    broken = App("12", "34", lambda: "-----BEGIN PRIVATE KEY-----\nMIIB\n")

    with pytest.raises(UsageError, match="private key of the GitHub App 12"):
        connect(fake, app=lambda: broken).identity()


def test_creates_run_side_by_side_only_where_the_server_is_ones_own(
    fake: GitHubFake,
) -> None:
    tracker = connect(fake, concurrency=8)
    fake.latency = 0.05
    drafts = [draft() for _ in range(16)]

    with ThreadPoolExecutor(tracker.capabilities.concurrency) as threads:
        outcomes = list(threads.map(lambda one: tracker.create([one]), drafts))

    assert all(isinstance(one, Done) for (one,) in outcomes)
    assert 2 < fake.busiest <= 8
    assert fake.count("GET", "/repos/example/payments$") == 1
    for url in ("https://api.github.com", "https://api.example.ghe.com"):
        assert connect(fake, url=url, concurrency=8).capabilities.concurrency == 1


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds


def test_against_github_com_writes_are_a_second_apart_and_one_at_a_time() -> None:
    clock = Clock()
    pace = Pace(clock.pause, clock)
    starts = []
    for took in (0.2, 0.2, 5.0, 0.0):
        with pace.write():
            starts.append(clock.now)
            clock.now += took

    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert gaps == [APART + 0.2, APART + 0.2, APART + 5.0]


def test_against_github_com_no_more_issues_are_opened_in_an_hour_than_allowed() -> None:
    clock = Clock()
    pace = Pace(clock.pause, clock)
    for _ in range(CREATES):
        assert pace.spent() is None
        with pace.write():
            pace.created()
    spent = pace.spent()

    assert spent is not None
    assert clock.now + spent == pytest.approx(HOUR)
    clock.now += spent
    assert pace.spent() is None


def test_requests_and_budget_are_counted(fake: GitHubFake) -> None:
    traffic = Traffic()
    tracker = connect(fake, traffic=traffic)
    ticket = opened(tracker)
    read(tracker, ticket)

    assert traffic.total == len(fake.sent)
    assert traffic.writes == 1, "a query of GraphQL changes nothing"
    assert traffic.limit == 5000
    assert traffic.remaining == 5000 - len(fake.sent)
    assert traffic.resets is not None


@pytest.mark.parametrize("project", [None, "payments", "a/b/c"])
def test_what_is_no_repository_is_refused(project: str | None) -> None:
    settings = TrackerSettings("code", "github", "/", project=project)

    with pytest.raises(UsageError, match="wants a project"):
        GitHubTracker.from_settings(settings)


def test_a_label_that_github_does_not_take_is_refused() -> None:
    settings: Any = {"project": "a/b", "labels": frozenset({"x" * 51})}

    with pytest.raises(UsageError, match="longer than the 50 characters"):
        GitHubTracker.from_settings(TrackerSettings("code", "github", "/", **settings))


def test_opening_a_tracker_asks_for_no_token_and_loads_no_client() -> None:
    code = (
        "import sys\n"
        "from pmsync.domain.settings import TrackerSettings\n"
        "from pmsync_adapters.github.tracker import GitHubTracker\n"
        "def token(): raise SystemExit('asked for the token')\n"
        "settings = TrackerSettings('c', 'github', '/', project='a/b', token=token)\n"
        "GitHubTracker.from_settings(settings)\n"
        "assert not {'github', 'requests', 'tenacity'} & set(sys.modules)\n"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
