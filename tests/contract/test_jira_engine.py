"""Whole passes against Jira while answers are lost, late or wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.errors import SafetyStopError
from pmsync.domain.references import TrackerSite
from support.jira_cloud_fake import jira_cloud
from support.jira_dc_fake import jira_data_center
from support.jira_fake import JiraFake
from support.jira_place import connect
from support.remote import Remote, documents

CREATE = r"/issue(/bulk)?$"


@pytest.fixture(params=["cloud", "data center"])
def fake(request: pytest.FixtureRequest) -> Iterator[JiraFake]:
    serve = jira_cloud if request.param == "cloud" else jira_data_center
    with serve() as served:
        yield served


def beside(fake: JiraFake, rows: int, **settings: Any) -> Remote:
    site = TrackerSite("jira", "jira", fake.url, "OPS")
    return Remote(
        documents(rows), site, lambda: connect(fake, deadline=1.0, **settings)
    )


def passes(remote: Remote, fake: JiraFake, **time: float) -> None:
    """Let time pass, for everybody."""
    remote.clock.advance(**time)
    fake.site.time += timedelta(**time)


def writes(fake: JiraFake) -> tuple[int, int]:
    posts = fake.count("POST") - fake.count("POST", "bulkfetch")
    return posts, fake.count("PUT")


def assert_at_rest(remote: Remote, fake: JiraFake, rows: int) -> None:
    """Each row has one ticket, its link is in the document, and nothing is left."""
    assert remote.run().exit_code is ExitCode.DONE
    before = writes(fake), dict(remote.folder.files)
    assert remote.run().exit_code is ExitCode.DONE
    assert (writes(fake), remote.folder.files) == before
    there = [i for i in fake.site.issues.values() if i.state.category != "done"]
    assert len(there) == rows
    assert sum(text.count(b"/browse/") for text in remote.folder.files.values()) == rows


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
    fault: dict[str, Any], fake: JiraFake
) -> None:
    remote = beside(fake, 6)
    fake.fail(method="POST", path=CREATE, times=2, **fault)

    report = remote.run()

    assert report.exit_code is ExitCode.DONE, report
    assert_at_rest(remote, fake, 6)


def test_f10_what_was_not_carried_out_is_opened_once_after_grace(
    fake: JiraFake,
) -> None:
    remote = beside(fake, 3)
    fake.fail("status", "POST", CREATE, times=1 if fake.site.cloud else 3, status=503)
    assert remote.run().exit_code is ExitCode.PART_FAILED
    assert fake.site.issues == {}
    assert remote.run().exit_code is ExitCode.PART_FAILED
    assert fake.site.issues == {}, "within grace nothing is opened again"

    passes(remote, fake, minutes=30)
    remote.run()

    assert_at_rest(remote, fake, 3)


def test_f12_a_ticket_that_the_search_shows_late_is_waited_for(
    fake: JiraFake,
) -> None:
    remote = beside(fake, 2)
    fake.search_lag = timedelta(seconds=500)
    fake.fail("lost", "POST", CREATE, times=2)
    assert remote.run().exit_code is ExitCode.PART_FAILED
    assert len(fake.site.issues) == 2

    passes(remote, fake, minutes=9)
    remote.run()

    assert len(fake.site.issues) == 2
    assert_at_rest(remote, fake, 2)


def test_f13_a_second_ticket_is_closed_once_both_are_seen(fake: JiraFake) -> None:
    remote = beside(fake, 1)
    fake.search_lag = timedelta(hours=1)
    fake.fail("lost", "POST", CREATE)
    assert remote.run().exit_code is ExitCode.PART_FAILED
    passes(remote, fake, minutes=30)
    remote.run()
    assert len(fake.site.issues) == 2, "nobody could know"

    fake.search_lag = timedelta()
    passes(remote, fake, hours=25)
    remote.run(verify_now=True)

    closed = [i for i in fake.site.issues.values() if i.state.category == "done"]
    assert [issue.resolution for issue in closed] == ["Duplicate"]
    assert_at_rest(remote, fake, 1)


def test_f32_the_link_follows_a_moved_ticket_and_the_row_is_not_done(
    fake: JiraFake,
) -> None:
    remote = beside(fake, 2)
    remote.run()
    issue = next(iter(fake.site.issues.values()))
    fake.site.move(issue, fake.site.project("SEC"))
    before = writes(fake)

    remote.run(verify_now=True)

    text = remote.folder.text("000001.md")
    assert f"{fake.url}/browse/SEC-1" in text
    assert "Done" not in text
    assert writes(fake) == before


def test_f31_f35_a_ticket_out_of_sight_is_reported_and_not_opened_again(
    fake: JiraFake,
) -> None:
    remote = beside(fake, 8)
    remote.run()
    before = writes(fake), dict(remote.folder.files)
    fake.site.delete(next(iter(fake.site.issues.values())))

    report = remote.run(verify_now=True)

    assert report.exit_code is ExitCode.CONFLICT
    assert (writes(fake), remote.folder.files) == before


@pytest.mark.parametrize("how", ["emptied", "hidden"])
def test_f35_f38_a_project_that_shows_nothing_stops_the_run(
    how: str, fake: JiraFake
) -> None:
    remote = beside(fake, 8)
    remote.run()
    before = writes(fake), dict(remote.folder.files)
    if how == "emptied":
        fake.site.issues.clear()
    else:
        fake.site.denied = {"browse"}

    for _ in range(2):
        assert _code(remote) is (
            ExitCode.SAFETY_STOP if how == "emptied" else ExitCode.PART_FAILED
        )
    assert (writes(fake), remote.folder.files) == before


def _code(remote: Remote) -> ExitCode:
    try:
        return remote.run(verify_now=True).exit_code
    except SafetyStopError:
        return ExitCode.SAFETY_STOP


def test_f36_f37_nothing_is_written_when_the_account_may_not(fake: JiraFake) -> None:
    remote = beside(fake, 2)
    fake.site.denied = {"create"}

    report = remote.run()

    assert report.exit_code in (ExitCode.USAGE, ExitCode.PART_FAILED)
    assert fake.site.issues == {}
    assert all(b"/browse/" not in text for text in remote.folder.files.values())


def test_a_status_that_a_person_sets_comes_into_the_row_and_back(
    fake: JiraFake,
) -> None:
    remote = beside(fake, 2)
    remote.run()
    issue = next(iter(fake.site.issues.values()))
    passes(remote, fake, minutes=10)
    done = issue.project.transitions[3].to
    fake.site.enter(issue, fake.person, done, "Won't Do")

    remote.run()

    changed = [text for text in remote.folder.files.values() if b"Won" in text]
    assert len(changed) == 1
    assert remote.run().plan.changes == ()


def test_fifty_tickets_of_cloud_are_one_request() -> None:
    with jira_cloud() as fake:
        remote = beside(fake, 120)

        remote.run()

        assert fake.count("POST", "/issue/bulk$") == 3
        assert_at_rest(remote, fake, 120)
