"""Whole passes against GitHub while answers are lost, late or wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.errors import SafetyStopError
from pmsync.domain.references import TrackerSite
from support.github_fake import GitHubFake, github
from support.github_place import connect
from support.remote import Remote, documents

ISSUES = r"/issues$"
FIRST = "000001.md"


@pytest.fixture
def fake() -> Iterator[GitHubFake]:
    with github() as served:
        yield served


def beside(fake: GitHubFake, rows: int, **settings: Any) -> Remote:
    site = TrackerSite("github", "github", fake.url, fake.repository.name)
    return Remote(
        documents(rows), site, lambda: connect(fake, deadline=1.0, **settings)
    )


def passes(remote: Remote, fake: GitHubFake, **time: float) -> None:
    """Let time pass, for everybody."""
    remote.clock.advance(**time)
    fake.site.time += timedelta(**time)


def assert_at_rest(remote: Remote, fake: GitHubFake, rows: int) -> None:
    """Each row has one ticket, its link is in the document, and nothing is left."""
    assert remote.run().exit_code is ExitCode.DONE
    before = fake.count("POST", ISSUES), fake.count("PATCH"), dict(remote.folder.files)
    assert remote.run().exit_code is ExitCode.DONE
    assert (
        fake.count("POST", ISSUES),
        fake.count("PATCH"),
        remote.folder.files,
    ) == before
    opened = [i for i in fake.repository.issues.values() if i.closed is None]
    assert len(opened) == rows
    assert sum(text.count(b"/issues/") for text in remote.folder.files.values()) == rows


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lost"},
        {"kind": "cut"},
        {"kind": "hang"},
        {"kind": "status", "status": 502, "commits": True},
        {"kind": "status", "status": 200, "commits": True},
    ],
    ids=["f06", "f09", "f08", "f07", "f47"],
)
def test_f06_to_f09_a_lost_answer_leaves_one_ticket_and_its_link(
    fault: dict[str, Any], concurrency: int, fake: GitHubFake
) -> None:
    remote = beside(fake, 6, concurrency=concurrency)
    fake.fail(method="POST", path=ISSUES, times=2, **fault)

    report = remote.run()

    assert report.exit_code is ExitCode.DONE, report
    assert fake.count("POST", ISSUES) == 6
    assert_at_rest(remote, fake, 6)


def test_f10_what_was_not_carried_out_is_opened_once_after_grace(
    fake: GitHubFake,
) -> None:
    remote = beside(fake, 3)
    fake.fail("status", "POST", ISSUES, status=503)

    assert remote.run().exit_code is ExitCode.PART_FAILED
    passes(remote, fake, minutes=5)
    assert remote.run().exit_code is ExitCode.PART_FAILED
    assert len(fake.repository.issues) == 2

    passes(remote, fake, minutes=15)
    remote.run()

    assert_at_rest(remote, fake, 3)


def test_f12_a_ticket_that_lists_show_late_is_waited_for(fake: GitHubFake) -> None:
    remote = beside(fake, 2)
    fake.list_lag = timedelta(seconds=500)
    fake.fail("lost", "POST", ISSUES)

    assert remote.run().exit_code is ExitCode.PART_FAILED
    passes(remote, fake, seconds=510)
    remote.run()

    assert len(fake.repository.issues) == 2
    assert_at_rest(remote, fake, 2)


def test_f13_a_second_ticket_of_one_row_is_closed_with_a_link(
    fake: GitHubFake,
) -> None:
    remote = beside(fake, 1)
    fake.list_lag = timedelta(hours=1)
    fake.fail("lost", "POST", ISSUES)
    remote.run()
    passes(remote, fake, minutes=20)
    remote.run()
    assert len(fake.repository.issues) == 2

    fake.list_lag = timedelta()
    passes(remote, fake, hours=25)
    remote.run(verify_now=True)

    closed = [i for i in fake.repository.issues.values() if i.closed is not None]
    assert [(i.reason, i.duplicate_of) for i in closed] == [
        ("duplicate", fake.repository.issues[2])
    ]
    assert_at_rest(remote, fake, 1)


def test_f32_the_link_follows_a_moved_ticket_and_the_row_is_not_done(
    fake: GitHubFake,
) -> None:
    remote = beside(fake, 2)
    remote.run()
    other = fake.site.repository("example/other")
    other.people = dict(fake.repository.people)
    fake.site.transfer(fake.repository.issues[1], other, fake.person)

    remote.run(verify_now=True)

    text = remote.folder.text(FIRST)
    assert f"{fake.url}/example/other/issues/1" in text
    assert "Done" not in text
    assert fake.count("PATCH") == 0


def test_f31_f35_a_ticket_out_of_sight_is_reported_and_not_opened_again(
    fake: GitHubFake,
) -> None:
    remote = beside(fake, 8)
    remote.run()
    before = dict(remote.folder.files)
    fake.site.delete(fake.repository.issues[1])

    report = remote.run(verify_now=True)

    assert report.exit_code is ExitCode.CONFLICT
    assert (fake.count("POST", ISSUES), fake.count("PATCH")) == (8, 0)
    assert remote.folder.files == before


@pytest.mark.parametrize("how", ["emptied", "hidden"])
def test_f35_f38_a_project_that_shows_nothing_stops_the_run(
    how: str, fake: GitHubFake
) -> None:
    remote = beside(fake, 8)
    remote.run()
    before = dict(remote.folder.files)
    if how == "emptied":
        fake.repository.issues.clear()
    else:
        fake.repository.people.clear()

    for _ in range(2):
        assert _code(remote) is (
            ExitCode.SAFETY_STOP if how == "emptied" else ExitCode.PART_FAILED
        )
    assert (fake.count("POST", ISSUES), fake.count("PATCH")) == (8, 0)
    assert remote.folder.files == before


def test_f37_what_github_drops_for_want_of_a_right_is_told(fake: GitHubFake) -> None:
    fake.repository.people[fake.me] = False
    fake.site.users["alice.w"] = fake.person
    fake.person.login = "alice.w"
    parent = fake.site.create(fake.repository, fake.person, {"title": "The outage"})
    fake.fail("status", "POST", "/sub_issues$", status=403, times=9)
    site = TrackerSite("github", "github", fake.url, fake.repository.name)
    text = documents(1)[FIRST].replace(
        "# Outage 1\n", f"# Outage 1\n\n**Tracking issue:** #{parent.number}\n"
    )
    remote = Remote({FIRST: text}, site, lambda: connect(fake))
    labels = {"github": frozenset({"postmortem"})}

    report = remote.run(policy=replace(remote.settings.policy, labels=labels))

    (told,) = [done.why for done in report.done.values() if done.why]
    assert told is not None
    for dropped in ("owner", 'label "postmortem"', "parent example/payments#1"):
        assert dropped in told
    assert len(fake.repository.issues) == 2
    again = remote.run()
    assert [done.why for done in again.done.values() if done.why] == []


def _code(remote: Remote) -> ExitCode:
    try:
        return remote.run(verify_now=True).exit_code
    except SafetyStopError:
        return ExitCode.SAFETY_STOP


def test_a_pass_soon_after_many_new_tickets_is_one_request(fake: GitHubFake) -> None:
    remote = beside(fake, 120)
    remote.run()
    assert fake.count("POST", ISSUES) == 120
    remote.run()
    state = len(remote.store.kept)
    fake.sent.clear()

    report = remote.run()

    assert report.exit_code is ExitCode.DONE
    assert len(fake.sent) == 1
    assert len(remote.store.kept) == state, "and nothing is written down again"
