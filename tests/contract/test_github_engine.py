"""Whole passes against GitHub, where it is not like other trackers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pmsync.domain.tracker_sites import TrackerSite
from support.github_fake import GitHubFake, github
from support.github_place import connect
from support.remote import Remote, documents

FIRST = "000001.md"


@pytest.fixture
def fake() -> Iterator[GitHubFake]:
    with github() as served:
        yield served


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
