"""A reader of docs/deploy who begins with nothing: their hosts, secrets and machine."""

from __future__ import annotations

import base64
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.daemon import until
from support.git_http import git_host
from support.github_fake import TOKEN, GitHubFake, github
from support.repositories import Host, git
from support.serving import COMMAND, PROJECT

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs/deploy"
DOCUMENT = "postmortems/first.md"
ADDRESS = "https://github.com/your-org/your-repository.git"


def scripts(page: str) -> list[str]:
    """Return the commands of a page, in the order in which a reader runs them."""
    return re.findall(r"```sh\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)


@dataclass(frozen=True)
class Reader:
    """Somebody with a shell, an empty repository and a token."""

    folder: Path
    """Where they are, with ``secrets`` in it."""
    host: Host
    fake: GitHubFake
    address: str
    """Of the repository, which wants the token."""

    def environment(self) -> dict[str, str]:
        """Return what their shell has, beside the usual."""
        commands = Path(COMMAND).parent
        return {
            "TOKEN": TOKEN,
            "HOME": str(self.folder),
            "GIT_CONFIG_GLOBAL": str(self.folder / ".gitconfig"),
            "PATH": f"{self.folder / 'bin'}:{commands}:{os.environ['PATH']}",
            "PMSYNC_LISTEN": "127.0.0.1:0",
        }

    def put_in(self, text: str, replaced: Mapping[str, str]) -> str:
        """Replace what the page has by what a reader puts in."""
        for before, after in replaced.items():
            assert before in text, before
            text = text.replace(before, after)
        return text

    def run(
        self,
        script: str,
        replaced: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> str:
        """Run commands of a page; return what they say."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.put_in(script, replaced or {})],
            cwd=cwd or self.folder,
            env=os.environ | self.environment(),
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def until_synced(self) -> None:
        """Wait for the tickets' links in the first document."""
        until(self.is_synced, 60)

    def is_synced(self) -> bool:
        """Tell whether both rows of the first document have their tickets."""
        shown = self.host.show(DOCUMENT).decode()
        return shown.count("[#") == 2 == len(self.fake.repository.issues)


@contextmanager
def reader(folder: Path) -> Iterator[Reader]:
    """Let somebody follow the first page."""
    hosts, here = folder / "hosts", folder / "reader"
    here.mkdir()
    hosts.mkdir()
    host = Host(hosts / "host.git")
    host.root.mkdir()
    git(host.root, "init", "--quiet", "--bare", "--initial-branch=main")
    with github() as fake, git_host(hosts) as served:
        address = served.address(host.root.name)
        one = Reader(here, host, fake, address)
        clone = host.clone("empty")
        repository, secrets = scripts("README.md")
        project = f'"{PROJECT}"\nurl = "{fake.url}"'
        one.run(repository, {'"your-org/your-repository"': project}, clone.root)
        place = address.removeprefix("http://").partition("/")[0]
        one.run(secrets, {"https://x-": "http://x-", "@github.com": f"@{place}"})
        basic = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
        served.authorization = f"Basic {basic}"
        yield one
