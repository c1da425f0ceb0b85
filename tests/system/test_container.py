"""The image as its users run it: built, confined, without a secret, and quick to end."""

from __future__ import annotations

import base64
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tarfile import TarFile, TarInfo
from urllib.parse import urlsplit

import pytest
import requests

from support.containers import (
    IMAGE,
    USER,
    Engine,
    engine,
    give,
    mounted,
    variables,
)
from support.daemon import signed, until
from support.git_http import git_host
from support.github_fake import TOKEN, GitHubFake, github
from support.repositories import Host
from support.serving import SECRET, configure

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]
PASSWORD = "cmVhbCBzZWNyZXQ"


@pytest.fixture(scope="module")
def docker(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine(tmp_path_factory.mktemp("engine"))


@dataclass(frozen=True)
class World:
    """A git host that wants a password, a tracker, and what a container is given."""

    host: Host
    fake: GitHubFake
    address: str
    options: tuple[str, ...]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    host = Host.new(tmp_path)
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    with github() as fake, git_host(tmp_path) as served:
        configure(host, fake)
        user = base64.b64encode(f"git:{PASSWORD}".encode()).decode()
        served.authorization = f"Basic {user}"
        address = served.address("host.git")
        there = urlsplit(address)
        (secrets / "git-credentials").write_text(
            f"http://git:{PASSWORD}@{there.netloc}\n"
        )
        (secrets / "GITHUB_TOKEN").write_text(TOKEN)
        (secrets / "PMSYNC_WEBHOOKS__GITHUB__SECRET").write_text(SECRET)
        give(secrets)
        options = (
            mounted(secrets, "/run/secrets"),
            *variables({"PMSYNC_SECRETS_DIR": "/run/secrets"}),
        )
        yield World(host, fake, address, options)


def test_the_image_says_what_it_is_and_how_it_starts(docker: Engine) -> None:
    image = docker.inspect(IMAGE)
    known = image["Config"]

    assert known["Entrypoint"] == ["pmsync"]
    assert known["Labels"]["org.opencontainers.image.version"] == version("pmsync")
    assert len(known["Labels"]["org.opencontainers.image.revision"]) >= 7
    assert known["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert image["Healthcheck"]["Test"] == ["CMD", "pmsync", "serve", "--check"]
    done = docker.pmsync("--version")
    assert (done.returncode, done.stdout) == (0, f"pmsync {version('pmsync')}\n")


def test_S24_it_is_nobody_without_rights_and_writes_nowhere_but_where_it_may(
    docker: Engine,
) -> None:
    script = """
import os, pathlib
status = pathlib.Path("/proc/self/status").read_text()
print(os.getuid(), os.getgid(), *[line.split()[1] for line in status.splitlines()
      if line.startswith(("CapEff", "CapBnd", "NoNewPrivs"))])
for place in ("/", "/opt/venv", "/etc", "/repo", "/usr/local/bin"):
    try:
        pathlib.Path(place, "x").touch()
        print("wrote", place)
    except OSError:
        pass
pathlib.Path("/tmp/x").touch()
"""
    done = docker.pmsync("-c", script, options=("--entrypoint=python3",))

    zero = "0" * 16
    assert done.stdout.split() == [str(USER), str(USER), zero, zero, "1"], done.stderr
    assert docker.inspect(IMAGE)["Config"]["User"] == f"{USER}:{USER}"


def test_S24_no_layer_holds_a_secret_or_names_a_host(
    docker: Engine, tmp_path: Path
) -> None:
    known = docker.inspect(IMAGE)
    words = [re.escape(word) for word in _hosts()]
    secret = re.compile(
        rb"gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40}|glpat-[\w-]{20}|AKIA[A-Z0-9]{16}"
        rb"|BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}"
    )
    host = re.compile("|".join(words).encode())
    unwanted = re.compile(
        r"(^|/)(\.git|\.netrc|\.npmrc|\.pypirc|pip\.conf|id_[a-z0-9]+|\.cache|\.ssh"
        r"|git-credentials|auth\.conf|requirements[^/]*\.lock)(/|$)"
        r"|^(root|var/lib/apt/lists|var/cache/apt|tmp|src|run)/(?!\.wh\.)"
    )

    assert not host.search(repr(known).encode())
    assert not secret.search(repr(known).encode())
    found, files = [], 0
    for layer in docker.layers(tmp_path):
        with layer:
            public = _of_packages(layer)
            for member in layer:
                if unwanted.search(member.name):
                    found.append(f"{member.name}: should not be there")
                if not member.isfile() or member.name in public:
                    continue
                files += 1
                content = _content(layer, member)
                found += [
                    f"{member.name}: {match[0]!r}"
                    for each in (secret, host)
                    if (match := each.search(content))
                ]
    assert not found, "\n".join(found)
    assert files > 1000


def _of_packages(layer: TarFile) -> set[str]:
    """Return the files that Debian's packages brought, which anybody may read."""
    lists = [
        member
        for member in layer.getmembers()
        if re.fullmatch(r"var/lib/dpkg/info/.*\.list", member.name)
    ]
    lines = [line for each in lists for line in _content(layer, each).splitlines()]
    return {line.decode().removeprefix("/") for line in lines}


def _content(layer: TarFile, member: TarInfo) -> bytes:
    data = layer.extractfile(member)
    assert data is not None
    return data.read()


def _hosts() -> set[str]:
    """Return this machine's name, and where it has its packages from."""
    sources = Path("/etc/apt/sources.list.d/debian.sources")
    lines = sources.read_text().splitlines() if sources.exists() else []
    mirrors = {urlsplit(line.split()[1]).hostname for line in lines if "URIs:" in line}
    names = {socket.gethostname(), *filter(None, mirrors)}
    return {name for name in names if "." in name or len(name) > 7} - {"localhost"}


def test_a_scheduled_pass_over_a_repository_commits_and_then_does_nothing(
    docker: Engine, world: World, tmp_path: Path
) -> None:
    work = tmp_path / "repo"
    work.mkdir()
    give(work)
    options = (mounted(work, "/repo", writable=True), *world.options)

    cloned = docker.pmsync(
        "clone", "--quiet", "--depth=1", world.address, "/repo",
        options=(*options, "--entrypoint=git"),
    )  # fmt: skip
    assert cloned.returncode == 0, cloned.stderr
    first = docker.pmsync("sync", options=options)

    assert first.returncode == 0, first.stdout + first.stderr
    assert b"[#1](" in world.host.show("postmortems/a.md")
    sent, commits = len(world.fake.sent), world.host.log()
    second = docker.pmsync("sync", options=options)
    assert second.returncode == 0, second.stderr
    assert world.host.log() == commits
    assert {verb for verb, _, _ in world.fake.sent[sent:]} == {"GET"}
    for secret in (TOKEN, PASSWORD):
        assert secret not in first.stdout + first.stderr + second.stderr


def test_the_daemon_is_healthy_commits_after_a_webhook_and_ends_within_2_seconds(
    docker: Engine, world: World
) -> None:
    port = _free_port()
    options = (
        *world.options,
        *variables({"PMSYNC_LISTEN": f"127.0.0.1:{port}"}),
        "--volume=/var/lib/pmsync",
    )
    schedule = ("--schedule", "0 0 1 1 *")
    with docker.serving(world.address, *schedule, options=options) as daemon:
        daemon.until_passes(1, "done")
        assert daemon.is_healthy()
        first = daemon.engine.output("exec", daemon.id, "cat", "/proc/1/cmdline")
        assert first.split("\0")[-5:-3] == ["serve", world.address]
        issue = world.fake.repository.issues[1]
        world.fake.site.edit(issue, world.fake.person, {"state": "closed"})
        body = (
            b'{"issue": {"number": 1}, "repository": {"full_name": "example/payments"}}'
        )
        start = time.monotonic()
        answer = requests.post(
            f"http://127.0.0.1:{port}/webhooks/github",
            data=body,
            headers={"X-Hub-Signature-256": signed(body, SECRET)},
            timeout=10,
        )

        assert answer.status_code == 202
        until(lambda: b"| Done |" in world.host.show("postmortems/a.md"), 20)
        assert time.monotonic() - start < 5.0
        took, code = daemon.end()
        assert code == 0
        assert took < 2.0
        assert not daemon.is_healthy()


def test_a_mounted_repository_without_configuration_is_synced_in_place(
    docker: Engine, tmp_path: Path
) -> None:
    (tmp_path / "postmortems").mkdir()
    document = tmp_path / "postmortems" / "a.md"
    document.write_text(
        "# Outage\n\n## Action Items\n\n| Action | Status |\n|---|---|\n| Alert | Open |\n"
    )
    give(tmp_path)

    done = docker.pmsync("sync", options=(mounted(tmp_path, "/repo", writable=True),))

    assert done.returncode == 0, done.stderr
    assert "bd://" in document.read_text()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
