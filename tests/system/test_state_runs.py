"""Several runs, one state at a git remote: the installed command in real clones.

Faults F16, F17, F18, F27, F28 and F54 with the state in git; the tracker is a GitLab of
our own.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from conftest import Repository
from support.gitlab_fake import TOKEN, GitLabFake, gitlab
from support.repositories import Clone, Host, git
from support.state_places import history

ROWS = ("Rotate the keys", "Page the right team", "Write a runbook")
HEAD = "# Outage\n\n**Date:** 2026-01-02\n\n## Action Items\n\n"
TABLE = "| Action | Owner | Status |\n|---|---|---|\n"
PATH = "postmortems/a.md"
REF = "refs/pmsync/default"
ENV = {"PMSYNC_TRACKERS__CODE__TOKEN": TOKEN}


@pytest.fixture
def fake() -> Iterator[GitLabFake]:
    with gitlab() as served:
        yield served


@pytest.fixture
def host(tmp_path: Path, fake: GitLabFake) -> Host:
    return with_rows(tmp_path, fake)


def with_rows(directory: Path, fake: GitLabFake) -> Host:
    """A bare remote with one post-mortem of three rows, and the configuration."""
    made = Host.new(directory)
    clone = made.clone("author")
    configuration = (
        f'since = "none"\n[trackers.code]\ntype = "gitlab"\nurl = "{fake.url}"\n'
        f'project = "{fake.project.path}"\n[state]\nsettle = "1s"\n'
    )
    clone.write("pmsync.toml", configuration.encode())
    clone.git("add", "pmsync.toml")
    rows = "".join(f"| {row} | @alice.w | Open |\n" for row in ROWS)
    clone.push(PATH, f"{HEAD}{TABLE}{rows}".encode())
    return made


def start(clone: Clone) -> subprocess.Popen[str]:
    """Start a run that is not waited for."""
    return subprocess.Popen(
        [str(Path(sys.executable).with_name("pmsync")), "sync"],
        cwd=clone.root,
        env=os.environ | ENV,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def run(clone: Clone, *arguments: str) -> subprocess.CompletedProcess[str]:
    return Repository(clone.root).pmsync(*(arguments or ("sync",)), env=ENV)


def publish(clone: Clone) -> None:
    """Commit and push what a run wrote into the work tree, as a person does."""
    if clone.git("status", "--porcelain", "--untracked-files=no"):
        clone.git("commit", "--quiet", "--all", "--message", "Links")
        clone.git("push", "--quiet", "origin", "HEAD:main")


def opened(fake: GitLabFake) -> Counter[str]:
    """How many open tickets of each title there are."""
    issues = fake.project.issues.values()
    return Counter(issue.title for issue in issues if issue.closed is None)


def posts(fake: GitLabFake) -> int:
    return fake.count("POST")


def until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not what():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def comes_to_rest(host: Host, fake: GitLabFake) -> None:
    """Let runs follow until one has nothing to do; then all is there once."""
    fake.faults.clear()
    fake.site.time += timedelta(minutes=20)
    clone = host.clone(f"last{len(fake.sent)}")
    for _ in range(3):
        ended = run(clone)
        publish(clone)
    before = (posts(fake), fake.count("PUT"), history(host.root, REF))

    ended = run(clone)

    assert ended.returncode == 0, ended.stderr
    assert (posts(fake), fake.count("PUT"), history(host.root, REF)) == before
    assert opened(fake) == Counter(ROWS)
    assert host.show(PATH).decode().count("/-/issues/") == len(ROWS)
    assert run(clone, "state", "verify").returncode == 0


def test_F16_two_runs_at_once_on_two_machines_open_every_ticket_once(
    host: Host, fake: GitLabFake
) -> None:
    fake.latency = 0.05
    clones = [host.clone(f"runner{n}") for n in range(3)]
    runs = [start(clone) for clone in clones]
    said = [run.communicate() for run in runs]

    codes = sorted(run.returncode for run in runs)
    assert codes[0] == 0, said
    assert set(codes) <= {0, 5}, said
    assert opened(fake) == Counter(ROWS)
    history(host.root, REF)
    winner = next(c for c, r in zip(clones, runs, strict=True) if r.returncode == 0)
    publish(winner)
    comes_to_rest(host, fake)


def test_F17_a_run_that_slept_past_its_lease_sends_no_further_ticket(
    host: Host, fake: GitLabFake
) -> None:
    fake.fail("hang", "POST", "/issues$")
    slow, other = host.clone("slow"), host.clone("other")
    # A run keeps a minute of its lease back: two seconds are left to this one.
    toml = (slow.root / "pmsync.toml").read_text() + 'lease = "62s"\n'
    slow.write("pmsync.toml", toml.encode())
    sleeper = start(slow)
    until(lambda: posts(fake) == 1)
    sleeper.send_signal(signal.SIGSTOP)
    time.sleep(2.5)
    assert run(other, "state", "unlock").returncode == 5
    assert run(other, "state", "unlock", "--force").returncode == 0
    run(other)
    sent = posts(fake)

    fake.gate.set()
    sleeper.send_signal(signal.SIGCONT)
    _, said = sleeper.communicate()

    assert sleeper.returncode == 1
    assert "written by another run" in said
    assert posts(fake) == sent
    publish(other)
    comes_to_rest(host, fake)


def test_F18_a_run_that_was_killed_is_taken_over_and_its_ticket_adopted(
    host: Host, fake: GitLabFake
) -> None:
    fake.fail("hang", "POST", "/issues$")
    killed = start(host.clone("killed"))
    until(lambda: posts(fake) == 1)
    killed.kill()
    killed.communicate()

    comes_to_rest(host, fake)
    assert posts(fake) == len(ROWS)


def test_F27_after_a_force_push_the_base_is_still_there(
    host: Host, fake: GitLabFake
) -> None:
    clone = host.clone("runner")
    assert run(clone).returncode == 0
    publish(clone)
    content = host.show(PATH)
    rewriter = host.clone("rewriter")
    rewriter.git("checkout", "--quiet", "--orphan", "rewritten")
    rewriter.write(PATH, content.replace(b"Page the right team", b"Page the on-call"))
    rewriter.git("add", "--all")
    rewriter.git("commit", "--quiet", "--message", "A new history")
    rewriter.git("push", "--quiet", "--force", "origin", "HEAD:main")

    ended = run(host.clone("fresh"))

    assert ended.returncode == 0, ended.stderr
    assert posts(fake) == len(ROWS)
    assert opened(fake)["Page the on-call"] == 1


def test_F27_without_the_state_nothing_is_opened_and_it_is_rebuilt(
    host: Host, fake: GitLabFake
) -> None:
    clone = host.clone("runner")
    assert run(clone).returncode == 0
    publish(clone)
    git(host.root, "update-ref", "-d", REF)

    ended = run(clone)

    assert ended.returncode == 4, ended.stderr
    assert posts(fake) == len(ROWS)
    comes_to_rest(host, fake)


@pytest.mark.parametrize("options", [("--depth=1",), ("--filter=blob:none",), ()])
def test_F28_every_run_in_a_new_clone_of_depth_one_reads_the_same_state(
    host: Host, fake: GitLabFake, options: tuple[str, ...]
) -> None:
    git(host.root, "config", "uploadpack.allowFilter", "true")
    first = host.clone("first-run", *options)
    assert run(first).returncode == 0
    publish(first)
    landed = run(host.clone("second-run", *options))
    before = history(host.root, REF)

    ended = run(host.clone("third-run", *options))

    assert (landed.returncode, ended.returncode) == (0, 0), ended.stderr
    assert posts(fake) == len(ROWS)
    assert history(host.root, REF) == before


def test_F28_a_checkout_as_actions_make_it_needs_no_branch_and_no_identity(
    host: Host, fake: GitLabFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL"):
        monkeypatch.delenv(f"GIT_{name}")
    checkout = Clone(host.root.parent / "checkout")
    checkout.root.mkdir()
    commit = git(host.root, "rev-parse", "main").strip()
    checkout.git("init", "--quiet")
    checkout.git("remote", "add", "origin", host.root.as_uri())
    checkout.git("fetch", "--quiet", "--no-tags", "--depth=1", "origin", commit)
    checkout.git("checkout", "--quiet", "--detach", commit)

    ended = run(checkout)
    again = run(checkout)

    assert (ended.returncode, again.returncode) == (0, 0), ended.stderr + again.stderr
    assert opened(fake) == Counter(ROWS)
    authors = git(host.root, "log", "--format=%an", REF).split()
    assert set(authors) == {"pmsync"}


def test_F54_a_cancelled_job_stops_before_its_next_ticket_and_gives_the_lease_back(
    host: Host, fake: GitLabFake
) -> None:
    fake.latency = 0.3
    cancelled = start(host.clone("cancelled"))
    until(lambda: posts(fake) == 1)
    cancelled.send_signal(signal.SIGTERM)
    _, said = cancelled.communicate()

    assert cancelled.returncode == 143, said
    assert posts(fake) <= 2
    shown = run(host.clone("looker"), "state", "show", "--format", "json")
    assert json.loads(shown.stdout)["lease"] is None
    comes_to_rest(host, fake)


def test_a_token_that_may_not_push_sends_nothing_and_can_still_plan(
    host: Host, fake: GitLabFake
) -> None:
    hook = host.root / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'you may only read' >&2\nexit 1\n")
    hook.chmod(0o755)
    clone = host.clone("runner")

    planned = run(clone, "sync", "--dry-run")
    refused = run(clone)

    assert planned.returncode == 0, planned.stderr
    assert planned.stdout.count("+ create") == len(ROWS)
    assert refused.returncode == 2
    assert "you may only read" in refused.stderr
    assert "contents: write" in refused.stderr
    assert posts(fake) == 0
    assert host.show(PATH) == (clone.root / PATH).read_bytes()


def test_looking_writes_no_ref_and_no_file_here_or_there(host: Host) -> None:
    first = host.clone("runner")
    assert run(first).returncode == 0
    publish(first)
    looker = host.clone("looker")
    before = [git(root, "for-each-ref") for root in (looker.root, host.root)]

    for arguments in (("sync", "--dry-run"), ("plan",), ("status",), ("state", "show")):
        assert run(looker, *arguments).returncode == 0

    assert [git(root, "for-each-ref") for root in (looker.root, host.root)] == before
    assert looker.git("status", "--porcelain", "--ignored") == ""


def test_the_history_of_the_state_names_run_machine_and_tickets(
    host: Host, fake: GitLabFake
) -> None:
    assert run(host.clone("runner")).returncode == 0

    told = git(host.root, "log", "--format=%an%n%B", REF)
    assert "Test Author" in told
    assert "pmsync: take the lease" in told
    assert f"CreateTicket {PATH}:" in told
    assert f"{fake.project.path}#1" in told
    assert f"UpdateRow {PATH}:9 {fake.project.path}#1" in told
    assert len({line for line in told.splitlines() if "Pmsync-Run: " in line}) == 1


def test_who_writes_into_the_work_tree_is_told_to_push_and_what_still_waits(
    host: Host,
) -> None:
    clone = host.clone("runner")

    first = run(clone)
    again = run(clone)
    shown = run(clone, "state", "show")

    assert "are in the work tree: commit and push them" in first.stderr
    assert "not yet on the tracked branch: merge it, or commit and push" in again.stdout
    assert shown.stdout.count("its link waits to be merged or pushed") == len(ROWS)
    publish(clone)
    landed = run(clone)
    assert landed.stderr == ""
    assert "waits" not in run(clone, "state", "show").stdout


def test_files_are_taken_into_git_once_and_put_aside(
    host: Host, fake: GitLabFake
) -> None:
    clone = host.clone("runner")
    toml = (clone.root / "pmsync.toml").read_text()
    filed = toml.replace("[state]", '[state]\nstore = "file"')
    clone.write("pmsync.toml", filed.encode())
    assert run(clone).returncode == 0
    clone.write("pmsync.toml", toml.encode())
    kept = clone.root / ".pmsync" / "state"
    before = json.loads((kept / "default.json").read_text())["documents"][0]["items"]
    text = (clone.root / PATH).read_text()
    clone.push(PATH, f"{text}| One more | | Open | |\n".encode())
    assert run(clone, "sync", "--dry-run").returncode == 0
    assert [path.name for path in kept.iterdir()] == ["default.json"]

    ended = run(clone)

    assert ended.returncode == 0, ended.stderr
    assert posts(fake) == len(ROWS) + 1
    assert [path.name for path in kept.iterdir()] == ["default.json.moved"]
    shown = run(host.clone("other"), "state", "show", "--format", "json").stdout
    now = json.loads(shown)["documents"][0]["items"]
    assert [item["key"] for item in now[:3]] == [item["key"] for item in before]


@pytest.mark.full
@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGINT, 130)],
    ids=["term", "int"],
)
def test_f54_a_signal_at_any_request_leaves_a_free_lease_and_every_ticket_once(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    ended: list[int] = []
    for requests in count(1):
        with gitlab() as fake:
            directory = tmp_path / str(requests)
            directory.mkdir()
            host = with_rows(directory, fake)
            fake.latency = 0.05
            stopped = start(host.clone("stopped"))
            while len(fake.sent) < requests and stopped.poll() is None:
                time.sleep(0.002)
            stopped.send_signal(number)
            _, said = stopped.communicate()

            ended.append(stopped.returncode)
            assert stopped.returncode in (0, code), said
            assert "Traceback" not in said
            shown = run(host.clone("looker"), "state", "show", "--format", "json")
            state = json.loads(shown.stdout)
            assert state is None or state["lease"] is None
            ended_next = run(host.clone("next"))
            assert ended_next.returncode == 0, ended_next.stderr
            assert opened(fake) == Counter(ROWS)
        if stopped.returncode == 0:
            break
    assert ended.count(code) >= len(ROWS), ended
