"""What strangers send to the daemon, and what a repository tries on it."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.github_fake import TOKEN, GitHubFake, github
from support.repositories import TABLE, Host
from support.serving import PROJECT, SECRET, Serving, configure, serving

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


def writes(fake: GitHubFake) -> int:
    """How often the tracker was told to change something."""
    return sum(fake.count(verb, "/issues") for verb in ("POST", "PATCH", "DELETE"))


def again(daemon: Serving, result: str) -> None:
    """Let the daemon make one more pass, that ends with a result."""
    ended = daemon.passes(result)
    daemon.process.send_signal(signal.SIGHUP)
    daemon.until(lambda: daemon.passes(result) > ended)


def test_s20_a_replay_causes_one_read_and_no_write(
    tmp_path: Path, host: Host, fake: GitHubFake
) -> None:
    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        daemon.until(lambda: daemon.passes("done"))
        before, commits, reads = writes(fake), host.log(), fake.count("GET")

        # Whoever replays a delivery may give it another name: that is not signed.
        for number in range(40):
            assert daemon.webhook(1, f"replay {number % 20}") == 202

        daemon.until(lambda: daemon.passes() >= 2)
        time.sleep(1.0)
        assert daemon.passes() <= 4
        assert 1 <= fake.count("GET") - reads <= 10
        assert (writes(fake), host.log()) == (before, commits)


def test_s20_a_payload_that_lies_changes_nothing(
    tmp_path: Path, host: Host, fake: GitHubFake
) -> None:
    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        daemon.until(lambda: daemon.passes("done"))
        before, commits = writes(fake), host.log()
        lies = {
            "action": "deleted",
            "issue": {"number": 1, "state": "closed", "title": "Owned"},
            "repository": {"full_name": PROJECT},
        }
        nowhere = {"issue": {"number": 10**12}, "repository": {"full_name": PROJECT}}
        odd = {"issue": {"number": 1}, "repository": {"full_name": "$(id)/../x\n"}}
        for payload in (lies, nowhere, odd):
            assert daemon.post(json.dumps(payload).encode()) == 202

        daemon.until(lambda: daemon.passes("done") >= 2)
        again(daemon, "done")

        assert (writes(fake), host.log()) == (before, commits)
        assert daemon.passes() == daemon.passes("done")


def test_s15_a_repository_cannot_send_the_daemon_to_metadata_or_into_the_clear(
    tmp_path: Path, host: Host, fake: GitHubFake
) -> None:
    good = host.show("pmsync.toml")
    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        daemon.until(lambda: daemon.passes("done"))
        person = host.clone("person")
        sent = len(fake.sent)
        for address in (
            "http://169.254.169.254/latest",
            "https://169.254.169.254",
            "https://[::ffff:169.254.169.254]",
            "https://0xa9fea9fe",
            "file:///etc/passwd",
            "http://tracker.example.com",
        ):
            wrong = good.replace(fake.url.encode(), address.encode())
            person.push("pmsync.toml", wrong)
            again(daemon, "failed")
        assert len(fake.sent) == sent
        person.push("pmsync.toml", good)
        again(daemon, "done")
        assert len(fake.sent) > sent


@pytest.mark.parametrize(
    "text",
    [b"a = " + b"[" * 50_000, b"x = 1\nx = 2\n", b"\xff\xfe", b"# " + b"x" * 3_000_000],
    ids=["deep", "twice", "no UTF-8", "large"],
)
def test_s18_a_configuration_that_is_a_bomb_fails_alone(
    tmp_path: Path, host: Host, text: bytes
) -> None:
    good = host.show("pmsync.toml")
    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        daemon.until(lambda: daemon.passes("done"))
        person = host.clone("person")
        person.push("pmsync.toml", text)
        again(daemon, "failed")
        assert daemon.get("/healthz").status_code == 200
        (why,) = {line["why"] for line in daemon.lines("the pass failed")}
        assert "pmsync.toml" in why
        person.push("pmsync.toml", good)

        daemon.until(lambda: daemon.passes("done") >= 2, 60)


@pytest.mark.parametrize("kind", ["document", "folder", "configuration"])
def test_s14_a_link_in_a_repository_shows_nothing_of_the_daemons_machine(
    tmp_path: Path, host: Host, fake: GitHubFake, kind: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_bytes(TABLE.replace(b"Alert early", b"A secret"))
    person = host.clone("person")
    place, target = {
        "document": ("postmortems/b.md", outside / "secret.md"),
        "folder": ("incidents", outside),
        "configuration": ("pmsync.toml", outside / "secret.md"),
    }[kind]
    (person.root / place).unlink(missing_ok=True)
    (person.root / place).symlink_to(target)
    person.git("add", "--all")
    person.git("commit", "--quiet", "--message", "A link")
    person.git("push", "--quiet", "origin", "HEAD:main")
    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        daemon.until(daemon.passes)
        log = daemon.log.read_text()

    assert "A secret" not in json.dumps(fake.sent, default=str)
    assert "A secret" not in log
    assert "A secret" in (outside / "secret.md").read_text()
    assert (outside / "secret.md").read_bytes().count(b"[#") == 0


def test_s17_names_of_branches_and_documents_are_names(
    tmp_path: Path, host: Host
) -> None:
    mark = tmp_path / "owned"
    person = host.clone("person")
    shell = f"$(touch${{IFS}}{mark});`touch {mark}`"
    for name in ("--help.md", f"{shell.replace('/', ':')}.md", "two\nlines.md"):
        person.write(
            f"postmortems/{name}", TABLE.replace(b"Alert early", name.encode())
        )
    (person.root / "postmortems" / "two\nlines.md").write_bytes(
        TABLE.replace(b"Alert early", b"Write down who is on call")
    )
    person.git("add", "--all")
    person.git("commit", "--quiet", "--message", "Names")
    branch = "x;touch${IFS}owned"
    person.git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
    person.git("push", "--quiet", "origin", "HEAD:main")
    with serving(tmp_path, host.root.as_uri(), *SELDOM) as daemon:
        daemon.until(daemon.passes)
        daemon.until(lambda: b"](" in host.show("postmortems/--help.md"))

    assert not mark.exists()
    assert not list(tmp_path.rglob("owned"))


def test_s21_no_secret_is_in_a_log_at_any_level_nor_in_the_figures(
    tmp_path: Path, host: Host, fake: GitHubFake
) -> None:
    # A password in an address is not what the manual says, but people do it.
    address = f"http://somebody:pa55word@127.0.0.1:1/{host.root.name}"
    fake.fail("status", "GET", "", times=2, status=401)
    with serving(tmp_path, address, host.root.as_uri(), *SELDOM) as daemon:
        daemon.until(lambda: daemon.passes("failed") >= 2)
        daemon.webhook(1, secret="wrong")
        daemon.webhook(1)
        daemon.until(lambda: daemon.passes("done"), 60)
        seen = daemon.log.read_text() + daemon.get("/metrics").text

    for secret in (TOKEN, SECRET, "pa55word"):
        assert not re.search(re.escape(secret), seen)
