"""Whole passes against Jira, where it is not like other trackers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.tracker_sites import TrackerSite
from support.jira_cloud_fake import jira_cloud
from support.jira_dc_fake import jira_data_center
from support.jira_fake import JiraFake
from support.jira_place import connect
from support.remote import Remote, documents


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
    remote.clock.advance(minutes=10)
    fake.site.time += timedelta(minutes=10)
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
        assert len(fake.site.issues) == 120
