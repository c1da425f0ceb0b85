"""What every test stands on: a home of its own, no network, the same every time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import settings

# "ci" is what `make test` runs: the same examples on every machine, so that a failure
# is always the change's own. `--hypothesis-profile=dev` looks for new ones.
settings.register_profile(
    "ci", derandomize=True, database=None, deadline=None, max_examples=100
)
settings.register_profile("dev", deadline=None, max_examples=500, print_blob=True)
settings.load_profile("ci")

KEPT = {"PMSYNC_CORPUS", "PMSYNC_SPECS"}
REMOVED = re.compile(
    r"(GIT|GITHUB|GITLAB|JIRA|BD|BEADS|PMSYNC|XDG)_.*|.*(TOKEN|SECRET|PASSWORD|CREDENTIAL).*"
    r"|NO_COLOR|FORCE_COLOR|CLICOLOR.*|COLUMNS|LINES|.*_PROXY|.*_proxy|PYTHONPATH"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--quick",
        action="store_true",
        help="skip the tests that need more than Python and git, or minutes",
    )


def pytest_configure(config: pytest.Config) -> None:
    home = tempfile.mkdtemp(prefix="pmsync-home-")
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    for name in [n for n in os.environ if REMOVED.fullmatch(n) and n not in KEPT]:
        del os.environ[name]
    os.environ.update(
        HOME=home,
        LANG="C.UTF-8",
        TZ="UTC",
        GIT_CONFIG_GLOBAL=os.devnull,
        GIT_CONFIG_NOSYSTEM="1",
        GIT_TERMINAL_PROMPT="0",
        GIT_AUTHOR_NAME="Test Author",
        GIT_AUTHOR_EMAIL="author@example.com",
        GIT_COMMITTER_NAME="Test Committer",
        GIT_COMMITTER_EMAIL="committer@example.com",
        # Processes that tests start cannot reach the network either.
        GIT_ALLOW_PROTOCOL="file:http",
        HTTP_PROXY="http://127.0.0.1:9",
        HTTPS_PROXY="http://127.0.0.1:9",
        NO_PROXY="localhost,127.0.0.1,::1",
    )
    sys.addaudithook(_refuse_network)


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    match event, args:
        case ("socket.connect" | "socket.sendto", (_, (str(host), *_))):
            pass
        case ("socket.getaddrinfo" | "socket.gethostbyname", (str(host), *_)):
            pass
        case _:
            return
    if not _is_loopback(host):
        message = f"a test reached for the network: {event} {host}"
        raise RuntimeError(message)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    for item in items:
        if config.getoption("--quick") and item.get_closest_marker("full"):
            item.add_marker(pytest.mark.skip(reason="make test-all runs it"))


def _directory(variable: str, content: str) -> Path:
    value = os.environ.get(variable)
    if value is None:
        pytest.skip(f"{variable} is not set: it names the folder of {content}")
    path = Path(value)
    if not path.is_dir():
        pytest.fail(f"{variable} is not a folder: {value}")
    return path


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real post-mortems with annotated action items."""
    return _directory("PMSYNC_CORPUS", "real post-mortems")


@pytest.fixture(scope="session")
def specs() -> Path:
    """The folder of the trackers' specifications."""
    return _directory("PMSYNC_SPECS", "the trackers' specifications")


@dataclass(frozen=True)
class Repository:
    """A git repository of a user, and the installed command run in it."""

    root: Path

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file, byte by byte, with its folders."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def read(self, path: str) -> str:
        """The text of a file, line ends as they are."""
        return (self.root / path).read_bytes().decode()

    def git(self, *args: str) -> str:
        """What a git command prints; it must succeed."""
        return subprocess.run(
            ["git", *args],
            cwd=self.root,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            stdin=subprocess.DEVNULL,
        ).stdout

    def commit(self, message: str = "A change") -> str:
        """Commit everything; returns the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD").strip()

    def pmsync(
        self, *args: str, env: dict[str, str] | None = None, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run the installed command as a user would, without a terminal."""
        return subprocess.run(
            [str(Path(sys.executable).with_name("pmsync")), *args],
            cwd=self.root,
            env={**os.environ, **(env or {})},
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout,
        )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """An empty git repository on branch main, without a remote."""
    root = tmp_path / "repository"
    root.mkdir()
    created = Repository(root)
    created.git("init", "--quiet", "--initial-branch=main")
    return created
