"""How many requests a pass sends, and how long it takes to open tickets.

Run it: python tests/bench/bench_requests.py [--smoke]

A limit that is not kept ends it with an error.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pmsync.app.exit_codes import ExitCode
from pmsync.domain.tracker_sites import TrackerSite
from pmsync.domain.traffic import Traffic
from pmsync_adapters.beads.bd import BdTracker
from support import github_place, gitlab_place, jira_place
from support.beads import MISSING, BdPlace, bd, installed
from support.github_fake import GitHubFake, github
from support.gitlab_fake import GitLabFake, gitlab
from support.jira_cloud_fake import jira_cloud
from support.jira_dc_fake import jira_data_center
from support.jira_fake import JiraFake
from support.remote import Remote, documents

NEW = 300
LATENCY = 0.02
SECONDS = 4.0
Serve = Callable[[], AbstractContextManager[JiraFake]]


def tell(tracker: str, what: str, reads: int, writes: int, *more: str) -> None:
    """Print one line."""
    print(f"{tracker:8} {what:34} {reads:6} reads {writes:6} writes", *more)


def keeps(limit: str, held: bool) -> None:
    """End with an error if a limit is not kept."""
    if not held:
        sys.exit(f"not kept: {limit}")


def on_github(fake: GitHubFake, rows: int, *, linked: bool) -> Remote:
    """Documents of so many rows beside a GitHub."""
    site = TrackerSite("github", "github", fake.url, fake.repository.name)

    def link(number: int) -> str:
        return f"[#{number}]({fake.url}/{fake.repository.name}/issues/{number})"

    texts = documents(rows, link if linked else None)
    return Remote(texts, site, lambda: github_place.connect(fake, concurrency=8))


def github_reads(fake: GitHubFake) -> int:
    """Count what asks: GraphQL does by POST."""
    return fake.count("GET") + fake.count("POST", "/graphql$")


def github_unchanged(rows: int) -> None:
    """Rows that all have a ticket, and nothing new."""
    with github() as fake:
        fake.site.users["alice.w"] = fake.person
        fake.person.login = "alice.w"
        for number in range(1, rows + 1):
            given = {"title": f"Rotate key {number}", "assignees": ["alice.w"]}
            fake.site.create(fake.repository, fake.person, given)
        remote = on_github(fake, rows, linked=True)
        first = remote.run()
        keeps("the first pass converges", first.exit_code is ExitCode.DONE)
        sweep = github_reads(fake)
        remote.run()
        fake.sent.clear()
        fake.statuses.clear()
        report = remote.run()
        keeps("nothing is left to do", report.plan.changes == ())
        reads = github_reads(fake)
        writes = len(fake.sent) - reads
        answers = list(fake.statuses)
    tell("github", f"all {rows:,} read by id", sweep, 0)
    tell("github", f"unchanged, {rows:,} linked", reads, writes, f"answered {answers}")
    keeps("an unchanged pass is one request", (reads, writes) == (1, 0))
    keeps("which does not count against the limit", answers == [304])


def github_new() -> None:
    """Rows of which none has a ticket, then passes that have nothing to do."""
    with github() as fake:
        fake.latency = LATENCY
        fake.site.users["alice.w"] = fake.person
        fake.person.login = "alice.w"
        remote = on_github(fake, NEW, linked=False)
        start = time.perf_counter()
        report = remote.run()
        seconds = time.perf_counter() - start
        keeps("all tickets are opened", report.exit_code is ExitCode.DONE)
        reads, writes = github_reads(fake), len(fake.sent) - github_reads(fake)
        passes = [_reads(fake, remote) for _ in range(3)]
    tell("github", f"{NEW} new", reads, writes, f"{seconds:.1f} s")
    print(f"{'':8} the next passes: {passes} reads")
    keeps("300 tickets are 300 writes", writes == NEW)
    keeps("and at most 5 reads", reads <= 5)
    keeps(f"within {SECONDS} s", seconds <= SECONDS)
    keeps("a pass soon is one request again", passes[-1] == 1)


def on_gitlab(fake: GitLabFake, rows: int, *, linked: bool) -> Remote:
    """Documents of so many rows beside a GitLab."""
    site = TrackerSite("gitlab", "gitlab", fake.url, fake.project.path)

    def link(number: int) -> str:
        return f"[#{number}]({fake.url}/{fake.project.path}/-/issues/{number})"

    texts = documents(rows, link if linked else None)
    return Remote(texts, site, lambda: gitlab_place.connect(fake, concurrency=8))


def gitlab_unchanged(rows: int) -> None:
    """Rows that all have a ticket, and nothing new."""
    with gitlab() as fake:
        for number in range(1, rows + 1):
            given = {"title": f"Rotate key {number}", "assignee_ids": [fake.person.id]}
            fake.site.create(fake.project, fake.person, given)
        remote = on_gitlab(fake, rows, linked=True)
        first = remote.run()
        keeps("the first pass converges", first.exit_code is ExitCode.DONE)
        remote.run()
        fake.sent.clear()
        report = remote.run()
        keeps("nothing is left to do", report.plan.changes == ())
        reads, writes = fake.count("GET"), len(fake.sent) - fake.count("GET")
    tell("gitlab", f"unchanged, {rows:,} linked", reads, writes)
    keeps("an unchanged pass is one request", (reads, writes) == (1, 0))


def gitlab_new() -> None:
    """Rows of which none has a ticket, then a pass that has nothing to do."""
    with gitlab() as fake:
        fake.latency = LATENCY
        remote = on_gitlab(fake, NEW, linked=False)
        start = time.perf_counter()
        report = remote.run()
        seconds = time.perf_counter() - start
        keeps("all tickets are opened", report.exit_code is ExitCode.DONE)
        reads, writes = fake.count("GET"), fake.count("POST")
        passes = [_reads(fake, remote) for _ in range(3)]
    tell("gitlab", f"{NEW} new", reads, writes, f"{seconds:.1f} s")
    print(f"{'':8} the next passes: {passes} reads")
    keeps("300 tickets are 300 writes", writes == NEW)
    keeps("and at most 5 reads", reads <= 5)
    keeps(f"within {SECONDS} s", seconds <= SECONDS)
    keeps("a pass soon is one request again", passes[-1] == 1)


def _reads(fake: GitHubFake | GitLabFake, remote: Remote) -> int:
    fake.sent.clear()
    remote.run()
    return len(fake.sent)


def on_jira(fake: JiraFake, rows: int, *, linked: bool) -> Remote:
    """Documents of so many rows beside a Jira."""
    site = TrackerSite("jira", "jira", fake.url, fake.ops.key)

    def link(number: int) -> str:
        return f"[OPS-{number}]({fake.url}/browse/OPS-{number})"

    texts = documents(rows, link if linked else None)
    return Remote(texts, site, lambda: jira_place.connect(fake, concurrency=8))


def jira_writes(fake: JiraFake) -> int:
    """What could change something: a bulk fetch is a read."""
    posts = fake.count("POST") - fake.count("POST", "/bulkfetch$")
    return posts + fake.count("PUT")


def jira_unchanged(serve: Serve, rows: int) -> None:
    """Rows that all have a ticket, changed within a minute of each other."""
    with serve() as fake:
        for number in range(1, rows + 1):
            given = {
                "project": {"key": "OPS"},
                "issuetype": {"id": "1"},
                "summary": f"Rotate key {number}",
                "assignee": {
                    "accountId": fake.person.account,
                    "name": fake.person.name,
                },
            }
            fake.site.create(fake.person, {"fields": given}, ours=False)
        remote = on_jira(fake, rows, linked=True)
        first = remote.run()
        keeps("the first pass converges", first.exit_code is ExitCode.DONE)
        remote.run()
        fake.sent.clear()
        report = remote.run()
        keeps("nothing is left to do", report.plan.changes == ())
        soon = len(fake.sent)
        # Whatever was changed long ago is not listed again.
        issue = next(iter(fake.site.issues.values()))
        fake.site.time += timedelta(hours=1)
        fake.site.comment(issue, fake.person, jira_place.said(fake, "Still at it"))
        fake.site.time += timedelta(hours=1)
        remote.run()
        fake.sent.clear()
        remote.run()
        later = len(fake.sent)
        keeps("nothing is written", jira_writes(fake) == 0)
    kind = "jira" if fake.site.cloud else "jira dc"
    tell(kind, f"unchanged, {rows:,} linked", soon, 0, "just opened")
    tell(kind, f"unchanged, {rows:,} linked", later, 0, "two hours later")
    keeps("an unchanged pass is at most 11 requests", soon <= 11)
    keeps("and two when they are older", later == 2)


def jira_new(serve: Serve) -> None:
    """Rows of which none has a ticket."""
    with serve() as fake:
        fake.latency = LATENCY
        remote = on_jira(fake, NEW, linked=False)
        start = time.perf_counter()
        report = remote.run()
        seconds = time.perf_counter() - start
        keeps("all tickets are opened", report.exit_code is ExitCode.DONE)
        writes, reads = jira_writes(fake), len(fake.sent) - jira_writes(fake)
        keeps("each once", len(fake.site.issues) == NEW)
    tell(
        "jira" if fake.site.cloud else "jira dc",
        f"{NEW} new",
        reads,
        writes,
        f"{seconds:.1f} s",
    )
    if fake.site.cloud:
        keeps("300 tickets are 6 bulk writes", writes == 6)
        keeps(f"within {SECONDS} s", seconds <= SECONDS)
    else:
        # Data Center opens one at a time, and each is read back by its id.
        keeps("300 tickets are 300 writes", writes == NEW)
        keeps(f"within {2 * SECONDS} s", seconds <= 2 * SECONDS)


def beads_unchanged(rows: int) -> None:
    """Rows that all have an issue of a real ``bd``."""
    if not installed():
        print(f"beads    not measured: {MISSING}")
        return
    with TemporaryDirectory(prefix="pmsync-bench-") as folder:
        place = BdPlace(Path(folder))
        issues = ({"title": f"Rotate key {n}"} for n in range(1, rows + 1))
        lines = [
            json.dumps(
                {
                    **issue,
                    "id": f"bd-r{number}",
                    "assignee": "alice.w",
                    "status": "open",
                    "priority": 2,
                    "issue_type": "task",
                    "created_at": "2026-01-02T00:00:00Z",
                    "updated_at": "2026-01-02T00:00:00Z",
                }
            )
            for number, issue in enumerate(issues, start=1)
        ]
        (place.root / "rows.jsonl").write_text("\n".join([*lines, ""]))
        bd(place.root, "import", "rows.jsonl")
        traffic = Traffic()
        remote = Remote(
            documents(rows, lambda number: f"bd://bd-r{number}"),
            TrackerSite("beads", "beads", "", "bd"),
            lambda: BdTracker(place.root, traffic=traffic),
        )
        first = remote.run()
        keeps("the first pass converges", first.exit_code is ExitCode.DONE)
        remote.run()
        before, start = traffic.total, time.perf_counter()
        report = remote.run()
        seconds = time.perf_counter() - start
        keeps("nothing is left to do", report.plan.changes == ())
        processes = traffic.total - before
    print(f"beads    unchanged, {rows:,} linked {processes:18} process {seconds:.1f} s")
    keeps("an unchanged pass is one process", processes == 1)


def main(arguments: Sequence[str]) -> None:
    """Print a line for each tracker and case."""
    smoke = "--smoke" in arguments
    for rows in (1_000,) if smoke else (1_000, 10_000):
        github_unchanged(rows)
        gitlab_unchanged(rows)
    github_new()
    gitlab_new()
    for serve in (jira_cloud, jira_data_center):
        jira_unchanged(serve, 1_000)
        jira_new(serve)
    beads_unchanged(1_000)


if __name__ == "__main__":
    main(sys.argv[1:])
