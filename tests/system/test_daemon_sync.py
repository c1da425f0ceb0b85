"""`pmsync serve`: a real process, a GitHub on a port, and a git remote."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from support.github_fake import GitHubFake, github
from support.github_site import Repository
from support.repositories import TABLE, Host, git
from support.serving import COMMAND, SECRET, configure, serving

SELDOM = ("--schedule", "0 0 1 1 *")


@pytest.fixture
def fake() -> Iterator[GitHubFake]:
    with github() as served:
        yield served


@pytest.fixture
def host(tmp_path: Path, fake: GitHubFake) -> Host:
    one = Host.new(tmp_path)
    configure(one, fake)
    return one


def other(tmp_path: Path, name: str) -> Host:
    (tmp_path / name).mkdir()
    return Host.new(tmp_path / name)


def about(title: str) -> bytes:
    return TABLE.replace(b"Alert early", title.encode())


def project(fake: GitHubFake, name: str) -> Repository:
    made = fake.site.repository(name)
    made.people = dict(fake.repository.people)
    return made


def close(fake: GitHubFake, number: int = 1, state: str = "closed") -> None:
    fake.site.edit(fake.repository.issues[number], fake.person, {"state": state})


def test_a_ticket_that_is_closed_is_committed_within_5_seconds_of_its_webhook(
    tmp_path: Path, host: Host, fake: GitHubFake
) -> None:
    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        daemon.until(lambda: daemon.passes("done"))
        assert b"[#1](" in host.show("postmortems/a.md")
        close(fake)
        start = time.monotonic()

        assert daemon.webhook(1) == 202
        daemon.until(lambda: b"| Done |" in host.show("postmortems/a.md"))

        took = time.monotonic() - start
        assert took < 5.0
        assert "Pmsync-Run:" in git(host.root, "log", "-1", "--format=%B", "main")
        print(f"webhook to commit: {took:.2f} s")


def test_a_push_to_the_documents_is_heard_though_their_tickets_are_elsewhere(
    tmp_path: Path, host: Host, fake: GitHubFake
) -> None:
    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        daemon.until(lambda: daemon.passes("done"))
        host.clone("person").push("postmortems/b.md", TABLE)
        body = {
            "ref": "refs/heads/main",
            "repository": {"full_name": str(host.root)[1:].removesuffix(".git")},
            "commits": [{"message": "A post-mortem"}],
        }
        assert daemon.post(json.dumps(body).encode()) == 202

        daemon.until(lambda: b"[#2](" in host.show("postmortems/b.md"))
    assert len(fake.repository.issues) == 2


def test_repositories_are_kept_in_step_side_by_side_and_none_stops_the_others(
    tmp_path: Path, host: Host, fake: GitHubFake
) -> None:
    second, broken = other(tmp_path, "second"), other(tmp_path, "broken")
    elsewhere = {one: project(fake, f"example/{one}") for one in ("orders", "mails")}
    configure(second, fake, project="example/orders")
    broken.clone("person").push("pmsync.toml", b'documents = "not a list\n')
    missing = (tmp_path / "missing.git").as_uri()
    addresses = [each.root.as_uri() for each in (broken, second, host)]
    with serving(tmp_path, missing, *addresses, *SELDOM) as daemon:
        daemon.until(lambda: daemon.passes("done") >= 2)
        for one in (second, host):
            assert b"](" in one.show("postmortems/a.md")
        for where in (fake.repository, elsewhere["orders"]):
            fake.site.edit(where.issues[1], fake.person, {"state": "closed"})
            assert daemon.webhook(1, project=where.name) == 202

        for one in (second, host):
            daemon.until(lambda one=one: b"| Done |" in one.show("postmortems/a.md"))

        assert daemon.get("/readyz").status_code == 200
        figures = daemon.get("/metrics").text
        label = f'repository="{broken.root.as_uri()}",result="failed"'
        assert f"pmsync_passes_total{{{label}}}" in figures
        reasons = {line["why"] for line in daemon.lines("the pass failed")}
        assert any("pmsync.toml" in why for why in reasons)
        assert any("missing.git" in why for why in reasons)
        configure(broken, fake, project="example/mails")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.until(lambda: b"](" in broken.show("postmortems/a.md"))


def test_a_folder_without_git_is_served_where_it_is(tmp_path: Path) -> None:
    document = tmp_path / "postmortems" / "a.md"
    document.parent.mkdir()
    document.write_bytes(TABLE)
    with serving(tmp_path, *SELDOM) as daemon:
        daemon.until(lambda: daemon.passes("done"))

        assert b"bd://" in document.read_bytes()


def test_passes_over_one_repository_never_overlap(
    tmp_path: Path, host: Host, fake: GitHubFake
) -> None:
    fake.latency = 0.1
    delivery = count()

    def made_though_hinted_at() -> bool:
        daemon.webhook(1, f"d{next(delivery)}")
        return daemon.passes() >= 3

    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        daemon.until(made_though_hinted_at, 60)
    assert fake.busiest == 1
    assert len(fake.repository.issues) == 1


def test_f53_commits_of_the_daemon_start_nothing(
    tmp_path: Path, host: Host, fake: GitHubFake
) -> None:
    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        daemon.until(lambda: daemon.passes("done"))
        message = git(host.root, "log", "-1", "--format=%B", "main")
        project = str(host.root)[1:].removesuffix(".git")
        body = {"ref": "refs/heads/main", "repository": {"full_name": project}}
        commits = [{"message": message}]

        daemon.post(json.dumps({**body, "commits": commits}).encode())

        time.sleep(1.5)
        assert daemon.passes() == 1
    assert len(fake.repository.issues) == 1


def test_a_clone_is_kept_fresh_over_new_commits_forced_pushes_and_its_loss(
    tmp_path: Path, host: Host, fake: GitHubFake
) -> None:
    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:

        def again() -> None:
            ended = daemon.passes("done")
            daemon.webhook(1)
            daemon.until(lambda: daemon.passes("done") > ended)

        daemon.until(lambda: daemon.passes("done"))
        person = host.clone("person")
        person.push("postmortems/b.md", TABLE)
        again()
        assert b"[#2](" in host.show("postmortems/b.md")

        # Somebody takes the last commits back.
        person.git("fetch", "--quiet")
        person.git("reset", "--quiet", "--hard", "origin/main~2")
        person.git("push", "--quiet", "--force", "origin", "HEAD:main")
        person.push("postmortems/c.md", about("Page the second one on call"))
        again()
        assert b"[#3](" in host.show("postmortems/c.md")

        (clone,) = (tmp_path / "clones").iterdir()
        shutil.rmtree(clone)
        (clone.parent / f".{clone.name}.new" / ".git").mkdir(parents=True)
        person.git("fetch", "--quiet")
        person.git("reset", "--quiet", "--hard", "origin/main")
        person.push("postmortems/d.md", about("Keep the logs for a month"))
        again()
        assert b"[#4](" in host.show("postmortems/d.md")

        (clone / ".git" / "index.lock").touch()
        person.git("pull", "--quiet")
        person.push("postmortems/e.md", about("Rehearse a restore"))
        again()
        assert b"[#5](" in host.show("postmortems/e.md")
    assert len(fake.repository.issues) == 5


def test_a_clone_of_the_daemons_own_needs_a_way_for_edits_to_be_seen(
    tmp_path: Path, fake: GitHubFake
) -> None:
    host = Host.new(tmp_path)
    config = f'[trackers.code]\ntype = "github"\nurl = "{fake.url}"\nproject = "a/b"\n'
    host.clone("person").push("pmsync.toml", config.encode())
    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        daemon.until(lambda: daemon.passes("failed"))
        line = daemon.lines("the pass failed")[0]
    assert "commit" in line["hint"]
    assert fake.sent == []


def test_sigterm_ends_it_within_2_seconds_at_rest(tmp_path: Path, host: Host) -> None:
    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        daemon.until(lambda: daemon.passes("done"))

        assert daemon.end() < 2.0


def test_sigterm_ends_it_within_2_seconds_while_a_tracker_hangs_and_no_ticket_is_lost(
    tmp_path: Path, host: Host, fake: GitHubFake
) -> None:
    fake.fail("hang", "POST", "/issues$")
    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        daemon.until(lambda: fake.count("POST", "/issues$"))

        assert daemon.end() < 2.0

    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        daemon.until(lambda: b"[#1](" in host.show("postmortems/a.md"))
    assert len(fake.repository.issues) == 1


def test_sigterm_ends_it_within_2_seconds_while_it_waits_after_a_failure(
    tmp_path: Path,
) -> None:
    missing = (tmp_path / "missing.git").as_uri()
    with serving(tmp_path, missing, *SELDOM) as daemon:
        daemon.until(lambda: daemon.passes("failed") >= 2)

        assert daemon.end() < 2.0
        assert not daemon.lines("a pass was cut off; the next run settles it")


@pytest.mark.full
def test_sigterm_ends_it_within_2_seconds_as_the_first_process(
    tmp_path: Path, host: Host
) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or os.getuid() != 0:
        pytest.skip("only root can unshare processes")
    apart = (unshare, "--pid", "--fork", "--mount-proc")
    with serving(tmp_path, host.root.as_uri(), *SELDOM, prefix=apart) as daemon:
        daemon.until(lambda: daemon.passes("done"))
        pid = daemon.process.pid
        (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        start = time.monotonic()
        os.kill(int(child), signal.SIGTERM)

        assert daemon.process.wait(20) == 0
        assert time.monotonic() - start < 2.0


def test_sighup_reads_secrets_again_and_keeps_those_it_has_if_it_cannot(
    tmp_path: Path, host: Host
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    env = {
        "PMSYNC_WEBHOOKS__GITHUB__SECRET": "",
        "PMSYNC_WEBHOOKS__GITHUB__SECRET_FILE": str(secret),
    }
    with serving(tmp_path, host.root.as_uri(), *SELDOM, env=env) as daemon:
        daemon.until(lambda: daemon.passes("done"))
        secret.write_text("another one")
        assert daemon.webhook(1, secret="another one") == 401

        daemon.process.send_signal(signal.SIGHUP)

        daemon.until(lambda: daemon.webhook(1, secret="another one") == 202)
        assert daemon.webhook(1) == 401
        secret.unlink()
        daemon.process.send_signal(signal.SIGHUP)
        daemon.until(lambda: daemon.lines("the secrets stay as they are"))
        assert daemon.webhook(1, secret="another one") == 202


@pytest.mark.full
def test_sighup_reads_the_schedule_again_and_it_finds_what_no_webhook_says(
    tmp_path: Path, host: Host, fake: GitHubFake
) -> None:
    configure(host, fake, more='[daemon]\nschedule = "0 0 1 1 *"\n')
    with serving(tmp_path, host.root.as_uri()) as daemon:
        daemon.until(lambda: daemon.passes("done"))
        configure(host, fake, more='[daemon]\nschedule = "* * * * *"\n')
        daemon.process.send_signal(signal.SIGHUP)
        daemon.until(lambda: daemon.passes("done") == 2)
        close(fake)

        daemon.until(lambda: b"| Done |" in host.show("postmortems/a.md"), 75)


def test_it_is_ready_once_every_repository_was_tried_and_one_is_in_step(
    tmp_path: Path, host: Host, fake: GitHubFake
) -> None:
    fake.fail("status", "GET", "", times=10_000, status=500)
    fake.fail("status", "POST", "", times=10_000, status=500)
    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        assert daemon.get("/readyz").status_code == 503
        assert daemon.get("/healthz").status_code == 200
        daemon.until(lambda: daemon.passes("failed"), 60)
        assert daemon.get("/readyz").status_code == 503
        fake.faults.clear()

        daemon.until(lambda: daemon.get("/readyz").status_code == 200, 60)


def test_an_address_that_is_taken_is_said_and_no_traceback(
    tmp_path: Path, host: Host
) -> None:
    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        taken = daemon.url.removeprefix("http://")
        again = subprocess.run(
            [COMMAND, "serve", "--listen", taken, host.root.as_uri()],
            cwd=tmp_path,
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert again.returncode == 2
    assert again.stderr.startswith(f"error: cannot listen on {taken}")
    assert "Traceback" not in again.stderr
